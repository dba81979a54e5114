// The kernels that convert from one dtype to another. `to` and the reading and writing of values use them.
import { k } from "../wasm/kernels.js";
import type { DType } from "./dtype.js";

/** Converts n elements. That from int64 to int32 returns the position of the first one that does not fit, or -1. */
export type CastKernel = (x: number, out: number, n: number) => void;

/** For types of the same size, where conversion keeps the bits. */
const copyBytes: CastKernel = (x, out, n) => k.copy8(x, out, 1, 1, 1, n, 0, 0, 0, 1, 0, 0, 0, 1);
const copies = (): CastKernel => copyBytes;

/** The kernel from one dtype to another. Where there is none, a conversion goes by way of `via`. */
export const casts: Readonly<Record<DType, Partial<Record<DType, () => CastKernel>>>> = {
  float32: {
    int32: () => k.f32ToI32,
    bool: () => k.f32ToBool,
    uint8: () => k.f32ToU8,
    int8: () => k.f32ToI8,
    float16: () => k.f32ToF16,
    bfloat16: () => k.f32ToBf16,
    int64: () => k.f32ToI64,
  },
  float16: { float32: () => k.f16ToF32 },
  bfloat16: { float32: () => k.bf16ToF32 },
  int64: { float32: () => k.i64ToF32, int32: () => k.i64ToI32 },
  int32: { float32: () => k.i32ToF32, bool: () => k.i32ToBool, uint8: () => k.i32ToU8, int8: () => k.i32ToU8, int64: () => k.i32ToI64 },
  bool: { float32: () => k.u8ToF32, int32: () => k.u8ToI32, uint8: copies, int8: copies },
  uint8: { float32: () => k.u8ToF32, int32: () => k.u8ToI32, int8: copies },
  int8: { int32: () => k.i8ToI32, uint8: copies },
};
