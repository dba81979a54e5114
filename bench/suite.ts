// The interface of benchmarks: tasks in groups. A task is a call of the public API with the amount of work of one call.
import type { Shape, Tensor } from "simdgrad";

/** Work per nanosecond: floating-point operations, bytes read and written, or elements of the result. */
export type Rate = "GFLOP/s" | "GB/s" | "results/ns";

/** Nanoseconds of each unit in which medians are shown. */
export const nanoseconds = { ns: 1, µs: 1e3, ms: 1e6 } as const;

export type TimeUnit = keyof typeof nanoseconds;

/** One thing to measure. */
export interface Task {
  readonly name: string;
  /** Work of one call, for the rates of its group that apply to it. */
  readonly work?: Readonly<Partial<Record<Rate, number>>>;
  /** Shape of the result, checked once before anything is timed. */
  readonly shape: Shape;
  /** Makes the inputs and returns the call to be timed. The time includes the disposal of its result, as in use. */
  setup(): () => Tensor;
}

/** Tasks whose numbers have the same units. */
export interface Suite {
  readonly group: string;
  readonly time: TimeUnit;
  readonly rates: readonly Rate[];
  readonly tasks: readonly Task[];
}
