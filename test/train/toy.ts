// A task small enough to check by hand: which side of a line a point is on.
import { Generator, nn, optim, randn, type Tensor, tensor } from "simdgrad";
import type { LabelledBatch } from "simdgrad/train";

/** Batches of points [size, 2] and their classes, always the same. */
export function sides(batches: number, size: number): LabelledBatch[] {
  const generator = new Generator(5);
  return Array.from({ length: batches }, () => {
    const points = randn([size, 2], { generator });
    const labels = Array.from(points.toArray() as number[][], ([x, y]) => Number((x as number) > (y as number)));
    return [points, tensor(labels, { dtype: "int32" })];
  });
}

/** A scalar model `w x`, whose gradient can be worked out by hand. */
export class Scale extends nn.Module {
  w = new nn.Parameter(tensor([1]));

  forward(x: Tensor): Tensor {
    return x.mul(this.w);
  }
}

export const sgd = (model: nn.Module, lr: number): optim.SGD => new optim.SGD(model.parameters(), { lr });

/** A batch of one-dimensional numbers. */
export const numbers = (xs: number[], ys: number[]): LabelledBatch => [tensor(xs), tensor(ys)];
