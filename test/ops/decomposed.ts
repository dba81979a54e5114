// Samples of functions of one matrix, or of a batch of them.
import { ArgError, DTypeError, ones, ShapeError, type Tensor, tensor } from "simdgrad";
import { randomValues } from "../assembly/harness.js";
import type { Matrix } from "./matrices.js";
import { type Nd, sizeOf } from "./nd.js";
import { given, type Input, type Sample } from "./row.js";

let seed = 300;

/** Matrices near a diagonal that descends: well conditioned, with singular values that differ. */
export function steady(...shape: number[]): Input {
  const [m, n] = shape.slice(-2) as [number, number];
  const values = Array.from(randomValues(sizeOf(shape), seed++, -0.4, 0.4));
  return given(
    shape,
    values.map((v, i) => (Math.floor(i / n) % m === i % n ? v + 1 + 0.9 * (Math.min(m, n) - (i % n)) : v)),
  );
}

/** A kind of integer that has no solution. */
const INT = (): Tensor => ones([2, 2], { dtype: "int32" });

export const square = (a: Nd): number[] => a.shape.slice(-2) as number[];

export const last = (x: Nd): number => x.shape.at(-1) as number;

/** The same call for inputs of several shapes. */
export const each = (shapes: readonly (readonly number[])[], call: Sample["call"], truth: Sample["truth"], make = steady): Sample[] =>
  shapes.map((shape) => ({ inputs: [make(...shape)], call, truth }));

export const asColumn = (b: Nd): Nd => ({ shape: [...b.shape, 1], data: b.data });

export const withoutLast = ({ shape, data }: Nd): Nd => ({ shape: shape.slice(0, -1), data });

export const symmetricSum = (x: Tensor): Tensor => x.add(x.transpose(-2, -1));

export const sumOf = (a: Matrix): Matrix => a.map((row, i) => row.map((v, j) => v + (a[j]?.[i] as number)));

export const notSquare = (op: (x: Tensor) => unknown, name: string) => ({
  call: () => op(ones([2, 3])),
  error: ShapeError,
  says: new RegExp(`^${name}: \\w must be square matrices \\[\\.\\.\\., n, n\\], got float32\\[2,3\\]`),
});

export const integers = (op: (x: Tensor) => unknown, name: string) => ({
  call: () => op(INT()),
  error: DTypeError,
  says: new RegExp(`^${name}: needs float32, got int32\\[2,2\\]`),
});

export const noMatrix = (op: (x: Tensor) => unknown, name: string) => ({
  call: () => op(ones(3)),
  error: ShapeError,
  says: new RegExp(`^${name}: \\w must be matrices \\[\\.\\.\\., m, n\\], got float32\\[3\\]`),
});

export const notFinite = (op: (x: Tensor) => unknown, name: string) => ({
  call: () =>
    op(
      tensor([
        [1, 0],
        [Number.NaN, 1],
      ]),
    ),
  error: ArgError,
  says: new RegExp(`^${name}: matrix 0 of float32\\[2,2\\] contains NaN`),
});
