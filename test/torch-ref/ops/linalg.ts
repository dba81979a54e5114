// Matrix products and linear algebra.
import * as sg from "simdgrad";
import { binary, type Call, call } from "./call.js";

export const linalg: readonly (readonly [string, Call])[] = [
  ["matmul/matmul", binary("matmul")],
  ["matmul/linear", call(({ x, weight, bias }) => sg.linear(x, weight, bias))],
  ["matmul/addmm", call(({ c, a, b }, { alpha, beta }) => sg.addmm(c, a, b, { alpha, beta }))],
];
