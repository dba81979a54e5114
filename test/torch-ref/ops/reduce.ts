// Reductions and running results.
import * as sg from "simdgrad";
import { type Call, call, dims, prefixed } from "./call.js";

const reductions: Record<string, Call> = {
  amax: call(({ x }, args) => sg.amax(x, dims(args))),
  amin: call(({ x }, args) => sg.amin(x, dims(args))),
  argmax: call(({ x }, args) => sg.argmax(x, dims(args) as { dim?: number })),
  argmin: call(({ x }, args) => sg.argmin(x, dims(args) as { dim?: number })),
  cumsum: call(({ x }, { dim }) => sg.cumsum(x, dim)),
  logsumexp: call(({ x }, args) => sg.logsumexp(x, dims(args))),
  max_dim: call(({ x }, { dim, keepdim = false }) => ({ ...sg.max(x, dim, { keepdim }) })),
  mean: call(({ x }, args) => sg.mean(x, dims(args))),
  min_dim: call(({ x }, { dim, keepdim = false }) => ({ ...sg.min(x, dim, { keepdim }) })),
  std: call(({ x }, { unbiased = true, ...args }) => sg.std(x, { ...dims(args), correction: unbiased ? 1 : 0 })),
  sum: call(({ x }, args) => sg.sum(x, dims(args))),
  var: call(({ x }, { unbiased = true, ...args }) => sg.variance(x, { ...dims(args), correction: unbiased ? 1 : 0 })),
};

export const reduce: readonly (readonly [string, Call])[] = [
  ...prefixed("reduce", reductions),
  ...prefixed("special", Object.fromEntries(Object.entries(reductions).map(([name, run]) => [`reduce_${name}`, run]))),
  ...prefixed("special", Object.fromEntries(["sum", "mean", "logsumexp"].map((name) => [`empty_${name}`, reductions[name] as Call]))),
  ["special/long_sum", call(({ x }) => sg.sum(x))],
  ["special/var_offset", call(({ x }) => sg.variance(x))],
];
