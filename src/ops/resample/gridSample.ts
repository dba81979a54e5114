// Images read at positions that are tensors themselves. The indices and weights of the pixels around each position are computed from the
// grid by plain operations, so that gradients of every order reach it; the kernels are linear in the image and in the weights.
import { checkOneOf } from "../../checks.js";
import { describe } from "../../errors.js";
import { readOptions } from "../../options.js";
import { linspace } from "../../tensor/create.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, checkShape, type Shape, sameShape } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { fill } from "../../tensor/values.js";
import { resampleKernels } from "../../wasm/generated/groups/resample.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { ge, gt, le, lt } from "../elementwise/compare.js";
import { where } from "../elementwise/select.js";
import { abs, floor } from "../elementwise/unary.js";
import { matmul } from "../gemm/matmul.js";
import { logicalAnd } from "../math/logic.js";
import { round } from "../math/unary.js";
import { stack } from "../move/join.js";
import { detach, expand, reshape, transpose } from "../move/shape.js";
import { select } from "../move/slice.js";

type Sizes = readonly [N: number, C: number, S: number, K: number, P: number];

const sizesOf = (x: Shape, index: Shape): Sizes => [...x, ...index.slice(1)] as unknown as Sizes;

/** out[n, c, p] = sum over k of w[n, k, p] x[n, c, index[n, k, p]] */
const sample: Op<[x: Tensor, index: Tensor, w: Tensor]> = defineOp<[x: Tensor, index: Tensor, w: Tensor]>({
  name: "sample",
  infer: ([x, index]) => ({ shape: [...x.shape.slice(0, 2), index.shape[2] as number], dtype: "float32" }),
  forward: (out, [x, index, w]) => resampleKernels.sample(x.ptr, index.ptr, w.ptr, out.ptr, ...sizesOf(x.shape, index.shape)),
  saves: [[1, 2], [], [0, 1]],
  backward: [
    (g, { inputs: [, index, w], shapes }) => sampleGradX(g, index, w, shapes[0]?.[2] as number),
    null,
    (g, { inputs: [x, index] }) => sampleGradW(g, x, index),
  ],
});

const sampleGradX: Op<[g: Tensor, index: Tensor, w: Tensor], number> = defineOp<[g: Tensor, index: Tensor, w: Tensor], number>({
  name: "sampleGradX",
  infer: ([g], pixels) => ({ shape: [...g.shape.slice(0, 2), pixels], dtype: "float32" }),
  forward: (dx, [g, index, w]) => {
    fill(dx, 0);
    resampleKernels.sampleGradX(g.ptr, index.ptr, w.ptr, dx.ptr, ...sizesOf(dx.shape, index.shape));
  },
  saves: [[1, 2], [], [0, 1]],
  backward: [(gg, { inputs: [, index, w] }) => sample(gg, index, w), null, (gg, { inputs: [g, index] }) => sampleGradW(g, gg, index)],
});

const sampleGradW: Op<[g: Tensor, x: Tensor, index: Tensor]> = defineOp<[g: Tensor, x: Tensor, index: Tensor]>({
  name: "sampleGradW",
  infer: ([, , index]) => ({ shape: index.shape, dtype: "float32" }),
  forward: (dw, [g, x, index]) => resampleKernels.sampleGradW(g.ptr, x.ptr, index.ptr, dw.ptr, ...sizesOf(x.shape, index.shape)),
  saves: [[1, 2], [0, 2], []],
  backward: [
    (gg, { inputs: [, x, index] }) => sample(x, index, gg),
    (gg, { inputs: [g, , index], shapes }) => sampleGradX(g, index, gg, shapes[1]?.[2] as number),
    null,
  ],
});

/** Options of `gridSample`. */
export interface GridSampleOptions {
  /** How to compute what lies between pixels; "bilinear" unless given. */
  mode?: "bilinear" | "nearest" | "bicubic";
  /** What lies outside: zeros, the nearest pixel of the border, or the image mirrored; "zeros" unless given. */
  paddingMode?: "zeros" | "border" | "reflection";
  /** Whether -1 and 1 are the centres of the outer pixels instead of their edges; false unless given. */
  alignCorners?: boolean;
}

/** Positions mirrored into [low, high]: a triangle wave, whose slope is the gradient. */
function reflected(at: Tensor, low: number, high: number): Tensor {
  const span = high - low;
  if (span === 0) return mul(at, 0);
  const from = sub(at, low);
  const periods = floor(mul(detach(from), 0.5 / span));
  return sub(high, abs(sub(sub(from, mul(periods, 2 * span)), span)));
}

/** Positions within the image, for the modes that fill what lies outside of it. At the border there is no gradient. NaN becomes 0. */
function inside(at: Tensor, size: number, { paddingMode, alignCorners }: Required<GridSampleOptions>): Tensor {
  if (paddingMode === "zeros") return at;
  const edge = alignCorners ? 0 : 0.5;
  const y = paddingMode === "border" ? at : reflected(at, -edge, size - 1 + edge);
  const within = logicalAnd(gt(y, 0), lt(y, size - 1));
  return where(within, y, where(ge(y, size - 1), size - 1, 0));
}

