// The records of the dtypes, and what each dtype holds. dtypeTables.test.ts has the tables of docs/dtypes.md.
import { cat, type DType, full, scope, tensor, zeros } from "simdgrad";
import { describe, expect, test } from "vitest";
import { bytesPerElement, dtypes, elements, holds, promote } from "../../src/tensor/dtype.js";

const ALL = Object.keys(dtypes) as DType[];

test("records agree with the typed arrays they name", () => {
  for (const dtype of ALL) {
    const { name, bits, bytes, min, max, kind } = dtypes[dtype];
    expect(name).toBe(dtype);
    expect([bits / 8, bytesPerElement[dtype], elements(dtype).BYTES_PER_ELEMENT]).toEqual([bytes, bytes, bytes]);
    const held = tensor([min, max], { dtype });
    expect(Array.from(held.toTypedArray())).toEqual([min, max]);
    held.dispose();
    expect(kind === "float" ? Math.fround(max * (1 + 2 ** -24)) : max + 1).not.toBe(max);
  }
});

test("promotion is symmetric, gives a dtype its own, and never a narrower one", () => {
  for (const a of ALL) {
    expect(promote(a, a)).toBe(a);
    for (const b of ALL) {
      const both = promote(a, b);
      expect(promote(b, a)).toBe(both);
      for (const side of [a, b]) expect([dtypes[side].min, dtypes[side].max].every((end) => holds(both, end))).toBe(true);
      for (const c of ALL) expect(promote(promote(a, b), c)).toBe(promote(a, promote(b, c)));
    }
  }
  expect(promote("uint8", "int8")).toBe("int32");
});

test.each([
  ["float32", [0, -0.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY], []],
  ["int32", [0, -(2 ** 31), 2 ** 31 - 1], [0.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, Number.NEGATIVE_INFINITY]],
  ["uint8", [0, 255], [-1, 256, 1.5]],
  ["int8", [-128, 127], [-129, 128, 0.1]],
  ["bool", [0, 1], [2, -1, 0.5]],
  ["float16", [0, -0.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY], []],
  ["bfloat16", [0, -0.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY], []],
  ["int64", [0, 2 ** 53 - 1, -(2 ** 53) + 1], [0.5, 2 ** 53, -(2 ** 53), 2 ** 60, Number.NaN, Number.POSITIVE_INFINITY]],
] as const)("%s holds its range", (dtype, inside, outside) => {
  for (const value of inside) expect(holds(dtype, value)).toBe(true);
  for (const value of outside) expect(holds(dtype, value)).toBe(false);
});

describe.each(ALL)("elements of %s move", (dtype) => {
  const values = [1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0];
  const x = () => tensor(values, { shape: [3, 4], dtype });
  const numbers = (t: { toTypedArray(): ArrayLike<number> }): number[] => Array.from(t.toTypedArray());

  test("by slices, permutations, joins and broadcasts", () =>
    scope(() => {
      expect(numbers(x().slice([0, 3, 2], [null, null, -1]))).toEqual([1, 0, 0, 1, 0, 1, 0, 0]);
      expect(numbers(x().flip(0))).toEqual([...values.slice(8), ...values.slice(4, 8), ...values.slice(0, 4)]);
      expect(numbers(x().t())).toEqual([1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0]);
      expect(numbers(cat([x(), x()], 1).narrow(1, 4, 4))).toEqual(values);
      expect(numbers(x().select(1, 3).unsqueeze(1).expand(3, 2))).toEqual([1, 1, 1, 1, 0, 0]);
    }));

  test("by a fill", () =>
    scope(() => {
      const y = zeros([3, 4], { dtype });
      y.narrow(0, 1, 1).fill_(1);
      expect(numbers(y)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]);
      expect(numbers(y.fill_(0))).toEqual(numbers(full([3, 4], 0, { dtype })));
    }));
});
