// Tensors from data and from rules: shapes, dtypes, values, and that they are copies.
import { runInNewContext } from "node:vm";
import {
  ArgError,
  arange,
  DTypeError,
  eye,
  full,
  linspace,
  type NestedNumbers,
  ones,
  onesLike,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
  zerosLike,
} from "simdgrad";
import { describe, expect, it, test } from "vitest";

type Made = [call: string, make: () => Tensor, dtype: string, shape: number[], values: unknown];

const made: Made[] = [
  ["a number", () => tensor(2.5), "float32", [], 2.5],
  ["a row", () => tensor([1, 2, 3]), "float32", [3], [1, 2, 3]],
  [
    "nested rows",
    () =>
      tensor([
        [[1], [2]],
        [[3], [4]],
      ]),
    "float32",
    [2, 2, 1],
    [
      [[1], [2]],
      [[3], [4]],
    ],
  ],
  ["booleans", () => tensor([[true, false]]), "bool", [1, 2], [[true, false]]],
  ["booleans among numbers", () => tensor([true, 2]), "float32", [2], [1, 2]],
  ["nothing", () => tensor([]), "float32", [0], []],
  ["rows of nothing", () => tensor([[], []]), "float32", [2, 0], [[], []]],
  ["Float32Array", () => tensor(Float32Array.of(1.5, -2)), "float32", [2], [1.5, -2]],
  ["Float64Array", () => tensor(Float64Array.of(0.1)), "float32", [1], [Math.fround(0.1)]],
  ["Int32Array", () => tensor(Int32Array.of(-(2 ** 31), 2 ** 31 - 1)), "int32", [2], [-(2 ** 31), 2 ** 31 - 1]],
  ["Uint8Array", () => tensor(Uint8Array.of(0, 255)), "uint8", [2], [0, 255]],
  ["Int8Array", () => tensor(Int8Array.of(-128, 127)), "int8", [2], [-128, 127]],
  ["Uint8ClampedArray", () => tensor(Uint8ClampedArray.of(7) as unknown as Uint8Array), "uint8", [1], [7]],
  [
    "a shape of its own",
    () => tensor([1, 2, 3, 4], { shape: [2, 2] }),
    "float32",
    [2, 2],
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ["a typed array with a shape", () => tensor(Float32Array.of(1, 2), { shape: [2, 1] }), "float32", [2, 1], [[1], [2]]],
  ["numbers as int32", () => tensor([-(2 ** 31), 2 ** 31 - 1], { dtype: "int32" }), "int32", [2], [-(2 ** 31), 2 ** 31 - 1]],
  ["numbers as bool", () => tensor([0, 0.5, -3, Number.NaN], { dtype: "bool" }), "bool", [4], [false, true, true, true]],
  ["zeros, sizes one by one", () => zeros(2, 1), "float32", [2, 1], [[0], [0]]],
  ["zeros, sizes as an array", () => zeros([2]), "float32", [2], [0, 0]],
  ["zeros, int32", () => zeros(2, { dtype: "int32" }), "int32", [2], [0, 0]],
  ["ones, bool", () => ones([2], { dtype: "bool" }), "bool", [2], [true, true]],
  ["numbers as int8", () => tensor([-128, 127], { dtype: "int8" }), "int8", [2], [-128, 127]],
  ["full, int8", () => full([2], -3, { dtype: "int8" }), "int8", [2], [-3, -3]],
  ["ones, uint8", () => ones([3], { dtype: "uint8" }), "uint8", [3], [1, 1, 1]],
  [
    "full",
    () => full([2, 2], 0.5),
    "float32",
    [2, 2],
    [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
  ],
  ["full, int32", () => full([1], -7, { dtype: "int32" }), "int32", [1], [-7]],
  ["full, infinite", () => full([], Number.NEGATIVE_INFINITY), "float32", [], Number.NEGATIVE_INFINITY],
  ["zerosLike", () => zerosLike(tensor([1, 2], { dtype: "int32" })), "int32", [2], [0, 0]],
  ["onesLike", () => onesLike(tensor([[3]])), "float32", [1, 1], [[1]]],
  ["onesLike with a dtype", () => onesLike(tensor([3]), { dtype: "int32" }), "int32", [1], [1]],
  ["arange(n)", () => arange(4), "float32", [4], [0, 1, 2, 3]],
  ["arange(start, end)", () => arange(2, 5), "float32", [3], [2, 3, 4]],
  ["arange with a step", () => arange(1, 2, 0.25), "float32", [4], [1, 1.25, 1.5, 1.75]],
  ["arange down", () => arange(3, 0, -1), "float32", [3], [3, 2, 1]],
  ["arange of nothing", () => arange(3, 3), "float32", [0], []],
  ["arange, int32", () => arange(3, { dtype: "int32" }), "int32", [3], [0, 1, 2]],
  ["linspace", () => linspace(0, 1, 5), "float32", [5], [0, 0.25, 0.5, 0.75, 1]],
  ["linspace of one", () => linspace(3, 9, 1), "float32", [1], [3]],
  ["linspace of none", () => linspace(0, 1, 0), "float32", [0], []],
  [
    "eye",
    () => eye(2),
    "float32",
    [2, 2],
    [
      [1, 0],
      [0, 1],
    ],
  ],
  ["eye, int32", () => eye(1, { dtype: "int32" }), "int32", [1, 1], [[1]]],
  ["eye of nothing", () => eye(0), "float32", [0, 0], []],
];

test.each(made)("%s", (_, make, dtype, shape, values) => {
  const x = make();
  expect(x.dtype).toBe(dtype);
  expect(x.shape).toEqual(shape);
  expect(x.size).toBe(shape.reduce((a, b) => a * b, 1));
  expect(x.ndim).toBe(shape.length);
  expect(x.toArray()).toEqual(values);
  x.dispose();
});

describe("what goes in and out is a copy", () => {
  it("of a typed array", () => {
    const data = Float32Array.of(1, 2);
    const x = tensor(data);
    data[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
    const out = x.toTypedArray();
    out[1] = 9;
    expect(x.toArray()).toEqual([1, 2]);
  });

  it("of a shape", () => {
    const shape = [2];
    const x = zeros(shape);
    shape[0] = 5;
    expect(x.shape).toEqual([2]);
    expect(() => (x.shape as number[]).push(1)).toThrow(TypeError);
  });

  it("as the typed array of the dtype", () => {
    expect(tensor([1]).toTypedArray()).toBeInstanceOf(Float32Array);
    expect(tensor([1], { dtype: "int32" }).toTypedArray()).toBeInstanceOf(Int32Array);
    expect(tensor([true]).toTypedArray()).toEqual(Uint8Array.of(1));
    expect(tensor([1], { dtype: "uint8" }).toTypedArray()).toBeInstanceOf(Uint8Array);
    expect(tensor([-1], { dtype: "int8" }).toTypedArray()).toEqual(Int8Array.of(-1));
    expect(tensor([-1], { dtype: "int8" }).item()).toBe(-1);
  });
});

describe("one number", () => {
  it.each([
    ["float32", tensor([[0.25]]), 0.25],
    ["int32", tensor(-3, { dtype: "int32" }), -3],
    ["bool", tensor([true]), 1],
  ] as const)("item of %s", (_, x, value) => expect(x.item()).toBe(value));
});

describe("gradients", () => {
  it("are asked for with requiresGrad", () => {
    for (const x of [
      tensor([1], { requiresGrad: true }),
      zeros(2, { requiresGrad: true }),
      arange(2, { requiresGrad: true }),
      eye(2, { requiresGrad: true }),
    ]) {
      expect([x.requiresGrad, x.isLeaf, x.grad]).toEqual([true, true, null]);
    }
    expect(tensor([1]).requiresGrad).toBe(false);
  });

  it("can be switched on and off on leaves", () => {
    const x = tensor([1]);
    x.requiresGrad = true;
    const y = x.mul(2);
    expect([y.requiresGrad, y.isLeaf]).toEqual([true, false]);
    x.requiresGrad = false;
    expect(x.mul(2).requiresGrad).toBe(false);
  });
});

describe("what does not fit", () => {
  it("is converted by `to`, which stays within range", () => {
    const odd = tensor([Number.NaN, Number.POSITIVE_INFINITY, 3e9, -1.9]);
    expect(odd.to("int32").toArray()).toEqual([0, 2 ** 31 - 1, 2 ** 31 - 1, -1]);
    expect(odd.to("uint8").toArray()).toEqual([0, 255, 255, 0]);
    expect(odd.bool().toArray()).toEqual([true, true, true, true]);
  });
});

describe("data of another realm", () => {
  it.each([
    ["new Float32Array([1, 2])", "float32", [1, 2]],
    ["new Int32Array([1, 2])", "int32", [1, 2]],
    ["[[1], [2]]", "float32", [[1], [2]]],
  ])("%s", (code, dtype, values) => {
    const x = tensor(runInNewContext(code) as number[]);
    expect([x.dtype, x.toArray()]).toEqual([dtype, values]);
  });
});

/** An array that is its own only item. */
function cyclic(): NestedNumbers {
  const list: NestedNumbers[] = [];
  list.push(list);
  return list;
}

function deep(levels: number): NestedNumbers {
  let list: NestedNumbers = 1;
  for (let i = 0; i < levels; i++) list = [list];
  return list;
}

describe("odd data", () => {
  const odd: [string, () => unknown, new (message: string) => Error, RegExp][] = [
    [
      "a row too long",
      () =>
        tensor([
          [1, 2],
          [3, 4, 5],
        ]),
      ShapeError,
      /data\[1\] has 3 items, expected 2 items/,
    ],
    ["a number where a row belongs", () => tensor([[1], 2]), ShapeError, /data\[1\] is 2, expected an array of 1 items/],
    [
      "a row where a number belongs",
      () =>
        tensor([
          [[1], [2]],
          [[3], [[4]]],
        ] as never),
      ShapeError,
      /data\[1\]\[1\]\[0\] has 1 items, expected a number/,
    ],
    ["a text", () => tensor([1, "2"] as never), ArgError, /data\[1\] is "2", expected a number; convert it with Number/],
    [
      "typed arrays in an array",
      () => tensor([Float32Array.of(1, 2), Float32Array.of(3, 4)] as never),
      ArgError,
      /data\[0\] is a Float32Array, expected a number; use stack\(.*or one flat array with \{ shape \}/,
    ],
    ["tensors in an array", () => tensor([zeros(2)] as never), ArgError, /data\[0\] is a tensor float32\[2\].*stack or cat/],
    ["a tensor", () => tensor(zeros(2) as never), ArgError, /data is a tensor float32\[2\].*clone\(\)/],
    ["a symbol", () => tensor([Symbol("x")] as never), ArgError, /data\[0\] is a symbol, expected a number/],
    ["big integers in an array", () => tensor([1, 2n] as never), ArgError, /data\[1\] is 2n, expected a number/],
    ["an array within itself", () => tensor(cyclic()), ShapeError, /nested more than 64 deep, or contains itself/],
    ["100,000 arrays in one another", () => tensor(deep(100_000)), ShapeError, /nested more than 64 deep/],
    ["more than 64 sizes", () => zeros(new Array(65).fill(1)), ShapeError, /zeros: a tensor has at most 64 dimensions, got 65 sizes/],
    ["NaN as int32", () => tensor([0, 1, Number.NaN], { dtype: "int32" }), ArgError, /data\[2\] is NaN, and int32 holds whole numbers/],
    [
      "a fraction as int32",
      () => tensor([[1], [1.5]], { dtype: "int32" }),
      ArgError,
      /data\[1\]\[0\] is 1\.5, and int32 .*\.to\("int32"\)/,
    ],
    ["infinity as int32", () => tensor([Number.POSITIVE_INFINITY], { dtype: "int32" }), ArgError, /data\[0\] is Infinity/],
    ["3e9 as int32", () => tensor(3e9, { dtype: "int32" }), ArgError, /data is 3000000000, and int32/],
    ["300 as uint8", () => tensor([1, 300], { dtype: "uint8" }), ArgError, /data\[1\] is 300, and uint8 holds whole numbers from 0 to 255/],
    ["a Float32Array with 128 as int8", () => tensor(Float32Array.of(128), { dtype: "int8" }), ArgError, /data\[0\] is 128, and int8/],
    [
      "a matrix from a flat array",
      () => tensor(Float32Array.of(1, 2, 0.5, 4), { shape: [2, 2], dtype: "int32" }),
      ArgError,
      /data\[2\] is 0\.5/,
    ],
    ["full of 3e9 as int32", () => full([1], 3e9, { dtype: "int32" }), ArgError, /full: value is 3000000000, and int32 holds/],
    ["full of half a uint8", () => full([1], 0.5, { dtype: "uint8" }), ArgError, /full: value is 0\.5, and uint8 holds/],
    ["full of text", () => full([1], "1" as never), ArgError, /full: value must be a number, got "1"/],
    ["fill_ of NaN", () => zeros(1, { dtype: "int32" }).fill_(Number.NaN), ArgError, /fill_: value is NaN, and int32 holds/],
    ["fill_ of 256", () => zeros(1, { dtype: "uint8" }).fill_(256), ArgError, /fill_: value is 256, and uint8 holds/],
    ["arange in fractions as int32", () => arange(0, 1, 0.5, { dtype: "int32" }), ArgError, /arange: value 1 is 0\.5, and int32 holds/],
    ["arange of nothing given", () => arange(), ArgError, /arange: start must be a finite number, got undefined/],
    ["arange to null", () => arange(5, null as never), ArgError, /arange: end must be a finite number, got null/],
    [
      "linspace to infinity",
      () => linspace(0, Number.POSITIVE_INFINITY, 3),
      ArgError,
      /linspace: end must be a finite number, got Infinity/,
    ],
    [
      "a dtype of Object's prototype",
      () => tensor([1], { dtype: "constructor" as "bool" }),
      DTypeError,
      /dtype must be one of .*got constructor/,
    ],
    [
      "a conversion to one",
      () => tensor([1]).to("toString" as "bool"),
      DTypeError,
      /does not convert to "toString"; use one of bool, uint8/,
    ],
    ["a dtype in an array", () => zeros(1, { dtype: ["bool"] as never }), DTypeError, /dtype must be one of .*got \["bool"\]/],
    ["a gradient of masks", () => tensor([true], { requiresGrad: true }), DTypeError, /only float32 tensors can require a gradient/],
    ["null", () => tensor([[null]] as never), ArgError, /data\[0\]\[0\] is null/],
    ["nothing at all", () => tensor(undefined as never), ArgError, /data is undefined/],
    ["a typed array without a dtype", () => tensor(Uint16Array.of(300) as never), DTypeError, /Uint16Array/],
    [
      "big integers without a sign",
      () => tensor(BigUint64Array.of(1n) as never),
      DTypeError,
      /BigInt64Array for int64 .*, got a BigUint64Array$/,
    ],
    ["big integers as another dtype", () => tensor(BigInt64Array.of(1n), { dtype: "int32" }), DTypeError, /got a BigInt64Array for int32/],
    [
      "bits as another dtype",
      () => tensor(Uint16Array.of(1), { dtype: "float32" }),
      DTypeError,
      /Uint16Array for the bits .*, got a Uint16Array for float32/,
    ],
    ["a view without elements", () => tensor(new DataView(new ArrayBuffer(4)) as never), DTypeError, /DataView/],
    [
      "an unknown dtype",
      () => zeros(2, { dtype: "float64" as "float32" }),
      DTypeError,
      /dtype must be one of bool, uint8, int8, int32, int64, float16, bfloat16, float32, got float64/,
    ],
  ];

  it.each(odd)("%s", (_, call, error, says) => {
    expect(call).toThrow(error);
    expect(call).toThrow(says);
  });
});
