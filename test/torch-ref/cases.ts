// Reference cases from PyTorch, read from a directory: one JSON file per case, float64 truth rounded once to float32.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Tensor, tensor } from "simdgrad";

interface Encoded {
  readonly shape: readonly number[];
  readonly dtype: "f32" | "i64" | "bool";
  readonly b64: string;
}

/** Values of an array of a case: numbers, whatever the dtype. */
export interface Values {
  readonly shape: readonly number[];
  readonly dtype: Encoded["dtype"];
  readonly values: ArrayLike<number>;
}

type Arrays = Readonly<Record<string, Values>>;

/** One reference case. */
export interface Case {
  readonly name: string;
  readonly op: string;
  // biome-ignore lint/suspicious/noExplicitAny: each kind of case has arguments of its own
  readonly args: any;
  readonly inputs: Arrays;
  readonly gradOutputs: Arrays;
  readonly outputs: Arrays;
  readonly grads: Arrays;
  readonly torchError: Readonly<Record<string, number>>;
  /** Everything else in the file: losses, bounds, what to ignore. */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly extra: any;
}

function decode({ shape, dtype, b64 }: Encoded): Values {
  const bytes = new Uint8Array(Buffer.from(b64, "base64"));
  if (dtype === "f32") return { shape, dtype, values: new Float32Array(bytes.buffer) };
  if (dtype === "bool") return { shape, dtype, values: bytes };
  return { shape, dtype, values: Array.from(new BigInt64Array(bytes.buffer), Number) };
}

/** Arrays by name. */
export const decodeAll = (arrays: Readonly<Record<string, Encoded>> = {}): Arrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, decode(array)]));

/** The directory the cases are in: `TORCH_REF_DIR`, or the fixtures of this project. */
export const directory: string = process.env["TORCH_REF_DIR"] ?? fileURLToPath(new URL("../fixtures/torch-ref", import.meta.url));

/** Every case of the directory, by name. */
export function readCases(): Case[] {
  if (!existsSync(directory)) throw new Error(`no reference cases at ${directory}`);
  return readdirSync(directory)
    .filter((file) => file.endsWith(".json") && file !== "index.json")
    .sort()
    .map((file) => {
      const { inputs, outputs, grads, grad_outputs, torch_f32_err = {}, ...rest } = JSON.parse(readFileSync(join(directory, file), "utf8"));
      return {
        ...{ name: rest.name, op: rest.op, args: rest.args ?? {}, extra: rest, torchError: torch_f32_err },
        ...{ inputs: decodeAll(inputs), outputs: decodeAll(outputs), grads: decodeAll(grads), gradOutputs: decodeAll(grad_outputs) },
      };
    });
}

/** A tensor of these values: float32, int32 or bool. */
export function toTensor({ shape, dtype, values }: Values, requiresGrad = false): Tensor {
  if (dtype === "f32") return tensor(values as Float32Array, { shape, requiresGrad });
  return tensor(Int32Array.from(values), { shape, dtype: dtype === "bool" ? "bool" : "int32" });
}

/**
 * Compares with a reference by the rule of the set: both NaN, the same infinity, or
 * `|y - ref| <= max(4 torchError, 1e-6) + 1e-5 |ref|`. Returns what is wrong, or nothing.
 */
export function difference(what: string, got: Tensor | ArrayLike<number>, reference: Values, torchError = 0): string | undefined {
  const isTensor = "toTypedArray" in got;
  const shape = isTensor ? got.shape : reference.shape;
  const values: ArrayLike<number> = isTensor ? got.toTypedArray() : got;
  if (String(shape) !== String(reference.shape)) return `${what}: shape [${shape}] instead of [${reference.shape}]`;
  for (let i = 0; i < reference.values.length; i++) {
    const y = values[i] as number;
    const ref = reference.values[i] as number;
    if ((Number.isNaN(y) && Number.isNaN(ref)) || y === ref) continue;
    if (!(Math.abs(y - ref) <= Math.max(4 * torchError, 1e-6) + 1e-5 * Math.abs(ref))) return `${what}[${i}]: ${y} instead of ${ref}`;
  }
  return undefined;
}
