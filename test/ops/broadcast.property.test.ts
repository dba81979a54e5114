// The algebra of broadcasting for functions of two numbers, over random shapes and values.
import * as fc from "fast-check";
import * as sg from "simdgrad";
import { ShapeError, scope, type Tensor, tensor } from "simdgrad";
import { expect, test } from "vitest";

type Name =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "maximum"
  | "minimum"
  | "pow"
  | "atan2"
  | "hypot"
  | "fmod"
  | "remainder"
  | "copysign"
  | "logaddexp";
const NAMES: Name[] = [
  "add",
  "sub",
  "mul",
  "div",
  "maximum",
  "minimum",
  "pow",
  "atan2",
  "hypot",
  "fmod",
  "remainder",
  "copysign",
  "logaddexp",
];
const COMMUTATIVE: Name[] = ["add", "mul", "maximum", "minimum", "hypot", "logaddexp"];

const size = (shape: readonly number[]): number => shape.reduce((product, d) => product * d, 1);
const bits = (x: Tensor): Uint32Array => new Uint32Array((x.toTypedArray().slice() as Float32Array).buffer);
/** All NaN are one. */
const values = (x: Tensor): number[] => Array.from(bits(x), (b) => ((b & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : b));
const call = (name: Name, a: Tensor, b: Tensor): Tensor => sg[name](a, b);

/** A result's shape, and two shapes that broadcast to it: sizes of 1 and leading dimensions that are left out. */
const shapes = fc
  .array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 })
  .chain((shape) => {
    const part = fc.tuple(fc.integer({ min: 0, max: shape.length }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }));
    return fc.tuple(fc.constant(shape), part, part);
  })
  .map(([shape, left, right]) => {
    const [a, b] = [left, right].map(([from, ones]) => shape.slice(from).map((d, i) => (ones[i] ? 1 : d))) as [number[], number[]];
    return { a, b };
  });

/** The shape that two shapes broadcast to, by the rule; undefined if there is none. */
function broadcast(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const sizes = Array.from({ length: rank }, (_, i) => [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1] as const);
  if (sizes.some(([x, y]) => x !== y && x !== 1 && y !== 1)) return undefined;
  return sizes.map(([x, y]) => (x === 1 ? y : x));
}

const filled = (shape: readonly number[], from: readonly number[]): Tensor =>
  tensor(
    Float64Array.from({ length: size(shape) }, (_, i) => from[i % from.length] as number),
    { shape },
  );

const numbers = fc.array(fc.float({ noDefaultInfinity: false }), { minLength: 1, maxLength: 40 });
const names = fc.constantFrom(...NAMES);
const check = <Ts>(property: fc.IProperty<Ts>): void => {
  fc.assert(property, { numRuns: 300, seed: 7 });
};

test("a result has the shape of the rule, and the bits of operands that were expanded before", () =>
  check(
    fc.property(names, shapes, numbers, numbers, (name, { a, b }, as, bs) =>
      scope(() => {
        const [x, y] = [filled(a, as), filled(b, bs)];
        const shape = broadcast(a, b) as number[];
        const got = call(name, x, y);
        expect([...got.shape]).toEqual(shape);
        expect(values(got)).toEqual(values(call(name, x.broadcastTo(shape), y.broadcastTo(shape))));
      }),
    ),
  ));

test("shapes that do not fit are refused", () =>
  check(
    fc.property(
      names,
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
      (name, a, b) =>
        scope(() => {
          const run = () => call(name, filled(a, [1]), filled(b, [2]));
          if (broadcast(a, b)) expect([...run().shape]).toEqual(broadcast(a, b));
          else expect(run).toThrow(ShapeError);
        }),
    ),
  ));

test("the order of operands does not matter where it must not", () =>
  check(
    fc.property(fc.constantFrom(...COMMUTATIVE), shapes, numbers, numbers, (name, { a, b }, as, bs) =>
      scope(() => {
        const [x, y] = [filled(a, as), filled(b, bs)];
        const isEitherZero = name === "maximum" || name === "minimum"; // of 0 and -0 either may win
        const of = (z: Tensor): number[] => values(isEitherZero ? z.add(0) : z);
        expect(of(call(name, x, y))).toEqual(of(call(name, y, x)));
      }),
    ),
  ));

test("a number is a scalar of it", () =>
  check(
    fc.property(names, numbers, fc.float(), (name, as, b) =>
      scope(() => {
        const x = filled([as.length], as);
        const op = sg[name] as (a: sg.Operand, b: sg.Operand) => Tensor;
        expect(values(op(x, b))).toEqual(values(op(x, tensor(b))));
        expect(values(op(b, x))).toEqual(values(op(tensor(b), x)));
      }),
    ),
  ));
