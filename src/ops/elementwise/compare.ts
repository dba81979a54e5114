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
const ALWAYS_TRUE: Comparison = ["ge", LEAST];
const ALWAYS_FALSE: Comparison = ["lt", LEAST];

/** `x < bound` and `x >= bound` for an int32 x and a whole bound of any size. */
const lessThan = (bound: number): Comparison => (bound > MOST ? ALWAYS_TRUE : ["lt", Math.max(bound, LEAST)]);
const atLeast = (bound: number): Comparison => (bound > MOST ? ALWAYS_FALSE : ["ge", Math.max(bound, LEAST)]);

/** The comparison with an int32 number that has the same results as the comparison with any number. */
function comparisonFor(name: Name, value: number): Comparison {
  if (Number.isNaN(value)) return name === "ne" ? ALWAYS_TRUE : ALWAYS_FALSE;
  if (name === "eq") return holds("int32", value) ? [name, value] : ALWAYS_FALSE;
  if (name === "ne") return holds("int32", value) ? [name, value] : ALWAYS_TRUE;
  if (name === "lt") return lessThan(Math.ceil(value));
  if (name === "ge") return atLeast(Math.ceil(value));
  return name === "le" ? lessThan(Math.floor(value) + 1) : atLeast(Math.floor(value) + 1);
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
