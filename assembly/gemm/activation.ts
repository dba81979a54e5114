// What is done with the results of a matrix product or a convolution while they are still in cache: an activation, or all of an epilogue.

import { clamp, gelu, geluTanh, leakyRelu, relu, sigmoid, silu } from "../elementwise/activation";
import { add } from "../elementwise/binary";
import { tanh } from "../elementwise/unary";
import { loadUpTo4, storeUpTo4 } from "../lib/simd";

/** The codes are those of `src/ops/gemm/epilogue.ts`; 0 means no activation. */
const RELU: i32 = 1;
const SIGMOID: i32 = 2;
const TANH: i32 = 3;
const SILU: i32 = 4;
const GELU: i32 = 5;
const GELU_TANH: i32 = 6;
const HARD_SWISH: i32 = 7;
/** Only in an epilogue, which holds the slope. Larger numbers are addresses of epilogues. */
const LEAKY_RELU: i32 = 8;

/** An epilogue: a tensor is added, then comes an activation, then the limits low and high. */
@unmanaged
class Epilogue {
  activation: i32;
  /** Bytes from each element to the one that is added, or 0 for none. */
  residual: usize;
  slope: f32;
  low: f32;
  high: f32;
}

/** x * min(max(x + 3, 0), 6) / 6, in the order of the separate operations. */
function hardSwish(x: usize, n: i32): void {
  const six = f32x4.splat(6);
  for (; n > 0; n -= 4, x += 16) {
    const y = loadUpTo4(x, n);
    const gate = f32x4.pmin(f32x4.pmax(f32x4.add(y, f32x4.splat(3)), f32x4.splat(0)), six);
    storeUpTo4(x, f32x4.div(f32x4.mul(y, gate), six), n);
  }
}

function finishRow(e: Epilogue, x: usize, n: i32): void {
  if (e.residual) add(x, x + e.residual, x, 1, n, 0, 1, 0, 1);
  if (e.activation == LEAKY_RELU) leakyRelu(x, x, n, e.slope);
  else activateRow(e.activation, x, n);
  if (e.low > -Infinity || e.high < Infinity) clamp(x, x, n, e.low, e.high);
}

function activateRow(activation: i32, x: usize, n: i32): void {
  switch (activation) {
    case 0: return;
    case RELU: return relu(x, x, n);
    case SIGMOID: return sigmoid(x, x, n);
    case TANH: return tanh(x, x, n);
    case SILU: return silu(x, x, n);
    case GELU: return gelu(x, x, n);
    case GELU_TANH: return geluTanh(x, x, n);
    case HARD_SWISH: return hardSwish(x, n);
  }
  finishRow(changetype<Epilogue>(activation), x, n);
}

/** Applies an activation, or the epilogue at that address, to C[m, n] in place; rows are `ldc` bytes apart. */
export function activate(activation: i32, m: i32, n: i32, c: usize, ldc: usize): void {
  if (activation == 0) return;
  if (ldc == <usize>n << 2) return activateRow(activation, c, m * n);
  for (; m > 0; m--, c += ldc) activateRow(activation, c, n);
}
