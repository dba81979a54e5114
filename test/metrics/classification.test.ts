import { describe, expect, it } from "vitest";
import { ArgError, IndexError, ShapeError } from "../../src/errors.js";
import {
  accuracy,
  ConfusionMatrix,
  classificationReport,
  confusionMatrix,
  f1,
  jaccard,
  precision,
  recall,
  topKAccuracy,
} from "../../src/metrics/index.js";
import { tensor } from "../../src/tensor/create.js";
import type { Tensor } from "../../src/tensor/tensor.js";

describe("accuracy", () => {
  it("of classes, in any form", () => {
    expect(accuracy([0, 1, 2, 2], [0, 1, 1, 2])).toBe(0.75);
    expect(accuracy(Int32Array.of(0, 1), Uint8Array.of(1, 1))).toBe(0.5);
    expect(accuracy(tensor([0, 1]), tensor(Int32Array.of(0, 1)))).toBe(1);
    expect(accuracy(tensor([true, false]), [1, 1])).toBe(0.5);
  });

  it("of logits [n, classes]: the highest counts, and the first of equals", () => {
    const logits = tensor([
      [0.1, 0.9, 0],
      [3, 3, 1],
      [-5, -4, -3],
    ]);
    expect(accuracy(logits, tensor(Int32Array.of(1, 0, 0)))).toBeCloseTo(2 / 3, 12);
  });

  it("of logits [n, classes, positions], as for cross-entropy", () => {
    const logits = tensor([
      [
        [1, 0, 1],
        [0, 1, 0],
      ],
    ]); // [1, 2, 3]: classes 0, 1, 0
    expect(accuracy(logits, tensor(Int32Array.of(0, 1, 1), { shape: [1, 3] }))).toBeCloseTo(2 / 3, 12);
  });

  it("of one score per sample, with a threshold that itself counts as 0", () => {
    expect(accuracy([-1, 0, 2, 3], [0, 0, 0, 1], { threshold: 0 })).toBe(0.75);
    expect(accuracy(tensor([[0.2], [0.7]]), tensor([[0], [1]]), { threshold: 0.5 })).toBe(1);
    expect(accuracy(tensor([[0.2], [0.7]]), [0, 1], { threshold: 0.5 })).toBe(1);
  });

  it("leaves out ignored labels", () => {
    expect(accuracy([0, 1, 1], [0, -100, 0], { ignoreIndex: -100 })).toBe(0.5);
  });

  it("of nothing is NaN", () => {
    expect(accuracy([], [])).toBeNaN();
  });

  it.each<[string, () => unknown, new () => Error, string]>([
    ["other lengths", () => accuracy([0, 1], [0]), ShapeError, "predictions are [2] and the truth is [1]"],
    [
      "[n, 1] against [n] without a threshold",
      () => accuracy(tensor([[1], [0]]), [1, 0]),
      ArgError,
      "one score per sample needs { threshold }",
    ],
    ["scores without a threshold", () => accuracy([0.3], [0]), ArgError, "prediction 0.3 at position 0 is no class"],
    ["a threshold for many scores", () => accuracy(tensor([[1, 0]]), [0], { threshold: 0 }), ArgError, "leave it out"],
    ["NaN labels", () => accuracy([0], [Number.NaN]), ArgError, "label NaN at position 0"],
    ["negative labels", () => accuracy([0, 0], [0, -100]), IndexError, "label -100 at position 1 is negative"],
    ["no tensor", () => accuracy(null as unknown as Tensor, [0]), ArgError, "expected a tensor"],
  ])("refuses %s", (_, run, kind, message) => {
    expect(run).toThrow(kind);
    expect(run).toThrow(message);
  });

  it("frees what it makes", () => {
    const logits = tensor([[1, 2]]);
    accuracy(logits, [1]);
    expect(logits.disposed).toBe(false);
  });
});

