// Reductions and running results.
import * as sg from "simdgrad";
import { type Call, call, dims, prefixed } from "./call.js";

// biome-ignore lint/suspicious/noExplicitAny: arguments as they are in the file
const norm = (p: number): Call => call(({ x }, args: any) => sg.norm(x, { ...dims(args), p }));

const reductions: Record<string, Call> = {
  all: call(({ x }, args) => sg.all(x, dims(args))),
  amax: call(({ x }, args) => sg.amax(x, dims(args))),
  amin: call(({ x }, args) => sg.amin(x, dims(args))),
  any: call(({ x }, args) => sg.any(x, dims(args))),
  argmax: call(({ x }, args) => sg.argmax(x, dims(args) as { dim?: number })),
  argmin: call(({ x }, args) => sg.argmin(x, dims(args) as { dim?: number })),
  cummax: call(({ x }, { dim }) => ({ ...sg.cummax(x, dim) })),
  cummin: call(({ x }, { dim }) => ({ ...sg.cummin(x, dim) })),
  cumprod: call(({ x }, { dim }) => sg.cumprod(x, dim)),
  cumsum: call(({ x }, { dim }) => sg.cumsum(x, dim)),
  logcumsumexp: call(({ x }, { dim }) => sg.logcumsumexp(x, dim)),
  logsumexp: call(({ x }, args) => sg.logsumexp(x, dims(args))),
  max_dim: call(({ x }, { dim, keepdim = false }) => ({ ...sg.max(x, dim, { keepdim }) })),
  mean: call(({ x }, args) => sg.mean(x, dims(args))),
  min_dim: call(({ x }, { dim, keepdim = false }) => ({ ...sg.min(x, dim, { keepdim }) })),
  norm1: norm(1),
  norm2: norm(2),
  norminf: norm(Number.POSITIVE_INFINITY),
  prod: call(({ x }, args) => sg.prod(x, dims(args))),
  std: call(({ x }, { unbiased = true, ...args }) => sg.std(x, { ...dims(args), correction: unbiased ? 1 : 0 })),
  sum: call(({ x }, args) => sg.sum(x, dims(args))),
  var: call(({ x }, { unbiased = true, ...args }) => sg.variance(x, { ...dims(args), correction: unbiased ? 1 : 0 })),
};

export const reduce: readonly (readonly [string, Call])[] = [
  ...prefixed("reduce", reductions),
  ...prefixed("special", Object.fromEntries(Object.entries(reductions).map(([name, run]) => [`reduce_${name}`, run]))),
  ...prefixed(
    "special",
    Object.fromEntries(["sum", "mean", "prod", "logsumexp"].map((name) => [`empty_${name}`, reductions[name] as Call])),
  ),
  ["shape/sort", call(({ x }, { dim, descending, stable = true }) => ({ ...sg.sort(x, { dim, descending, stable }) }))],
  ["shape/topk", call(({ x }, { k, dim, largest = true, sorted = true }) => ({ ...sg.topk(x, k, { dim, largest, sorted }) }))],
  ["special/long_sum", call(({ x }) => sg.sum(x))],
  ["special/var_offset", call(({ x }) => sg.variance(x))],
];
