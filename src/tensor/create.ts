// Creation of tensors: from data, and filled with generated values.
import { checkFinite, checkNoMore, checkNumber, checkWhole } from "../checks.js";
import { ArgError, DTypeError, describe, kindOf, ShapeError } from "../errors.js";
import { readOptions } from "../options.js";
import { bytesPerElement, type DType, isHalf, type TypedArray } from "./dtype.js";
import { elementKernels } from "./elementKernels.js";
import { defineOp, type Op } from "./op.js";
import { checkShape, formatShape, listOf, MAX_RANK, type Shape, type Spec, sizeOf } from "./shape.js";
import { checkAlive, type NestedNumbers, Tensor } from "./tensor.js";
import { checkFits, elementOf, fill, firstMisfit, writeValues } from "./values.js";

/** Options every factory takes. */
export interface TensorOptions {
  /** Element type; float32 unless said. */
  dtype?: DType;
  /** Whether `backward()` shall fill in `.grad`; false unless given. Only float32. */
  requiresGrad?: boolean;
}

/** Sizes as one array or one by one: `zeros([2, 3])`, `zeros(2, 3)`; options may follow. @inline */
export type SizeArguments = readonly [Shape, TensorOptions?] | readonly [...number[], TensorOptions] | readonly number[];

const DEFAULTS: Required<TensorOptions> = { dtype: "float32", requiresGrad: false };

/** Splits `(2, 3, options)` or `([2, 3], options)` into sizes and options, which are not checked yet. */
function splitOptions(args: readonly unknown[]): [before: readonly unknown[], options: unknown] {
  const last = args.at(-1);
  const isOptions = typeof last === "object" && last !== null && !Array.isArray(last);
  const isNone = last === undefined && args.length === 2 && Array.isArray(args[0]);
  return isOptions || isNone ? [args.slice(0, -1), last] : [args, undefined];
}

interface Sized<Options> {
  readonly shape: Shape;
  readonly options: Options;
}

/** Checked sizes, and options over `defaults`, from the arguments of a factory. */
export function readSizes<Options extends object>(op: string, args: readonly unknown[], defaults: Options): Sized<Options> {
  const [sizes, given] = splitOptions(args);
  const options = readOptions(op, given, defaults);
  return { shape: checkShape(op, listOf(op, sizes)), options };
}

/** Checks the options that all factories share. */
function checkTensorOptions(op: string, { dtype, requiresGrad }: Required<TensorOptions>): void {
  checkDType(op, dtype);
  if (requiresGrad && dtype !== "float32") throw new DTypeError(`${op}: only float32 tensors can require a gradient, this one is ${dtype}`);
}

/** Throws `DTypeError` unless this is the name of a dtype. */
export function checkDType(op: string, dtype: unknown): asserts dtype is DType {
  if (typeof dtype !== "string" || !Object.hasOwn(bytesPerElement, dtype)) {
    const got = typeof dtype === "string" ? dtype : describe(dtype);
    throw new DTypeError(`${op}: dtype must be one of ${Object.keys(bytesPerElement).join(", ")}, got ${got}`);
  }
}

/** @internal The tensor itself, which requires a gradient or not. */
export function withGradient(out: Tensor, requiresGrad: boolean): Tensor {
  if (requiresGrad) out.requiresGrad = true;
  return out;
}

/** The error for a value in place of a number, with a hint. */
function notANumber(item: unknown, path: string): ArgError {
  const hint =
    typeof item === "string"
      ? "; convert it with Number(...)"
      : ArrayBuffer.isView(item)
        ? "; use stack([tensor(a), tensor(b)]), or one flat array with { shape }"
        : item instanceof Tensor
          ? "; copy it with clone(), join several with stack or cat"
          : "";
  return new ArgError(`tensor: data${path} is ${describe(item)}, expected a number${hint}`);
}

