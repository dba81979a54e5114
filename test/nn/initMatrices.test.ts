// Initial weights that are more than numbers of one distribution: bounds, moments, right angles, zeros, and PyTorch's patterns.
import { ArgError, DTypeError, eye, Generator, nn, ones, ShapeError, type Tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";

const { init } = nn;
const generator = (): Generator => new Generator(5);
const values = (x: Tensor): number[] => Array.from(x.toTypedArray());

/** Distance of rows (or columns of what is high) from right angles and from a length. */
function skew(x: Tensor, gain: number): number {
  const m = x.flatten(1);
  const [rows, columns] = m.shape as [number, number];
  const product = rows < columns ? m.matmul(m.transpose(0, 1)) : m.transpose(0, 1).matmul(m);
  return product
    .sub(eye(Math.min(rows, columns)).mul(gain ** 2))
    .abs()
    .amax()
    .item();
}

describe("orthogonal", () => {
  it.each([
    [[5, 5], 1],
    [[3, 9], 2],
    [[9, 3], 0.5],
    [[4, 3, 2, 2], 1],
    [[20, 2, 3], Math.SQRT2],
    [[1, 6], 1],
    [[6, 1], 1],
  ])("%j with gain %d", (shape, gain) => {
    const x = init.orthogonal(zeros(shape), { gain, generator: generator() });
    expect(skew(x, gain)).toBeLessThan(1e-5);
  });

  it("has no sign in favour", () => {
    const source = generator();
    const corners = Array.from({ length: 400 }, () => init.orthogonal(zeros(2, 2), { generator: source }).toTypedArray()[0] as number);
    expect(Math.abs(corners.filter((v) => v > 0).length - 200)).toBeLessThan(50);
  });
});

describe("truncNormal", () => {
  it.each([
    [0, 1, -2, 2, 0, 0.8796],
    [0, 0.02, -2, 2, 0, 0.02],
    [1, 2, 0, 2, 1, 0.5658],
    [0, 1, 1, 3, 1.5148, 0.4155],
  ])("mean %d, std %d, from %d to %d", (mean, std, a, b, wantedMean, wantedStd) => {
    const x = values(init.truncNormal(zeros(50, 400), mean, std, a, b, { generator: generator() }));
    const average = x.reduce((s, v) => s + v, 0) / x.length;
    const spread = Math.sqrt(x.reduce((s, v) => s + (v - average) ** 2, 0) / x.length);
    expect(Math.min(...x)).toBeGreaterThanOrEqual(a);
    expect(Math.max(...x)).toBeLessThanOrEqual(b);
    expect(Math.abs(average - wantedMean)).toBeLessThan(0.03 * wantedStd);
    expect(Math.abs(spread / wantedStd - 1)).toBeLessThan(0.02);
  });
});

describe("sparse", () => {
  it.each([
    [[10, 40], 0.35, 4],
    [[7, 3], 1, 7],
    [[7, 3], 0, 0],
  ] as const)("%j with %d", (shape, sparsity, zerosEach) => {
    const x = init.sparse(ones(...shape), sparsity, { std: 0.5, generator: generator() });
    expect(x.eq(0).sum(0).toArray()).toEqual(new Array(shape[1]).fill(zerosEach));
  });

  it("puts the zeros anywhere, and normal numbers elsewhere", () => {
    const x = init.sparse(zeros(100, 200), 0.5, { std: 0.1, generator: generator() });
    const rows = x.eq(0).sum(1).toArray() as number[];
    expect(Math.max(...rows.map((n) => Math.abs(n - 100)))).toBeLessThan(40);
    const kept = values(x).filter((v) => v !== 0);
    expect(Math.abs(Math.sqrt(kept.reduce((s, v) => s + v * v, 0) / kept.length) / 0.1 - 1)).toBeLessThan(0.03);
  });
});

describe("patterns", () => {
  it("eye", () =>
    expect(init.eye(ones(2, 3)).toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]));

  it.each([
    [
      [4, 2, 3],
      1,
      [
        [0, 0, 1],
        [1, 1, 1],
      ],
    ],
    [
      [4, 2, 3],
      2,
      [
        [0, 0, 1],
        [1, 1, 1],
        [2, 0, 1],
        [3, 1, 1],
      ],
    ],
    [
      [2, 3, 2, 3],
      1,
      [
        [0, 0, 1, 1],
        [1, 1, 1, 1],
      ],
    ],
    [
      [2, 1, 1, 3, 4],
      2,
      [
        [0, 0, 0, 1, 2],
        [1, 0, 0, 1, 2],
      ],
    ],
  ])("dirac %j in %d groups", (shape, groups, where) => {
    const x = init.dirac(ones(shape), { groups });
    expect(x.nonzero().toArray()).toEqual(where);
    expect(x.sum().item()).toBe(where.length);
  });

  it("dirac passes on what a convolution is given", () => {
    const conv = new nn.Conv2d(3, 3, 3, { padding: 1, bias: false });
    init.dirac(conv.weight);
    const x = new nn.Parameter(ones(1, 3, 4, 5));
    expect(conv.call(x).toArray()).toEqual(x.toArray());
  });
});

