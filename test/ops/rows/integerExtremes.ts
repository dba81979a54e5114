// Samples of the extremes of integers and masks, and of two tensors.

import type { Tensor } from "simdgrad";
import * as sg from "simdgrad";
import { nd, reduce } from "../nd.js";
import { float, given, type Sample, spaced } from "../row.js";
import { mapLanes } from "./lanes.js";

/** int32 that float32 does not hold, in rows of four. */
const LARGE = [2 ** 30 + 1, 2 ** 30 + 2, -5, 2 ** 30 + 2, -(2 ** 31), -(2 ** 31) + 1, -65536, -(2 ** 31)];
const INT = { differentiable: false, dtype: "int32" } as const;
const picking = (op: string): ((...values: number[]) => number) => (op.endsWith("max") ? Math.max : Math.min);

/** Of `amax` and `amin`. */
export const integerValues = (op: "amax" | "amin"): Sample[] => [
  ...(["int32", "uint8", "int8", "bool"] as const).map((dtype) => ({
    inputs: [given([2, 4], dtype === "int32" ? LARGE : [1, 0, 1, 1, 0, 0, 0, 0], dtype)],
    call: (x: Tensor) => x[op](1),
    truth: (x: Parameters<typeof mapLanes>[0]) => mapLanes(x, 1, (lane) => picking(op)(...lane)),
    ...{ note: dtype, differentiable: false, dtype },
  })),
  {
    inputs: [given([2, 2, 2], LARGE, "int32")],
    call: (x) => sg[op](x, { dim: [0, 2], keepdim: true }),
    truth: (x) => reduce(x, [0, 2], true, (values) => picking(op)(...values)),
    note: "int32, two dimensions",
    ...INT,
  },
];

/** Of `argmax` and `argmin`. */
export const integerPositions = (op: "argmax" | "argmin"): Sample[] => [
  {
    inputs: [given([2, 4], LARGE, "int32")],
    call: (x) => x[op](1),
    truth: (x) => mapLanes(x, 1, (lane) => lane.indexOf(picking(op)(...lane))),
    note: "int32",
    ...INT,
  },
  {
    inputs: [given([4], [3, 200, 0, 200], "uint8")],
    call: (x) => x[op](),
    truth: (x) => nd([], () => Array.from(x.data).indexOf(picking(op)(...x.data))),
    note: "uint8",
    ...INT,
  },
];

/** Of `max` and `min`. */
export const integerPicks = (op: "max" | "min"): Sample[] => [
  {
    inputs: [spaced([2, 3]), float([3])],
    call: (a: Tensor, b: Tensor) => a[op](b),
    truth: (a, b) => nd([2, 3], (r, c) => picking(op)(a.data[3 * r + c] as number, b.data[c] as number)),
    note: "of two tensors",
  },
  {
    inputs: [given([2, 4], LARGE, "int32")],
    call: (x) => x[op](1).indices,
    truth: (x) => mapLanes(x, 1, (lane) => lane.indexOf(picking(op)(...lane))),
    note: "indices of int32",
    ...INT,
  },
  {
    inputs: [given([2, 4], LARGE, "int32")],
    call: (x) => x[op](1, { keepdim: true }).values,
    truth: (x) => mapLanes(x, 1, (lane) => picking(op)(...lane), true),
    note: "values of int32",
    ...INT,
  },
  {
    inputs: [given([2, 2], [1, 0, 0, 1], "bool")],
    call: (x) => x[op](0).values,
    truth: (x) => mapLanes(x, 0, (lane) => picking(op)(...lane)),
    note: "bool",
    ...{ differentiable: false, dtype: "bool" },
  },
];