/** The sizes of nested arrays, taken from the first item of each level. */
function nestedShape(data: NestedNumbers): number[] {
  const shape: number[] = [];
  for (let d: NestedNumbers | undefined = data; Array.isArray(d); d = d[0]) {
    if (shape.length === MAX_RANK) {
      throw new ShapeError(`tensor: data is nested more than ${MAX_RANK} deep, or contains itself`);
    }
    shape.push(d.length);
  }
  return shape;
}

/** Reads nested arrays depth first. The error for a row of another length gives its path. */
function flatten(data: NestedNumbers): { shape: number[]; values: number[]; allBooleans: boolean } {
  const shape = nestedShape(data);
  const values: number[] = [];
  let allBooleans = true;
  const walk = (item: NestedNumbers, dim: number, path: string): void => {
    if (Array.isArray(item)) {
      if (dim >= shape.length || item.length !== shape[dim]) {
        const wanted = dim >= shape.length ? "a number" : `${shape[dim]} items`;
        throw new ShapeError(`tensor: data${path} has ${item.length} items, expected ${wanted} as in the rows before it`);
      }
      for (let i = 0; i < item.length; i++) walk(item[i] as NestedNumbers, dim + 1, `${path}[${i}]`);
    } else if (typeof item !== "number" && typeof item !== "boolean") throw notANumber(item, path);
    else if (dim < shape.length) throw new ShapeError(`tensor: data${path} is ${item}, expected an array of ${shape[dim]} items`);
    else {
      if (typeof item === "number") allBooleans = false;
      values.push(Number(item));
    }
  };
  walk(data, 0, "");
  return { shape, values, allBooleans: allBooleans && values.length > 0 };
}

const TYPED_ARRAYS: Readonly<Record<string, DType>> = {
  Float32Array: "float32",
  Float64Array: "float32",
  Int32Array: "int32",
  Uint8Array: "uint8",
  Uint8ClampedArray: "uint8",
  Int8Array: "int8",
  Float16Array: "float16",
  BigInt64Array: "int64",
};

/** The dtype of a typed array. Big integers and bits are taken only as the dtypes that hold them. */
function typeOfArray(data: ArrayBufferView, wanted: DType | undefined): DType {
  const kind = kindOf(data);
  if (kind === "Uint16Array" && isHalf(wanted)) return wanted;
  const dtype = TYPED_ARRAYS[kind];
  if (dtype && (dtype !== "int64" || !wanted || wanted === dtype)) return dtype;
  throw new DTypeError(
    `tensor: takes ${Object.keys(TYPED_ARRAYS).join(", ")} for int64 and Uint16Array for the bits of float16 or bfloat16, got a ${kind}${wanted ? ` for ${wanted}` : ""}`,
  );
}

/** The path of a value in nested arrays of a shape: `[1][0]`. */
function pathOf(index: number, shape: Shape): string {
  let rest = index;
  const path = [...shape].reverse().map((size) => {
    const at = rest % size;
    rest = Math.floor(rest / size);
    return `[${at}]`;
  });
  return path.reverse().join("");
}

/** A Float16Array, which not every runtime and not every version of TypeScript has. @inline */
type HalfArray = ArrayBufferView & ArrayLike<number> & { readonly [Symbol.toStringTag]: "Float16Array" };

/** @internal Defines an operation that makes a tensor from a description. */
export function defineSource<Attr extends Spec>(name: string, write: (out: Tensor, attr: Attr) => void): Op<[], Attr> {
  return defineOp<[], Attr>({
    name,
    infer: (_, { shape, dtype }) => ({ shape, dtype }),
    forward: (out, _, attr) => write(out, attr),
    backward: [],
  });
}

const oneValue: Op<[], Spec & { readonly value: number }> = defineSource("full", (out, { value }) => fill(out, value));

interface Values extends Spec {
  /** Elements in row-major order, as the dtype holds them. */
  readonly values: ArrayLike<number> | BigInt64Array;
}

/** @internal A tensor with the given elements. */
export const fromValues: Op<[], Values> = defineSource("tensor", (out, { values }) => writeValues(out.dtype, out.ptr, values));