describe("topKAccuracy", () => {
  // scikit-learn's example of top_k_accuracy_score
  const scores = tensor([
    [0.5, 0.2, 0.2],
    [0.3, 0.4, 0.2],
    [0.2, 0.4, 0.3],
    [0.7, 0.2, 0.1],
  ]);
  it("of the k highest", () => {
    expect([1, 2, 3].map((k) => topKAccuracy(scores, [0, 1, 2, 2], k))).toEqual([0.5, 0.75, 1]);
  });

  it("of equal scores takes the first, and NaN above all", () => {
    const equal = tensor([[1, 1, 1]]);
    expect([0, 1, 2].map((label) => topKAccuracy(equal, [label], 2))).toEqual([1, 1, 0]);
    const broken = tensor([[Number.NaN, 2, 1]]);
    expect([0, 1, 2].map((label) => topKAccuracy(broken, [label], 2))).toEqual([0, 1, 0]);
  });

  it("refuses what does not fit", () => {
    expect(() => topKAccuracy(scores, [0], 1)).toThrow(ShapeError);
    expect(() => topKAccuracy(scores, [0, 1, 2, 3], 1)).toThrow(IndexError);
    expect(() => topKAccuracy(scores, [0, 1, 2, 2], 4)).toThrow(ArgError);
  });
});

describe("confusionMatrix", () => {
  it("counts truth by row and prediction by column", () => {
    // scikit-learn's example of confusion_matrix
    expect(confusionMatrix([0, 0, 2, 2, 0, 2], [2, 0, 2, 2, 0, 1]).counts).toEqual([
      [2, 0, 0],
      [0, 0, 1],
      [1, 0, 2],
    ]);
  });

  it("has a row for every class asked for, named, or scored", () => {
    expect(confusionMatrix([0], [0], 3).counts).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(confusionMatrix([0], [0], undefined, { names: ["a", "b"] }).counts).toHaveLength(2);
    expect(confusionMatrix(tensor([[1, 0, 0, 0]]), [0]).counts).toHaveLength(4);
    expect(confusionMatrix([], []).counts).toEqual([]);
  });

  it("adds up over batches", () => {
    const sum = confusionMatrix([0, 1], [0, 0], 2).plus(confusionMatrix([1], [1], 2));
    expect(sum.counts).toEqual([
      [1, 1],
      [0, 1],
    ]);
    expect(sum.total).toBe(3);
    expect(() => sum.plus(confusionMatrix([2], [2]))).toThrow(ArgError);
  });

  it("prints a table", () => {
    const matrix = confusionMatrix([0, 1, 1, 1], [0, 0, 1, 1], 2, { names: ["cat", "dog"] });
    expect(`${matrix}`).toBe(["true \\ predicted  cat  dog", "cat                 1    1", "dog                 0    2"].join("\n"));
  });

  it("refuses classes outside", () => {
    expect(() => confusionMatrix([0, 3], [0, 1], 3)).toThrow(IndexError);
    expect(() => confusionMatrix([0, 3], [0, 1], 3)).toThrow("class 3 appears among 3 classes");
    expect(() => confusionMatrix([0], [0], 1.5)).toThrow(ArgError);
    expect(() => new ConfusionMatrix([[1, 2]])).toThrow(ArgError);
    expect(() => new ConfusionMatrix([[1]], ["a", "b"])).toThrow(ArgError);
  });
});

