// Conversions between element types.
import { DTypeError, describe } from "../../errors.js";
import type { DType } from "../../tensor/dtype.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { alias } from "../move/shape.js";

type CastKernel = (x: number, out: number, n: number) => void;

/** For types of the same size, where conversion keeps the bits. */
const copyBytes: CastKernel = (x, out, n) => k.copy8(x, out, 1, 1, 1, n, 0, 0, 0, 1, 0, 0, 0, 1);

/** The kernel from one dtype to another; if there is none, the conversion goes through int32. */
const kernels: Readonly<Record<DType, Partial<Record<DType, () => CastKernel>>>> = {
  float32: { int32: () => k.f32ToI32, bool: () => k.f32ToBool, uint8: () => k.f32ToU8, int8: () => k.f32ToI8 },
  int32: { float32: () => k.i32ToF32, bool: () => k.i32ToBool, uint8: () => k.i32ToU8, int8: () => k.i32ToU8 },
  bool: { float32: () => k.u8ToF32, int32: () => k.u8ToI32, uint8: () => copyBytes, int8: () => copyBytes },
  uint8: { float32: () => k.u8ToF32, int32: () => k.u8ToI32, int8: () => copyBytes },
  int8: { int32: () => k.i8ToI32, uint8: () => copyBytes },
};

const cast: Op<[x: Tensor], DType> = defineOp<[x: Tensor], DType>({
  name: "to",
  infer: ([x], dtype) => ({ shape: x.shape, dtype }),
  forward: (out, [x], dtype) => (kernels[x.dtype][dtype] as () => CastKernel)()(x.ptr, out.ptr, out.size),
  backward: [null],
});

/**
 * The same values as another dtype. x: any dtype, any shape -> the same shape. A value never causes an error, unlike in `tensor` and
 * `full`, which take only numbers that fit: float32 to int32, uint8 and int8 drops the fraction and gives the nearest number in range (NaN
 * becomes 0); integers become narrower ones by keeping their low bits; to bool: whether the value is not 0. If x has the dtype already, the
 * result shares its memory.
 * Gradient: g if x has the dtype already, otherwise none: the result needs no gradient.
 * Errors: `DTypeError` for an unknown dtype.
 * @example tensor([1.7, -2]).to("int32"); // [1, -2]
 */
export function to(x: Tensor, dtype: DType): Tensor {
  checkAlive("to", x, "x");
  if (x.dtype === dtype) return alias(x);
  if (typeof dtype !== "string" || !Object.hasOwn(kernels, dtype))
    throw new DTypeError(`to: ${formatSpec(x)} does not convert to ${describe(dtype)}; use one of ${Object.keys(kernels).join(", ")}`);
  return kernels[x.dtype][dtype] ? cast(x, dtype) : scope(() => cast(cast(x, "int32"), dtype));
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
 * Whether each value is not 0. x: any dtype, any shape -> bool of the same shape. Gradient: none.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example tensor([0, 2]).bool(); // [false, true]
 */
export function bool(x: Tensor): Tensor {
  return to(x, "bool");
}
