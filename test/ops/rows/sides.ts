// More samples for convolutions, pools and linear maps: padding that differs from side to side, dilated averages, weights [in, out], and
// what follows in the same call.
import * as sg from "simdgrad";
import { ArgError, DTypeError, ShapeError, type Tensor, zeros } from "simdgrad";
import { at, elementwise, type Nd, nd } from "../nd.js";
import { float, type Input, type Refusal, type Sample, spaced } from "../row.js";

type Sides = readonly [before: number, after: number];

/** A window over images; sequences are images of one row. */
interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [Sides, Sides];
  readonly dilation: readonly [number, number];
  readonly ceilMode?: boolean;
}

/** The number of windows along an axis: those that fit, and with ceilMode one more if it begins before the end of the input. */
function windows(size: number, axis: 0 | 1, { kernel, stride, padding, dilation, ceilMode }: Window): number {
  const [before, after] = padding[axis];
  const span = dilation[axis] * (kernel[axis] - 1) + 1;
  let count = 0;
  for (let start = -before; start + span <= size + after; start += stride[axis]) count++;
  const next = count * stride[axis] - before;
  const hangs = count === 0 || next - stride[axis] + span < size + after;
  return ceilMode && hangs && next < size ? count + 1 : count;
}

/** `rule` sees the places of each window that lie inside the padded image, in order. */
function overWindows(
  x: Nd,
  channels: number,
  w: Window,
  rule: (image: number, channel: number, places: [number, number, number][]) => number,
): Nd {
  const [n, , height, width] = x.shape as [number, number, number, number];
  return nd([n, channels, windows(height, 0, w), windows(width, 1, w)], (image, channel, i, j) => {
    const places: [number, number, number][] = [];
    for (let tap = 0; tap < w.kernel[0] * w.kernel[1]; tap++) {
      const y = i * w.stride[0] - w.padding[0][0] + Math.floor(tap / w.kernel[1]) * w.dilation[0];
      const z = j * w.stride[1] - w.padding[1][0] + (tap % w.kernel[1]) * w.dilation[1];
      if (y < height + w.padding[0][1] && z < width + w.padding[1][1]) places.push([y, z, tap]);
    }
    return rule(image, channel, places);
  });
}

const isInside = ({ shape }: Nd, y: number, z: number): boolean => y >= 0 && z >= 0 && y < (shape[2] as number) && z < (shape[3] as number);

const convTruth =
  (window: Omit<Window, "kernel">, groups = 1) =>
  (x: Nd, w: Nd, b?: Nd): Nd => {
    const [f, per, ...kernel] = w.shape as [number, number, number, number];
    return overWindows(x, f, { ...window, kernel }, (image, filter, places) => {
      const first = Math.floor((filter * groups) / f) * per;
      let sum = b ? at(b, [filter]) : 0;
      for (const [y, z, tap] of places) {
        if (!isInside(x, y, z)) continue;
        for (let c = 0; c < per; c++)
          sum += at(x, [image, first + c, y, z]) * at(w, [filter, c, Math.floor(tap / kernel[1]), tap % kernel[1]]);
      }
      return sum;
    });
  };

const poolTruth =
  (window: Window, rule: (values: number[], padded: number) => number) =>
  (x: Nd): Nd =>
    overWindows(x, x.shape[1] as number, window, (image, channel, places) =>
      rule(
        places.filter(([y, z]) => isInside(x, y, z)).map(([y, z]) => at(x, [image, channel, y, z])),
        places.length,
      ),
    );

const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0);
const image = (x: Nd): Nd => ({ shape: [...x.shape.slice(0, 2), 1, ...x.shape.slice(2)], data: x.data });
const sequence = (x: Nd): Nd => ({ shape: [...x.shape.slice(0, 2), ...x.shape.slice(3)], data: x.data });

/** A row for every algorithm: patches, Winograd's in both sizes, depthwise of both kinds, pointwise, groups, strides. */
const conv = (
  x: number[],
  w: number[],
  padding: readonly [Sides, Sides],
  rest: { stride?: [number, number]; dilation?: [number, number]; groups?: number; fast?: boolean } = {},
): Sample => {
  const { stride = [1, 1], dilation = [1, 1], groups = 1, fast = false } = rest;
  return {
    // An image with enough tiles for `fast` has too many elements for differences; conv2d.test.ts compares its gradients.
    inputs: [x, w, [w[0] as number]].map((shape) => ({ shape, constant: fast })),
    differentiable: !fast,
    call: (a: Tensor, weight: Tensor, b: Tensor) => sg.conv2d(a, weight, b, { ...rest, padding }),
    truth: convTruth({ stride, padding, dilation }, groups),
    note: JSON.stringify({ padding, ...rest }),
  };
};

