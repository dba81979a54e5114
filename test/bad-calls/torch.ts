// How the calls that PyTorch's tests expect to fail are written here, and why some of them are not refused.
import type { DType } from "simdgrad";
import * as sg from "simdgrad";

type Value = null | boolean | number | string | readonly Value[] | { readonly tensor: readonly number[]; readonly dtype: string };

/** A call as PyTorch's tests have it. */
export interface BadCall {
  readonly op: string;
  readonly input: Value;
  readonly args: readonly Value[];
  readonly kwargs: Readonly<Record<string, Value>>;
  readonly regex: string;
}

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Names that are not PyTorch's in camelCase. */
const NAMES: Readonly<Record<string, string>> = {
  "max.binary": "maximum",
  "min.binary": "minimum",
  native_layer_norm: "layerNorm",
};

/** The name of a function here. */
export const nameOf = (op: string): string => NAMES[op] ?? camel(op.replace(/^(nn\.functional|linalg|special)\./, ""));

const isTensor = (value: Value): value is { tensor: readonly number[]; dtype: string } =>
  typeof value === "object" && value !== null && "tensor" in value;
const isNumber = (value: Value): boolean => typeof value === "number";

/** There is no float64. Indices are int32 here. */
const DTYPES: Readonly<Record<string, DType>> = { float32: "float32", float64: "float32", int64: "int32", int32: "int32", bool: "bool" };

function made(value: Value): unknown {
  if (isTensor(value)) return sg.ones(value.tensor, { dtype: DTYPES[value.dtype] as DType });
  if (Array.isArray(value)) return value.map(made);
  if (value === "inf") return Number.POSITIVE_INFINITY;
  if (value === "-inf") return Number.NEGATIVE_INFINITY;
  return value === null ? undefined : value;
}

/** Options by PyTorch's keyword arguments. */
const optionsOf = (kwargs: BadCall["kwargs"]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(kwargs)
      .filter(([name]) => name !== "device")
      .map(([name, value]) => [camel(name), name === "dtype" ? String(value).replace("torch.", "") : made(value)]),
  );

/** A call as it is written here. */
export function callOf({ op, input, args, kwargs }: BadCall): () => unknown {
  const run = (sg as unknown as Record<string, (...args: unknown[]) => unknown>)[nameOf(op)] as (...args: unknown[]) => unknown;
  if (op === "native_layer_norm") {
    const [x, shape, weight, bias, eps] = [input, ...args].map(made);
    return () => run(x, shape, { weight, bias, eps });
  }
  const list = [input, ...args].map(made);
  if (Object.keys(kwargs).length > 0) list.push(optionsOf(kwargs));
  return () => run(...list);
}

/** Why a call is not refused here; `works` if it can be made. */
export interface Reason {
  readonly why: string;
  readonly works: boolean;
}

const works = (why: string): Reason => ({ why, works: true });
const no = (why: string): Reason => ({ why, works: false });

/** Reasons by PyTorch's error. */
const BY_ERROR: readonly (readonly [RegExp, Reason])[] = [
  [/^(index \d+ is out of bounds|[af]weights cannot be negative)/, works("the values of the tensors, which are wrong, are not recorded")],
  [/^Expected dtype int64 for index/, works("indices are int32")],
  [/^Expected self.dtype to be equal to src.dtype/, works("there is no float64")],
  [/^must be int, not float/, works("1.0 is 1 in JavaScript")],
  [/^Negation, the/, works("bool is computed in int32")],
];

/** Why a call is not refused here, if it is not. */
export function reasonFor({ op, input, args, kwargs, regex }: BadCall): Reason | undefined {
  if (!(nameOf(op) in sg)) return no("there is no such function");
  if ("out" in kwargs) return no("there is no argument out");
  if (/up to 64 dims/.test(regex)) return no("no tensor has more than 64 dimensions");
  const values = [input, ...args, ...Object.values(kwargs)].flat();
  if (values.some((value) => value === "1j" || (isTensor(value) && value.dtype.startsWith("complex"))))
    return no("there are no complex dtypes");
  const tensors = /^(logical_|isclose)/.test(op); // which take no numbers
  if (regex === "" && !tensors && values.some(isTensor) && values.some(isNumber)) return works("a number is an operand");
  return BY_ERROR.find(([error]) => error.test(regex))?.[1];
}