const identity: Op<[], Spec> = defineSource("eye", (out, { shape: [rows = 0, columns = 0] }) => {
  fill(out, 0);
  if (out.size === 0) return;
  writeValues(out.dtype, out.ptr, [1]);
  elementKernels(out.dtype).copy(out.ptr, out.ptr, 1, 1, 1, Math.min(rows, columns), 0, 0, 0, 0, 0, 0, 0, columns + 1);
});

/**
 * A tensor with a copy of the given values.
 *
 * data: a number, nested arrays (every row of one length), a Float32Array, Float64Array, Int32Array, Uint8Array, Int8Array, BigInt64Array
 * (int64), Float16Array, or a Uint16Array with the bits of the dtype float16 or bfloat16, which must be given then.
 * Options: `shape` (default: that of the nesting, or one dimension), `dtype` (default: float32 for numbers, bool for
 * booleans, that of the typed array), `requiresGrad`. A number becomes the nearest float32, and in bool whether it is not 0;
 * the integer dtypes take only what they hold.
 * Errors: `ShapeError` for a ragged, cyclic or too deep nesting (with the path of the odd row) or a shape of another size,
 * `ArgError` for values that are not numbers or that the dtype does not hold (with their path), `DTypeError` for an unknown dtype.
 * @example tensor([[1, 2], [3, 4]]); // float32[2,2]
 * @example tensor(new Float32Array(6), { shape: [2, 3], requiresGrad: true });
 */
export function tensor(
  data: NestedNumbers | TypedArray | Uint16Array | BigInt64Array | HalfArray,
  options?: TensorOptions & { shape?: Shape },
): Tensor {
  const given = readOptions<{ shape?: Shape | undefined; dtype?: DType | undefined; requiresGrad: boolean }>("tensor", options, {
    shape: undefined,
    dtype: undefined,
    requiresGrad: false,
  });
  const typed = ArrayBuffer.isView(data) ? typeOfArray(data, given.dtype) : undefined;
  const nested = typed ? undefined : flatten(data as NestedNumbers);
  const values = nested ? nested.values : (data as TypedArray);
  const own = nested?.shape ?? [values.length];
  const shape = checkShape("tensor", given.shape ?? own);
  const dtype = given.dtype ?? typed ?? (nested?.allBooleans ? "bool" : "float32");
  checkTensorOptions("tensor", { dtype, requiresGrad: given.requiresGrad });
  if (sizeOf(shape) !== values.length) {
    throw new ShapeError(`tensor: ${values.length} values do not fill shape ${formatShape(shape)} of ${sizeOf(shape)} elements`);
  }
  const misfit = typed === dtype ? -1 : firstMisfit(values, dtype);
  if (misfit >= 0) checkFits("tensor", `data${pathOf(misfit, own)}`, values[misfit] as number, dtype);
  const converted = dtype === "bool" ? Array.from(values, (value) => elementOf(value, dtype)) : values;
  return withGradient(fromValues({ shape, dtype, values: converted }), given.requiresGrad);
}

function filled(op: string, value: number, { shape, options }: Sized<Required<TensorOptions>>): Tensor {
  checkTensorOptions(op, options);
  const { dtype, requiresGrad } = options;
  checkFits(op, "value", value, dtype);
  return withGradient(oneValue({ shape, dtype, value }), requiresGrad);
}

const filledWith =
  (op: string, value: number) =>
  (...sizes: SizeArguments): Tensor =>
    filled(op, value, readSizes(op, sizes, DEFAULTS));

/**
 * Zeros. Sizes as one array or one by one, then options. Result: float32 unless `dtype` says otherwise, in the shape given.
 * Errors: `ArgError` for sizes that are not integers, `ShapeError` for negative ones, `MemoryError` for too many; `ArgError`
 * for an unknown option, `DTypeError` for an unknown dtype or a gradient of anything but float32.
 * @example zeros([2, 3]); zeros(2, 3, { dtype: "int32" });
 */
