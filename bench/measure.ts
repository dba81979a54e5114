// Measures one task: checks its result, warms it up, samples it.
import { type Shape, scope, type Tensor } from "simdgrad";
import { Bench } from "tinybench";
import type { Task } from "./suite.js";

/** Times of one call in milliseconds. */
export interface Measurement {
  medianMs: number;
  p75Ms: number;
  /** Half width of the 95% confidence interval of the mean, in percent of it. */
  margin: number;
}

// V8 first runs code of its fast compiler, which is several times slower, until the optimised code is ready.
// In this time a kernel of 0.5 ms runs 500 times; slower kernels are optimised after fewer calls, because their loops count too.
const WARMUP_MS = 250;
const LEAST_CALLS = 10;

/** A sample repeats its call until it takes this long, so that the cost of reading the clock does not matter. */
const SAMPLE_MS = 0.2;
const LEAST_SAMPLES = 10;

const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, i) => size === b[i]);

/** Checks the shape of a result, and that its values are finite: arithmetic on NaN takes other times than arithmetic on numbers. */
function check({ name, shape }: Task, result: Tensor): void {
  if (!sameShape(result.shape, shape)) throw new Error(`${name}: the result is [${result.shape}], expected [${shape}]`);
  if (!Array.from(result.toTypedArray()).every(Number.isFinite)) throw new Error(`${name}: the result has values that are not finite`);
  result.dispose();
}

/** Runs calls until the code is optimised; returns the number of calls in a sample. */
function warmUp(call: () => void): number {
  const start = performance.now();
  let elapsed = 0;
  let calls = 0;
  while (elapsed < WARMUP_MS || calls < LEAST_CALLS) {
    call();
    calls++;
    elapsed = performance.now() - start;
  }
  return Math.ceil((SAMPLE_MS * calls) / elapsed);
}

/** Runs a task for about `timeMs` milliseconds, after warming it up. */
export function measure(task: Task, timeMs: number): Measurement {
  return scope(() => {
    const run = task.setup();
    const repeat = (times: number): void =>
      scope(() => {
        for (let i = 0; i < times; i++) run().dispose();
      });
    check(task, run());
    const calls = warmUp(() => repeat(1));

    const bench = new Bench({ time: timeMs, iterations: LEAST_SAMPLES, warmup: false, throws: true });
    bench.add(task.name, () => repeat(calls));
    const [measured] = bench.runSync();
    if (measured?.result.state !== "completed") throw new Error(`${task.name}: the measurement did not complete`);
    const { p50, p75, rme } = measured.result.latency;
    return { medianMs: p50 / calls, p75Ms: p75 / calls, margin: rme };
  });
}
