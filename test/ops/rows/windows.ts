// Windows and padding.
import * as sg from "simdgrad";
import { ArgError, DTypeError, ShapeError, type Tensor, zeros } from "simdgrad";
import { from, mod, refusal, whole } from "../arranged.js";
import { at, type Nd, nd, reshaped } from "../nd.js";
import { float, type Row, type Sample } from "../row.js";

/** Patches of [N, C, H, W], by their definition. */
function columns(
  x: Nd,
  [kh, kw]: readonly number[],
  [dh, dw]: readonly number[],
  [ph, pw]: readonly number[],
  [sh, sw]: readonly number[],
): Nd {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [KH, KW, DH, DW, PH, PW, SH, SW] = [kh, kw, dh, dw, ph, pw, sh, sw] as number[] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const oh = Math.floor((h + 2 * PH - DH * (KH - 1) - 1) / SH) + 1;
  const ow = Math.floor((w + 2 * PW - DW * (KW - 1) - 1) / SW) + 1;
  return nd([n, c * KH * KW, oh * ow], (b, row, l) => {
    const [ch, k] = [Math.floor(row / (KH * KW)), row % (KH * KW)];
    const y = Math.floor(l / ow) * SH - PH + Math.floor(k / KW) * DH;
    const z = (l % ow) * SW - PW + (k % KW) * DW;
    return y < 0 || y >= h || z < 0 || z >= w ? 0 : at(x, [b, ch, y, z]);
  });
}

/** The transpose of `columns`, by pairing with every unit image. */
function folded(
  x: Nd,
  size: readonly number[],
  k: readonly number[],
  d: readonly number[],
  p: readonly number[],
  s: readonly number[],
): Nd {
  const [n, rows] = x.shape as [number, number, number];
  const c = rows / ((k[0] as number) * (k[1] as number));
  return nd([n, c, ...size], (b, ch, y, z) => {
    const unit = nd([1, c, ...size], (_, ch1, y1, z1) => Number(ch1 === ch && y1 === y && z1 === z));
    const { data, shape } = columns(unit, k, d, p, s);
    return data.reduce(
      (sum, v, i) => (v === 0 ? sum : sum + at(x, [b, Math.floor(i / (shape[2] as number)), i % (shape[2] as number)])),
      0,
    );
  });
}

type Two = [number, number];

const PATCHES: readonly [size: Two, kernel: Two, dilation: Two, padding: Two, stride: Two][] = [
  [
    [4, 5],
    [2, 2],
    [1, 1],
    [0, 0],
    [1, 1],
  ],
  [
    [4, 5],
    [2, 3],
    [2, 1],
    [1, 0],
    [1, 2],
  ],
  [
    [3, 3],
    [3, 2],
    [1, 2],
    [2, 1],
    [2, 1],
  ],
  [
    [5, 4],
    [1, 1],
    [1, 1],
    [0, 0],
    [3, 2],
  ],
  [
    [2, 2],
    [2, 2],
    [1, 1],
    [1, 1],
    [1, 1],
  ],
];

