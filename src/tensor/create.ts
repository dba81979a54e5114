// Tensors from data and from rules.
import { ArgError, DTypeError, ShapeError } from "../errors.js";
import { k } from "../wasm/kernels.js";
import { bytesPerElement, type DType, elements, type TypedArray } from "./dtype.js";
import { checkShape, formatShape, type Shape, sizeOf } from "./shape.js";
import { checkAlive, empty, type NestedNumbers, type Tensor } from "./tensor.js";

/** Options every factory takes. */
export interface TensorOptions {
  /** Element type; float32 unless said. */
  dtype?: DType;
  /** Whether `backward()` shall fill in `.grad`. Only float32. */
  requiresGrad?: boolean;
}

/** Sizes as one array or one by one: `zeros([2, 3])`, `zeros(2, 3)`; options may follow. */
export type SizeArguments = readonly [Shape, TensorOptions?] | readonly [...number[], TensorOptions] | readonly number[];

/** Splits `(2, 3, options)` or `([2, 3], options)` into checked sizes and options. */
export function readSizes(op: string, args: readonly unknown[]): { shape: Shape; options: TensorOptions } {
  const last = args.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !Array.isArray(last);
  const sizes = hasOptions ? args.slice(0, -1) : args;
  const shape = (Array.isArray(sizes[0]) && sizes.length === 1 ? sizes[0] : sizes) as Shape;
  return { shape: checkShape(op, shape), options: hasOptions ? (last as TensorOptions) : {} };
}

function checkDType(op: string, dtype: DType): DType {
  if (!(dtype in bytesPerElement)) {
    throw new DTypeError(`${op}: dtype must be one of ${Object.keys(bytesPerElement).join(", ")}, got ${String(dtype)}`);
  }
  return dtype;
}

/** Writes values into a tensor's memory, converted as a typed array converts them. */
function write(out: Tensor, values: ArrayLike<number>): Tensor {
  const given = out.dtype === "bool" ? Array.from(values, (v) => (v ? 1 : 0)) : values;
  elements(out.dtype).set(given, out.ptr / bytesPerElement[out.dtype]);
  return out;
}

function finish(op: string, out: Tensor, requiresGrad = false): Tensor {
  if (!requiresGrad) return out;
  if (out.dtype !== "float32") {
    out.dispose();
    throw new DTypeError(`${op}: only float32 tensors can require a gradient, this one is ${out.dtype}`);
  }
  out.requiresGrad = true;
  return out;
}

/** Reads nested arrays depth first; a row of another length is named by its path. */
function flatten(data: NestedNumbers): { shape: number[]; values: number[]; allBooleans: boolean } {
  const shape: number[] = [];
  for (let d: NestedNumbers | undefined = data; Array.isArray(d); d = d[0]) shape.push(d.length);
  const values: number[] = [];
  let allBooleans = true;
  const walk = (item: NestedNumbers, dim: number, path: string): void => {
    if (Array.isArray(item)) {
      if (dim >= shape.length || item.length !== shape[dim]) {
        const wanted = dim >= shape.length ? "a number" : `${shape[dim]} items`;
        throw new ShapeError(`tensor: data${path} has ${item.length} items, expected ${wanted} as in the rows before it`);
      }
      for (let i = 0; i < item.length; i++) walk(item[i] as NestedNumbers, dim + 1, `${path}[${i}]`);
    } else if (dim < shape.length) {
      throw new ShapeError(`tensor: data${path} is ${String(item)}, expected an array of ${shape[dim]} items`);
    } else if (typeof item === "boolean") values.push(item ? 1 : 0);
    else if (typeof item === "number") {
      allBooleans = false;
      values.push(item);
    } else throw new ArgError(`tensor: data${path} is ${String(item)}, expected a number`);
  };
  walk(data, 0, "");
  return { shape, values, allBooleans: allBooleans && values.length > 0 };
}

function typeOfArray(data: ArrayBufferView): DType {
  if (data instanceof Float32Array || data instanceof Float64Array) return "float32";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) return "uint8";
  if (data instanceof Int8Array) return "int8";
  throw new DTypeError(
    `tensor: takes a Float32Array, Float64Array, Int32Array, Uint8Array or Int8Array, got a ${data.constructor.name}; copy the values into one of those first`,
  );
}

/**
 * A tensor with a copy of the given values.
 *
 * data: a number, nested arrays (every row of one length), a Float32Array, Int32Array, Uint8Array or Int8Array.
 * Options: `shape` (default: that of the nesting, or one dimension), `dtype` (default: float32 for numbers, bool for
 * booleans, that of the typed array), `requiresGrad`.
 * Errors: `ShapeError` for a ragged nesting (with the path of the odd row) or a shape of another size, `ArgError` for
 * values that are no numbers, `DTypeError`.
 * @example tensor([[1, 2], [3, 4]]); // float32[2,2]
 * @example tensor(new Float32Array(6), { shape: [2, 3], requiresGrad: true });
 */
