// How functions of numbers are defined and composed, with errors that name them.
import { checkNoMore } from "../../checks.js";
import { ArgError } from "../../errors.js";
import { defineOp, type Op, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { mathKernels } from "../../wasm/generated/groups/math.js";
import type { MathKernels } from "../../wasm/generated/kernels.js";
import { mul } from "../elementwise/arithmetic.js";
import { floatBroadcast, kernelOf, runBinary } from "../elementwise/broadcast.js";
import { unaryOp } from "../elementwise/define.js";
import { asFloat, type Binary, promoting } from "../elementwise/promotion.js";

/** A function of a float32 tensor. */
export type Unary = Op<[x: Tensor]>;

/** The kernels of this group. */
export function math(): MathKernels {
  return mathKernels;
}

/** The functions with a kernel of their name. */
type Name =
  | ("sin" | "cos" | "tan" | "asin" | "acos" | "atan" | "sinh" | "cosh" | "asinh" | "acosh" | "atanh")
  | ("expm1" | "exp2" | "log1p" | "log2" | "log10" | "erf" | "erfc" | "erfinv" | "mish");

/** A function with a kernel of its name, by the rule of its derivative. */
export function unary(name: Name, slope: (x: Tensor) => Tensor): Unary {
  return unaryOp(name, math, 0, (g, x) => mul(g, slope(x)));
}

/** Derivatives by each of two operands. */
type Slope = (a: Tensor, b: Tensor) => Tensor;

/** A function of two operands of any dtype, computed in float32, with a kernel of its name. */
export function binary(name: "atan2" | "hypot" | "copysign" | "logaddexp" | "logaddexp2", byA: Slope, byB: Slope): Binary {
  const kernel = kernelOf(math, name);
  return promoting(
    defineOp<[a: Operand, b: Operand]>({
      name,
      infer: ([a, b]) => floatBroadcast(name, a, b),
      forward: (out, [a, b]) => runBinary(kernel(), out, a, b),
      saves: [
        [0, 1],
        [0, 1],
      ],
      backward: [(g, { inputs: [a, b] }) => mul(g, byA(a, b)), (g, { inputs: [a, b] }) => mul(g, byB(a, b))],
    }),
    () => "float32",
  );
}

/** A function of one tensor that is composed of operations: of a float, which is computed as float32, unless `prepare` says otherwise. */
export function composed(
  name: string,
  rule: (x: Tensor) => Tensor,
  prepare: (name: string, x: Tensor) => Tensor = asFloat,
): (x: Tensor, ...rest: readonly never[]) => Tensor {
  return (x, ...rest) => {
    checkNoMore(name, rest);
    return scope(() => rule(prepare(name, x)));
  };
}

/** For `composed`: any tensor, as it is. */
export function asItIs(name: string, x: Tensor): Tensor {
  checkAlive(name, x, "x");
  return x;
}

/** Checks that operands are tensors or numbers, and that one is a tensor. */
export function checkOperands(name: string, operands: Readonly<Record<string, unknown>>): void {
  for (const [argument, x] of Object.entries(operands)) if (typeof x !== "number") checkAlive(name, x, argument);
  if (Object.values(operands).some((x) => x instanceof Tensor)) return;
  throw new ArgError(`${name}: needs a tensor, got only numbers`);
}

/** A function of two operands that is composed of operations. */
export function composedOfTwo(name: string, rule: (a: Operand, b: Operand) => Tensor): (a: Operand, b: Operand) => Tensor {
  return (a, b, ...rest: readonly never[]) => {
    checkNoMore(name, rest);
    checkOperands(name, { a, b });
    return scope(() => rule(a, b));
  };
}
