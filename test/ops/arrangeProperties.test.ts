// What must hold for every shape: inverses, adjoints, and second derivatives of what is smooth.
import * as fc from "fast-check";
import * as sg from "simdgrad";
import { gradcheck, scope, type Tensor, tensor } from "simdgrad";
import { describe, expect, test } from "vitest";
import { randomValues } from "../assembly/harness.js";
import { sizeOf } from "./nd.js";

const sizes = (least: number, most: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: least, maxLength: most });
const dtype = fc.constantFrom<sg.DType>("float32", "int32", "uint8");
let seed = 0;
/** Whole numbers that every dtype holds. */
const some = (shape: readonly number[], of: sg.DType = "float32"): Tensor =>
  tensor(randomValues(sizeOf(shape), ++seed, 0, 200).map(Math.floor), { shape, dtype: of });
const real = (shape: readonly number[]): Tensor => tensor(randomValues(sizeOf(shape), ++seed, -1, 1), { shape });
const dot = (a: Tensor, b: Tensor): number => a.mul(b).sum().item();

/** Runs a property in a scope, so that thousands of runs leave nothing. */
const holds = <T>(of: fc.Arbitrary<T>, property: (value: T) => void): void =>
  fc.assert(
    fc.property(of, (value) => scope(() => property(value))),
    { seed: 1, numRuns: 60 },
  );

describe("inverses", () => {
  const same = (a: Tensor, b: Tensor): void => {
    expect(a.shape).toEqual(b.shape);
    expect(a.dtype).toBe(b.dtype);
    expect([...a.toTypedArray()]).toEqual([...b.toTypedArray()]);
  };
  const shuffled = sizes(1, 5).chain((shape) =>
    fc.tuple(fc.constant(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }), dtype),
  );

  test("permute and its inverse, and movedim as a permute", () =>
    holds(shuffled, ([shape, order, of]) => {
      const x = some(shape, of);
      same(x.permute(order).permute(order.map((_, i) => order.indexOf(i))), x);
      same(x.movedim(order, [...order.keys()]), x.permute(order));
    }));

  test("reshape, flatten and unflatten", () =>
    holds(fc.tuple(sizes(1, 4), dtype), ([shape, of]) => {
      const x = some(shape, of);
      same(x.reshape(-1).reshape(shape), x);
      same(x.flatten().unflatten(0, shape), x);
      same(x.flatten().view(shape), x);
    }));

  test("flip twice, and four quarter turns", () =>
    holds(fc.tuple(sizes(2, 4), dtype), ([shape, of]) => {
      const x = some(shape, of);
      same(x.flip(0, -1).flip(-1, 0), x);
      same(x.rot90().rot90(1).rot90(-3).rot90(1), x);
      same(x.rot90(1, [0, -1]).rot90(-1, [0, -1]), x);
    }));

  test("roll and back", () =>
    holds(fc.tuple(sizes(1, 4), fc.integer({ min: -9, max: 9 }), dtype), ([shape, by, of]) => {
      const x = some(shape, of);
      same(x.roll(by).roll(-by), x);
      same(x.roll([by, by], [0, -1]).roll(-by, -1).roll(-by, 0), x);
    }));

  test("cat of split, chunk, tensorSplit and unbind", () =>
    holds(fc.tuple(sizes(1, 4), fc.integer({ min: 1, max: 5 }), fc.nat(3), dtype), ([shape, n, at, of]) => {
      const x = some(shape, of);
      const dim = at % shape.length;
      for (const pieces of [x.split(n, dim), x.chunk(n, dim), x.tensorSplit(n, dim), x.tensorSplit([Math.min(n, 2), n], dim)])
        same(sg.cat(pieces, dim), x);
      same(sg.stack(x.unbind(dim), dim), x);
    }));

  test("pad, then narrow; pad, then cut off", () =>
    holds(
      fc.tuple(sizes(2, 3), fc.nat(3), fc.nat(3), fc.constantFrom("constant", "reflect", "replicate", "circular"), dtype),
      ([shape, b, a, mode, of]) => {
        const x = some(shape, of);
        const last = shape.at(-1) as number;
        const [before, after] = [Math.min(b, last - 1), Math.min(a, last - 1)];
        const y = sg.pad(x, [before, after], { mode: mode as sg.PadMode });
        same(y.narrow(-1, before, last), x);
        same(sg.pad(y, [-before, -after]), x);
      },
    ));

  test("pixelShuffle and back; repeatInterleave and every nth; a vector on a diagonal", () =>
    holds(fc.tuple(sizes(3, 3), fc.integer({ min: 1, max: 3 }), dtype), ([[c = 1, h = 1, w = 1], r, of]) => {
      const x = some([c * r * r, h, w], of);
      same(sg.pixelUnshuffle(sg.pixelShuffle(x, r), r), x);
      same(x.repeatInterleave(r, 1).slice(null as unknown as [], [null, null, r]), x);
      same(x.diagEmbed({ offset: r }).diagonal({ offset: r, dim1: -2, dim2: -1 }), x);
      same(x.tril(-1).add(x.triu()).to(of), x);
    }));
});

