// Activation functions with their options, and dropout.
import * as sg from "simdgrad";
import { ArgError, DTypeError, Generator, ShapeError, type Tensor, zeros } from "simdgrad";
import { elementwise } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";
import { erf } from "./elementwise.js";

const SHAPES = [[7], [2, 3, 4], [33], [], [0, 3]];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number, beta: number, threshold: number): number => (beta * x > threshold ? x : Math.log1p(Math.exp(beta * x)) / beta);
const geluTanh = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** Samples of one call over the shapes. */
const over = (call: (x: Tensor) => Tensor, rule: (x: number) => number, note = ""): Sample[] =>
  SHAPES.map((shape) => ({ inputs: [float(shape, [-4, 4])], call, truth: elementwise(rule), note }));

export const activationRows: readonly Row[] = [
  {
    op: "relu",
    samples: over(sg.relu, (x) => Math.max(x, 0)),
    refuses: [{ call: () => sg.relu(zeros([2], { dtype: "int32" })), error: DTypeError, says: /relu: needs float32/ }],
  },
  { op: "sigmoid", samples: over(sg.sigmoid, sigmoid) },
  { op: "silu", samples: over(sg.silu, (x) => x * sigmoid(x)) },
  {
    op: "gelu",
    samples: [
      ...over(
        (x) => sg.gelu(x),
        (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
        "none",
      ),
      ...over((x) => sg.gelu(x, { approximate: "tanh" }), geluTanh, "tanh"),
    ],
    refuses: [
      {
        call: () => sg.gelu(zeros(2), { approximate: "exact" as "none" }),
        error: ArgError,
        says: /gelu: approximate must be "none" or "tanh", got "exact"/,
      },
    ],
  },
  {
    op: "softplus",
    samples: [
      ...over(
        (x) => sg.softplus(x),
        (x) => softplus(x, 1, 20),
        "default",
      ),
      ...over(
        (x) => sg.softplus(x, { beta: 2, threshold: 5 }),
        (x) => softplus(x, 2, 5),
        "beta 2, threshold 5",
      ),
    ],
    refuses: [
      { call: () => sg.softplus(zeros(2), { beta: 0 }), error: ArgError, says: /softplus: beta must be a finite number above 0, got 0/ },
    ],
  },
  {
    op: "elu",
    samples: [
      ...over(
        (x) => sg.elu(x),
        (x) => (x > 0 ? x : Math.expm1(x)),
        "alpha 1",
      ),
      ...over(
        (x) => sg.elu(x, { alpha: 0.5 }),
        (x) => (x > 0 ? x : 0.5 * Math.expm1(x)),
        "alpha 0.5",
      ),
    ],
  },
  {
    op: "leakyRelu",
    refuses: [{ call: () => sg.leakyRelu(zeros(2), 0.2 as never), error: ArgError, says: /leakyRelu: options go into one object/ }],
    samples: [
      ...over(
        (x) => sg.leakyRelu(x),
        (x) => (x > 0 ? x : 0.01 * x),
        "slope 0.01",
      ),
      ...over(
        (x) => sg.leakyRelu(x, { negativeSlope: 0.2 }),
        (x) => (x > 0 ? x : 0.2 * x),
        "slope 0.2",
      ),
    ],
  },
  {
    op: "clamp",
    samples: [
      ...over(
        (x) => sg.clamp(x, { min: -0.5, max: 0.7 }),
        (x) => Math.min(Math.max(x, -0.5), 0.7),
        "both",
      ),
      ...over(
        (x) => sg.clamp(x, { min: 0.1 }),
        (x) => Math.max(x, 0.1),
        "min",
      ),
      ...over(
        (x) => sg.clamp(x, { max: 0.1 }),
        (x) => Math.min(x, 0.1),
        "max",
      ),
      ...(["int32", "int8"] as const).map((dtype) => ({
        inputs: [given([4], [-100, -3, 5, 100], dtype)],
        call: (x: Tensor) => x.clamp({ min: -4, max: 7 }),
        truth: elementwise((x: number) => Math.min(Math.max(x, -4), 7)),
        ...{ differentiable: false, dtype: "int32", note: dtype },
      })),
      {
        inputs: [given([3], [-(2 ** 31), 5, 2 ** 31 - 1], "int32")],
        call: (x) => x.clamp({ max: Number.POSITIVE_INFINITY }),
        truth: (x) => x,
        ...{ differentiable: false, dtype: "int32", note: "no bound" },
      },
      {
        inputs: [given([3], [-2, 0, 2], "int32")],
        call: (x) => x.clamp({ min: 0.5 }),
        truth: elementwise((x) => Math.max(x, 0.5)),
        ...{ differentiable: false, note: "a bound that int32 does not hold" },
      },
      {
        inputs: [float([5, 3]), float([3], [-1, -0.5]), float([5, 1], [0.5, 1])],
        call: (x, min, max) => sg.clamp(x, { min, max }),
        truth: elementwise((x, min, max) => Math.min(Math.max(x, min), max)),
        note: "tensors",
      },
      {
        inputs: [float([7]), float([7])],
        call: (x, max) => sg.clamp(x, { min: 0.1, max }),
        truth: elementwise((x, max) => Math.min(Math.max(x, 0.1), max)),
        note: "a number and a tensor",
      },
      {
        inputs: [given([3], [Number.NaN, 1, 2]), given([3], [0, Number.NaN, 3])].map((x) => ({ ...x, constant: true })),
        call: (x, min) => sg.clamp(x, { min }),
        truth: (x) => ({ ...x, data: Float64Array.of(Number.NaN, Number.NaN, 3) }),
        ...{ differentiable: false, note: "NaN of either" },
      },
    ],
    refuses: [
      { call: () => sg.clamp(zeros(2), {}), error: ArgError, says: /clamp: give min, max or both/ },
      { call: () => sg.clamp(zeros(2), { min: zeros(3) }), error: ShapeError, says: /sizes must match/ },
      { call: () => sg.clamp(zeros(2), { min: Number.NaN }), error: ArgError, says: /clamp: bounds must be numbers or tensors/ },
    ],
  },
  {
    op: "dropout",
    samples: [
      { inputs: [float([33])], call: (x) => sg.dropout(x, { p: 0.5, training: false }), truth: (x) => x, note: "evaluation" },
      { inputs: [float([33])], call: (x) => sg.dropout(x, { p: 0 }), truth: (x) => x, note: "p 0" },
      { inputs: [float([33])], call: (x) => sg.dropout(x, { p: 1 }), truth: elementwise(() => 0), note: "p 1" },
      {
        inputs: [given([40], Array(40).fill(1), "bool"), float([40])],
        // The same stream drops the same places: ones show the mask that x went through.
        call: (ones, x) =>
          sg
            .dropout(x, { p: 0.25, generator: new Generator(3) })
            .sub(sg.dropout(ones.float(), { p: 0.25, generator: new Generator(3) }).mul(x)),
        truth: elementwise(() => 0),
        note: "one mask, forward and backward",
      },
    ],
    refuses: [
      {
        call: () => sg.dropout(zeros(2), 0.1 as never),
        error: ArgError,
        says: /dropout: options go into one object, such as \{ p: 0.1 \}, got 0.1/,
      },
      { call: () => sg.dropout(zeros(2), { p: 2 }), error: ArgError, says: /dropout: p must be a number within \[0, 1\], got 2/ },
    ],
  },
];