describe("precision, recall, f1 and jaccard", () => {
  // scikit-learn's example: class 0 has tp 2, fp 1, fn 0; class 1 tp 0, fp 2, fn 2; class 2 tp 0, fp 1, fn 2.
  const truth = [0, 1, 2, 0, 1, 2];
  const guess = [0, 2, 1, 0, 0, 1];
  const rows = [
    ["precision", precision, [2 / 3, 0, 0], 2 / 9, 1 / 3, 2 / 9],
    ["recall", recall, [1, 0, 0], 1 / 3, 1 / 3, 1 / 3],
    ["f1", f1, [0.8, 0, 0], 0.8 / 3, 1 / 3, 0.8 / 3],
    ["jaccard", jaccard, [2 / 3, 0, 0], 2 / 9, 0.2, 2 / 9],
  ] as const;

  it.each(rows)("%s per class and averaged", (_, score, perClass, macro, micro, weighted) => {
    const got = score(guess, truth, { average: "none" });
    expect(got).toHaveLength(3);
    for (const [c, value] of got.entries()) expect(value).toBeCloseTo(perClass[c] as number, 12);
    expect(score(guess, truth)).toBeCloseTo(macro, 12);
    expect(score(guess, truth, { average: "micro" })).toBeCloseTo(micro, 12);
    expect(score(guess, truth, { average: "weighted" })).toBeCloseTo(weighted, 12);
    expect(score(confusionMatrix(guess, truth))).toBeCloseTo(macro, 12);
  });

  it("weighted by the number of samples", () => {
    // class 0: 3 samples, 2 found, none else taken for it; class 1: 1 sample, found, one taken for it
    expect(precision([0, 0, 1, 1], [0, 0, 0, 1], { average: "weighted" })).toBeCloseTo((3 * 1 + 1 * 0.5) / 4, 12);
    expect(recall([0, 0, 1, 1], [0, 0, 0, 1], { average: "weighted" })).toBeCloseTo((3 * (2 / 3) + 1) / 4, 12);
  });

  it("binary is the positive class alone", () => {
    const scores = [0.9, 0.8, 0.3, 0.1, 0.6];
    const labels = [1, 0, 1, 0, 1]; // predicted 1 1 0 0 1: tp 2, fp 1, fn 1
    const options = { threshold: 0.5, average: "binary" } as const;
    expect(precision(scores, labels, options)).toBeCloseTo(2 / 3, 12);
    expect(recall(scores, labels, options)).toBeCloseTo(2 / 3, 12);
    expect(f1(scores, labels, { ...options, positive: 0 })).toBeCloseTo(0.5, 12);
    expect(f1([0, 0], [0, 0], { average: "binary" })).toBe(0);
  });

  it("macro leaves out classes that do not occur", () => {
    expect(f1([0, 1], [0, 1], { numClasses: 10 })).toBe(1);
    expect(f1([0, 1], [0, 1], { numClasses: 3, average: "none" })).toEqual([1, 1, 0]);
  });

  it("zeroDivision is what cannot be divided", () => {
    // class 1 is never predicted, class 2 never true
    const [p, t] = [
      [0, 0, 2],
      [0, 1, 0],
    ];
    expect(precision(p, t, { average: "none" })).toEqual([0.5, 0, 0]);
    expect(precision(p, t, { average: "none", zeroDivision: 1 })).toEqual([0.5, 1, 0]);
    expect(recall(p, t, { average: "none", zeroDivision: Number.NaN })).toEqual([0.5, 0, Number.NaN]);
    expect(f1([], [], { zeroDivision: 1 })).toBe(1);
    expect(f1([], [])).toBe(0);
  });

  it("refuses with its own name", () => {
    expect(() => f1([0, 1], [0])).toThrow(/^f1: /);
    expect(() => f1([0], [0], { average: "mean" as "macro" })).toThrow('f1: average must be "macro"');
  });

  it("can be given to a training loop as metrics of outputs and targets", () => {
    const metrics: Record<string, (output: Tensor, target: Tensor) => number> = { accuracy, f1, precision, recall };
    const output = tensor([
      [2, 1],
      [0, 3],
    ]);
    expect(Object.values(metrics).map((metric) => metric(output, tensor(Int32Array.of(0, 1))))).toEqual([1, 1, 1, 1]);
  });

  it("mean IoU over the pixels of a segmentation", () => {
    const logits = tensor([
      [
        [
          [1, 1],
          [0, 0],
        ],
        [
          [0, 0],
          [1, 1],
        ],
      ],
    ]); // predicted [[0, 0], [1, 1]]
    const masks = tensor(Int32Array.of(0, 1, 1, 1), { shape: [1, 2, 2] });
    expect(jaccard(logits, masks, { average: "none" })).toEqual([0.5, 2 / 3]);
  });
});

