import { ArgError, DTypeError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "./nd.js";
import { float, given, type Input, type Refusal, type Sample } from "./row.js";

export const REDUCTIONS = ["mean", "sum", "none"] as const;

export const sum = (values: Iterable<number>): number => [...values].reduce((s, v) => s + v, 0);
export const ints = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor([...values], { shape, dtype: "int32" });

/** Losses reduced. */
export function reduced(losses: Nd, reduction: string): Nd {
  if (reduction === "none") return losses;
  const total = sum(losses.data);
  if (reduction === "batchmean") return nd([], () => total / (losses.shape[0] as number));
  return nd([], () => (reduction === "sum" ? total : total / losses.data.length));
}

export type Options = { reduction: (typeof REDUCTIONS)[number] };
// biome-ignore lint/suspicious/noExplicitAny: losses have one to three tensors
export type Loss = (...args: any[]) => Tensor;
export type Each = (...tensors: Nd[]) => Nd;

/** A sample for each reduction. */
export const samples = (loss: Loss, inputs: readonly Input[], each: Each, options: object = {}): Sample[] =>
  REDUCTIONS.map((reduction) => ({
    inputs,
    call: (...tensors: Tensor[]) => loss(...tensors, { ...options, reduction } satisfies Options),
    truth: (...tensors: Nd[]) => reduced(each(...tensors), reduction),
    note: `${reduction} ${JSON.stringify(options)}`,
  }));

/** A rule for each element. */
export const elements =
  (rule: (...values: number[]) => number): Each =>
  (...tensors) =>
    nd((tensors[0] as Nd).shape, (...index) => rule(...tensors.map((x) => at(x, index))));

export const row = (x: Nd, i: number): number[] => {
  const n = x.shape.at(-1) as number;
  return [...x.data.slice(i * n, (i + 1) * n)];
};
export const rows =
  (rule: (...vectors: number[][]) => number): Each =>
  (...tensors) =>
    nd((tensors[0] as Nd).shape.slice(0, -1), (i = 0) => rule(...tensors.map((x) => row(x, i))));

export const logSoftmax = (values: readonly number[]): number[] => {
  const most = Math.max(...values);
  const log = most + Math.log(sum(values.map((v) => Math.exp(v - most))));
  return values.map((v) => v - log);
};
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const sizes = (x: Nd): [number, number, number] => x.shape as unknown as [number, number, number];

export const shape = [3, 4];
export const pair = [float(shape), float(shape)];
export const signs = given(shape, [1, -1, -1, 1, -1, 1, 1, -1, 1, 1, -1, -1]);
export const chances = float(shape, [0.05, 0.95]);

/** Every loss of a pair refuses these. */
export const pairRefuses = (op: string, loss: Loss): Refusal[] => [
  {
    call: () => loss(zeros(3), zeros(3, 1)),
    error: ShapeError,
    says: new RegExp(`^${op}: the target must be \\[3\\], got float32\\[3,1\\]; shapes must be equal`),
  },
  {
    call: () => loss(zeros(3), zeros([3], { dtype: "int32" })),
    error: DTypeError,
    says: new RegExp(`^${op}: needs float32, got int32\\[3\\]`),
  },
  { call: () => loss(zeros(3), zeros(3), { reduction: "avg" }), error: ArgError, says: new RegExp(`^${op}: reduction must be`) },
  {
    call: () => loss(zeros(3), zeros(3), { sizeAverage: true }),
    error: ArgError,
    says: new RegExp(`^${op}: there is no option "sizeAverage"`),
  },
];
export const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((v, i) => v * (b[i] as number)));
