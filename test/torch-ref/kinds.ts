// The kinds of cases that are more than one op: optimizers, training runs, initial weights.
import { eye, nn, optim, type Tensor, zeros } from "simdgrad";
import { type Case, difference, toTensor, type Values } from "./cases.js";
import { optimKinds, optionsOf } from "./ops/optim.js";
import { gruModel, transformerModel } from "./sequenceModels.js";

/** Runs a case and returns what is wrong, or nothing. */
export type Kind = (c: Case) => string | undefined;

/** Builds a Sequential from what PyTorch prints of it. */
export function parseModel(printed: string): nn.Sequential {
  const layers = [...printed.matchAll(/\(\d+\): (\w+)\((.*)\)$/gm)].map(([, type, text = ""]) => {
    const read = (name: string): string | undefined => text.match(new RegExp(`${name}=(\\([^)]*\\)|[^,)]+)`))?.[1];
    const pair = (name: string, otherwise: number): number | [number, number] => {
      const value = read(name);
      if (value === undefined) return otherwise;
      return value.startsWith("(") ? (JSON.parse(value.replace("(", "[").replace(/,?\)/, "]")) as [number, number]) : Number(value);
    };
    const sizes = text.split(", ").map(Number) as [number, number];
    const flag = (name: string): boolean => read(name) !== "False";
    switch (type) {
      case "Linear":
        return new nn.Linear(Number(read("in_features")), Number(read("out_features")), { bias: flag("bias") });
      case "Conv2d":
        return new nn.Conv2d(sizes[0], sizes[1], pair("kernel_size", 1), {
          ...{ stride: pair("stride", 1), padding: pair("padding", 0), dilation: pair("dilation", 1) },
          ...{ groups: Number(read("groups") ?? 1), bias: flag("bias") },
        });
      case "BatchNorm2d":
        return new nn.BatchNorm2d(sizes[0], { eps: Number(read("eps")), momentum: Number(read("momentum")) });
      case "MaxPool2d":
        return new nn.MaxPool2d(pair("kernel_size", 1), {
          stride: pair("stride", 1),
          padding: pair("padding", 0),
          ceilMode: read("ceil_mode") === "True",
        });
      case "AvgPool2d":
        return new nn.AvgPool2d(pair("kernel_size", 1), { stride: pair("stride", 1), padding: pair("padding", 0) });
      case "AdaptiveAvgPool2d":
        return new nn.AdaptiveAvgPool2d(pair("output_size", 1));
      case "Flatten":
        return new nn.Flatten();
      case "ReLU":
        return new nn.ReLU();
      case "Tanh":
        return new nn.Tanh();
      case "Sigmoid":
        return new nn.Sigmoid();
      case "GELU":
        return new nn.GELU();
      default:
        throw new Error(`the model has a ${type}`);
    }
  });
  return new nn.Sequential(...layers);
}

/** The reference with our own values in the elements that a case says to ignore: "elements 8..15 (why)". */
function without(which: string | undefined, got: Tensor, reference: Values): Values {
  const [, from, to] = which?.match(/^elements (\d+)\.\.(\d+)/) ?? [];
  if (from === undefined) return reference;
  const ours = got.toTypedArray();
  const values = Array.from(reference.values, (value, i) => (i >= Number(from) && i <= Number(to) ? (ours[i] as number) : value));
  return { ...reference, values };
}

/** A training run of the model that `make` builds from what PyTorch prints of it. */
const training =
  (make: (printed: string) => nn.Module): Kind =>
  (c) =>
    train(c, make(c.args.model));

function train(c: Case, model: nn.Module): string | undefined {
  const state = model.stateDict();
  for (const [name, values] of Object.entries(c.inputs)) if (name in state) state[name] = toTensor(values);
  model.loadStateDict(state);
  const make = { sgd: optim.SGD, adam: optim.Adam, adamw: optim.AdamW }[String(c.args.optimizer).toLowerCase()] as typeof optim.SGD;
  const { model: _model, optimizer: _name, steps: _steps, loss: _loss, ...options } = c.args;
  const opt = new make(model.parameters(), optionsOf(options));
  const x = toTensor(c.inputs["x"] as Values);
  const target = toTensor(c.inputs["target"] as Values);
  const loss = new nn.CrossEntropyLoss();
  for (let step = 0; step < c.args.steps; step++) {
    opt.zeroGrad();
    const value = loss.call(model.call(x), target);
    const reference: Values = { shape: [], dtype: "f32", values: [c.extra.losses[step]] };
    const wrong = difference(`loss of step ${step}`, value, reference, c.torchError["losses"]);
    if (wrong) return wrong;
    value.backward();
    opt.step();
  }
  const ignored: Readonly<Record<string, string>> = c.extra.ignore ?? {};
  const trained = model.stateDict();
  for (const [name, reference] of Object.entries(c.outputs)) {
    const wrong = difference(name, trained[name] as Tensor, without(ignored[name], trained[name] as Tensor, reference), c.torchError[name]);
    if (wrong) return wrong;
  }
  return undefined;
}

