// Transposed convolution of images and sequences.
import * as sg from "simdgrad";
import { ArgError, ShapeError, type Tensor, zeros } from "simdgrad";
import { at, type Nd, nd, reshaped } from "../nd.js";
import { float, type Row, type Sample } from "../row.js";

type Two = [number, number];

interface Options {
  stride?: Two;
  padding?: Two;
  outputPadding?: Two;
  dilation?: Two;
  groups?: number;
}

/** Every element of the result looks for the elements of x and of the kernel that meet there. */
const truth =
  ({ stride = [1, 1], padding = [0, 0], outputPadding = [0, 0], dilation = [1, 1], groups = 1 }: Options) =>
  (x: Nd, w: Nd, b?: Nd): Nd => {
    const [n, c, ...size] = x.shape as [number, number, number, number];
    const [, per, ...kernel] = w.shape as [number, number, number, number];
    const along = (i: 0 | 1): number => (size[i] - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel[i] - 1) + outputPadding[i] + 1;
    /** Where x is met by tap k of a kernel that covers place o, along axis i. */
    const met = (i: 0 | 1, o: number, k: number): number | undefined => {
      const at = (o + padding[i] - k * dilation[i]) / stride[i];
      return Number.isInteger(at) && at >= 0 && at < size[i] ? at : undefined;
    };
    return nd([n, per * groups, along(0), along(1)], (image, filter, y, z) => {
      const group = Math.floor(filter / per);
      let sum = b ? at(b, [filter]) : 0;
      for (let p = 0; p < kernel[0]; p++) {
        for (let q = 0; q < kernel[1]; q++) {
          const [i, j] = [met(0, y, p), met(1, z, q)];
          if (i === undefined || j === undefined) continue;
          for (let channel = (group * c) / groups; channel < ((group + 1) * c) / groups; channel++) {
            sum += at(x, [image, channel, i, j]) * at(w, [channel, filter % per, p, q]);
          }
        }
      }
      return sum;
    });
  };

const images = (x: number[], w: number[], options: Options = {}, bias = true): Sample => ({
  inputs: [float(x), float(w), ...(bias ? [float([(w[1] as number) * (options.groups ?? 1)])] : [])],
  call: (image: Tensor, weight: Tensor, b?: Tensor) => sg.convTranspose2d(image, weight, b, options),
  truth: truth(options),
  note: JSON.stringify(options),
});

/** Sequences are images one row high. */
const high = (x: Nd): Nd => reshaped(x, [...x.shape.slice(0, 2), 1, x.shape[2] as number]);

const sequences = (x: number[], w: number[], options: sg.ConvTranspose1dOptions = {}, bias = true): Sample => {
  const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = options;
  const wide = { stride: [1, stride], padding: [0, padding], outputPadding: [0, outputPadding], dilation: [1, dilation], groups };
  return {
    inputs: [float(x), float(w), ...(bias ? [float([(w[1] as number) * groups])] : [])],
    call: (sequence: Tensor, weight: Tensor, b?: Tensor) => sg.convTranspose1d(sequence, weight, b, options),
    truth: (sequence: Nd, weight: Nd, b?: Nd) => {
      const out = truth(wide as Options)(high(sequence), high(weight), b);
      return reshaped(out, [...out.shape.slice(0, 2), out.shape[3] as number]);
    },
    note: JSON.stringify(options),
  };
};