export function tensor(data: NestedNumbers | TypedArray | Float64Array, options: TensorOptions & { shape?: Shape } = {}): Tensor {
  const typed = ArrayBuffer.isView(data) ? typeOfArray(data) : undefined;
  const nested = typed ? undefined : flatten(data as NestedNumbers);
  const values = nested ? nested.values : (data as TypedArray);
  const shape = checkShape("tensor", options.shape ?? nested?.shape ?? [values.length]);
  const dtype = checkDType("tensor", options.dtype ?? typed ?? (nested?.allBooleans ? "bool" : "float32"));
  if (sizeOf(shape) !== values.length) {
    throw new ShapeError(`tensor: ${values.length} values do not fill shape ${formatShape(shape)} of ${sizeOf(shape)} elements`);
  }
  return finish("tensor", write(empty(shape, dtype), values), options.requiresGrad);
}

function filled(op: string, shape: Shape, value: number, { dtype = "float32", requiresGrad }: TensorOptions): Tensor {
  const out = empty(shape, checkDType(op, dtype));
  if (dtype === "float32") k.fill32(out.ptr, out.size, new Int32Array(Float32Array.of(value).buffer)[0] as number);
  else if (dtype === "int32") k.fill32(out.ptr, out.size, value);
  else k.fill8(out.ptr, out.size, dtype === "bool" ? Number(value !== 0) : value);
  return finish(op, out, requiresGrad);
}

/**
 * Zeros. Sizes as one array or one by one, then options.
 * Errors: `ArgError` for sizes that are no whole numbers, `ShapeError` for negative ones, `MemoryError` for too many.
 * @example zeros([2, 3]); zeros(2, 3, { dtype: "int32" });
 */
export function zeros(...sizes: SizeArguments): Tensor {
  const { shape, options } = readSizes("zeros", sizes);
  return filled("zeros", shape, 0, options);
}

/** Ones; arguments and errors as `zeros`. @example ones(3); */
export function ones(...sizes: SizeArguments): Tensor {
  const { shape, options } = readSizes("ones", sizes);
  return filled("ones", shape, 1, options);
}

/** A tensor of one value. Errors as `zeros`. @example full([2, 2], 0.5); */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  return filled("full", checkShape("full", shape), value, options);
}

/** Zeros in the shape and dtype of another tensor. @example zerosLike(x); */
export function zerosLike(x: Tensor, options: TensorOptions = {}): Tensor {
  checkAlive("zerosLike", x);
  return filled("zerosLike", x.shape, 0, { dtype: x.dtype, ...options });
}

/** Ones in the shape and dtype of another tensor. @example onesLike(x); */
export function onesLike(x: Tensor, options: TensorOptions = {}): Tensor {
  checkAlive("onesLike", x);
  return filled("onesLike", x.shape, 1, { dtype: x.dtype, ...options });
}

/**
 * The numbers `start, start + step, ...` below `end` (above it for a negative step). With one argument, `0 .. n-1`.
 * Whole arguments still give float32 unless `dtype` says int32.
 * Errors: `ArgError` for a step of 0, of the wrong sign, or a bound that is not finite.
 * @example arange(5); arange(1, 2, 0.25); arange(10, { dtype: "int32" });
 */
export function arange(...args: readonly [...number[], TensorOptions] | readonly number[]): Tensor {
  const options = typeof args.at(-1) === "object" ? (args.at(-1) as TensorOptions) : {};
  const numbers = args.filter((a) => typeof a === "number");
  const [start, end, step = 1] = numbers.length === 1 ? [0, numbers[0] as number] : (numbers as [number, number, number?]);
  if (![start, end, step].every(Number.isFinite)) throw new ArgError(`arange: bounds and step must be finite, got ${numbers.join(", ")}`);
  if (step === 0) throw new ArgError("arange: step must not be 0");
  if ((end - start) * step < 0) throw new ArgError(`arange: step ${step} does not lead from ${start} to ${end}`);
  const length = Math.max(0, Math.ceil((end - start) / step));
  const shape = checkShape("arange", [length]);
  const out = empty(shape, checkDType("arange", options.dtype ?? "float32"));
  return finish(
    "arange",
    write(
      out,
      Float64Array.from({ length }, (_, i) => start + i * step),
    ),
    options.requiresGrad,
  );
}

/**
 * `steps` numbers from `start` to `end`, both included, evenly spaced.
 * Errors: `ArgError` for a negative or fractional number of steps.
 * @example linspace(0, 1, 5); // 0, 0.25, 0.5, 0.75, 1
 */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  if (!Number.isInteger(steps) || steps < 0) throw new ArgError(`linspace: steps must be a whole number of at least 0, got ${steps}`);
  // From both ends, so that the last value is `end` itself.
  const at = (i: number) =>
    i < steps / 2 ? start + ((end - start) * i) / (steps - 1) : end - ((end - start) * (steps - 1 - i)) / (steps - 1);
  const out = empty(checkShape("linspace", [steps]), checkDType("linspace", options.dtype ?? "float32"));
  const values = steps === 1 ? [start] : Float64Array.from({ length: steps }, (_, i) => at(i));
  return finish("linspace", write(out, values), options.requiresGrad);
}

/** The identity matrix with `n` rows. Errors as `zeros`. @example eye(3); */
export function eye(n: number, options: TensorOptions = {}): Tensor {
  const shape = checkShape("eye", [n, n]);
  const out = filled("eye", shape, 0, { dtype: options.dtype ?? "float32" });
  const diagonal = elements(out.dtype);
  const start = out.ptr / bytesPerElement[out.dtype];
  for (let i = 0; i < n; i++) diagonal[start + i * (n + 1)] = 1;
  return finish("eye", out, options.requiresGrad);
}
