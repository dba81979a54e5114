// Shapes, selections, sorting and sampling.
import * as sg from "simdgrad";
import { type Call, call, listed } from "./call.js";

export const shape: readonly (readonly [string, Call])[] = [
  ["shape/cat", (x, { dim }) => sg.cat(listed(x), dim)],
  ["shape/stack", (x, { dim }) => sg.stack(listed(x), dim)],
  ["shape/expand", call(({ x }, { shape }) => sg.expand(x, shape))],
  ["shape/flip", call(({ x }, { dims }) => sg.flip(x, dims))],
  ["shape/gather", call(({ x, index }, { dim }) => sg.gather(x, dim, index))],
  ["shape/index_select", call(({ x, index }, { dim }) => sg.indexSelect(x, dim, index))],
  ["shape/masked_fill", call(({ x, mask }, { value }) => sg.maskedFill(x, mask, value))],
  ["shape/one_hot", call(({ i }, { num_classes }) => sg.oneHot(i, num_classes))],
  ["shape/permute", call(({ x }, { dims }) => sg.permute(x, dims))],
  ["shape/reshape", call(({ x }, { shape }) => sg.reshape(x, shape))],
  ["shape/scatter_add", call(({ x, index, src }, { dim }) => sg.scatterAdd(x, dim, index, src))],
  ["shape/slice", call(({ x }, { slices }) => sg.slice(x, ...slices))],
  ["shape/split", call(({ x }, { sizes, dim }) => Object.fromEntries(sg.split(x, sizes, dim).map((part, i) => [`out${i}`, part])))],
];
