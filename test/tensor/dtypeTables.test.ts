// Every entry of the tables in docs/dtypes.md.
import { readFileSync } from "node:fs";
import * as simdgrad from "simdgrad";
import { cat, type DType, DTypeError, memory, type Operand, ones, SimdgradError, scope, stack, type Tensor, tensor, where } from "simdgrad";
import { describe, expect, test } from "vitest";
import { dtypes, promote } from "../../src/tensor/dtype.js";

const ALL = Object.keys(dtypes) as DType[];
const TEXT = readFileSync("docs/dtypes.md", "utf8");

/** The rows of the first table after some text: the entry in front, and the others by the heads of their columns. */
function tableAfter(before: string): [name: string, cells: [head: string, cell: string][]][] {
  const start = TEXT.indexOf(before);
  if (start < 0) throw new Error(`docs/dtypes.md does not contain "${before}"`);
  const lines = TEXT.slice(start).split("\n");
  const first = lines.findIndex((line) => line.startsWith("|"));
  const count = lines.slice(first).findIndex((line) => !line.startsWith("|"));
  const [head = [], , ...rows] = lines.slice(first, first + count).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return rows.map(([name = "", ...cells]) => [name.replaceAll("**", ""), cells.map((cell, i) => [head[i + 1] as string, cell])]);
}

const given = (dtype: DType): Tensor => tensor([1, 0], { dtype });

/** The dtype that a call gives, or "error" for a `DTypeError`, which must leave nothing behind. */
function outcome(call: () => Tensor): string {
  const { liveTensors } = memory();
  try {
    return scope(() => call().dtype);
  } catch (error) {
    if (!(error instanceof SimdgradError)) throw error;
    expect(memory().liveTensors).toBe(liveTensors);
    return error instanceof DTypeError || error.name === "ArgError" ? "error" : error.name;
  }
}

type Two = (a: Operand, b: Operand) => Tensor;
const ARITHMETIC = ["add", "sub", "mul", "maximum", "minimum", "floorDivide", "remainder"] as const;
const COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"] as const;
const two = (name: (typeof ARITHMETIC | typeof COMPARISONS)[number] | "div" | "pow"): Two => simdgrad[name] as Two;

describe("the first table has every dtype", () => {
  test.each(tableAfter("# Data types"))("%s", (name, cells) => {
    const { bytes } = dtypes[name.replaceAll("`", "") as DType];
    const row = Object.fromEntries(cells);
    scope(() => {
      const x = given(name.replaceAll("`", "") as DType);
      expect(row).toMatchObject({
        bytes: String(bytes),
        "computed in": x.add(x).dtype,
        "`toTypedArray()`": x.toTypedArray().constructor.name,
      });
    });
  });

  test("and no other", () => {
    const names = tableAfter("# Data types").map(([name]) => name.replaceAll("`", ""));
    expect(names.toSorted()).toEqual(ALL.toSorted());
  });
});

describe("the common dtype", () => {
  const table = tableAfter("## The dtype of two operands");
  test("the table is complete", () => {
    expect(table.map(([a]) => a)).toEqual(ALL);
    for (const [, cells] of table) expect(cells.map(([b]) => b)).toEqual(ALL);
  });

  test.each(table.flatMap(([a, cells]) => cells.map(([b, common]) => [a as DType, b as DType, common] as const)))(
    "%s and %s: %s",
    (a, b, common) =>
      scope(() => {
        expect(promote(a, b)).toBe(common);
        const [x, y] = [given(a), tensor([1, 1], { dtype: b })];
        const chosen = where(tensor([true, false]), x, y);
        expect([chosen.dtype, chosen.toTypedArray()[0], chosen.toTypedArray()[1]]).toEqual([common, 1, 1]);
        const computed = [a, b].some((dtype) => dtypes[dtype].kind === "float") ? "float32" : "int32";
        for (const name of ARITHMETIC) expect([name, two(name)(x, y).dtype]).toEqual([name, computed]);
        for (const name of COMPARISONS) expect([name, two(name)(x, y).dtype]).toEqual([name, "bool"]);
        expect(x.add(y).toTypedArray()).toEqual(computed === "int32" ? Int32Array.of(2, 1) : Float32Array.of(2, 1));
        expect(x.eq(y).toArray()).toEqual([true, false]);
        expect(two("div")(x, y).dtype).toBe("float32");
        expect(x.pow(y).dtype).toBe(computed);
      }),
  );
});

