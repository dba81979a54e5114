// The kernels that convert from one dtype to another. `to` and the reading and writing of values use them.
import { k } from "../wasm/kernels.js";
import type { DType } from "./dtype.js";

/** Converts n elements. That from int64 to int32 returns the position of the first one that does not fit, or -1. */
type CastKernel = (x: number, out: number, n: number) => unknown;

/** The kernel from one dtype to another; types of one byte keep their bits. Where there is none, two conversions are needed. */
const kernels: Readonly<Record<DType, Partial<Record<DType, () => CastKernel>>>> = {
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
  bool: { float32: () => k.u8ToF32, int32: () => k.u8ToI32, uint8: () => k.moveBytes, int8: () => k.moveBytes },
  uint8: { float32: () => k.u8ToF32, int32: () => k.u8ToI32, int8: () => k.moveBytes },
  int8: { int32: () => k.i8ToI32, uint8: () => k.moveBytes },
};

/** Whether one kernel converts from one dtype to another. */
export function hasCast(from: DType, to: DType): boolean {
  return kernels[from][to] !== undefined;
}

/** Converts n elements by the kernel for these dtypes, and returns what it returns. */
export function runCast(from: DType, to: DType, x: number, out: number, n: number): unknown {
  return (kernels[from][to] as () => CastKernel)()(x, out, n);
}
