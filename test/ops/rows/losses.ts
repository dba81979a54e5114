// Losses.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row } from "../row.js";

const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0);
const as = (x: Nd, shape: readonly number[]): Nd => ({ shape, data: x.data });

const logSoftmax = (x: Nd, r: number): number[] => {
  const c = x.shape[1] as number;
  const values = Array.from({ length: c }, (_, j) => at(x, [r, j]));
  const largest = Math.max(...values);
  const log = largest + Math.log(sum(values.map((v) => Math.exp(v - largest))));
  return values.map((v) => v - log);
};

/** Cross-entropy of rows [N, C], by its definition. */
const entropy =
  (
    targets: number[],
    { weight, smoothing = 0, ignore = -100 }: { weight?: number[]; smoothing?: number; ignore?: number },
    reduction: sg.Reduction,
  ) =>
  (x: Nd): Nd => {
    const c = x.shape[1] as number;
    const w = weight ?? new Array<number>(c).fill(1);
    const losses = targets.map((t, r) =>
      t === ignore ? 0 : -sum(logSoftmax(x, r).map((lp, j) => lp * (w[j] as number) * ((j === t ? 1 - smoothing : 0) + smoothing / c))),
    );
    const counted = sum(targets.map((t) => (t === ignore ? 0 : (w[t] as number))));
    if (reduction === "none") return nd([targets.length], (r) => losses[r] as number);
    return nd([], () => (reduction === "sum" ? sum(losses) : sum(losses) / counted));
  };

/** A rule over positions, reduced. */
function reduced(shape: readonly number[], reduction: sg.Reduction, rule: (...index: number[]) => number): Nd {
  const each = nd(shape, rule);
  if (reduction === "none") return each;
  return nd([], () => sum([...each.data]) / (reduction === "mean" ? each.data.length : 1));
}

const TARGETS = [2, 0, 3, 3, 1, 0];
const WEIGHT = [0.5, 1, 2, 0.25];