const windows: Row[] = [
  {
    op: "unfold",
    samples: PATCHES.map(([size, k, dilation, padding, stride]) => ({
      inputs: [float([2, 2, ...size])],
      call: (x: Tensor) => sg.unfold(x, k, { dilation, padding, stride }),
      truth: (x: Nd) => columns(x, k, dilation, padding, stride),
      note: `kernel ${k}, dilation ${dilation}, padding ${padding}, stride ${stride}`,
    })).concat({
      inputs: [float([2, 3, 3])],
      call: (x: Tensor) => sg.unfold(x, 2),
      truth: (x: Nd) => reshaped(columns(reshaped(x, [1, 2, 3, 3]), [2, 2], [1, 1], [0, 0], [1, 1]), [8, 4]),
      note: "one image",
    }),
    refuses: [
      refusal(ShapeError, /\[N, C, H, W\] or \[C, H, W\], got float32\[3,3\]/, () => sg.unfold(zeros(3, 3), 2)),
      refusal(ShapeError, /images that patches of 3,3 fit/, () => sg.unfold(zeros(1, 1, 2, 2), 3)),
      refusal(ArgError, /stride must be a whole number of at least 1/, () => sg.unfold(zeros(1, 1, 2, 2), 1, { stride: 0 })),
      refusal(ArgError, /dilation/, () => sg.unfold(zeros(1, 1, 2, 2), 1, { dilation: 0 })),
      refusal(ArgError, /options go into one object/, () => sg.unfold(zeros(1, 1, 2, 2), 1, 1 as unknown as sg.UnfoldOptions)),
      refusal(DTypeError, /needs float32/, () => sg.unfold(zeros([1, 1, 2, 2], { dtype: "int32" }), 1)),
    ],
  },
  {
    op: "fold",
    samples: PATCHES.map(([size, k, dilation, padding, stride]) => {
      const { shape } = columns(
        nd([1, 2, ...size], () => 0),
        k,
        dilation,
        padding,
        stride,
      );
      return {
        inputs: [float([2, ...shape.slice(1)])],
        call: (x: Tensor) => sg.fold(x, size, k, { dilation, padding, stride }),
        truth: (x: Nd) => folded(x, size, k, dilation, padding, stride),
        note: `kernel ${k}, dilation ${dilation}, padding ${padding}, stride ${stride}`,
      };
    }).concat({
      inputs: [float([4, 4])],
      call: (x: Tensor) => sg.fold(x, 3, 2),
      truth: (x: Nd) => reshaped(folded(reshaped(x, [1, 4, 4]), [3, 3], [2, 2], [1, 1], [0, 0], [1, 1]), [1, 3, 3]),
      note: "one image",
    }),
    refuses: [
      refusal(ShapeError, /fold: x must be 4,4 for images of 3,3, got float32\[4,5\]/, () => sg.fold(zeros(4, 5), 3, 2)),
      refusal(ShapeError, /fold: x must be 1,4,4/, () => sg.fold(zeros(1, 6, 4), 3, 2)),
      refusal(ShapeError, /or \[C kh kw, L\], got float32\[4\]/, () => sg.fold(zeros(4), 3, 2)),
    ],
  },
  {
    op: "unfoldDim",
    samples: [
      from(
        [5],
        (x) => x.unfold(0, 3, 2),
        [2, 3],
        (i, k) => [2 * i + k],
      ),
      from(
        [4, 3],
        (x) => x.unfold(0, 2, 1),
        [3, 3, 2],
        (i, j, k) => [i + k, j],
      ),
      from(
        [2, 5, 2],
        (x) => x.unfold(-2, 2, 3),
        [2, 2, 2, 2],
        (n, i, j, k) => [n, 3 * i + k, j],
      ),
      from(
        [],
        (x) => sg.unfoldDim(x, 0, 1, 1),
        [1],
        () => [],
      ),
      from(
        [4],
        (x) => x.unfold(0, 0, 2),
        [3, 0],
        () => 0,
      ),
      from(
        [6],
        (x) => x.unfold(0, 2, 2),
        [3, 2],
        (i, k) => [2 * i + k],
      ),
      ...whole(
        (x) => x.unfold(1, 2, 1),
        (x) => nd([2, 2, 2], (i, j, k) => at(x, [i, j + k])),
      ),
    ],
    refuses: [
      refusal(ShapeError, /x must be at least 4 long in dim 0, got float32\[3\]/, () => zeros(3).unfold(0, 4, 1)),
      refusal(ArgError, /step must be a whole number of at least 1/, () => zeros(3).unfold(0, 2, 0)),
      refusal(ArgError, /size must be a whole number of at least 0/, () => zeros(3).unfold(0, -1, 1)),
    ],
  },
];

/** Where padded position i of a dimension of n comes from; undefined for the constant. Negative amounts as PyTorch has them. */
function padSource(mode: sg.PadMode, n: number, before: number, after: number, i: number): number | undefined {
  const [from0, end] = [Math.max(-before, 0), n - Math.max(-after, 0)];
  const j = i - before;
  if (mode === "circular") return from0 + mod(j - from0, end - from0);
  if (mode === "replicate") return Math.min(Math.max(j, 0), n - 1);
  if (mode === "reflect") return j < 0 ? -j : j >= n ? 2 * (n - 1) - j : j;
  return j < from0 || j >= end ? undefined : j;
}

