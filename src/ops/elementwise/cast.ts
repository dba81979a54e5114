// Conversions between element types.
import { ArgError, DTypeError, describe, IndexError } from "../../errors.js";
import { hasCast, runCast } from "../../tensor/casts.js";
import { bytesPerElement, type DType, elements, isHalf } from "../../tensor/dtype.js";
import { defineOp, type Op, type Rule } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { alias } from "../move/shape.js";

/** A conversion that has a kernel. `target` gets the attribute, which is the dtype for most. */
function casting(name: string, target: (attr: DType) => DType, rule: Rule<[x: Tensor], DType> | null): Op<[x: Tensor], DType> {
  return defineOp<[x: Tensor], DType>({
    name,
    infer: ([x], attr) => ({ shape: x.shape, dtype: target(attr) }),
    forward: (out, [x]) => void runCast(x.dtype, out.dtype, x.ptr, out.ptr, out.size),
    backward: [rule],
  });
}

/** Conversions that have no gradient. */
const cast: Op<[x: Tensor], DType> = casting("to", (dtype) => dtype, null);
/** float32 in 16 bits. Gradients are float32 throughout, so this one is g itself. */
const toHalf: Op<[x: Tensor], DType> = casting(
  "toHalf",
  (dtype) => dtype,
  (g) => g,
);
/** 16 bits, of the dtype that is given, as float32. The gradient is rounded as if it had that dtype too, as in PyTorch. */
const fromHalf: Op<[x: Tensor], DType> = casting(
  "fromHalf",
  () => "float32",
  (g, { attr }) => to(to(g, attr), "float32"),
);

/** int64 as int32, for the operation that the attribute names. */
const narrowing = (name: string, Kind: typeof ArgError | typeof IndexError): Op<[x: Tensor], string> =>
  defineOp<[x: Tensor], string>({
    name,
    infer: ([x]) => ({ shape: x.shape, dtype: "int32" }),
    forward: (out, [x], op) => {
      const at = k.i64ToI32(x.ptr, out.ptr, out.size);
      if (at < 0) return;
      const value = elements("int64")[x.ptr / bytesPerElement.int64 + at];
      throw new Kind(`${op}: element ${at} of ${formatSpec(x)} is ${value}, which int32 cannot hold; .float() rounds it`);
    },
    backward: [null],
  });
const toInt: Op<[x: Tensor], string> = narrowing("toInt", ArgError);
const toIndex: Op<[x: Tensor], string> = narrowing("toIndex", IndexError);

/** Indices as int32 if they are int64; all others as they are. Errors: `IndexError` for one that int32 does not hold. */
export function asIndex(op: string, index: Tensor): Tensor {
  checkAlive(op, index, "index");
  return index.dtype === "int64" ? toIndex(index, op) : index;
}

/** `to` for the operation `op`, which errors name. */
export function convert(op: string, x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return alias(x);
  if (!hasCast(x.dtype, dtype)) {
    // int32 does not tell whether an int64 is 0.
    const byFloat = isHalf(dtype) || isHalf(x.dtype) || (x.dtype === "int64" && dtype === "bool");
    return scope(() => convert(op, convert(op, x, byFloat ? "float32" : "int32"), dtype));
  }
  if (x.dtype === "int64" && dtype === "int32") return toInt(x, op);
  if (isHalf(dtype)) return toHalf(x, dtype);
  return isHalf(x.dtype) ? fromHalf(x, x.dtype) : cast(x, dtype);
}

/**
 * The same values as another dtype. x: any dtype, any shape -> the same shape. A value causes no error, unlike in `tensor` and `full`, which
 * take only numbers that fit, except for an int64 that int32 does not hold. float32 to integers drops the fraction and gives the nearest
 * number in range (NaN becomes 0); integers become narrower ones by keeping their low bits; to floats: the nearest, halves to even, and
 * infinity beyond the range; to bool: whether the value is not 0. int64 becomes uint8 and int8 by way of int32. If x has the dtype already,
 * the result shares its memory.
 * Gradient: g between floats, rounded to the 16 bits of x if x has them; otherwise none: the result needs no gradient.
 * Errors: `DTypeError` for an unknown dtype, `ArgError` for an int64 that int32 does not hold, with its position.
 * @example tensor([1.7, -2]).to("int32"); // [1, -2]
 * @example tensor([0.1]).to("float16").to("float32"); // [0.0999755859375]
 */
export function to(x: Tensor, dtype: DType): Tensor {
  checkAlive("to", x, "x");
  if (typeof dtype !== "string" || !Object.hasOwn(bytesPerElement, dtype))
    throw new DTypeError(
      `to: ${formatSpec(x)} does not convert to ${describe(dtype)}; use one of ${Object.keys(bytesPerElement).join(", ")}`,
    );
  return convert("to", x, dtype);
}

/**
 * The same values as float32. x: any dtype, any shape -> the same shape. Gradient: g if x is float32 already, otherwise none.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example tensor([true, false]).float(); // [1, 0]
 */
export function float(x: Tensor): Tensor {
  return to(x, "float32");
}

/**
 * The same values as int32, converted as by `to`. x: any dtype, any shape -> the same shape. Gradient: none.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example tensor([1.7, -2]).int(); // [1, -2]
 */
export function int(x: Tensor): Tensor {
  return to(x, "int32");
}

/**
 * The same values as float16, for storage: the nearest, infinity from 65520 on. x: any dtype, any shape -> the same shape.
 * Gradient: g for float32, otherwise none.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example tensor([0.1, 70000]).half(); // [0.1000, Infinity]
 */
export function half(x: Tensor): Tensor {
  return to(x, "float16");
}

/**
 * The same values as bfloat16, for storage: the nearest, with the range of float32 and 8 significant bits. x: any dtype, any shape -> the
 * same shape. Gradient: g for float32, otherwise none.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example tensor([1.01]).bfloat16(); // [1.0078]
 */
export function bfloat16(x: Tensor): Tensor {
  return to(x, "bfloat16");
}

/**
 * The same values as int64, for storage and exchange, converted as by `to`. x: any dtype, any shape -> the same shape. Gradient: none.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example tensor([1.7, -2]).long(); // [1, -2]
 */
export function long(x: Tensor): Tensor {
  return to(x, "int64");
}

/**
 * Whether each value is not 0. x: any dtype, any shape -> bool of the same shape. Gradient: none.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example tensor([0, 2]).bool(); // [false, true]
 */
export function bool(x: Tensor): Tensor {
  return to(x, "bool");
}
