// Tensors from data and from rules: shapes, dtypes, values, and that they are copies.
import {
  ArgError,
  arange,
  DTypeError,
  eye,
  full,
  linspace,
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
    ["a text", () => tensor([1, "2"] as never), ArgError, /data\[1\] is the text "2", expected a number; convert it with Number/],
    ["null", () => tensor([[null]] as never), ArgError, /data\[0\]\[0\] is null/],
    ["nothing at all", () => tensor(undefined as never), ArgError, /data is undefined/],
    ["a typed array without a dtype", () => tensor(Uint16Array.of(300) as never), DTypeError, /Uint16Array/],
    ["big integers", () => tensor(BigInt64Array.of(1n) as never), DTypeError, /BigInt64Array/],
    ["a view without elements", () => tensor(new DataView(new ArrayBuffer(4)) as never), DTypeError, /DataView/],
    [
      "an unknown dtype",
      () => zeros(2, { dtype: "float16" as "float32" }),
      DTypeError,
      /dtype must be one of float32, int32, bool, uint8, int8, got float16/,
    ],
  ];

  it.each(odd)("%s", (_, call, error, says) => {
    expect(call).toThrow(error);
    expect(call).toThrow(says);
  });
});