const conv2d: Sample[] = [
  conv(
    [2, 3, 6, 7],
    [4, 3, 3, 2],
    [
      [2, 0],
      [0, 1],
    ],
  ),
  conv(
    [1, 8, 6, 5],
    [8, 8, 3, 3],
    [
      [0, 2],
      [1, 0],
    ],
  ),
  conv(
    [1, 8, 9, 13],
    [8, 8, 3, 3],
    [
      [2, 1],
      [0, 3],
    ],
    { fast: true },
  ),
  conv(
    [1, 4, 5, 9],
    [4, 1, 3, 3],
    [
      [0, 1],
      [2, 1],
    ],
    { groups: 4 },
  ),
  conv(
    [1, 3, 5, 8],
    [3, 1, 2, 5],
    [
      [1, 0],
      [0, 4],
    ],
    { groups: 3 },
  ),
  conv(
    [2, 3, 4, 5],
    [5, 3, 1, 1],
    [
      [1, 0],
      [0, 2],
    ],
  ),
  conv(
    [1, 4, 7, 8],
    [6, 2, 3, 3],
    [
      [0, 3],
      [1, 2],
    ],
    { groups: 2, stride: [2, 3], dilation: [2, 1] },
  ),
  conv(
    [1, 2, 3, 3],
    [2, 2, 2, 2],
    [
      [3, 0],
      [0, 5],
    ],
  ),
  {
    inputs: [float([1, 2, 4, 4]), float([2, 2, 3, 3])],
    call: (x, w) => sg.conv2d(x, w, null, { padding: [1, [0, 2]] }),
    truth: convTruth({
      stride: [1, 1],
      padding: [
        [1, 1],
        [0, 2],
      ],
      dilation: [1, 1],
    }),
    note: "one side for an axis",
  },
];

const ONE_ROW = {
  stride: [1, 1],
  padding: [
    [0, 0],
    [2, 0],
  ],
  dilation: [1, 1],
} as const;

const conv1d: Sample[] = [
  {
    inputs: [float([2, 3, 8]), float([4, 3, 3]), float([4])],
    call: (x, w, b) => sg.conv1d(x, w, b, { padding: [[2, 0]] }),
    truth: (x, w, b) => sequence(convTruth(ONE_ROW)(image(x), image(w), b)),
    note: "causal",
  },
  {
    inputs: [float([1, 4, 11]), float([4, 1, 3]), float([4])],
    call: (x, w, b) => sg.conv1d(x, w, b, { padding: [[0, 3]], groups: 4, stride: 2, dilation: 2 }),
    truth: (x, w, b) =>
      sequence(
        convTruth(
          {
            stride: [1, 2],
            padding: [
              [0, 0],
              [0, 3],
            ],
            dilation: [1, 2],
          },
          4,
        )(image(x), image(w), b),
      ),
    note: "depthwise",
  },
];

const WINDOWS: Window[] = [
  {
    kernel: [3, 3],
    stride: [1, 1],
    padding: [
      [0, 1],
      [2, 0],
    ],
    dilation: [1, 1],
  },
  {
    kernel: [2, 3],
    stride: [2, 2],
    padding: [
      [1, 0],
      [0, 2],
    ],
    dilation: [1, 1],
    ceilMode: true,
  },
  {
    kernel: [2, 2],
    stride: [1, 1],
    padding: [
      [0, 0],
      [0, 0],
    ],
    dilation: [2, 3],
  },
  {
    kernel: [2, 3],
    stride: [3, 1],
    padding: [
      [1, 2],
      [1, 1],
    ],
    dilation: [3, 2],
    ceilMode: true,
  },
  {
    kernel: [3, 2],
    stride: [2, 3],
    padding: [
      [1, 1],
      [1, 1],
    ],
    dilation: [1, 2],
    ceilMode: true,
  },
];

/** The options of a pool as users write them. */
const optionsOf = ({ stride, padding, dilation, ceilMode = false }: Window) => ({ stride, padding, dilation, ceilMode });

const maxPool2d: Sample[] = WINDOWS.map((window) => ({
  inputs: [spaced([1, 2, 7, 9])],
  call: (x: Tensor) => x.maxPool2d(window.kernel, optionsOf(window)),
  truth: poolTruth(window, (values) => Math.max(...values)),
  note: JSON.stringify(window),
}));