interface Expected {
  readonly dist: "uniform" | "normal";
  readonly bound: number;
  readonly std: number;
}

/** Statistics of at least 20,000 values, as the case's note asks. */
function wrongDistribution(what: string, fill: () => Tensor, { dist, bound, std }: Expected): string | undefined {
  const values: number[] = [];
  while (values.length < 20000) values.push(...fill().toTypedArray());
  const n = values.length;
  const deviation = dist === "uniform" ? bound / Math.sqrt(3) : std;
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
  if (Math.abs(mean) >= (4 * deviation) / Math.sqrt(n)) return `${what}: mean ${mean}`;
  if (Math.abs(variance / deviation ** 2 - 1) >= 0.05) return `${what}: variance ${variance} instead of ${deviation ** 2}`;
  if (dist === "uniform") {
    const largest = Math.max(...values.map(Math.abs).slice(0, 50000));
    if (largest > Math.fround(bound) || Math.max(...values.slice(0, 50000)) <= 0.99 * bound)
      return `${what}: largest ${largest} of bound ${bound}`;
  }
  return undefined;
}

function initialWeights(c: Case): string | undefined {
  const weight = zeros(c.args.shape as readonly number[]);
  const { fanIn, fanOut } = nn.init.calculateFans(weight);
  if (fanIn !== c.extra.fan_in || fanOut !== c.extra.fan_out) return `fans ${fanIn}, ${fanOut}`;
  for (const [name, gain] of Object.entries<number>(c.extra.gains)) {
    const [kind, slope] = name.replace("leaky_relu", "leakyRelu").split(":");
    const got = nn.init.calculateGain(kind as nn.init.Nonlinearity, slope === undefined ? undefined : Number(slope));
    if (Math.abs(got - gain) > 1e-12) return `gain of ${name}: ${got} instead of ${gain}`;
  }
  const [out, into, ...kernel] = c.args.shape as [number, number, ...number[]];
  const layer = (): nn.Linear | nn.Conv1d | nn.Conv2d => {
    if (kernel.length === 0) return new nn.Linear(into, out);
    return kernel.length === 1 ? new nn.Conv1d(into, out, kernel[0] as number) : new nn.Conv2d(into, out, kernel as [number, number]);
  };
  const fills: Readonly<Record<string, () => Tensor>> = {
    kaiming_uniform_relu_fan_in: () => nn.init.kaimingUniform(weight, { nonlinearity: "relu" }),
    kaiming_normal_relu_fan_out: () => nn.init.kaimingNormal(weight, { mode: "fanOut", nonlinearity: "relu" }),
    xavier_uniform: () => nn.init.xavierUniform(weight),
    xavier_normal: () => nn.init.xavierNormal(weight),
    "default_linear_conv_weight (kaiming_uniform a=sqrt5)": () => layer().weight,
    default_linear_conv_bias: () => layer().bias as Tensor,
  };
  for (const [name, expected] of Object.entries<Expected>(c.extra.expected)) {
    const fill = fills[name];
    if (!fill) return `no function for ${name}`;
    const wrong = wrongDistribution(name, fill, expected);
    if (wrong) return wrong;
  }
  return undefined;
}

/** Columns, or of a wide matrix rows, of length 1 at right angles. */
function orthogonal(c: Case): string | undefined {
  const weight = nn.init.orthogonal(zeros(c.args.shape as readonly number[]), { gain: c.args.gain ?? 1 });
  const rows = weight.flatten(1);
  const [m, n] = rows.shape as [number, number];
  const product = m < n ? rows.matmul(rows.transpose(0, 1)) : rows.transpose(0, 1).matmul(rows);
  const wrong = product
    .sub(eye(Math.min(m, n)).mul((c.args.gain ?? 1) ** 2))
    .abs()
    .amax()
    .item();
  return wrong < 1e-5 ? undefined : `the product differs from the identity by ${wrong}`;
}

/** Kinds by the label of the case. */
export const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...optimKinds,
  ["train/mlp", training(parseModel)],
  ["train/cnn", training(parseModel)],
  ["train/gru", training(gruModel)],
  ["train/transformer", training(transformerModel)],
  ["init/fans", initialWeights],
  ["init/orthogonal", orthogonal],
]);
