// The command line of the digits example.
import { parseArgs } from "node:util";

/** What the run is to do. */
export interface Options {
  data: "digits" | "mnist";
  dir: string | undefined;
  model: "cnn" | "mlp";
  epochs: number;
  batchSize: number;
  lr: number;
  seed: number;
  out: string;
  simd: "auto" | "baseline";
}

export const HELP = `Trains a network on handwritten digits, evaluates it on images it has never seen, and writes a report.

  npm start -- [options]

  --data NAME        digits (1,797 images of 8x8, included) or mnist (default: digits)
  --dir DIR          folder with the four MNIST idx files, plain or .gz (with --data mnist)
  --model NAME       cnn or mlp (default: cnn)
  --epochs N         passes over the training images (default: 30 for digits, 2 for mnist)
  --batch-size N     images per step (default: 32 for digits, 64 for mnist)
  --lr X             learning rate (default: 0.002)
  --seed N           seed of weights, order and dropout; the split stays the same (default: 1)
  --simd NAME        auto or baseline: kernels with the same bytes on every machine (default: auto)
  --out DIR          where model.safetensors and report.html go (default: out)
  --help             this text
`;

/** A mistake on the command line, to be shown without a stack. */
export class UsageError extends Error {}

function choice<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw new UsageError(`--${name} is ${allowed.join(" or ")}, not "${value}"`);
  return found;
}

function number(name: string, value: string, { whole, least }: { whole: boolean; least: number }): number {
  const parsed = Number(value);
  if (value.trim() === "" || !(parsed >= least) || !Number.isFinite(parsed) || (whole && !Number.isInteger(parsed))) {
    throw new UsageError(`--${name} is a ${whole ? "whole " : ""}number of at least ${least}, not "${value}"`);
  }
  return parsed;
}

/** Reads the arguments; `undefined` when help was asked for. Errors: `UsageError`. */
export function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: "string" } as const;
  const options = {
    data: text,
    dir: text,
    model: text,
    epochs: text,
    "batch-size": text,
    lr: text,
    seed: text,
    simd: text,
    out: text,
    help: { type: "boolean" },
  } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.help) return undefined;
  const data = choice("data", values.data ?? "digits", ["digits", "mnist"]);
  if (data === "mnist" && values.dir === undefined) throw new UsageError("--data mnist needs --dir with the folder of the idx files");
  if (data === "digits" && values.dir !== undefined) throw new UsageError("--dir goes with --data mnist; the digits are included");
  return {
    data,
    dir: values.dir,
    model: choice("model", values.model ?? "cnn", ["cnn", "mlp"]),
    epochs: number("epochs", values.epochs ?? (data === "digits" ? "30" : "2"), { whole: true, least: 1 }),
    batchSize: number("batch-size", values["batch-size"] ?? (data === "digits" ? "32" : "64"), { whole: true, least: 2 }),
    lr: number("lr", values.lr ?? "0.002", { whole: false, least: 0 }),
    seed: number("seed", values.seed ?? "1", { whole: true, least: 0 }),
    simd: choice("simd", values.simd ?? "auto", ["auto", "baseline"]),
    out: values.out ?? "out",
  };
}
