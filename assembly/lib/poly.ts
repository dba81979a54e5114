// Polynomials on four lanes. c is the address of the table of coefficients, lowest power first; xx is x * x. The number in a name is the
// degree.
import { at } from "./constants";
import { madd } from "./simd";

/** c[i] + c[i + 1] x */
@inline
function line(x: v128, c: usize, i: i32): v128 {
  return madd(x, at(c, i + 1), at(c, i));
}

/** c[0] + c[1] x + c[2] x^2 */
@inline
export function poly2(x: v128, c: usize): v128 {
  return madd(x, line(x, c, 1), at(c, 0));
}

@inline
export function poly3(x: v128, c: usize): v128 {
  return madd(x, madd(x, line(x, c, 2), at(c, 1)), at(c, 0));
}

@inline
export function poly4(x: v128, c: usize): v128 {
  return madd(x, madd(x, madd(x, line(x, c, 3), at(c, 2)), at(c, 1)), at(c, 0));
}

@inline
export function poly5(x: v128, c: usize): v128 {
  return madd(x, madd(x, madd(x, madd(x, line(x, c, 4), at(c, 3)), at(c, 2)), at(c, 1)), at(c, 0));
}

/** Degree 4, evaluated by pairs of coefficients: this shortens the chain of dependent operations, and costs fewer ulp without FMA. */
@inline
export function pairs4(x: v128, xx: v128, c: usize): v128 {
  return madd(xx, madd(xx, at(c, 4), line(x, c, 2)), line(x, c, 0));
}

@inline
export function pairs5(x: v128, xx: v128, c: usize): v128 {
  return madd(xx, madd(xx, line(x, c, 4), line(x, c, 2)), line(x, c, 0));
}

@inline
export function pairs7(x: v128, xx: v128, c: usize): v128 {
  return madd(xx, madd(xx, madd(xx, line(x, c, 6), line(x, c, 4)), line(x, c, 2)), line(x, c, 0));
}