const avgPool2d: Sample[] = WINDOWS.flatMap((window) =>
  [{ countIncludePad: true }, { countIncludePad: false }, { divisorOverride: -3 }].map((count) => ({
    inputs: [float([1, 2, 7, 9])],
    call: (x: Tensor) => x.avgPool2d(window.kernel, { ...optionsOf(window), ...count }),
    truth: poolTruth(window, (values, padded) => sum(values) / (count.divisorOverride ?? (count.countIncludePad ? padded : values.length))),
    note: JSON.stringify({ ...window, ...count }),
  })),
);

const FAR: Window = {
  kernel: [1, 2],
  stride: [1, 1],
  padding: [
    [0, 0],
    [3, 0],
  ],
  dilation: [1, 1],
};

const maxPool1d: Sample[] = [
  {
    inputs: [spaced([2, 2, 5])],
    call: (x) => x.maxPool1d(2, { stride: 1, padding: [[3, 0]] }).clamp({ min: -100 }),
    truth: (x) => sequence(poolTruth(FAR, (values) => Math.max(-100, ...values))(image(x))),
    note: "windows in the border alone",
  },
];

const avgPool1d: Sample[] = [
  {
    inputs: [float([2, 2, 5])],
    call: (x) => x.avgPool1d(2, { stride: 1, padding: [[3, 0]], countIncludePad: false }),
    truth: (x) => sequence(poolTruth(FAR, (values) => sum(values) / Math.max(1, values.length))(image(x))),
    note: "windows in the padding alone",
  },
  {
    inputs: [float([2, 2, 9])],
    call: (x) => x.avgPool1d(3, { stride: 2, padding: [[0, 1]], dilation: 2, ceilMode: true }),
    truth: (x) =>
      sequence(
        poolTruth(
          {
            kernel: [1, 3],
            stride: [1, 2],
            padding: [
              [0, 0],
              [0, 1],
            ],
            dilation: [1, 2],
            ceilMode: true,
          },
          (values, padded) => sum(values) / padded,
        )(image(x)),
      ),
    note: "dilation",
  },
];

const affine = (x: Nd, w: Nd, b: Nd | undefined): Nd =>
  nd([...x.shape.slice(0, -1), w.shape[1] as number], (...index) => {
    const [lead, j] = [index.slice(0, -1), index.at(-1)];
    let result = b ? at(b, [j]) : 0;
    for (let p = 0; p < (w.shape[0] as number); p++) result += at(x, [...lead, p]) * at(w, [p, j]);
    return result;
  });

const transposed = (w: Nd): Nd => nd([w.shape[1] as number, w.shape[0] as number], (i, j) => at(w, [j, i]));

/** Functions of a sum and of what is added, by the options that ask for them. */
const EPILOGUES: [options: object, rule: (v: number, r: number) => number][] = [
  [{}, (v, r) => v + r],
  [{ activation: "relu" }, (v, r) => Math.max(v + r, 0)],
  [{ activation: "hardswish" }, (v, r) => ((v + r) * Math.min(Math.max(v + r + 3, 0), 6)) / 6],
  [{ activation: "leakyRelu" }, (v, r) => (v + r > 0 ? v + r : 0.01 * (v + r))],
  [
    { activation: "leakyRelu", negativeSlope: 0.3, bounds: [-0.5, 1.5] },
    (v, r) => Math.min(Math.max(v + r > 0 ? v + r : 0.3 * (v + r), -0.5), 1.5),
  ],
  [{ bounds: [Number.NEGATIVE_INFINITY, 1] }, (v, r) => Math.min(v + r, 1)],
];

const linear: Sample[] = [
  ...[[3, 5], [2, 3, 5], [1, 5], [5], [0, 5]].map(
    (shape): Sample => ({
      inputs: [float(shape), float([5, 4]), float([4])],
      call: (x, w, b) => sg.linear(x, w, b, { transposedWeight: true }),
      truth: affine,
      note: "weight [in, out]",
    }),
  ),
  ...EPILOGUES.map(
    ([options, rule]): Sample => ({
      inputs: [float([2, 3, 5]), float([4, 5]), float([4]), float([2, 3, 4])],
      call: (x, w, b, residual) => sg.linear(x, w, b, { ...options, residual }),
      truth: (x, w, b, residual) => elementwise(rule)(affine(x, transposed(w), b), residual),
      note: `residual ${JSON.stringify(options)}`,
    }),
  ),
  {
    inputs: [float([6, 5]), float([5, 4])],
    call: (x, w) => sg.linear(x, w, null, { transposedWeight: true, packed: true, bounds: [-1, 1] }),
    truth: (x, w) => elementwise((v) => Math.min(Math.max(v, -1), 1))(affine(x, w, undefined)),
    note: "weight [in, out], bounds",
  },
];

