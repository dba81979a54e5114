// Padding, repetition, triangles, resampling: what rearranges elements beside shape.ts.
import * as sg from "simdgrad";
import { type Call, call } from "./call.js";

/** Options under their names here; those that a case does not give are left out. */
const renamed = (args: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(names).flatMap(([theirs, ours]) => (theirs in args ? [[ours, args[theirs]]] : [])));

const windows = { dilation: "dilation", padding: "padding", stride: "stride" };
const diagonals = { offset: "offset", dim1: "dim1", dim2: "dim2" };
const sizes = {
  ...{ size: "size", scale_factor: "scaleFactor", mode: "mode", align_corners: "alignCorners", antialias: "antialias" },
  recompute_scale_factor: "recomputeScaleFactor",
};

export const arrange: readonly (readonly [string, Call])[] = [
  ["shape/pad", call(({ x }, args) => sg.pad(x, args.pad, renamed(args, { mode: "mode", value: "value" })))],
  ["shape/repeat", call(({ x }, { repeats }) => sg.repeat(x, repeats))],
  ["shape/tile", call(({ x }, { dims, reps }) => sg.tile(x, dims ?? reps))],
  ["shape/repeat_interleave", call(({ x }, { repeats, dim }) => sg.repeatInterleave(x, repeats, dim ?? undefined))],
  ["shape/roll", call(({ x }, { shifts, dims }) => sg.roll(x, shifts, dims ?? undefined))],
  ["shape/rot90", call(({ x }, { k, dims }) => sg.rot90(x, k, dims))],
  ["shape/tril", call(({ x }, { diagonal }) => sg.tril(x, diagonal))],
  ["shape/triu", call(({ x }, { diagonal }) => sg.triu(x, diagonal))],
  ["shape/diag", call(({ x }, { diagonal }) => sg.diag(x, diagonal))],
  ["shape/diagonal", call(({ x }, args) => sg.diagonal(x, renamed(args, diagonals)))],
  ["shape/diag_embed", call(({ x }, args) => sg.diagEmbed(x, renamed(args, diagonals)))],
  ["shape/movedim", call(({ x }, { source, destination }) => sg.movedim(x, source, destination))],
  ["shape/transpose", call(({ x }, { dim0, dim1 }) => sg.transpose(x, dim0, dim1))],
  ["shape/unfold", call(({ x }, args) => sg.unfold(x, args.kernel_size, renamed(args, windows)))],
  ["shape/fold", call(({ x }, args) => sg.fold(x, args.output_size, args.kernel_size, renamed(args, windows)))],
  ["shape/pixel_shuffle", call(({ x }, { r }) => sg.pixelShuffle(x, r))],
  ["shape/pixel_unshuffle", call(({ x }, { r }) => sg.pixelUnshuffle(x, r))],
  ["shape/channel_shuffle", call(({ x }, { groups }) => sg.channelShuffle(x, groups))],
  ["shape/interpolate", call(({ x }, args) => sg.interpolate(x, renamed(args, sizes) as { size: number }))],
  [
    "shape/grid_sample",
    (x, args) =>
      sg.gridSample(
        x["x"] as sg.Tensor,
        x["grid"] as sg.Tensor,
        renamed(args, { mode: "mode", padding_mode: "paddingMode", align_corners: "alignCorners" }),
      ),
  ],
];
