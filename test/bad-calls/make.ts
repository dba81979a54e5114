// What rows of bad calls are made of, and the inputs they share.
import { arange, nn, type Tensor, tensor, zeros } from "simdgrad";

/** A bad call: its name, makers of its inputs, the call itself, and what the error says. */
export type Row = [name: string, make: (() => Tensor)[], call: (...inputs: Tensor[]) => unknown, says: RegExp];

/** 0, 1, 2, ... as float32 in a shape. */
export const f =
  (...shape: number[]) =>
  (): Tensor =>
    arange(shape.reduce((a, b) => a * b, 1)).reshape(shape);

/** An index tensor. */
export const i =
  (...values: number[]) =>
  (): Tensor =>
    tensor(values, { dtype: "int32" });

/** Zeros as int8 in a shape. */
export const q =
  (...shape: number[]) =>
  (): Tensor =>
    zeros(shape, { dtype: "int8" });

export const leaf = (): Tensor => tensor([1, 2], { requiresGrad: true });

export const dead = (): Tensor => {
  const x = zeros(2);
  x.dispose();
  return x;
};

/** Something to optimize. */
export const weight = nn.Parameter.zeros([2]);
