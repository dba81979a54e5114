// What a benchmark is: tasks in groups, each a call of the public API with the work that one call does.
import type { Shape, Tensor } from "simdgrad";

/** Work per nanosecond: floating-point operations, bytes read and written, or elements of the result. */
export type Rate = "GFLOP/s" | "GB/s" | "results/ns";

/** Nanoseconds in each unit that medians are shown in. */
export const nanoseconds = { ns: 1, µs: 1e3, ms: 1e6 } as const;

export type TimeUnit = keyof typeof nanoseconds;

/** One thing to measure. */
export interface Task {
  readonly name: string;
  /** Work of one call, for those rates of its group that make sense for it. */
  readonly work?: Readonly<Partial<Record<Rate, number>>>;
  /** Shape of the result, checked once before anything is timed. */
  readonly shape: Shape;
  /** Makes the inputs and returns the call to be timed. Its result is disposed of within the time: that is what a user pays. */
  setup(): () => Tensor;
}

/** Tasks whose figures have the same units. */
export interface Suite {
  readonly group: string;
  readonly time: TimeUnit;
  readonly rates: readonly Rate[];
  readonly tasks: readonly Task[];
}