describe("adjoints: <f(x), y> = <x, f'(y)>", () => {
  /** Compares the two sides, and the gradient with them. */
  const adjoint = (shape: readonly number[], f: (x: Tensor) => Tensor): void => {
    const x = real(shape);
    x.requiresGrad = true;
    const y = f(x);
    const g = real(y.shape);
    y.backward({ gradient: g });
    const [left, right] = [dot(y.detach(), g), dot(x.detach(), x.grad as Tensor)];
    expect(Math.abs(left - right)).toBeLessThan(1e-5 * (1 + y.size));
  };

  test("unfold and fold", () =>
    holds(
      fc.tuple(sizes(4, 4), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }), fc.nat(1), fc.integer({ min: 1, max: 2 })),
      ([[n = 1, c = 1, a = 1, b = 1], k, dilation, padding, stride]) => {
        const [h, w] = [a + 4, b + 4];
        const options = { dilation, padding, stride };
        const x = real([n, c, h, w]);
        const columns = sg.unfold(x, k, options);
        const y = real(columns.shape);
        expect(Math.abs(dot(columns, y) - dot(x, sg.fold(y, [h, w], k, options)))).toBeLessThan(1e-5 * (1 + columns.size));
        adjoint([n, c, h, w], (z) => sg.unfold(z, k, options));
        adjoint(columns.shape, (z) => sg.fold(z, [h, w], k, options));
        adjoint([n, h], (z) => z.unfold(1, k, stride));
      },
    ));

  test("interpolate and its gradient, in every mode", () =>
    holds(
      fc.tuple(
        sizes(5, 5),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom("nearest", "nearest-exact", "bilinear", "bicubic", "area"),
        fc.boolean(),
      ),
      ([[n = 1, c = 1, h = 1, w = 1, m = 1], size, mode, flag]) => {
        const smooth = mode.startsWith("bi");
        const options = { size: [size, m], mode: mode as sg.InterpolateMode, ...(smooth && { alignCorners: flag, antialias: !flag }) };
        adjoint([n, c, h, w], (x) => sg.interpolate(x, options));
      },
    ));

  test("pad in every mode", () =>
    holds(
      fc.tuple(sizes(4, 4), fc.integer({ min: -1, max: 2 }), fc.constantFrom("constant", "reflect", "replicate", "circular")),
      ([shape, by, mode]) => {
        const [n = 1, c = 1, a = 1, b = 1] = shape;
        adjoint([n, c, a + 2, b + 2], (x) => sg.pad(x, [by, 1, 2, by], { mode: mode as sg.PadMode }));
      },
    ));

  test("gridSample is linear in the image", () =>
    holds(
      fc.tuple(sizes(4, 4), fc.constantFrom("bilinear", "nearest", "bicubic"), fc.constantFrom("zeros", "border", "reflection")),
      ([shape, mode, paddingMode]) => {
        const grid = real([shape[0] as number, 3, 2, 2]).mul(1.5);
        adjoint(shape, (x) => sg.gridSample(x, grid, { mode, paddingMode } as sg.GridSampleOptions));
      },
    ));
});