export const zeros: (...sizes: SizeArguments) => Tensor = filledWith("zeros", 0);

/**
 * Ones. Sizes as one array or one by one, then options. Result: float32 unless `dtype` says otherwise, in the shape given.
 * Errors: those of `zeros`.
 * @example ones(3); // [1, 1, 1]
 */
export const ones: (...sizes: SizeArguments) => Tensor = filledWith("ones", 1);

/**
 * Zeros, as `zeros` gives them. Memory is never handed out with what was in it before. Sizes as one array or one by one, then options.
 * Result: float32 unless `dtype` says otherwise, in the shape given. Errors: those of `zeros`.
 * @example empty(2, 3).shape; // [2, 3]
 */
export const empty: (...sizes: SizeArguments) => Tensor = filledWith("empty", 0);

/**
 * A tensor of one value. Result: float32 unless `dtype` says otherwise, in the shape given.
 * Errors: those of `zeros`, and `ArgError` for a value that the dtype does not hold.
 * @example full([2, 2], 0.5); // [[0.5, 0.5], [0.5, 0.5]]
 */
export function full(shape: Shape, value: number, options?: TensorOptions): Tensor {
  const sized = { shape: checkShape("full", shape), options: readOptions("full", options, DEFAULTS) };
  return filled("full", checkNumber("full", "value", value), sized);
}

const filledLike =
  (op: string, value: number) =>
  (x: Tensor, options?: TensorOptions): Tensor =>
    sameAs(op, x, value, options);

function sameAs(op: string, x: Tensor, value: number, options: TensorOptions | undefined): Tensor {
  checkAlive(op, x, "x");
  return filled(op, value, { shape: x.shape, options: readOptions(op, options, { ...DEFAULTS, dtype: x.dtype }) });
}

/**
 * Zeros in the shape and dtype of another tensor, unless `dtype` says otherwise. Gradient: none flows to x.
 * Errors: those of `zeros`.
 * @example zerosLike(tensor([1, 2])); // [0, 0]
 */
export const zerosLike: (x: Tensor, options?: TensorOptions) => Tensor = filledLike("zerosLike", 0);

/**
 * Ones in the shape and dtype of another tensor, unless `dtype` says otherwise. Gradient: none flows to x.
 * Errors: those of `zeros`.
 * @example onesLike(tensor([3, 4])); // [1, 1]
 */
export const onesLike: (x: Tensor, options?: TensorOptions) => Tensor = filledLike("onesLike", 1);

/**
 * `empty` in the shape and dtype of another tensor, unless `dtype` says otherwise: zeros. Gradient: none flows to x.
 * Errors: those of `zeros`.
 * @example emptyLike(tensor([1, 2])).shape; // [2]
 */
export const emptyLike: (x: Tensor, options?: TensorOptions) => Tensor = filledLike("emptyLike", 0);

/**
 * One value in the shape and dtype of another tensor, unless `dtype` says otherwise. Gradient: none flows to x.
 * Errors: those of `full`.
 * @example fullLike(tensor([1, 2]), 0.5); // [0.5, 0.5]
 */
export function fullLike(x: Tensor, value: number, options?: TensorOptions): Tensor {
  return sameAs("fullLike", x, checkNumber("fullLike", "value", value), options);
}

/** A vector with the value of `at` at each position; `ArgError` for one that the dtype does not hold. */
function generated(op: string, length: number, options: Required<TensorOptions>, at: (i: number) => number): Tensor {
  checkTensorOptions(op, options);
  const { dtype, requiresGrad } = options;
  const shape = checkShape(op, [length]);
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const value = at(i);
    checkFits(op, `value ${i}`, value, dtype);
    values[i] = elementOf(value, dtype);
  }
  return withGradient(fromValues({ shape, dtype, values }), requiresGrad);
}

