// Activations applied to the results of a matrix product or a convolution while they are still in cache.

import { gelu, geluTanh, relu, sigmoid, silu } from "../elementwise/activation";
import { tanh } from "../elementwise/unary";

/** The codes are those of `src/ops/gemm/epilogue.ts`; 0 means no activation. */
const RELU: i32 = 1;
const SIGMOID: i32 = 2;
const TANH: i32 = 3;
const SILU: i32 = 4;
const GELU: i32 = 5;
const GELU_TANH: i32 = 6;

function activateRow(activation: i32, x: usize, n: i32): void {
  switch (activation) {
    case RELU: return relu(x, x, n);
    case SIGMOID: return sigmoid(x, x, n);
    case TANH: return tanh(x, x, n);
    case SILU: return silu(x, x, n);
    case GELU: return gelu(x, x, n);
    case GELU_TANH: return geluTanh(x, x, n);
  }
}

/** Applies an activation to C[m, n] in place; rows are `ldc` bytes apart. */
export function activate(activation: i32, m: i32, n: i32, c: usize, ldc: usize): void {
  if (activation == 0) return;
  if (ldc == <usize>n << 2) return activateRow(activation, c, m * n);
  for (; m > 0; m--, c += ldc) activateRow(activation, c, n);
}