export const transposedRows: readonly Row[] = [
  {
    op: "convTranspose2d",
    samples: [
      images([2, 4, 4, 5], [4, 3, 3, 3]),
      images([2, 4, 3, 4], [4, 3, 3, 3], { stride: [2, 2], padding: [1, 1], outputPadding: [1, 1] }),
      images([1, 4, 4, 3], [4, 3, 2, 4], { groups: 2 }),
      images([1, 4, 4, 5], [4, 2, 2, 4], { stride: [3, 3], padding: [1, 1] }),
      images([1, 2, 4, 5], [2, 3, 4, 5], { padding: [2, 2] }, false),
      images([1, 3, 4, 4], [3, 1, 3, 3], { groups: 3, stride: [2, 1], padding: [1, 0] }),
      images([1, 3, 6, 6], [3, 1, 3, 3], { groups: 3, padding: [3, 3] }),
      images([2, 3, 3, 4], [3, 5, 1, 1]),
      images([1, 2, 3, 3], [2, 2, 2, 2], { dilation: [3, 2], outputPadding: [2, 1], stride: [2, 1] }),
      images([0, 2, 3, 3], [2, 2, 2, 2]),
    ],
    refuses: [
      { call: () => sg.convTranspose2d(zeros(2, 3), zeros(2, 1, 3, 3)), error: ShapeError, says: /x must be \[N, C, H, W\]/ },
      {
        call: () => sg.convTranspose2d(zeros(1, 2, 3, 3), zeros(2, 3, 3)),
        error: ShapeError,
        says: /the weight must be \[C, F\/groups, KH, KW\], got float32\[2,3,3\]/,
      },
      {
        call: () => sg.convTranspose2d(zeros(1, 2, 3, 3), zeros(3, 2, 3, 3)),
        error: ShapeError,
        says: /the weight must have a row for each of 2 channels, it has 3/,
      },
      {
        call: () => sg.convTranspose2d(zeros(1, 2, 3, 3), zeros(2, 2, 3, 3), zeros(2), { groups: 2 }),
        error: ShapeError,
        says: /the bias must be float32\[4\]/,
      },
      {
        call: () => sg.convTranspose2d(zeros(1, 1, 2, 2), zeros(1, 1, 2, 2), null, { padding: [1, 2] }),
        error: ShapeError,
        says: /nothing is left of float32\[1,1,2,2\] with a kernel of 2x2 \(with dilation\) and padding 1x2/,
      },
      { call: () => sg.convTranspose2d(zeros(1, 1, 0, 2), zeros(1, 1, 2, 2)), error: ShapeError, says: /nothing is left of/ },
      {
        call: () => sg.convTranspose2d(zeros(1, 1, 2, 2), zeros(1, 1, 2, 2), null, { outputPadding: 1 }),
        error: ArgError,
        says: /outputPadding 1x1 must be less than stride 1x1 or dilation 1x1/,
      },
      {
        call: () => sg.convTranspose2d(zeros(1, 1, 2, 2), zeros(1, 1, 2, 2), null, { stride: 2, outputPadding: [1, 2] }),
        error: ArgError,
        says: /outputPadding 1x2 must be less than stride 2x2/,
      },
      {
        call: () => sg.convTranspose2d(zeros(1, 3, 2, 2), zeros(3, 1, 2, 2), null, { groups: 2 }),
        error: ArgError,
        says: /3 channels and 2 filters must both divide into 2 groups/,
      },
      { call: () => sg.convTranspose2d(zeros(1, 1, 2, 2), zeros(1, 1, 2, 2), null, { stride: 0 }), error: ArgError, says: /stride/ },
    ],
  },
  {
    op: "convTranspose1d",
    samples: [
      sequences([2, 4, 5], [4, 6, 3]),
      sequences([2, 4, 5], [4, 6, 3], { stride: 2, padding: 1, outputPadding: 1 }),
      sequences([2, 4, 5], [4, 3, 4], { groups: 2 }),
      sequences([2, 4, 5], [4, 6, 4], { stride: 3, padding: 1 }, false),
      sequences([1, 2, 5], [2, 3, 3], { dilation: 2, outputPadding: 1 }),
    ],
    refuses: [
      {
        call: () => sg.convTranspose1d(zeros(1, 1, 2), zeros(1, 1, 2), null, { stride: 2, outputPadding: 2 }),
        error: ArgError,
        says: /convTranspose1d: outputPadding 2 must be less than stride 2 or dilation 1/,
      },
      {
        call: () => sg.convTranspose1d(zeros(1, 1, 2, 2), zeros(1, 1, 2)),
        error: ShapeError,
        says: /convTranspose1d: x must be \[N, C, L\]/,
      },
    ],
  },
];
