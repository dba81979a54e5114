// Comparisons: they return bool, broadcast shapes and have no gradient. A comparison with NaN is false, except `ne`. Tensors are compared
// in their common dtype. An integer tensor is compared with a number exactly, even if neither int32 nor float32 can hold the number.
import { arithmeticType, dtypes, holds } from "../../tensor/dtype.js";
import { defineOp, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { broadcast, runTwin } from "./broadcast.js";
import { core } from "./define.js";
import { type Binary, computable, promoting } from "./promotion.js";

type Name = "eq" | "ne" | "lt" | "le" | "gt" | "ge";

/** A comparison of int32 with a number that int32 holds. */
type Comparison = readonly [name: Name, value: number];

const { min: LEAST, max: MOST } = dtypes.int32;

/** The comparison with an int32 number that has the same results as the comparison with any number. */
function comparisonFor(name: Name, value: number): Comparison {
  if (holds("int32", value)) return [name, value];
  if (name === "ne") return ["ge", LEAST];
  if (name === "eq" || Number.isNaN(value)) return ["lt", LEAST];
  // No int32 equals the value: it is a fraction or beyond all of them.
  const isLess = name[0] === "l";
  return value > 0 ? [isLess ? "le" : "gt", Math.min(Math.floor(value), MOST)] : [isLess ? "lt" : "ge", Math.max(Math.ceil(value), LEAST)];
}

/** The comparison with swapped operands. */
const MIRRORED: Readonly<Record<Name, Name>> = { eq: "eq", ne: "ne", lt: "gt", le: "ge", gt: "lt", ge: "le" };

const ops = {} as Record<Name, Binary>;

/** Compares an integer tensor with a number. */
function compareIntegers(name: Name, x: Tensor, value: number): Tensor {
  const [asked, bound] = comparisonFor(name, value);
  return scope(() => ops[asked](computable(x, name), bound));
}

function compare(name: Name): Binary {
  const op = defineOp<[a: Operand, b: Operand]>({
    name,
    infer: ([a, b]) => ({ shape: broadcast(name, a, b), dtype: "bool" }),
    forward: runTwin(name, core),
    backward: [null, null],
  });
  ops[name] = op;
  const tensors = promoting(op);
  const isWhole = (x: Operand, argument: "a" | "b"): x is Tensor => {
    if (typeof x === "number") return false;
    checkAlive(name, x, argument);
    return arithmeticType(x.dtype) === "int32";
  };
  const call = (a: Operand, b: Operand): Tensor => {
    if (typeof b === "number" && isWhole(a, "a")) return compareIntegers(name, a, b);
    if (typeof a === "number" && isWhole(b, "b")) return compareIntegers(MIRRORED[name], b, a);
    return tensors(a, b);
  };
  return Object.assign(call, { def: op.def });
}

/**
 * `a == b`, false where either is NaN. a, b: tensors of any dtype, whose shapes broadcast, or numbers -> bool. Gradient: none.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example predicted.eq(labels);
 */
export const eq: Binary = compare("eq");

/**
 * `a != b`, true where either is NaN. a, b: tensors of any dtype, whose shapes broadcast, or numbers -> bool. Gradient: none.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example x.ne(0);
 */
export const ne: Binary = compare("ne");

/**
 * `a < b`, false where either is NaN. a, b: tensors of any dtype, whose shapes broadcast, or numbers -> bool. Gradient: none.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example x.lt(0);
 */
export const lt: Binary = compare("lt");

/**
 * `a <= b`, false where either is NaN. a, b: tensors of any dtype, whose shapes broadcast, or numbers -> bool. Gradient: none.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example x.le(0);
 */
export const le: Binary = compare("le");

/**
 * `a > b`, false where either is NaN. a, b: tensors of any dtype, whose shapes broadcast, or numbers -> bool. Gradient: none.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example x.gt(0);
 */
export const gt: Binary = compare("gt");

/**
 * `a >= b`, false where either is NaN. a, b: tensors of any dtype, whose shapes broadcast, or numbers -> bool. Gradient: none.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example x.ge(0);
 */
export const ge: Binary = compare("ge");