const SAME = {
  stride: [1, 1],
  padding: [
    [1, 1],
    [1, 1],
  ],
  dilation: [1, 1],
} as const;

for (const [options, rule] of EPILOGUES) {
  conv2d.push({
    inputs: [float([2, 2, 3, 4]), float([3, 2, 3, 3]), float([3]), float([2, 3, 3, 4])],
    call: (x, w, b, residual) => sg.conv2d(x, w, b, { padding: 1, ...options, residual }),
    truth: (x, w, b, residual) => elementwise(rule)(convTruth(SAME)(x, w, b), residual),
    note: `residual ${JSON.stringify(options)}`,
  });
  conv1d.push({
    inputs: [float([2, 2, 6]), float([3, 2, 3]), float([3]), float([2, 3, 6])],
    call: (x, w, b, residual) => sg.conv1d(x, w, b, { padding: [[2, 0]], ...options, residual }),
    truth: (x, w, b, residual) => elementwise(rule)(sequence(convTruth(ONE_ROW)(image(x), image(w), b)), residual),
    note: `residual ${JSON.stringify(options)}`,
  });
}

// Without gradients, the same kernel call does all of it; these sizes are also cut for threads.
const unrecorded = (shape: number[]): Input => ({ shape, constant: true });
for (const [options, rule] of EPILOGUES) {
  for (const packed of [false, true]) {
    const rest = { note: `residual ${JSON.stringify({ ...options, packed })}`, differentiable: false };
    linear.push({
      inputs: [[2, 14, 6], [17, 6], [17], [2, 14, 17]].map(unrecorded),
      call: (x, w, b, residual) => sg.linear(x, w, b, { ...options, packed, residual }),
      truth: (x, w, b, residual) => elementwise(rule)(affine(x, transposed(w), b), residual),
      ...rest,
    });
    for (const [n, groups] of [
      [1, 1],
      [3, 1],
      [1, 8],
    ] as const) {
      conv2d.push({
        inputs: [[n, 8, 5, 6], [16, 8 / groups, 3, 3], [16], [n, 16, 5, 6]].map(unrecorded),
        call: (x, w, b, residual) => sg.conv2d(x, w, b, { padding: 1, groups, ...options, packed, residual }),
        truth: (x, w, b, residual) => elementwise(rule)(convTruth(SAME, groups)(x, w, b), residual),
        ...rest,
      });
    }
    conv1d.push({
      inputs: [[1, 3, 9], [16, 3, 3], [16], [1, 16, 9]].map(unrecorded),
      call: (x, w, b, residual) => sg.conv1d(x, w, b, { padding: [[2, 0]], ...options, packed, residual }),
      truth: (x, w, b, residual) => elementwise(rule)(sequence(convTruth(ONE_ROW)(image(x), image(w), b)), residual),
      ...rest,
    });
  }
}

/** Samples to add to the row of each op. */
export const moreSamples: Readonly<Record<string, readonly Sample[]>> = {
  conv1d,
  conv2d,
  maxPool1d,
  maxPool2d,
  avgPool1d,
  avgPool2d,
  linear,
};

const wrong = (call: () => unknown, says: RegExp, error: Refusal["error"] = ArgError): Refusal => ({ call, says, error });
// biome-ignore lint/suspicious/noExplicitAny: these options are wrong
type Wrong = any;
const conved = (options: Wrong) => sg.conv2d(zeros(1, 2, 4, 4), zeros(3, 2, 3, 3), null, options);
const mapped = (options: Wrong) => sg.linear(zeros(2, 4), zeros(3, 4), null, options);