const losses: Row[] = [
  {
    op: "mseLoss",
    samples: (["mean", "sum", "none"] as const).map((reduction) => ({
      inputs: [float([3, 4]), float([3, 4])],
      call: (x: Tensor, y: Tensor) => sg.mseLoss(x, y, { reduction }),
      truth: (x: Nd, y: Nd) => reduced(x.shape, reduction, (...index) => (at(x, index) - at(y, index)) ** 2),
      note: reduction,
    })),
    refuses: [
      {
        call: () => sg.mseLoss(zeros(3), zeros(3, 1)),
        error: ShapeError,
        says: /the target must be \[3\], got float32\[3,1\]; shapes must be equal/,
      },
      { call: () => sg.mseLoss(zeros(3), zeros(3), { reduction: "avg" as "mean" }), error: ArgError, says: /reduction must be/ },
    ],
  },
  {
    op: "crossEntropy",
    samples: [
      ...(["mean", "sum", "none"] as const).flatMap((reduction) =>
        [{}, { weight: WEIGHT }, { smoothing: 0.1 }, { weight: WEIGHT, smoothing: 0.2 }, { ignore: 0, weight: WEIGHT }].map(
          (options: { weight?: number[]; smoothing?: number; ignore?: number }) => ({
            inputs: [float([6, 4], [-4, 4])],
            call: (x: Tensor) =>
              sg.crossEntropy(x, tensor(TARGETS, { dtype: "int32" }), {
                ...{ reduction, labelSmoothing: options.smoothing ?? 0, ignoreIndex: options.ignore ?? -100 },
                weight: options.weight ? tensor(options.weight) : null,
              }),
            truth: entropy(TARGETS, options, reduction),
            note: `${reduction} ${JSON.stringify(options)}`,
          }),
        ),
      ),
      {
        inputs: [float([2, 4, 3])],
        call: (x) => sg.crossEntropy(x, tensor([TARGETS.slice(0, 3), TARGETS.slice(3)], { dtype: "int32" })),
        truth: (x) => entropy(TARGETS, {}, "mean")(nd([6, 4], (r, c) => at(x, [Math.floor(r / 3), c, r % 3]))),
        note: "positions",
      },
      {
        inputs: [float([4])],
        call: (x) => sg.crossEntropy(x, tensor(2, { dtype: "int32" })),
        truth: (x) => entropy([2], {}, "mean")(as(x, [1, 4])),
        note: "one row",
      },
      {
        inputs: [float([2, 3])],
        call: (x) =>
          sg.crossEntropy(
            x,
            tensor([
              [0.2, 0.3, 0.5],
              [1, 0, 0],
            ]),
            { labelSmoothing: 0.1 },
          ),
        truth: (x) => {
          const q = [
            [0.2, 0.3, 0.5],
            [1, 0, 0],
          ].map((p) => p.map((v) => 0.9 * v + 0.1 / 3));
          return nd([], () => -sum(q.map((p, r) => sum(logSoftmax(x, r).map((lp, j) => lp * (p[j] as number))))) / 2);
        },
        note: "probabilities",
      },
    ],
    refuses: [
      {
        call: () => sg.crossEntropy(zeros(2, 0), tensor([0, -100], { dtype: "int32" })),
        error: ShapeError,
        says: /crossEntropy: x must be of at least one class, got float32\[2,0\]/,
      },
      {
        call: () => sg.crossEntropy(zeros(2, 3), tensor([0, 3], { dtype: "int32" })),
        error: IndexError,
        says: /crossEntropy: index 3 at position 1 is outside \[0, 2\]/,
      },
      { call: () => sg.crossEntropy(zeros(2, 3), tensor([-1, 0], { dtype: "int32" })), error: IndexError, says: /index -1 at position 0/ },
      {
        call: () => sg.crossEntropy(zeros(2, 3), tensor([0], { dtype: "int32" })),
        error: ShapeError,
        says: /the targets must be int32\[2\] \(or float32\[2,3\]\), got int32\[1\]$/,
      },
      {
        call: () => sg.crossEntropy(zeros(2, 3), tensor([0, 1])),
        error: DTypeError,
        says: /the targets must be int32\[2\] \(or float32\[2,3\]\), got float32\[2\]; for class numbers write labels\.int\(\)$/,
      },
      {
        call: () => sg.crossEntropy(zeros(2, 3), tensor([[0], [1]])),
        error: DTypeError,
        says: /got float32\[2,1\]; for class numbers write labels\.reshape\(\[2\]\)\.int\(\)$/,
      },
      {
        call: () => sg.crossEntropy(zeros(2, 3), tensor([[0], [1]], { dtype: "int32" })),
        error: ShapeError,
        says: /must be int32\[2\] \(or float32\[2,3\]\), got int32\[2,1\]; for class numbers write labels\.reshape\(\[2\]\)$/,
      },
      {
        call: () => sg.crossEntropy(zeros(2, 3), tensor(Uint8Array.of(0, 1))),
        error: DTypeError,
        says: /the targets must be int32\[2\] \(or float32\[2,3\]\), got uint8\[2\]; for class numbers write labels\.int\(\)$/,
      },
      {
        call: () => sg.crossEntropy(zeros(2, 3), zeros(2, 2)),
        error: ShapeError,
        says: /the targets must be int32\[2\] \(or float32\[2,3\]\), got float32\[2,2\]/,
      },
      {
        call: () => sg.crossEntropy(zeros(2, 3), tensor([0, 1], { dtype: "int32" }), { labelSmoothing: 2 }),
        error: ArgError,
        says: /labelSmoothing/,
      },
      {
        call: () => sg.crossEntropy(zeros(2, 3), tensor([0, 1], { dtype: "int32" }), { weight: zeros(2) }),
        error: ShapeError,
        says: /one per class/,
      },
    ],
  },
  {
    op: "l1Loss",
    samples: (["mean", "sum", "none"] as const).map((reduction) => ({
      inputs: [float([3, 4]), float([3, 4])],
      call: (x: Tensor, y: Tensor) => sg.l1Loss(x, y, { reduction }),
      truth: (x: Nd, y: Nd) => reduced(x.shape, reduction, (...index) => Math.abs(at(x, index) - at(y, index))),
      note: reduction,
    })),
    refuses: [
      {
        call: () => sg.l1Loss(zeros(3), zeros(1, 3)),
        error: ShapeError,
        says: /l1Loss: the target must be \[3\], got float32\[1,3\]; shapes must be equal/,
      },
      { call: () => sg.l1Loss(zeros(3), zeros([3], { dtype: "int32" })), error: DTypeError, says: /l1Loss: needs float32, got int32\[3\]/ },
      { call: () => sg.l1Loss(zeros(3), zeros(3), { reduction: "avg" as "mean" }), error: ArgError, says: /l1Loss: reduction must be/ },
    ],
  },
  {
    op: "nllLoss",
    samples: [
      ...(["mean", "sum", "none"] as const).flatMap((reduction) =>
        [{}, { weight: WEIGHT }, { ignore: 0 }, { ignore: 3, weight: WEIGHT }].map((options: { weight?: number[]; ignore?: number }) => ({
          inputs: [float([6, 4], [-4, 4])],
          call: (x: Tensor) =>
            sg.nllLoss(x.logSoftmax(1), tensor(TARGETS, { dtype: "int32" }), {
              ...{ reduction, ignoreIndex: options.ignore ?? -100, weight: options.weight ? tensor(options.weight) : null },
            }),
          truth: entropy(TARGETS, options, reduction),
          note: `${reduction} ${JSON.stringify(options)}`,
        })),
      ),
      {
        inputs: [float([2, 4, 3])],
        call: (x) => sg.nllLoss(x, tensor([TARGETS.slice(0, 3), TARGETS.slice(3)], { dtype: "int32" }), { reduction: "none" }),
        truth: (x) => nd([2, 3], (n, i) => -at(x, [n, TARGETS[3 * n + i] as number, i])),
        note: "positions",
      },
      {
        inputs: [float([4])],
        call: (x) => sg.nllLoss(x, tensor(2, { dtype: "int32" })),
        truth: (x) => nd([], () => -at(x, [2])),
        note: "one row",
      },
      {
        inputs: [given([2, 2], [-1, -2, Number.NEGATIVE_INFINITY, Number.NaN])],
        call: (x) => sg.nllLoss(x.detach(), tensor([1, 0], { dtype: "int32" }), { ignoreIndex: 0 }),
        truth: () => nd([], () => 2),
        differentiable: false,
        note: "an ignored infinity",
      },
    ],
    refuses: [
      {
        call: () => sg.nllLoss(zeros(2, 0), tensor([0, -100], { dtype: "int32" })),
        error: ShapeError,
        says: /nllLoss: x must be of at least one class, got float32\[2,0\]/,
      },
      {
        call: () => sg.nllLoss(zeros(2, 3), tensor([0, 3], { dtype: "int32" })),
        error: IndexError,
        says: /nllLoss: index 3 at position 1 is outside \[0, 2\]/,
      },
      {
        call: () => sg.nllLoss(zeros(2, 3), tensor([[0, 1]], { dtype: "int32" })),
        error: ShapeError,
        says: /nllLoss: x is float32\[2,3\], so the targets must be int32\[2\], got int32\[1,2\]; for class numbers write labels\.reshape\(\[2\]\)$/,
      },
      {
        call: () => sg.nllLoss(zeros(2, 3), tensor([0, 1])),
        error: DTypeError,
        says: /the targets must be int32\[2\], got float32\[2\]; for class numbers write labels\.int\(\)$/,
      },
      { call: () => sg.nllLoss(zeros([]), tensor(0, { dtype: "int32" })), error: ShapeError, says: /nllLoss: x must be .*got float32\[\]/ },
      {
        call: () => sg.nllLoss(zeros(2, 3), tensor([0, 1], { dtype: "int32" }), { weight: zeros(2) }),
        error: ShapeError,
        says: /the weight must be float32\[3\], one per class, got float32\[2\]/,
      },
    ],
  },
  {
    op: "binaryCrossEntropyWithLogits",
    samples: [
      ...(["mean", "sum", "none"] as const).flatMap((reduction) =>
        [{}, { posWeight: true }, { weight: true, posWeight: true }].map((given: { weight?: boolean; posWeight?: boolean }) => ({
          inputs: [float([3, 4], [-5, 5]), float([3, 4], [0, 1]), float([4], [0.5, 2]), float([3, 1], [0.5, 2])],
          call: (x: Tensor, y: Tensor, p: Tensor, w: Tensor) => {
            const [posWeight, weight] = [given.posWeight ? p : p.mul(0).add(1), given.weight ? w : w.mul(0).add(1)];
            return sg.binaryCrossEntropyWithLogits(x, y, { reduction, posWeight, weight });
          },
          truth: (x: Nd, y: Nd, p: Nd, w: Nd) =>
            reduced(x.shape, reduction, (i, j) => {
              const s = 1 / (1 + Math.exp(-at(x, [i, j])));
              const [pos, weight] = [given.posWeight ? at(p, [j]) : 1, given.weight ? at(w, [i, 0]) : 1];
              return -weight * (pos * at(y, [i, j]) * Math.log(s) + (1 - at(y, [i, j])) * Math.log(1 - s));
            }),
          note: `${reduction} ${JSON.stringify(given)}`,
        })),
      ),
      {
        inputs: [given([6], [-200, -30, 30, 200, 0, 5]), given([6], [0, 0, 1, 1, 0.5, 0])],
        call: (x, y) => sg.binaryCrossEntropyWithLogits(x, y, { reduction: "none" }),
        truth: (x, y) => nd([6], (i) => Math.max(at(x, [i]), 0) - at(x, [i]) * at(y, [i]) + Math.log1p(Math.exp(-Math.abs(at(x, [i]))))),
        note: "far from 0",
      },
    ],
    refuses: [
      {
        call: () => sg.binaryCrossEntropyWithLogits(zeros(3), zeros(3, 1)),
        error: ShapeError,
        says: /binaryCrossEntropyWithLogits: the target must be \[3\], got float32\[3,1\]/,
      },
      {
        call: () => sg.binaryCrossEntropyWithLogits(zeros(3), zeros([3], { dtype: "bool" })),
        error: DTypeError,
        says: /needs float32, got bool\[3\]/,
      },
      {
        call: () => sg.binaryCrossEntropyWithLogits(zeros(3), zeros(3), { posWeight: zeros(2, 3) }),
        error: ShapeError,
        says: /posWeight must be broadcastable to x float32\[3\], got float32\[2,3\]/,
      },
    ],
  },
];

export const lossRows: readonly Row[] = losses;
