// Interpolation and sampling against their definitions: sums over all pixels, with a weight for each distance.
import * as sg from "simdgrad";
import { ArgError, DTypeError, ShapeError, type Tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";

/** The weight of each input for output i of m, along one dimension of n. */
type Weights = (n: number, m: number, i: number) => number[];

const clip = (i: number, n: number): number => Math.min(Math.max(i, 0), n - 1);

/** Weights of a function of the distance to pixels, those outside counted for the border. */
const spread =
  (reach: number, filter: (d: number) => number, place: (n: number, m: number, i: number) => number): Weights =>
  (n, m, i) => {
    const weights = new Array<number>(n).fill(0);
    const p = place(n, m, i);
    for (let j = -reach - 1; j <= n + reach; j++) weights[clip(j, n)] = (weights[clip(j, n)] as number) + filter(Math.abs(p - j));
    return weights;
  };

const hat = (d: number): number => Math.max(0, 1 - d);
const keys =
  (a: number) =>
  (d: number): number =>
    d <= 1 ? (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1 : d < 2 ? a * (d ** 3 - 5 * d ** 2 + 8 * d - 4) : 0;

/** Pixels as areas, with n / m or the given number of them for each of the result. */
const areas =
  (scale?: number) =>
  (n: number, m: number, i: number): number =>
    (scale ?? n / m) * (i + 0.5) - 0.5;
const corners = (n: number, m: number, i: number): number => (m > 1 ? (i * (n - 1)) / (m - 1) : 0);

const nearest =
  (offset: number, scale?: number): Weights =>
  (n, m, i) =>
    Array.from({ length: n }, (_, j) => Number(j === Math.min(Math.floor((i + offset) * (scale ?? n / m)), n - 1)));
const mean: Weights = (n, m, i) => {
  const [start, end] = [Math.floor((i * n) / m), Math.ceil(((i + 1) * n) / m)];
  return Array.from({ length: n }, (_, j) => (j >= start && j < end ? 1 / (end - start) : 0));
};
/** A filter as wide as the pixels of the result, over the pixels that are there. */
const smooth =
  (filter: (d: number) => number): Weights =>
  (n, m, i) => {
    const wide = Math.max(n / m, 1);
    const weights = Array.from({ length: n }, (_, j) => filter(Math.abs(j + 0.5 - (i + 0.5) * (n / m)) / wide));
    const total = weights.reduce((sum, w) => sum + w, 0);
    return weights.map((w) => w / total);
  };

/** All dimensions after the first two, by weights. */
function resized(x: Nd, sizes: readonly number[], weights: readonly Weights[]): Nd {
  return sizes.reduce((y, m, d) => {
    const [dim, n] = [d + 2, y.shape[d + 2] as number];
    const shape = y.shape.map((size, i) => (i === dim ? m : size));
    return nd(shape, (...i) =>
      (weights[d] as Weights)(n, m, i[dim]).reduce(
        (sum, w, j) =>
          sum +
          (w
            ? w *
              at(
                y,
                i.map((p, k) => (k === dim ? j : p)),
              )
            : 0),
        0,
      ),
    );
  }, x);
}

const to = (
  shape: readonly number[],
  options: Parameters<typeof sg.interpolate>[1],
  sizes: readonly number[],
  ...weights: readonly Weights[]
): Sample => ({
  inputs: [float(shape)],
  call: (x: Tensor) => sg.interpolate(x, options),
  truth: (x: Nd) =>
    resized(
      x,
      sizes,
      sizes.map((_, i) => weights[i % weights.length] as Weights),
    ),
  note: JSON.stringify(options),
});

const linear = spread(1, hat, areas());
const straight = spread(1, hat, corners);
const cubic = spread(2, keys(-0.75), areas());

const interpolation: Row = {
  op: "interpolate",
  samples: [
    to([1, 2, 4, 5], { scaleFactor: 2 }, [8, 10], nearest(0)),
    to([1, 2, 4, 5], { size: [3, 3], mode: "nearest" }, [3, 3], nearest(0)),
    to([2, 1, 5], { size: 8, mode: "nearest-exact" }, [8], nearest(0.5)),
    to([1, 1, 2, 3, 2], { scaleFactor: [1, 2, 1.5] }, [2, 6, 3], nearest(0, 1), nearest(0, 0.5), nearest(0, 1 / 1.5)),
    to([2, 2, 5], { size: 9, mode: "linear" }, [9], linear),
    to([2, 2, 5], { size: [3], mode: "linear", alignCorners: true }, [3], straight),
    to([1, 2, 4, 5], { size: [6, 4], mode: "bilinear", alignCorners: true }, [6, 4], straight),
    to([1, 1, 3, 4], { scaleFactor: 2, mode: "bilinear" }, [6, 8], linear),
    to([2, 1, 5, 7], { size: [2, 9], mode: "bilinear" }, [2, 9], linear),
    to([1, 1, 4, 5], { scaleFactor: [1.3, 0.7], mode: "bilinear" }, [5, 3], spread(1, hat, areas(1 / 1.3)), spread(1, hat, areas(1 / 0.7))),
    to([1, 1, 4, 5], { scaleFactor: [1.3, 0.7], mode: "bilinear", recomputeScaleFactor: true }, [5, 3], linear),
    to([2, 2, 3, 9], { size: [7, 21], mode: "bilinear" }, [7, 21], linear),
    to([1, 2, 5, 2], { size: [9, 18], mode: "bilinear", alignCorners: true }, [9, 18], straight),
    to([1, 1, 4, 1], { size: [1, 5], mode: "bilinear" }, [1, 5], linear),
    to([1, 1, 9, 23], { size: [4, 6], mode: "bilinear" }, [4, 6], linear),
    to([1, 1, 2, 3, 9], { size: [4, 3, 18], mode: "trilinear" }, [4, 3, 18], linear),
    to([1, 2, 4, 3], { size: [7, 2], mode: "bicubic" }, [7, 2], cubic),
    to([1, 1, 3, 4], { size: 5, mode: "bicubic", alignCorners: true }, [5, 5], spread(2, keys(-0.75), corners)),
    to([1, 1, 2, 3, 4], { size: [3, 2, 5], mode: "trilinear" }, [3, 2, 5], linear),
    to([1, 1, 2, 3, 2], { scaleFactor: 2, mode: "trilinear", alignCorners: true }, [4, 6, 4], straight),
    to([2, 1, 7], { size: 3, mode: "area" }, [3], mean),
    to([1, 1, 5, 4], { size: [3, 6], mode: "area" }, [3, 6], mean),
    to([1, 1, 9, 8], { size: [4, 3], mode: "bilinear", antialias: true }, [4, 3], smooth(hat)),
    to([1, 1, 9, 8], { size: [4, 3], mode: "bicubic", antialias: true }, [4, 3], smooth(keys(-0.5))),
    to([1, 1, 3, 9], { size: [5, 4], mode: "bilinear", antialias: true }, [5, 4], smooth(hat)),
    to([0, 1, 3, 2], { size: 4, mode: "bilinear" }, [4, 4], linear),
    { inputs: [float([1, 1, 3, 2])], call: (x: Tensor) => sg.interpolate(x, { size: [3, 2] }), truth: (x: Nd) => x, note: "the same size" },
    ...(["uint8", "int32"] as const).map(
      (dtype): Sample => ({
        inputs: [given([1, 1, 2, 3], [1, 2, 3, 4, 5, 6], dtype)],
        call: (x: Tensor) => sg.interpolate(x, { size: [3, 5] }),
        truth: (x: Nd) => resized(x, [3, 5], [nearest(0), nearest(0)]),
        dtype,
        differentiable: false,
      }),
    ),
  ],
  refuses: [
    {
      call: () => sg.interpolate(zeros(1, 1, 2), { size: null }),
      error: ArgError,
      says: /needs either size or scaleFactor, got \[null,null\]/,
    },
    { call: () => sg.interpolate(zeros(1, 1, 2), { size: 2, scaleFactor: 2 }), error: ArgError, says: /either size or scaleFactor/ },
    {
      call: () => sg.interpolate(zeros(1, 2), { size: 2 }),
      error: ShapeError,
      says: /1 to 3 more dimensions for "nearest", got float32\[1,2\]/,
    },
    {
      call: () => sg.interpolate(zeros(1, 1, 2), { size: 2, mode: "bilinear" }),
      error: ShapeError,
      says: /2 more dimensions for "bilinear"/,
    },
    { call: () => sg.interpolate(zeros(1, 1, 2), { size: [2, 2] }), error: ArgError, says: /size must be a number above 0, or 1 of them/ },
    { call: () => sg.interpolate(zeros(1, 1, 2), { size: 2 ** 24 + 1 }), error: ArgError, says: /from 1 to 16777216, got 16777217/ },
    { call: () => sg.interpolate(zeros(1, 1, 2), { size: 0 }), error: ArgError, says: /size must be a number above 0/ },
    { call: () => sg.interpolate(zeros(1, 1, 2), { size: 1.5 }), error: ArgError, says: /size must be a number above 0/ },
    { call: () => sg.interpolate(zeros(1, 1, 2), { scaleFactor: -1 }), error: ArgError, says: /scaleFactor must be/ },
    {
      call: () => sg.interpolate(zeros(1, 1, 2), { scaleFactor: 0.3 }),
      error: ArgError,
      says: /the size must be a whole number from 1 to 16777216, got 0/,
    },
    { call: () => sg.interpolate(zeros(1, 1, 0), { size: 2 }), error: ShapeError, says: /larger than 0/ },
    {
      call: () => sg.interpolate(zeros(1, 1, 2), { size: 2, alignCorners: false }),
      error: ArgError,
      says: /alignCorners means nothing with size and mode "nearest"/,
    },
    {
      call: () => sg.interpolate(zeros(1, 1, 2), { size: 2, recomputeScaleFactor: true }),
      error: ArgError,
      says: /recomputeScaleFactor means nothing/,
    },
    {
      call: () => sg.interpolate(zeros(1, 1, 2), { size: 2, mode: "linear", antialias: true }),
      error: ArgError,
      says: /antialias means nothing/,
    },
    { call: () => sg.interpolate(zeros(1, 1, 2), { size: 2, mode: "cubic" as "area" }), error: ArgError, says: /mode must be/ },
    {
      call: () => sg.interpolate(zeros([1, 1, 2], { dtype: "uint8" }), { size: 2, mode: "linear" }),
      error: DTypeError,
      says: /needs float32/,
    },
  ],
};

/** Mirrors a position into [low, high], one reflection after the other. */
function mirrored(p: number, low: number, high: number): number {
  if (low === high) return 0;
  let q = p;
  while (q < low || q > high) q = q < low ? 2 * low - q : 2 * high - q;
  return q;
}

/** A position for the padding mode, in pixels. */
function filled(p: number, size: number, mode: string, align: boolean): number {
  if (mode === "zeros") return p;
  const q = mode === "reflection" ? (align ? mirrored(p, 0, size - 1) : mirrored(p, -0.5, size - 0.5)) : p;
  return clip(q, size);
}

function sampled(x: Nd, grid: Nd, { mode = "bilinear", paddingMode = "zeros", alignCorners = false }: sg.GridSampleOptions): Nd {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const pixel = (b: number, ch: number, y: number, z: number): number => (y < 0 || y >= h || z < 0 || z >= w ? 0 : at(x, [b, ch, y, z]));
  return nd([n, c, ...grid.shape.slice(1, 3)], (b, ch, i, j) => {
    const place = (k: number, size: number): number => {
      const g = at(grid, [b, i, j, k]);
      return alignCorners ? ((g + 1) / 2) * (size - 1) : ((g + 1) * size - 1) / 2;
    };
    const [px, py] = [place(0, w), place(1, h)];
    const [qx, qy] = [filled(px, w, paddingMode, alignCorners), filled(py, h, paddingMode, alignCorners)];
    if (mode === "nearest") return pixel(b, ch, Math.round(qy), Math.round(qx));
    let sum = 0;
    const [cx, cy] = mode === "bilinear" ? [qx, qy] : [px, py];
    for (let y = Math.floor(cy) - 2; y < cy + 3; y++) {
      for (let z = Math.floor(cx) - 2; z < cx + 3; z++) {
        const weight =
          mode === "bilinear"
            ? hat(Math.abs(cy - y)) * hat(Math.abs(cx - z))
            : keys(-0.75)(Math.abs(cy - y)) * keys(-0.75)(Math.abs(cx - z));
        if (weight === 0) continue;
        sum +=
          weight *
          (mode === "bilinear"
            ? pixel(b, ch, y, z)
            : pixel(b, ch, filled(y, h, paddingMode, alignCorners), filled(z, w, paddingMode, alignCorners)));
      }
    }
    return sum;
  });
}

/** Positions in and around the image, none of them where a gradient jumps. */
const GRID = [-0.93, 0.41, 0.27, -0.58, 1.37, 0.66, -1.43, -1.21, 0.05, 1.88, -0.31, -0.13];

const sampling: Row = {
  op: "gridSample",
  samples: [
    ...(["bilinear", "nearest", "bicubic"] as const).flatMap((mode) =>
      (["zeros", "border", "reflection"] as const).flatMap((paddingMode) =>
        [false, true].map((alignCorners): Sample => {
          const options = { mode, paddingMode, alignCorners };
          return {
            inputs: [float([1, 2, 4, 3]), { shape: [1, 2, 3, 2], values: GRID }],
            call: (x: Tensor, grid: Tensor) => sg.gridSample(x, grid, options),
            truth: (x: Nd, grid: Nd) => sampled(x, grid, options),
            note: JSON.stringify(options),
          };
        }),
      ),
    ),
    {
      inputs: [float([3, 1, 2, 5]), { shape: [3, 1, 2, 2], values: GRID }],
      call: (x: Tensor, grid: Tensor) => sg.gridSample(x, grid),
      truth: (x: Nd, grid: Nd) => sampled(x, grid, {}),
      note: "a batch",
    },
    {
      inputs: [float([0, 1, 2, 2]), float([0, 1, 1, 2])],
      call: (x: Tensor, g: Tensor) => sg.gridSample(x, g),
      truth: () => nd([0, 1, 1, 1], () => 0),
    },
  ],
  refuses: [
    {
      call: () => sg.gridSample(zeros(1, 2, 3), zeros(1, 1, 1, 2)),
      error: ShapeError,
      says: /x must be \[N, C, H, W\], got float32\[1,2,3\]/,
    },
    { call: () => sg.gridSample(zeros(1, 1, 0, 3), zeros(1, 1, 1, 2)), error: ShapeError, says: /got float32\[1,1,0,3\]/ },
    {
      call: () => sg.gridSample(zeros(1, 1, 2, 3), zeros(2, 1, 1, 2)),
      error: ShapeError,
      says: /grid must be \[1, OH, OW, 2\], got float32\[2,1,1,2\]/,
    },
    { call: () => sg.gridSample(zeros(1, 1, 2, 3), zeros(1, 1, 1, 3)), error: ShapeError, says: /grid must be/ },
    {
      call: () => sg.gridSample(zeros(1, 1, 2, 3), zeros(1, 1, 1, 2), { mode: "cubic" as "bicubic" }),
      error: ArgError,
      says: /mode must be/,
    },
    {
      call: () => sg.gridSample(zeros(1, 1, 2, 3), zeros(1, 1, 1, 2), { paddingMode: "wrap" as "zeros" }),
      error: ArgError,
      says: /paddingMode/,
    },
    { call: () => sg.gridSample(zeros([1, 1, 2, 3], { dtype: "int32" }), zeros(1, 1, 1, 2)), error: DTypeError, says: /float32/ },
  ],
};

const affine = (theta: readonly number[], size: readonly number[], alignCorners: boolean): Sample => {
  const [n, , ...space] = size as [number, number, ...number[]];
  const d = space.length;
  return {
    inputs: [float(theta)],
    call: (x: Tensor) => sg.affineGrid(x, size, { alignCorners }),
    truth: (x: Nd) =>
      nd([n, ...space, d], (b, ...i) => {
        const axis = i.pop() as number;
        const place = space
          .map((length, k) => (length === 1 ? 0 : alignCorners ? (2 * i[k]) / (length - 1) - 1 : (2 * i[k] + 1) / length - 1))
          .reverse();
        return [...place, 1].reduce((sum, p, k) => sum + p * at(x, [b, axis, k]), 0);
      }),
    note: `${size}`,
  };
};

const grids: Row = {
  op: "affineGrid",
  samples: [
    affine([2, 2, 3], [2, 1, 3, 4], false),
    affine([2, 2, 3], [2, 1, 3, 4], true),
    affine([1, 2, 3], [1, 3, 1, 2], true),
    affine([1, 3, 4], [1, 1, 2, 3, 2], false),
    affine([2, 3, 4], [2, 1, 2, 1, 3], true),
  ],
  refuses: [
    {
      call: () => sg.affineGrid(zeros(1, 2, 2), [1, 1, 2, 2]),
      error: ShapeError,
      says: /theta must be \[N, 2, 3\] or \[N, 3, 4\] to fit .*, got float32\[1,2,2\]/,
    },
    { call: () => sg.affineGrid(zeros(1, 2, 3), [2, 1, 2, 2]), error: ShapeError, says: /theta/ },
    { call: () => sg.affineGrid(zeros(1, 2, 3), [1, 1, 2.5, 2]), error: ArgError, says: /whole numbers/ },
  ],
};

export const resamplingRows: readonly Row[] = [interpolation, sampling, grids];