/** Refusals to add to the row of each op. */
export const moreRefusals: Readonly<Record<string, readonly Refusal[]>> = {
  conv2d: [
    wrong(() => conved({ padding: [[1, 1]] }), /conv2d: padding must be .* each of 2 axes one or \[before, after\], got/),
    wrong(
      () =>
        conved({
          padding: [
            [1, 1, 1],
            [0, 0],
          ],
        }),
      /conv2d: padding must be/,
    ),
    wrong(() => conved({ padding: [[1], [0, 0]] }), /conv2d: padding must be/),
    wrong(
      () =>
        conved({
          padding: [
            [0, -1],
            [0, 0],
          ],
        }),
      /conv2d: padding must be/,
    ),
    wrong(() => conved({ padding: [[0, 0.5], 1] }), /conv2d: padding must be/),
    wrong(() => conved({ padding: new Array(2) }), /conv2d: padding must be/),
    wrong(() => conved({ padding: [[0, 2 ** 30], 1] }), /conv2d: padding must be/),
    wrong(() => conved({ padding: null }), /conv2d: padding must be .*got null/),
    wrong(
      () => conved({ residual: zeros(1, 3, 4, 4) }),
      /conv2d: the residual must be float32\[1,3,2,2\] as the result is, got float32\[1,3,4,4\]/,
      ShapeError,
    ),
    wrong(() => conved({ residual: zeros([1, 3, 2, 2], { dtype: "int32" }) }), /conv2d: needs float32/, DTypeError),
    wrong(() => conved({ residual: 3 }), /conv2d: expected a tensor as residual, got 3/),
    wrong(() => conved({ negativeSlope: 0.1 }), /conv2d: activation beside negativeSlope must be "leakyRelu", got undefined/),
    wrong(() => conved({ activation: "relu", negativeSlope: 0.1 }), /activation beside negativeSlope must be "leakyRelu", got "relu"/),
    wrong(() => conved({ activation: "leakyRelu", negativeSlope: Number.NaN }), /conv2d: negativeSlope must be a finite number, got NaN/),
    wrong(() => conved({ bounds: [0] }), /conv2d: bounds must be two numbers \[min, max\], got \[0\]/),
    wrong(() => conved({ bounds: [0, Number.NaN] }), /conv2d: bounds must be two numbers/),
    wrong(() => conved({ bounds: ["0", "6"] }), /conv2d: bounds must be two numbers/),
    wrong(() => conved({ bounds: 6 }), /conv2d: bounds must be two numbers \[min, max\], got 6/),
  ],
  conv1d: [
    wrong(() => sg.conv1d(zeros(1, 1, 4), zeros(1, 1, 3), null, { padding: [1, 0] as Wrong }), /conv1d: padding must be .* each of 1 axes/),
    wrong(() => sg.conv1d(zeros(1, 1, 4), zeros(1, 1, 3), null, { fast: true } as Wrong), /conv1d: there is no option "fast"/),
    wrong(
      () => sg.conv1d(zeros(1, 1, 4), zeros(2, 1, 3), null, { residual: zeros(1, 2, 4) }),
      /must be float32\[1,2,2\] as the result is/,
      ShapeError,
    ),
    wrong(() => sg.conv1d(zeros(1, 1, 4), zeros(2, 1, 3), null, { packed: 1 as Wrong }), /conv1d: packed must be true or false, got 1/),
  ],
  maxPool2d: [
    wrong(() => zeros(1, 1, 8, 8).maxPool2d(3, { padding: [2, [0, 0]] }), /maxPool2d: padding .* is more than half of the window 3x3/),
    wrong(() => zeros(1, 1, 0, 4).maxPool2d(2, { padding: 1 }), /maxPool2d: a window of 2x2 does not fit/, ShapeError),
  ],
  avgPool2d: [
    wrong(() => zeros(1, 1, 8, 8).avgPool2d(3, { dilation: 0 }), /avgPool2d: dilation must be/),
    wrong(() => zeros(1, 1, 8, 8).avgPool2d(3, { dilation: 4 }), /avgPool2d: a window of 3x3 does not fit/, ShapeError),
    wrong(() => zeros(1, 1, 8, 8).avgPool2d(3, { padding: 2, countIncludePad: false }), /avgPool2d: padding 2 is more than half/),
  ],
  avgPool1d: [wrong(() => zeros(1, 1, 8).avgPool1d(3, { divisorOverride: 2 } as Wrong), /avgPool1d: there is no option "divisorOverride"/)],
  linear: [
    wrong(
      () => mapped({ transposedWeight: true }),
      /linear: x is float32\[2,4\], but the weight float32\[3,4\] takes 3 input features/,
      ShapeError,
    ),
    wrong(() => mapped({ transposedWeight: "yes" }), /linear: transposedWeight must be true or false, got "yes"/),
    wrong(
      () => mapped({ residual: zeros(2, 1) }),
      /linear: the residual must be float32\[2,3\] as the result is, got float32\[2,1\]/,
      ShapeError,
    ),
    wrong(() => mapped({ activation: "softplus" }), /linear: activation must be/),
    wrong(
      () => sg.linear(zeros(2, 4), zeros(4, 3), zeros(4), { transposedWeight: true }),
      /the bias must be float32\[3\] for the weight float32\[4,3\], got/,
      ShapeError,
    ),
  ],
};
