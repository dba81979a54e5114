// Cuts of assembly/elementwise: elements of a flat array, rows of a matrix, or columns of a single row.
import { along, ELEMENTS, flat, HEAVY, LIGHT, outermost, type Split, type Splits } from "./cut.js";

export const map = (ns: number, x = 4, out = 4): Split<"x" | "out", "n"> => flat(ns, { x, out });
/** Gradients that read the output y, and those that read the input x. */
const fromOutput = (ns: number): Split<"g" | "y" | "out", "n"> => flat(ns, { g: 4, y: 4, out: 4 });
export const fromInput = (ns: number): Split<"g" | "x" | "out", "n"> => flat(ns, { g: 4, x: 4, out: 4 });

type Strides = "aRow" | "aCol" | "bRow" | "bCol";

/** Two operands with strides; `out` has rows of `cols` elements. An element of `out` has `bytes` bytes, one of the operands `operand`. */
export const binary = (ns: number, bytes = 4, operand = 4): Split<"a" | "b" | "out", "rows" | "cols" | Strides> => ({
  cost: [ns, "rows", "cols"],
  cuts: [
    outermost("rows", { a: `${operand}*aRow`, b: `${operand}*bRow`, out: `${bytes}*cols` }),
    along("cols", ELEMENTS, { a: `${operand}*aCol`, b: `${operand}*bCol`, out: bytes }),
  ],
});

/** A choice between two operands whose elements have `bytes` bytes, by a mask of one byte per element. */
const choice = (bytes: number): Split<"c" | "a" | "b" | "out", "rows" | "cols" | "cRow" | "cCol" | Strides> => ({
  cost: [LIGHT, "rows", "cols"],
  cuts: [
    outermost("rows", { c: "cRow", a: `${bytes}*aRow`, b: `${bytes}*bRow`, out: `${bytes}*cols` }),
    along("cols", ELEMENTS, { c: "cCol", a: `${bytes}*aCol`, b: `${bytes}*bCol`, out: bytes }),
  ],
});

export const elementwise = {
  relu: map(LIGHT),
  leakyRelu: map(LIGHT),
  clamp: map(LIGHT),
  neg: map(LIGHT),
  abs: map(LIGHT),
  negI32: map(LIGHT),
  absI32: map(LIGHT),
  sign: map(LIGHT),
  floor: map(LIGHT),
  ceil: map(LIGHT),
  trunc: map(LIGHT),
  square: map(LIGHT),
  cube: map(LIGHT),
  scale: map(LIGHT),
  sqrt: map(HEAVY),
  rsqrt: map(HEAVY),
  reciprocal: map(HEAVY),
  exp: map(HEAVY),
  log: map(HEAVY),
  tanh: map(HEAVY),
  sigmoid: map(HEAVY),
  silu: map(HEAVY),
  gelu: map(HEAVY),
  geluTanh: map(HEAVY),

  i32ToF32: map(LIGHT),
  f32ToI32: map(LIGHT),
  u8ToF32: map(LIGHT, 1, 4),
  u8ToI32: map(LIGHT, 1, 4),
  f32ToBool: map(LIGHT, 4, 1),
  i32ToBool: map(LIGHT, 4, 1),
  f32ToU8: map(LIGHT, 4, 1),
  i32ToU8: map(LIGHT, 4, 1),
  i8ToI32: map(LIGHT, 1, 4),
  f32ToI8: map(LIGHT, 4, 1),
  f16ToF32: map(LIGHT, 2, 4),
  f32ToF16: map(LIGHT, 4, 2),
  bf16ToF32: map(LIGHT, 2, 4),
  f32ToBf16: map(LIGHT, 4, 2),
  i32ToI64: map(LIGHT, 4, 8),
  i64ToF32: map(LIGHT, 8, 4),
  f32ToI64: map(LIGHT, 4, 8),

  reluGrad: fromOutput(LIGHT),
  sigmoidGrad: fromOutput(LIGHT),
  tanhGrad: fromOutput(LIGHT),
  leakyReluGrad: fromInput(LIGHT),
  clampGrad: fromInput(LIGHT),
  siluGrad: fromInput(HEAVY),
  geluGrad: fromInput(HEAVY),
  geluTanhGrad: fromInput(HEAVY),

  add: binary(LIGHT),
  sub: binary(LIGHT),
  mul: binary(LIGHT),
  div: binary(LIGHT),
  maximum: binary(LIGHT),
  minimum: binary(LIGHT),
  pow: binary(4 * HEAVY),
  floorDivide: binary(4 * HEAVY),
  remainder: binary(4 * HEAVY),
  addI32: binary(LIGHT),
  subI32: binary(LIGHT),
  mulI32: binary(LIGHT),
  maximumI32: binary(LIGHT),
  minimumI32: binary(LIGHT),
  floorDivideI32: binary(4 * HEAVY),
  remainderI32: binary(4 * HEAVY),
  powI32: binary(4 * HEAVY),
  eq: binary(LIGHT, 1),
  ne: binary(LIGHT, 1),
  lt: binary(LIGHT, 1),
  le: binary(LIGHT, 1),
  gt: binary(LIGHT, 1),
  ge: binary(LIGHT, 1),
  eqI32: binary(LIGHT, 1),
  neI32: binary(LIGHT, 1),
  ltI32: binary(LIGHT, 1),
  leI32: binary(LIGHT, 1),
  gtI32: binary(LIGHT, 1),
  geI32: binary(LIGHT, 1),
  where8: choice(1),
  where16: choice(2),
  where32: choice(4),
  where64: choice(8),

  axpy: { ...flat(LIGHT, { x: 4, y: 4 }), writes: ["y"], updates: 1 },
} satisfies Splits;