describe("all of them", () => {
  const fills: Record<string, (x: Tensor, from: Generator) => Tensor> = {
    orthogonal: (x, from) => init.orthogonal(x, { generator: from }),
    truncNormal: (x, from) => init.truncNormal(x, 0, 1, -1, 1, { generator: from }),
    sparse: (x, from) => init.sparse(x, 0.5, { generator: from }),
  };
  it.each(Object.entries(fills))("%s repeats by its generator, returns a parameter and records nothing", (_, fill) => {
    const x = nn.Parameter.zeros([6, 4]);
    expect(fill(x, new Generator(3))).toBe(x);
    expect(x.requiresGrad && x.isLeaf).toBe(true);
    const first = x.toArray();
    expect(fill(zeros(6, 4), new Generator(3)).toArray()).toEqual(first);
    expect(fill(zeros(6, 4), new Generator(4)).toArray()).not.toEqual(first);
    expect(fill(zeros(0, 4), new Generator(3)).shape).toEqual([0, 4]);
  });

  it.each<[string, () => unknown, new (message: string) => Error, RegExp]>([
    ["eye of 3 dimensions", () => init.eye(zeros(1, 1, 1)), ShapeError, /init\.eye: x must be of 2 dimensions/],
    ["dirac of 2", () => init.dirac(zeros(1, 1)), ShapeError, /init\.dirac: x must be of 3, 4, 5 dimensions/],
    [
      "dirac with groups that do not divide",
      () => init.dirac(zeros(3, 1, 1), { groups: 2 }),
      ArgError,
      /groups must divide the 3 outputs, got 2/,
    ],
    ["orthogonal of 1", () => init.orthogonal(zeros(3)), ShapeError, /init\.orthogonal: x must be of rank 2 or more, got float32\[3\]/],
    ["orthogonal without a gain", () => init.orthogonal(zeros(3, 3), { gain: Number.NaN }), ArgError, /gain/],
    [
      "truncNormal without spread",
      () => init.truncNormal(zeros(3), 0, 0),
      ArgError,
      /init\.truncNormal: std must be a finite number above 0/,
    ],
    [
      "truncNormal of falling bounds",
      () => init.truncNormal(zeros(3), 0, 1, 2, 1),
      ArgError,
      /init\.truncNormal: b must be a finite number of at least 2/,
    ],
    ["sparse beyond 1", () => init.sparse(zeros(3, 3), 1.5), ArgError, /init\.sparse: sparsity must be a number within \[0, 1\]/],
    ["sparse of 1 dimension", () => init.sparse(zeros(3), 0.5), ShapeError, /init\.sparse: x must be of 2 dimensions/],
    ["whole numbers", () => init.eye(zeros([2, 2], { dtype: "int32" })), DTypeError, /init\.eye: needs float32/],
    ["another generator", () => init.orthogonal(zeros(2, 2), { generator: 3 as never }), ArgError, /generator/],
  ])("refuse %s", (_, call, error, says) => {
    expect(call).toThrow(error);
    expect(call).toThrow(says);
  });

  it.each(["conv1d", "conv3d", "convTranspose1d", "convTranspose2d", "convTranspose3d"] as const)("the gain of %s is 1", (name) => {
    expect(init.calculateGain(name)).toBe(1);
  });
});