const padded = (shape: readonly number[], amounts: readonly number[], mode: sg.PadMode = "constant", value = 0): Sample => {
  const of = (d: number): [number, number] => [amounts[2 * (shape.length - 1 - d)] ?? 0, amounts[2 * (shape.length - 1 - d) + 1] ?? 0];
  const result = shape.map((n, d) => n + of(d)[0] + of(d)[1]);
  return {
    ...from(
      shape,
      (x) => sg.pad(x, amounts, mode === "constant" ? (value ? { value } : {}) : { mode }),
      result,
      (...i) => {
        const place = i.map((at0, d) =>
          2 * (shape.length - 1 - d) < amounts.length ? padSource(mode, shape[d] as number, ...of(d), at0) : at0,
        );
        return place.includes(undefined) ? value : (place as number[]);
      },
    ),
    note: `${mode} ${amounts}`,
  };
};

const padding: Row = {
  op: "pad",
  samples: [
    padded([3, 4], [1, 2]),
    padded([3, 4], [1, 2, 0, 3], "constant", 1.5),
    padded([3, 5], [-1, 2]),
    padded([2, 3, 2], [1, 0, -1, -1, 2, 1], "constant", -2),
    padded([], []),
    padded([0, 2], [1, 1, 2, 0], "constant", 3),
    padded([3], [-2, -1]),
    padded([1, 2, 5], [2, 1], "reflect"),
    padded([1, 2, 4, 5], [1, 2, 2, 1], "reflect"),
    padded([2, 3], [2, 2], "reflect"),
    padded([2, 3], [-1, 2], "reflect"),
    padded([1, 2, 3, 3], [1, 1, 2, -1, 1, 0], "reflect"),
    padded([1, 1, 3, 4], [1, 1, 2, 2], "replicate"),
    padded([1, 3], [4, 5], "replicate"),
    padded([1, 3, 3], [-1, 2, 3, -2], "replicate"),
    padded([2, 1, 2, 3], [1, 2, 0, 3, 2, 1], "replicate"),
    padded([1, 1, 3, 4], [1, 2, 3, 1], "circular"),
    padded([2, 3], [3, 3], "circular"),
    padded([1, 4], [-1, 2], "circular"),
    padded([1, 2, 2, 3, 2], [1, 2, 0, 1, 2, 2], "circular"),
    ...(["reflect", "replicate", "circular"] as const).flatMap((mode) =>
      whole(
        (x) => sg.pad(x, [1, 2], { mode }),
        (x) => nd([2, 6], (i, j) => at(x, [i, padSource(mode, 3, 1, 2, j) as number])),
      ),
    ),
    ...whole(
      (x) => sg.pad(x, [1, 0], { value: 7 }),
      (x) => nd([2, 4], (i, j) => (j ? at(x, [i, j - 1]) : 7)),
    ),
  ],
  refuses: [
    refusal(ArgError, /pad: mode "reflect" cannot pad dim 2 of float32\[1,2,3\] by that, got \[3,0\]/, () =>
      sg.pad(zeros(1, 2, 3), [3, 0], { mode: "reflect" }),
    ),
    refusal(ArgError, /"circular" cannot pad/, () => sg.pad(zeros(1, 2, 3), [4, 0], { mode: "circular" })),
    refusal(ArgError, /"circular" cannot pad/, () => sg.pad(zeros(1, 2, 3), [3, -1], { mode: "circular" })),
    refusal(ArgError, /"constant" cannot pad/, () => sg.pad(zeros(3), [-4, 9])),
    refusal(ArgError, /"replicate" cannot pad/, () => sg.pad(zeros(1, 0), [1, 1], { mode: "replicate" })),
    refusal(ShapeError, /padded in 1 dimensions by "reflect", got float32\[3\]/, () => sg.pad(zeros(3), [1, 1], { mode: "reflect" })),
    refusal(ShapeError, /padded in 2 dimensions by "constant", got float32\[3\]/, () => sg.pad(zeros(3), [1, 1, 1, 1])),
    refusal(ArgError, /pairs \(before, after\)/, () => sg.pad(zeros(3), [1])),
    refusal(ArgError, /amounts must be a whole number/, () => sg.pad(zeros(3), [1, 0.5])),
    refusal(ArgError, /mode must be "constant", "reflect", "replicate" or "circular"/, () =>
      sg.pad(zeros(3), [1, 1], { mode: "same" as "reflect" }),
    ),
    refusal(ArgError, /int32 holds whole numbers/, () => sg.pad(zeros([3], { dtype: "int32" }), [1, 1], { value: 0.5 })),
    refusal(ArgError, /pad: there is no option "constant"/, () => sg.pad(zeros(3), [1, 1], { constant: 1 } as sg.PadOptions)),
  ],
};

export const windowsRows: readonly Row[] = [...windows, padding];
