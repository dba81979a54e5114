// Small random shifts: a digit one pixel further is the same digit, and a network that has seen both knows more.
import { cat, type Generator, randint, type Tensor, zeros } from "simdgrad";

/** Moves images [N, C, H, W] by whole pixels along a dimension; zeros come in from the side. */
function shift(images: Tensor, dim: number, by: number): Tensor {
  if (by === 0) return images;
  const size = images.shape[dim] as number;
  const kept = images.narrow(dim, by > 0 ? 0 : -by, size - Math.abs(by));
  const blank = zeros(images.shape.map((n, d) => (d === dim ? Math.abs(by) : n)));
  return cat(by > 0 ? [blank, kept] : [kept, blank], dim);
}

/** A transform for a `DataLoader`: each batch moves by up to `most` pixels both ways. */
export function randomShift(
  most: number,
  generator: Generator,
): (batch: [images: Tensor, labels: Tensor]) => [images: Tensor, labels: Tensor] {
  return ([images, labels]) => {
    const [down, right] = randint(-most, most + 1, [2], { generator }).toTypedArray() as unknown as [number, number];
    return [shift(shift(images, 2, down), 3, right), labels];
  };
}
