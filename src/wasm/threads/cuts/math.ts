// Cuts of assembly/math, which are those of assembly/elementwise.
import { HEAVY, LIGHT, type Splits } from "./cut.js";
import { binary, fromInput, map } from "./elementwise.js";

/** Nanoseconds per element of functions computed in float64. */
const PAIRS = 4 * HEAVY;

export const math = {
  round: map(LIGHT),
  sin: map(HEAVY),
  cos: map(HEAVY),
  tan: map(HEAVY),
  asin: map(PAIRS),
  acos: map(PAIRS),
  atan: map(PAIRS),
  sinh: map(PAIRS),
  cosh: map(PAIRS),
  asinh: map(PAIRS),
  acosh: map(PAIRS),
  atanh: map(PAIRS),
  expm1: map(PAIRS),
  exp2: map(PAIRS),
  log1p: map(PAIRS),
  log2: map(PAIRS),
  log10: map(PAIRS),
  erf: map(PAIRS),
  erfc: map(PAIRS),
  erfinv: map(PAIRS),
  softplus: map(HEAVY),
  elu: map(HEAVY),
  mish: map(HEAVY),
  pieces: map(LIGHT),
  boolNot: map(LIGHT / 4, 1, 1),

  eluGrad: fromInput(HEAVY),

  boolAnd: binary(LIGHT / 4, 1, 1),
  boolOr: binary(LIGHT / 4, 1, 1),
  atan2: binary(PAIRS),
  hypot: binary(PAIRS),
  logaddexp: binary(2 * PAIRS),
  logaddexp2: binary(2 * PAIRS),
  copysign: binary(HEAVY),
  fmod: binary(PAIRS),
  fmodI32: binary(HEAVY),
  andI32: binary(LIGHT),
  orI32: binary(LIGHT),
  xorI32: binary(LIGHT),
  leftShiftI32: binary(HEAVY),
  rightShiftI32: binary(HEAVY),
} satisfies Splits;
