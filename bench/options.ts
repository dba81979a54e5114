// The command line of the benchmarks.
import { parseArgs } from "node:util";

export interface Options {
  /** Where to write the results as JSON. */
  json: string | undefined;
  /** Only tasks whose group and name contain this, in any case. */
  filter: string;
  /** Milliseconds to sample each task. */
  time: number;
  simd: "auto" | "baseline";
}

export const HELP = `Measures kernels, operations and training steps on this machine.

  npm run bench -- [options]

  --filter TEXT   only tasks with TEXT in "group: name", e.g. gemm, conv2d or "sum of"
  --time MS       milliseconds to sample each task, after a quarter of a second to warm up (default: 500)
  --simd NAME     auto or baseline: kernels without relaxed SIMD (default: auto)
  --json FILE     also write the results to FILE
  --help          this text
`;

/** A mistake on the command line, to be shown without a stack. */
export class UsageError extends Error {}

const text = { type: "string" } as const;
const OPTIONS = { json: text, filter: text, time: text, simd: text, help: { type: "boolean" } } as const;

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"] {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Reads the arguments; `undefined` when help was asked for. Errors: `UsageError`. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { json, filter = "", time = "500", simd = "auto", help } = parse(args);
  if (help) return undefined;
  if (!(Number(time) >= 1 && Number.isFinite(Number(time)))) throw new UsageError(`--time is a number of at least 1, not "${time}"`);
  if (simd !== "auto" && simd !== "baseline") throw new UsageError(`--simd is auto or baseline, not "${simd}"`);
  return { json, filter, time: Number(time), simd };
}
