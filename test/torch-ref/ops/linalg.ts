// Matrix products and linear algebra.
import * as sg from "simdgrad";
import { binary, type Call, call, listed } from "./call.js";

export const linalg: readonly (readonly [string, Call])[] = [
  ["matmul/matmul", binary("matmul")],
  ["matmul/linear", call(({ x, weight, bias }) => sg.linear(x, weight, bias))],
  ["matmul/einsum", (x, { equation }) => sg.einsum(equation, ...listed(x))],
  ["norm/normalize", call(({ x }, { p, dim, eps }) => sg.normalize(x, { p, dim, eps }))],
  ["norm/cosine_similarity", call(({ a, b }, { dim, eps }) => sg.cosineSimilarity(a, b, { dim, eps }))],
  ["matmul/addmm", call(({ c, a, b }, { alpha, beta }) => sg.addmm(c, a, b, { alpha, beta }))],
];