/**
 * The numbers `start, start + step, ...` below `end` (above it for a negative step), as a vector [n]. With one argument, `0 .. n-1`.
 * Integers still give float32 unless `dtype` says int32.
 * Errors: `ArgError` for a step of 0 or of the wrong sign, a bound that is not finite, or numbers that the dtype does not hold;
 * the other errors of `zeros`.
 * @example arange(1, 2, 0.25); // [1, 1.25, 1.5, 1.75]
 * @example arange(3, { dtype: "int32" }); // [0, 1, 2]
 */
export function arange(...args: readonly [...number[], TensorOptions] | readonly number[]): Tensor {
  const [numbers, given] = splitOptions(args);
  const options = readOptions("arange", given, DEFAULTS);
  const [start, end, step = 1, ...more] = (numbers.length === 1 ? [0, ...numbers] : numbers) as [number, number, ...number[]];
  checkFinite("arange", "start", start);
  checkFinite("arange", "end", end);
  checkFinite("arange", "step", step);
  checkNoMore("arange", more);
  const steps = (end - start) / step;
  // A step of 0 gives Infinity or NaN.
  if (!(steps >= 0 && steps < Infinity)) throw new ArgError(`arange: step ${step} does not lead from ${start} to ${end}`);
  return generated("arange", Math.max(0, Math.ceil(steps)), options, (i) => start + i * step);
}

/**
 * `steps` numbers from `start` to `end`, both included, evenly spaced, as a vector [steps]. float32 unless `dtype` says otherwise.
 * Errors: `ArgError` for a negative or fractional number of steps, a bound that is not finite, or numbers that the dtype does not
 * hold; the other errors of `zeros`.
 * @example linspace(0, 1, 5); // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace(start: number, end: number, steps: number, options?: TensorOptions): Tensor {
  return spaced("linspace", start, end, steps, readOptions("linspace", options, DEFAULTS), (value) => value);
}

function spaced(
  op: string,
  start: number,
  end: number,
  steps: number,
  given: Required<TensorOptions>,
  powerOf: (position: number) => number,
): Tensor {
  checkFinite(op, "start", start);
  checkFinite(op, "end", end);
  checkWhole(op, "steps", steps, 0, Infinity);
  const last = steps - 1;
  // From both ends, so that the last value is that of `end` itself.
  return generated(op, steps, given, (i) => {
    if (last === 0) return powerOf(start);
    return powerOf(i < steps / 2 ? start + ((end - start) * i) / last : end - ((end - start) * (last - i)) / last);
  });
}

/**
 * The identity matrix [n, n], or [n, m] with ones on its diagonal. float32 unless `dtype` says otherwise.
 * Errors: those of `zeros`.
 * @example eye(2); // [[1, 0], [0, 1]]
 * @example eye(2, 3, { dtype: "int32" }); // [[1, 0, 0], [0, 1, 0]]
 */
export function eye(n: number, ...rest: readonly [m: number, options?: TensorOptions] | readonly [options?: TensorOptions]): Tensor {
  const [first, second] = rest;
  const isSize = typeof first === "number";
  const given = readOptions("eye", isSize ? second : first, DEFAULTS);
  checkTensorOptions("eye", given);
  return withGradient(identity({ shape: checkShape("eye", [n, isSize ? first : n]), dtype: given.dtype }), given.requiresGrad);
}

/**
 * `base` to the powers of `linspace(start, end, steps)`, as a vector [steps]. float32 unless `dtype` says otherwise. Options: those of `zeros`, and
 * `base`, which is 10 unless given.
 * Errors: those of `linspace`, and `ArgError` for a base that is not finite.
 * @example logspace(0, 2, 3); // [1, 10, 100]
 */
export function logspace(start: number, end: number, steps: number, options?: TensorOptions & { base?: number }): Tensor {
  const { base, ...given } = readOptions("logspace", options, { ...DEFAULTS, base: 10 });
  checkFinite("logspace", "base", base);
  return spaced("logspace", start, end, steps, given, (power) => base ** power);
}