describe("a tensor and a number", () => {
  const NUMBERS: Record<string, number> = { "`1`": 1, "`0.5`": 0.5, "`3e9`": 3e9 };
  const entries = (before: string) =>
    tableAfter(before).flatMap(([dtype, cells]) => cells.map(([number, cell]) => [dtype as DType, number, cell] as const));

  test.each(entries("## A tensor and a number"))("%s and %s: arithmetic gives %s", (dtype, number, wanted) =>
    scope(() => {
      const value = NUMBERS[number] as number;
      for (const name of ARITHMETIC) {
        expect([name, two(name)(given(dtype), value).dtype]).toEqual([name, wanted]);
        expect([name, two(name)(value, ones(2, { dtype })).dtype]).toEqual([name, wanted]);
      }
      for (const name of COMPARISONS) expect(two(name)(given(dtype), value).dtype).toBe("bool");
      expect(two("div")(given(dtype), value).dtype).toBe("float32");
    }),
  );

  test.each(entries("keep the dtype of the tensor"))("%s and %s: a choice gives %s", (dtype, number, wanted) =>
    scope(() => {
      const value = NUMBERS[number] as number;
      const mask = tensor([true, false]);
      expect(outcome(() => where(mask, given(dtype), value))).toBe(wanted);
      expect(outcome(() => given(dtype).maskedFill(mask, value))).toBe(wanted);
      expect(outcome(() => given(dtype).fill_(value))).toBe(wanted);
    }),
  );
});

let refused = 0;
let lastError: unknown;

/** The result of a call. Errors are counted, so that a row shows that each of its calls is refused. */
function each(call: () => Tensor): Tensor {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof DTypeError)) throw error;
    refused++;
    lastError = error;
    return undefined as unknown as Tensor;
  }
}

const functions = simdgrad as unknown as Record<string, (x: Tensor, ...rest: unknown[]) => Tensor>;

const one =
  (...names: readonly string[]) =>
  (dtype: DType): Tensor[] =>
    names.map((name) => each(() => (functions[name] as (x: Tensor) => Tensor)(given(dtype))));

const square = (dtype: DType): Tensor => ones([2, 2], { dtype });