describe("a stray class number", () => {
  const stray = 1_000_000;

  it("costs no more than any other", () => {
    expect(accuracy([0, 1], [0, stray])).toBe(0.5);
    expect(f1([0, 1], [0, stray])).toBeCloseTo(1 / 3, 12);
    expect(precision([0, 1], [0, 2 ** 40], { average: "weighted" })).toBe(0.5);
    expect(recall([0, 1], [0, stray], { average: "none" })).toHaveLength(stray + 1);
    expect(
      classificationReport([0], [300_000])
        .split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual([...["class", "0", "300000"], ...["accuracy", "macro", "weighted"]]);
  });

  it("is an error where something is made for every class", () => {
    expect(() => f1([0, 1], [0, 2 ** 40], { average: "none" })).toThrow(ArgError);
    expect(() => f1([0, 1], [0, 2 ** 40], { average: "none" })).toThrow("f1: a list of 1099511627777 classes is too long");
    expect(() => confusionMatrix([0, 1], [0, stray])).toThrow(ArgError);
    expect(() => confusionMatrix([0, 1], [0, stray])).toThrow("confusionMatrix: 1000001 classes are more than the 5000");
  });

  it("among thousands is counted at once", () => {
    const labels = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 5000);
    expect(f1(labels, labels)).toBe(1);
  });
});

describe("arguments of metrics are checked", () => {
  it.each<[string, () => unknown, string]>([
    [
      "an unknown option",
      () => accuracy([0], [0], { treshold: 1 } as never),
      'accuracy: there is no option "treshold", only threshold, ignoreIndex',
    ],
    ["an average by position", () => f1([0], [0], "macro" as never), "f1: options go into one object"],
    ["a threshold as text", () => f1([0], [0], { threshold: "0.5" as never }), 'f1: threshold must be a number, got "0.5"'],
    ["names as text", () => confusionMatrix([0], [0], 2, { names: "ab" as never }), "confusionMatrix: names must be an array of texts"],
    ["text among numbers", () => accuracy(["1"] as never, [0]), 'accuracy: "1" at position 0 is no number'],
    ["big integers", () => accuracy(new BigInt64Array(1) as never, [0]), "accuracy: takes numbers"],
    ["nothing", () => accuracy(undefined as never, [0]), "accuracy: expected a tensor"],
    ["an array as scores", () => topKAccuracy([0] as never, [0], 1), "topKAccuracy: expected a tensor"],
    ["a number as matrix", () => new ConfusionMatrix(3 as never), "ConfusionMatrix: counts must be rows of numbers, got 3"],
    ["a number added", () => confusionMatrix([0], [0]).plus(3 as never), "ConfusionMatrix: plus takes another one, got 3"],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(ArgError);
    expect(call).toThrow(message);
  });

  it("undefined options are not given", () => {
    expect(f1([0, 1], [0, 1], { average: undefined, threshold: undefined, zeroDivision: undefined } as never)).toBe(1);
  });
});

describe("classificationReport", () => {
  it("is a table of all scores", () => {
    const report = classificationReport([0, 1, 1, 1], [0, 0, 1, 1], { names: ["cat", "dog"] });
    expect(report.split("\n")).toEqual([
      "class             precision  recall     f1  samples",
      "cat                   1.000   0.500  0.667        2",
      "dog                   0.667   1.000  0.800        2",
      "accuracy                             0.750        4",
      "macro average         0.833   0.750  0.733        4",
      "weighted average      0.833   0.750  0.733        4",
    ]);
  });
});