/** The pixels around positions along one axis: whole numbers, which may lie outside, and their weights. */
function pixels(grid: Tensor, size: number, options: Required<GridSampleOptions>): [place: Tensor, weight: Tensor | undefined][] {
  const { mode, alignCorners } = options;
  const at = alignCorners ? mul(add(grid, 1), (size - 1) / 2) : mul(sub(mul(add(grid, 1), size), 1), 0.5);
  if (mode === "nearest") return [[round(inside(at, size, options)), undefined]];
  const position = mode === "bicubic" ? at : inside(at, size, options);
  const low = floor(detach(position));
  const part = sub(position, low);
  if (mode === "bilinear")
    return [
      [low, sub(1, part)],
      [add(low, 1), part],
    ];
  // Keys' cubic with a = -0.75, at distances 1 + t, t, 1 - t, 2 - t.
  const near = (t: Tensor): Tensor => add(mul(mul(sub(mul(t, 1.25), 2.25), t), t), 1);
  const far = (t: Tensor): Tensor => add(mul(sub(mul(sub(mul(t, -0.75), -3.75), t), 6), t), 3);
  const other = sub(1, part);
  return [far(add(part, 1)), near(part), near(other), far(add(other, 1))].map((w, i) => [inside(add(low, i - 1), size, options), w]);
}

/**
 * Images read at the positions of a grid: x [N, C, H, W], grid [N, OH, OW, 2] -> [N, C, OH, OW]. A position is (x, y), from -1 at the left and top
 * edge to 1 at the right and bottom one. x, grid: float32. Options: `GridSampleOptions`.
 * Gradient: to x and to the grid, which gets none in mode "nearest" and where "border" or "reflection" stop at an outer pixel.
 * Errors: `ShapeError` for shapes that do not fit or an image without pixels, `ArgError` for an unknown mode, `DTypeError` for other dtypes.
 * Source: Jaderberg et al., "Spatial transformer networks", 2015.
 * @example gridSample(images, zeros(4, 2, 2, 2)).shape; // [4, 3, 2, 2]
 */
export function gridSample(x: Tensor, grid: Tensor, options?: GridSampleOptions): Tensor {
  checkAlive("gridSample", x, "x");
  checkAlive("gridSample", grid, "grid");
  const given = readOptions<Required<GridSampleOptions>>("gridSample", options, {
    mode: "bilinear",
    paddingMode: "zeros",
    alignCorners: false,
  });
  checkOneOf("gridSample", "mode", given.mode, ["bilinear", "nearest", "bicubic"]);
  checkOneOf("gridSample", "paddingMode", given.paddingMode, ["zeros", "border", "reflection"]);
  checkFloat("gridSample", x, grid);
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const [, oh = 0, ow = 0] = grid.shape;
  checkForm("gridSample", x, x.ndim === 4 && h > 0 && w > 0, "[N, C, H, W]");
  checkForm("gridSample", grid, sameShape(grid.shape, [n, oh, ow, 2]), `[${n}, OH, OW, 2]`, "grid");
  return scope(() => {
    const [columns, rows] = [0, 1].map((i) => pixels(reshape(select(grid, 3, i), [n, oh * ow]), i ? h : w, given)) as [
      ReturnType<typeof pixels>,
      ReturnType<typeof pixels>,
    ];
    const within = (at: Tensor, size: number): Tensor => logicalAnd(ge(at, 0), le(at, size - 1));
    const places: Tensor[] = [];
    const weights: Tensor[] = [];
    for (const [row, high] of rows) {
      for (const [column, wide] of columns) {
        const index = add(mul(to(row, "int32"), w), to(column, "int32"));
        places.push(where(logicalAnd(within(row, h), within(column, w)), index, -1));
        weights.push(high && wide ? mul(high, wide) : where(gt(row, Number.POSITIVE_INFINITY), row, 1));
      }
    }
    return reshape(sample(reshape(x, [n, c, h * w]), stack(places, 1), stack(weights, 1)), [n, c, oh, ow]);
  });
}

/**
 * The grid of an affine map, for `gridSample`: theta [N, 2, 3], size [N, C, H, W] -> [N, H, W, 2], the positions (x, y, 1) of each pixel times
 * theta; also theta [N, 3, 4] with [N, C, D, H, W] -> [N, D, H, W, 3]. theta: float32. Option `alignCorners`: as in `gridSample`; false unless
 * given. Gradient: to theta.
 * Errors: `ShapeError` for shapes that do not fit, `ArgError` for sizes that are not whole numbers, `DTypeError` for other dtypes.
 * @example affineGrid(tensor([[[1, 0, 0], [0, 1, 0]]]), [1, 1, 4, 4]).shape; // [1, 4, 4, 2]
 */
export function affineGrid(theta: Tensor, size: Shape, options?: { alignCorners?: boolean }): Tensor {
  checkAlive("affineGrid", theta, "theta");
  const { alignCorners } = readOptions("affineGrid", options, { alignCorners: false });
  checkFloat("affineGrid", theta);
  const [n, , ...space] = checkShape("affineGrid", size);
  const dims = space.length;
  checkForm(
    "affineGrid",
    theta,
    dims > 1 && dims < 4 && sameShape(theta.shape, [n as number, dims, dims + 1]),
    `[N, 2, 3] or [N, 3, 4] to fit ${describe(size)}`,
    "theta",
  );
  return scope(() => {
    const axes = space.map((length, i) => {
      const end = length === 1 ? 0 : alignCorners ? 1 : (length - 1) / length;
      const along = space.map((_, j) => (i === j ? length : 1));
      return expand(reshape(linspace(-end, end, length), along), space);
    });
    const positions = reshape(stack([...axes.reverse(), expand(linspace(1, 1, 1), space)], dims), [-1, dims + 1]);
    return reshape(matmul(positions, transpose(theta, 1, 2)), [n as number, ...space, dims]);
  });
}