/** What each row of the table calls; all results must be as the row says. */
const ROWS: Record<string, (dtype: DType) => Tensor[]> = {
  "`add`, `sub`": (dtype) => ARITHMETIC.map((name) => two(name)(given(dtype), ones(2, { dtype }))),
  "`div`": (dtype) => [given(dtype).div(given(dtype))],
  "`pow`": (dtype) => [each(() => given(dtype).pow(given(dtype)))],
  "`eq`": (dtype) => COMPARISONS.map((name) => two(name)(given(dtype), given(dtype))),
  "`logicalAnd`": (dtype) => {
    const x = given(dtype);
    return [() => x.logicalAnd(x), () => x.logicalOr(x), () => x.logicalNot()].map(each);
  },
  "`neg`": (dtype) => [given(dtype).neg(), given(dtype).abs(), given(dtype).clamp({ min: 0 })],
  "`exp`": one(
    ..."exp log sqrt rsqrt reciprocal square sin cos erf floor ceil round trunc relu gelu sigmoid silu tanh softplus elu leakyRelu".split(
      " ",
    ),
  ),
  "`sum`": (dtype) => [given(dtype).sum(), given(dtype).cumsum(0), square(dtype).sum(1)],
  "`mean`": (dtype) => {
    const x = square(dtype);
    return [
      ...["mean", "variance", "std"].map((name) => () => (x as unknown as Record<string, () => Tensor>)[name]?.() as Tensor),
      () => x.mean(1),
      () => x.logsumexp(1),
      () => x.softmax(1),
      () => x.logSoftmax(0),
    ].map(each);
  },
  "`amax`": (dtype) => {
    const x = square(dtype);
    return [
      () => x.amax({ dim: 0, keepdim: true }),
      () => x.amin(),
      () => x.max(),
      () => x.max(1).values,
      () => x.min(),
      () => x.min(0).values,
    ].map(each);
  },
  "`argmax`": (dtype) => [() => given(dtype).argmax(), () => given(dtype).argmin(0)].map(each),
  "`mseLoss`": (dtype) =>
    [simdgrad.mseLoss, simdgrad.l1Loss, simdgrad.binaryCrossEntropyWithLogits].map((loss) => each(() => loss(given(dtype), given(dtype)))),
  "`matmul`": (dtype) => {
    const [x, image] = [square(dtype), ones([1, 1, 2, 2], { dtype })];
    return [
      () => x.matmul(x),
      () => simdgrad.linear(x, x),
      () => simdgrad.conv2d(image, image),
      () => simdgrad.maxPool2d(image, 2),
      () => simdgrad.layerNorm(x, [2]),
      () => simdgrad.crossEntropy(x, tensor([0, 1], { dtype: "int32" })),
    ].map(each);
  },
  "`reshape`": (dtype) => {
    const x = given(dtype);
    const index = tensor([1, 0], { dtype: "int32" });
    const mask = tensor([true, false]);
    return [
      x.reshape(2, 1),
      x.slice([0, 1]),
      square(dtype).permute(1, 0),
      cat([x, x]),
      stack([x, x]),
      x.expand(3, 2),
      x.flip(0),
      x.gather(0, index),
      x.indexSelect(0, index),
      x.clone(),
      where(mask, x, x),
      x.maskedFill(mask, 1),
      x.clone().copy_(ones(2)),
      x.clone().fill_(1),
    ];
  },
  "index of": (dtype) => {
    const index = given(dtype);
    const done = (call: () => Tensor) =>
      each(() => {
        call();
        return index;
      });
    return [
      done(() => ones(2).gather(0, index)),
      done(() => ones(2).scatterAdd(0, index, ones(2))),
      done(() => ones(2).indexSelect(0, index)),
      done(() => simdgrad.embedding(index, ones([2, 3]))),
      done(() => simdgrad.oneHot(index, 2)),
      // Floats of another shape than probabilities have.
      done(() => simdgrad.crossEntropy(ones([2, 3]), index)),
      done(() => simdgrad.nllLoss(ones([2, 3]), index)),
    ];
  },
};

describe("operations", () => {
  const table = tableAfter("## Operations");
  test("every row is tested", () => {
    expect(table.map(([name]) => Object.keys(ROWS).filter((start) => name.startsWith(start)).length)).toEqual(table.map(() => 1));
  });

  test.each(table.flatMap(([name, cells]) => cells.map(([dtype, cell]) => [name, dtype as DType, cell] as const)))(
    "%s of %s: %s",
    (name, dtype, wanted) =>
      scope(() => {
        const run = ROWS[Object.keys(ROWS).find((start) => name.startsWith(start)) as string] as (dtype: DType) => Tensor[];
        refused = 0;
        if (wanted !== "error") {
          const results = run(dtype);
          if (refused > 0) throw lastError;
          const expected = wanted === "taken" ? dtype : wanted;
          expect(results.map((x) => x.dtype)).toEqual(results.map(() => expected));
          return;
        }
        expect(run(dtype).length).toBe(refused);
      }),
  );
});
