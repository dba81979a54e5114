// Optimizers, schedules and clipping: what PyTorch's cases say, step by step.
import { optim, type Tensor, zeros } from "simdgrad";
import { type Case, difference, toTensor, type Values } from "../cases.js";
import type { Kind } from "../kinds.js";

type Options = Readonly<Record<string, unknown>>;

/** Options from the names PyTorch gives them; those that are null are absent. */
export function optionsOf(args: Options): Record<string, never> {
  const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/^T/, "t");
  const given = Object.entries(args).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([name, value]) => [camel(name), value])) as Record<string, never>;
}

function rowOf({ shape, values }: Values, row: number): Values {
  const size = shape.slice(1).reduce((product, d) => product * d, 1);
  return { shape: shape.slice(1), dtype: "f32", values: Float32Array.from(values).slice(row * size, (row + 1) * size) };
}

type Optimizers = Exclude<keyof typeof optim, "Optimizer">;

function optimizer(name: Optimizers): Kind {
  return (c) => {
    const names = Object.keys(c.inputs).filter((input) => /^p\d+$/.test(input));
    const params = names.map((p) => toTensor(c.inputs[p] as Values, true));
    const opt = new (optim[name] as typeof optim.SGD)(params, optionsOf(c.args));
    const steps = (c.inputs["grad0"] as Values).shape[0] as number;
    for (let step = 0; step < steps; step++) {
      params.forEach((p, i) => {
        p.grad = toTensor(rowOf(c.inputs[`grad${i}`] as Values, step));
      });
      opt.step();
      for (const [i, p] of params.entries()) {
        const key = `p${i}_trajectory`;
        const wrong = difference(`${key} after step ${step}`, p, rowOf(c.outputs[key] as Values, step), c.torchError[key]);
        if (wrong) return wrong;
      }
    }
    opt.dispose();
    return undefined;
  };
}

function clip(c: Case): string | undefined {
  const params = Object.keys(c.inputs).map((name) => {
    const grad = toTensor(c.inputs[name] as Values);
    const p = zeros(grad.shape, { requiresGrad: true });
    p.grad = grad;
    return p;
  });
  const { max_norm: maxNorm, norm_type: type, ...rest } = c.args;
  const normType = type === undefined ? 2 : /^inf/.test(String(type)) ? Number.POSITIVE_INFINITY : Number(type);
  const total = optim.clipGradNorm(params, maxNorm, { normType, ...optionsOf(rest) });
  const got: Record<string, Tensor> = { total_norm: total };
  params.forEach((p, i) => {
    got[`clipped${i}`] = p.grad as Tensor;
  });
  for (const [name, reference] of Object.entries(c.outputs)) {
    const wrong = difference(name, got[name] as Tensor, reference, c.torchError[name]);
    if (wrong) return wrong;
  }
  return undefined;
}

const { lrScheduler } = optim;

type Made = { step(metric?: number): void; getLastLr(): number[] };
type Make = (opt: optim.SGD, args: Options) => Made;

/** A schedule whose arguments with these names go by position. */
function byPosition(Class: unknown, ...positions: string[]): Make {
  return (opt, args) => {
    const { lastEpoch: _, ...options } = optionsOf(args) as Record<string, unknown>;
    const given = positions.map((name) => options[name]);
    for (const name of positions) delete options[name];
    return new (Class as new (...args: unknown[]) => Made)(opt, ...given, options);
  };
}

const schedules: Readonly<Record<string, Make>> = {
  step: byPosition(lrScheduler.StepLR, "stepSize"),
  multistep: byPosition(lrScheduler.MultiStepLR, "milestones"),
  constant: byPosition(lrScheduler.ConstantLR),
  linear: byPosition(lrScheduler.LinearLR),
  exponential: byPosition(lrScheduler.ExponentialLR, "gamma"),
  polynomial: byPosition(lrScheduler.PolynomialLR),
  cosine: byPosition(lrScheduler.CosineAnnealingLR, "tMax"),
  cosine_warm_restarts: byPosition(lrScheduler.CosineAnnealingWarmRestarts, "t0"),
  cyclic: byPosition(lrScheduler.CyclicLR, "baseLr", "maxLr"),
  one_cycle: byPosition(lrScheduler.OneCycleLR, "maxLr"),
  reduce_on_plateau: byPosition(lrScheduler.ReduceLROnPlateau),
};

/** `lr[t]` is the rate in force during step t; rates agree to the last bits of float64. */
function schedule(name: string): Kind {
  return (c) => {
    const opt = new optim.SGD([zeros(1, { requiresGrad: true })], { lr: 0.1, momentum: 0.9 });
    const scheduler = (schedules[name] as Make)(opt, c.args);
    const rates = c.extra.lr as number[];
    for (const [t, rate] of rates.entries()) {
      if (!(Math.abs(opt.lr - rate) <= 1e-12 * Math.abs(rate) + 1e-15)) return `lr[${t}]: ${opt.lr} instead of ${rate}`;
      if (t + 1 < rates.length) scheduler.step(...(c.extra.metrics ? [c.extra.metrics[t]] : []));
    }
    return undefined;
  };
}

/** Kinds by the label of the case. */
export const optimKinds: readonly (readonly [string, Kind])[] = [
  ...(["SGD", "Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adagrad", "Adadelta", "RMSprop"] as const).map(
    (name) => [`optim/${name.toLowerCase()}`, optimizer(name)] as const,
  ),
  ["optim/clip_grad_norm", clip],
  ...Object.keys(schedules).map((name) => [`lr_scheduler/${name}`, schedule(name)] as const),
];