describe("second derivatives", () => {
  /** A sum with a weight of its own for each element, always the same. */
  const weighed = (x: Tensor): Tensor => x.mul(tensor(randomValues(x.size, 5, -1, 1), { shape: x.shape })).sum();

  const cases: Readonly<Record<string, readonly [readonly number[], (x: Tensor) => Tensor]>> = {
    pad: [[1, 2, 3], (x) => sg.pad(x, [2, 1], { mode: "reflect" })],
    interpolate: [[1, 1, 3, 2], (x) => sg.interpolate(x, { size: [4, 5], mode: "bicubic" })],
    unfold: [[1, 1, 3, 3], (x) => sg.unfold(x, 2)],
    fold: [[4, 4], (x) => sg.fold(x, 3, 2)],
    diagonal: [[3, 3], (x) => x.diagonal({ offset: 1 })],
    roll: [[3, 2], (x) => x.roll(1, 0)],
    repeat: [[3], (x) => x.repeat(2)],
    tril: [[3, 3], (x) => x.tril()],
  };
  test.each(Object.entries(cases))("%s", (_, [shape, f]) =>
    scope(() => {
      const x = real(shape);
      const square = (z: Tensor): Tensor => f(z.mul(z)).square().sum();
      expect(gradcheck((z: Tensor) => weighed(sg.grad(square)(z)), [x])).toBe(true);
    }),
  );

  test.each(["bilinear", "bicubic"] as const)("gridSample, %s, to the image and the grid", (mode) =>
    scope(() => {
      const image = real([1, 2, 4, 4]);
      const grid = tensor([-0.43, 0.31, 0.22, -0.58, 0.61, 0.11, -0.13, -0.29], { shape: [1, 2, 2, 2] });
      const loss = (x: Tensor, g: Tensor): Tensor => sg.gridSample(x, g, { mode, alignCorners: true }).square().sum();
      expect(gradcheck((g: Tensor) => weighed(sg.grad((h: Tensor) => loss(image, h))(g)), [grid])).toBe(true);
      expect(gradcheck((x: Tensor) => weighed(sg.grad((h: Tensor) => loss(x, h))(grid)), [image])).toBe(true);
      expect(gradcheck((x: Tensor) => weighed(sg.grad((y: Tensor) => loss(y, grid))(x)), [image])).toBe(true);
    }),
  );
});

describe("special values", () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  const odd = [nan, inf, -inf, -0, 1e-45, 3.4e38];
  const x = (): Tensor => tensor(Float32Array.from(odd), { shape: [1, 1, 2, 3] });
  const kept = odd.map(Math.fround);

  test("what moves elements moves every value as it is", () =>
    scope(() => {
      const values = (y: Tensor): number[] => [...y.toTypedArray()];
      expect(values(x().roll(6))).toEqual(kept);
      expect(values(sg.pad(x().reshape(1, 2, 3), [3, 0], { mode: "circular" }).narrow(-1, 3, 3))).toEqual(kept);
      expect(
        values(sg.pad(x(), [0, 2, 0, 1], { mode: "reflect" }).slice(null as unknown as [], null as unknown as [], [0, 2], [0, 3])),
      ).toEqual(kept);
      expect(values(x().repeat(1, 1, 1, 2).chunk(2, -1)[1] as Tensor)).toEqual(kept);
      expect(
        values(sg.interpolate(x(), { size: [4, 6] }).slice(null as unknown as [], null as unknown as [], [0, 4, 2], [0, 6, 2])),
      ).toEqual(kept);
      expect(
        values(
          sg.interpolate(x(), { size: 6, mode: "nearest-exact" }).slice(null as unknown as [], null as unknown as [], [0, 6, 3], [0, 6, 2]),
        ),
      ).toEqual(kept);
    }));

  test("a triangle hides NaN, a sum does not", () =>
    scope(() => {
      expect([
        ...tensor([
          [1, nan],
          [2, inf],
        ])
          .tril(-1)
          .toTypedArray(),
      ]).toEqual([0, 0, 2, 0]);
      expect(sg.interpolate(x(), { size: 1, mode: "area" }).item()).toBeNaN();
      expect([
        ...sg
          .fold(
            tensor([
              [1, nan],
              [inf, 1],
            ]),
            [1, 3],
            [1, 2],
          )
          .toTypedArray(),
      ]).toEqual([1, nan, 1]);
    }));

  test("positions that are no numbers: NaN with zeros, the first pixel with the border, nothing for the nearest", () =>
    scope(() => {
      const image = tensor([5, 6, 7, 8], { shape: [1, 1, 2, 2] });
      const grid = tensor([nan, 0], { shape: [1, 1, 1, 2] });
      expect(sg.gridSample(image, grid).item()).toBeNaN();
      expect(sg.gridSample(image, grid, { paddingMode: "border" }).item()).toBe(6);
      expect(sg.gridSample(image, grid, { mode: "nearest" }).item()).toBe(0);
      expect(sg.gridSample(image, tensor([9, 9], { shape: [1, 1, 1, 2] })).item()).toBe(0);
    }));
});
