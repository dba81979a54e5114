// Shapes as plain numbers, and views: which results share memory with their input.
import { arange, noGrad, type Tensor, tensor } from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { broadcastShapes, checkDim, checkDims, checkShape, sizeOf, stridesOf } from "../../src/tensor/shape.js";

test.each([
  [[], []],
  [[5], [1]],
  [
    [2, 3, 4],
    [12, 4, 1],
  ],
  [
    [2, 0, 3],
    [0, 3, 1],
  ],
])("strides of %j are %j", (shape, strides) => expect(stridesOf(shape)).toEqual(strides));

test.each([
  [[], 1],
  [[4, 0], 0],
  [[2, 3], 6],
])("%j has %d elements", (shape, size) => expect(sizeOf(shape)).toBe(size));

test.each([
  [
    [2, 3],
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3], [2, 3]],
  [[2, 1], [3], [2, 3]],
  [[], [2, 3], [2, 3]],
  [
    [4, 1, 3],
    [5, 1],
    [4, 5, 3],
  ],
  [
    [0, 3],
    [1, 3],
    [0, 3],
  ],
  [[1], [0], [0]],
  [[2, 3], [4], undefined],
  [[2], [3], undefined],
  [[0], [2], undefined],
])("%j and %j broadcast to %j", (a, b, shape) => {
  expect(broadcastShapes(a, b)).toEqual(shape);
  expect(broadcastShapes(b, a)).toEqual(shape);
});

describe("dimensions", () => {
  it.each([
    [0, 2, 0],
    [-1, 2, 1],
    [-2, 2, 0],
    [0, 0, 0],
    [-1, 0, 0],
  ])("dim %d of rank %d is %d", (dim, rank, expected) => expect(checkDim("op", dim, rank)).toBe(expected));

  it.each([
    [2, 2],
    [-3, 2],
    [1, 0],
  ])("dim %d of rank %d does not exist", (dim, rank) => expect(() => checkDim("op", dim, rank)).toThrow(/op: dim/));

  it("in lists are sorted; none given means all", () => {
    expect(checkDims("op", [-1, 0], 3)).toEqual([0, 2]);
    expect(checkDims("op", undefined, 3)).toEqual([0, 1, 2]);
    expect(() => checkDims("op", [0, -3], 3)).toThrow(/dim 0 appears twice/);
  });
});

test("sizes are checked exactly, although their product may overflow 32 bits", () => {
  expect(checkShape("op", [65536, 65536])).toEqual([65536, 65536]);
  expect(() => checkShape("op", [65536, 65537])).toThrow(/at most 4294967296/);
  expect(checkShape("op", [2 ** 40, 0])).toEqual([2 ** 40, 0]);
});

describe("views", () => {
  type View = [call: string, view: (x: Tensor) => Tensor, shape: number[], first: number, shared: boolean];
  const x = (): Tensor => arange(12).reshape(3, 4);
  const views: View[] = [
    ["reshape", (t) => t.reshape(2, -1), [2, 6], 0, true],
    ["flatten", (t) => t.flatten(), [12], 0, true],
    ["unsqueeze", (t) => t.unsqueeze(-1), [3, 4, 1], 0, true],
    ["squeeze", (t) => t.unsqueeze(0).squeeze(0), [3, 4], 0, true],
    ["detach", (t) => t.detach(), [3, 4], 0, true],
    ["at", (t) => t.at(-1), [4], 8, true],
    ["at twice", (t) => t.at(1).at(2), [], 6, true],
    ["slice of leading rows", (t) => t.slice([1, 3]), [2, 4], 4, true],
    ["narrow of dim 0", (t) => t.narrow(0, 2, 1), [1, 4], 8, true],
    ["split along dim 0", (t) => t.split(2)[1] as Tensor, [1, 4], 8, true],
    ["get of rows", (t) => t.get("1:"), [2, 4], 4, true],
    ["expand to the same shape", (t) => t.expand(3, -1), [3, 4], 0, true],
    ["slice of columns", (t) => t.slice([], [1]), [3, 3], 1, false],
    ["slice with a step", (t) => t.slice([0, null, 2]), [2, 4], 0, false],
    ["select of a column", (t) => t.select(1, 3), [3], 3, false],
    ["transpose", (t) => t.transpose(0, 1), [4, 3], 0, false],
    ["permute that changes nothing", (t) => t.permute(0, 1), [3, 4], 0, false],
    ["expand", (t) => t.unsqueeze(0).expand(2, 3, 4), [2, 3, 4], 0, false],
    ["clone", (t) => t.clone(), [3, 4], 0, false],
    ["flip of nothing", (t) => t.flip([]), [3, 4], 0, false],
  ];

  it.each(views)("%s", (_, view, shape, first, shared) => {
    const base = x();
    const y = view(base);
    expect(y.shape).toEqual(shape);
    expect(y.flatten().toTypedArray()[0]).toBe(first);
    base.fill_(-1);
    expect(y.flatten().toTypedArray()[0]).toBe(shared ? -1 : first);
  });

  it("keep the elements after their base was disposed", () => {
    const base = tensor([1, 2, 3]);
    const view = base.slice([1]);
    base.dispose();
    expect(view.toArray()).toEqual([2, 3]);
  });

  it("write through", () => {
    const base = x();
    noGrad(() => base.at(0).fill_(7));
    expect(base.slice([0, 2]).toArray()).toEqual([
      [7, 7, 7, 7],
      [4, 5, 6, 7],
    ]);
  });
});
