// Arithmetic on two tensors, with broadcasting; a number stands for a scalar. Any dtypes: two float32 or one give float32, all others
// int32, whose results wrap modulo 2^32.
import { checkNumber, checkOneOf, isGiven } from "../../checks.js";
import { ArgError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { zerosLike } from "../../tensor/create.js";
import { arithmeticType } from "../../tensor/dtype.js";
import { defineOp, type Op, type OpDef, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec, sizeOf } from "../../tensor/shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { broadcast, floatBroadcast, runBinary, runTwin, type Twins } from "./broadcast.js";
import { eq, ge, gt, lt, ne } from "./compare.js";
import { core } from "./define.js";
import { type Binary, promoting } from "./promotion.js";
import { where } from "./select.js";
import { cube, log, neg, reciprocal, rsqrt, sqrt, square } from "./unary.js";

type AB = [a: Operand, b: Operand];

/** An operation on two operands that takes options as well. */
export type BinaryWith<Options> = ((a: Operand, b: Operand, options?: Options) => Tensor) & {
  readonly def: OpDef<[a: Operand, b: Operand]>;
  /** The method takes options, too. */
  readonly options: true;
};

/** The parts of an operation in this file besides its name and kernels: gradient rules, and a check of the operands. */
interface Parts extends Pick<OpDef<AB>, "saves" | "backward"> {
  check?(a: Tensor, b: Tensor, size: number): void;
}

/** Defines an operation with a float32 and an int32 kernel. */
export function arithmetic<Name extends string>(name: Name, kernels: Twins<Name>, { check, ...rules }: Parts): Binary {
  return promoting(
    defineOp<AB>({
      name,
      infer: ([a, b]) => {
        const shape = broadcast(name, a, b);
        check?.(a, b, sizeOf(shape));
        return { shape, dtype: a.dtype };
      },
      forward: runTwin(name, kernels),
      ...rules,
    }),
  );
}

/** Options of `add` and `sub`. */
export interface AlphaOptions {
  /** What b is multiplied by; 1 unless given. */
  alpha?: number;
}

const ALPHA = { alpha: 1 };

/** `op(a, alpha b)` */
function withAlpha(op: Binary): BinaryWith<AlphaOptions> {
  const call = (a: Operand, b: Operand, options?: AlphaOptions): Tensor => {
    if (options === undefined) return op(a, b);
    const { name } = op.def;
    const alpha = checkNumber(name, "alpha", readOptions(name, options, ALPHA).alpha);
    return scope(() => op(a, mul(b, alpha)));
  };
  return Object.assign(call, { def: op.def, options: true as const });
}

/**
 * Sum: `a + alpha b`. a, b: tensors of any dtype, whose shapes broadcast, or numbers, which stand for scalars. Integers give int32, which wraps.
 * Gradient: g to a, alpha g to b.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number and for an unknown
 * option.
 * @example tensor([1, 2]).add(1); // [2, 3]
 */
export const add: BinaryWith<AlphaOptions> = withAlpha(arithmetic("add", core, { backward: [(g) => g, (g) => g] }));

/**
 * Difference: `a - alpha b`. a, b: tensors of any dtype, whose shapes broadcast, or numbers. Integers give int32, which wraps.
 * Gradient: g to a, -alpha g to b.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number and for an unknown
 * option.
 * @example tensor([1, 2]).sub(1); // [0, 1]
 */
export const sub: BinaryWith<AlphaOptions> = withAlpha(arithmetic("sub", core, { backward: [(g) => g, (g) => neg(g)] }));

/**
 * Product: `a * b`. a, b: tensors of any dtype, whose shapes broadcast, or numbers. Integers give int32, which wraps.
 * Gradient: `g b` to a, `g a` to b.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example tensor([1, 2]).mul(3); // [3, 6]
 */
export const mul: Binary = arithmetic("mul", core, {
  saves: [[1], [0]],
  backward: [(g, { inputs: [, b] }) => mul(g, b), (g, { inputs: [a] }) => mul(g, a)],
});

const quotient: Binary = promoting(
  defineOp<AB>({
    name: "div",
    infer: ([a, b]) => floatBroadcast("div", a, b),
    forward: (out, [a, b]) => runBinary(k.div, out, a, b),
    saves: [[1], [1, "out"]],
    backward: [(g, { inputs: [, b] }) => div(g, b), (g, { inputs: [, b], out }) => neg(mul(g, div(out, b)))],
  }),
  () => "float32",
);

/** Options of `div`. */
export interface DivOptions {
  /** `"floor"` rounds down, `"trunc"` toward 0; not rounded unless given. */
  roundingMode?: "floor" | "trunc" | null;
}

const DIV: { roundingMode: DivOptions["roundingMode"] } = { roundingMode: null };

/** Quotient of float32, rounded toward 0. */
const truncOp: Binary = defineOp<AB>({
  name: "divTrunc",
  infer: ([a, b]) => floatBroadcast("div", a, b),
  forward: (out, [a, b]) => {
    runBinary(k.div, out, a, b);
    k.trunc(out.ptr, out.ptr, out.size);
  },
  backward: [(g) => zerosLike(g), (g) => zerosLike(g)],
});

/** Rounded toward 0, a quotient of whole numbers is one more than `floor`, rounded down, if that is negative and not exact. */
function truncated(a: Operand, b: Operand, floor: Tensor): Tensor {
  return floor.dtype === "int32" ? add(floor, mul(lt(floor, 0), ne(mul(floor, b), a))) : promoting(truncOp)(a, b);
}

/**
 * Quotient: `a / b`; division by 0 gives infinity or NaN. a, b: tensors of any dtype, whose shapes broadcast, or numbers. The result is
 * float32, also of integers; rounded by `roundingMode`, integers give int32.
 * Gradient: `g / b` to a, `-g a / b^2` to b, infinite or NaN where b is 0; 0 if it is rounded.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number, for another
 * `roundingMode`, and for a rounded quotient of integers by 0.
 * @example tensor([1, 2]).div(2); // [0.5, 1]
 */
export const div: BinaryWith<DivOptions> = Object.assign(
  (a: Operand, b: Operand, options?: DivOptions): Tensor => {
    const { roundingMode } = readOptions("div", options, DIV);
    if (!isGiven(roundingMode)) return quotient(a, b);
    checkOneOf("div", "roundingMode", roundingMode, ["floor", "trunc"]);
    return scope(() => {
      const floor = floorDivide(a, b);
      return roundingMode === "floor" ? floor : truncated(a, b, floor);
    });
  },
  { def: quotient.def, options: true as const },
);

/** Throws `ArgError` for a division of int32 by 0. */
export const checkDivisor =
  (name: string) =>
  (a: Tensor, b: Tensor, size: number): void => {
    if (b.dtype !== "int32" || size === 0 || b.isMeta) return;
    const at = k.firstZero(b.ptr, b.size);
    if (at < 0) return;
    throw new ArgError(
      `${name}: ${formatSpec(a)} by ${formatSpec(b)}: the divisor at position ${at} is 0; whole numbers have no quotient by 0, float32 does`,
    );
  };

/**
 * Quotient, rounded down: `floor(a / b)`, Python's `//`. a, b: tensors of any dtype, whose shapes broadcast, or numbers. Integers give
 * int32, in which -2^31 by -1 wraps to itself. float32 by 0 is infinity or NaN. Gradient: 0 everywhere.
 * Errors: `ArgError` for int32 by 0 with the position of the 0, before anything is written; `ShapeError` if the shapes do not broadcast.
 * @example tensor([7, -7]).floorDivide(2); // [3, -4]
 */
export const floorDivide: Binary = arithmetic("floorDivide", core, {
  check: checkDivisor("floorDivide"),
  backward: [(g) => zerosLike(g), (g) => zerosLike(g)],
});

/**
 * Remainder with the sign of the divisor: `a - floor(a / b) * b`, Python's `%` and PyTorch's `remainder`. a, b: tensors of any dtype, whose
 * shapes broadcast, or numbers. Integers give int32. float32 by 0 is NaN. Gradient: g for a, `-g floor(a / b)` for b.
 * Errors: `ArgError` for int32 by 0 with the position of the 0, before anything is written; `ShapeError` if the shapes do not broadcast.
 * @example tensor([7, -7]).remainder(3); // [1, 2]
 */
export const remainder: Binary = arithmetic("remainder", core, {
  check: checkDivisor("remainder"),
  saves: [[], [0, 1]],
  backward: [(g) => g, (g, { inputs: [a, b] }) => neg(mul(g, floorDivide(a, b)))],
});

/**
 * Larger of two: `max(a, b)`, NaN where either is NaN. a, b: tensors of any dtype, whose shapes broadcast, or numbers. Integers give int32.
 * Gradient: g to the larger; half of it to each where they are equal.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example maximum(tensor([-1, 2]), 0); // [0, 2]
 */
export const maximum: Binary = extreme("maximum", (a, b) => gt(a, b));

/**
 * Smaller of two: `min(a, b)`, NaN where either is NaN. a, b: tensors of any dtype, whose shapes broadcast, or numbers. Integers give
 * int32.
 * Gradient: g to the smaller; half of it to each where they are equal.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example minimum(tensor([-1, 2]), 1); // [-1, 1]
 */
export const minimum: Binary = extreme("minimum", (a, b) => lt(a, b));

/** The larger or smaller of two. Gradient: g where an operand was chosen, half of it where both were equal. */
function extreme(name: "maximum" | "minimum", wins: (a: Tensor, b: Tensor) => Tensor): Binary {
  const gradient = (g: Tensor, a: Tensor, b: Tensor): Tensor => where(wins(a, b), g, where(eq(a, b), mul(g, 0.5), 0));
  return arithmetic(name, core, {
    saves: [
      [0, 1],
      [0, 1],
    ],
    backward: [(g, { inputs: [a, b] }) => gradient(g, a, b), (g, { inputs: [a, b] }) => gradient(g, b, a)],
  });
}

const powOp: Binary = arithmetic("pow", core, {
  saves: [
    [0, 1],
    [0, 1, "out"],
  ],
  backward: [
    (g, { inputs: [a, b] }) => where(eq(b, 0), 0, mul(g, mul(b, powOp(a, sub(b, 1))))),
    (g, { inputs: [a, b], out }) => where(eq(a, 0), where(ge(b, 0), 0, mul(g, log(a))), mul(g, mul(out, log(a)))),
  ],
});

/** Powers with special exponents as simpler functions, as in PyTorch: some fifty times as fast. `undefined` for other exponents. */
function powerBy(x: Operand, exponent: Operand): Tensor | undefined {
  if (typeof exponent !== "number" || !(x instanceof Tensor)) return undefined;
  if (x.dtype !== "float32") {
    if (exponent >= 0 || !Number.isInteger(exponent) || arithmeticType(x.dtype) !== "int32") return undefined;
    throw new ArgError(`pow: ${formatSpec(x)} to the power of ${exponent}: whole numbers have no negative powers, x.float() does`);
  }
  return simplerPower(exponent)?.(x);
}

function simplerPower(exponent: number): Op<[x: Tensor]> | undefined {
  switch (exponent) {
    case 2:
      return square;
    case 3:
      return cube;
    case 0.5:
      return sqrt;
    case -0.5:
      return rsqrt;
    case -1:
      return reciprocal;
    default:
      return undefined;
  }
}

/**
 * Power: `a ^ b` with C's `pow` rules (`pow(x, 0) = 1`, a negative base with a fractional exponent gives NaN). The exponents 0.5 and -0.5
 * are computed as square roots, so -0 and -infinity do not become positive there; they, 2, 3 and -1 are as fast as `sqrt` and the like. a,
 * b: tensors of any dtype, whose shapes broadcast, or numbers. Integers give int32, which wraps; a negative power among the elements of b
 * gives the truncated quotient, 0 unless a is 1 or -1.
 * Gradient: `b * a^(b-1)` for a (0 where b = 0), `a^b * log(a)` for b (0 where a = 0 and b >= 0).
 * Errors: `ArgError` for integers to the power of a negative whole number, `ShapeError` if the shapes do not broadcast.
 * @example tensor([1, 2, 3]).pow(2); // [1, 4, 9]
 */
export const pow: Binary = Object.assign((a: Operand, b: Operand): Tensor => powerBy(a, b) ?? powOp(a, b), { def: powOp.def });
