// Pooling over windows with irregular steps. The reference is PyTorch's `generate_intervals` and its loop over each window.
import * as sg from "simdgrad";
import { ArgError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row, type Sample, spaced } from "../row.js";

const { fround, trunc } = Math;

/** Where windows begin along an axis. */
function begins(sample: number, size: number, out: number, kernel: number): number[] {
  const alpha = fround(fround(size - kernel) / fround(out - 1));
  const start = (i: number): number => trunc(fround(fround(i + sample) * alpha)) - trunc(fround(sample * alpha));
  return Array.from({ length: out }, (_, i) => (i === out - 1 ? size - kernel : start(i)));
}

const truth =
  (kernel: readonly number[], out: readonly number[], indices: boolean) =>
  (x: Nd, samples: Nd): Nd => {
    const [n, c, ...size] = x.shape as [number, number, ...number[]];
    const axes = size.length;
    return nd([n, c, ...out], (image, channel, ...place) => {
      const from = size.map((d, i) => {
        const sample = fround(at(samples, [image, channel, axes === 2 ? 1 - i : i]));
        return begins(sample, d, out[i] as number, kernel[i] as number)[place[i] as number] as number;
      });
      let [most, where] = [Number.NEGATIVE_INFINITY, -1];
      nd([...kernel], (...tap) => {
        const element = from.map((p, i) => p + (tap[i] as number));
        const value = at(x, [image, channel, ...element]);
        if (value > most) [most, where] = [value, element.reduce((flat, p, i) => flat * (size[i] as number) + p, 0)];
        return 0;
      });
      return indices ? where : most;
    });
  };

type Both = readonly [shape: number[], kernel: number[], out: number[], ratio?: number[]];

const samplesOf = (axes: number, withIndices: boolean): Sample[] => {
  const run = (axes === 2 ? sg.fractionalMaxPool2d : sg.fractionalMaxPool3d) as typeof sg.fractionalMaxPool2d;
  const both = (
    axes === 2 ? sg.fractionalMaxPool2dWithIndices : sg.fractionalMaxPool3dWithIndices
  ) as typeof sg.fractionalMaxPool2dWithIndices;
  const cases: readonly Both[] = (
    [
      [
        [2, 2, 7, 9, 5],
        [2, 2, 2],
        [3, 4, 2],
      ],
      [
        [1, 3, 6, 5, 4],
        [3, 2, 1],
        [1, 4, 3],
      ],
      [
        [3, 1, 4, 4, 4],
        [1, 1, 1],
        [4, 4, 4],
      ],
      [
        [1, 2, 8, 11, 6],
        [2, 3, 2],
        [4, 5, 3],
        [0.5, 0.5, 0.5],
      ],
      [
        [1, 2, 9, 7, 5],
        [3, 3, 3],
        [2, 1, 1],
      ],
    ] as const
  ).map(([shape, ...lists]) => [shape.slice(0, 2 + axes), ...lists.map((list) => list.slice(0, axes))] as unknown as Both);
  return cases.map(([shape, kernel, out, ratio]) => ({
    note: `${shape} by ${kernel} to ${out}`,
    inputs: [spaced(shape), { ...float([shape[0] as number, shape[1] as number, axes], [0, 1]), constant: true }],
    call: (x: Tensor, _randomSamples: Tensor) => {
      const size = ratio ? { outputRatio: ratio as [number, number] } : { outputSize: out as [number, number] };
      const window = kernel as [number, number];
      return withIndices ? both(x, window, { ...size, _randomSamples }).indices : run(x, window, { ...size, _randomSamples });
    },
    truth: truth(kernel, out, withIndices),
    ...(withIndices ? { differentiable: false, dtype: "int32" } : {}),
  }));
};

export const fractionalRows: readonly Row[] = ([2, 3] as const).flatMap((axes) => {
  const run = (axes === 2 ? sg.fractionalMaxPool2d : sg.fractionalMaxPool3d) as typeof sg.fractionalMaxPool2d;
  const x = (): Tensor => zeros([1, 2, 4, 4, 4].slice(0, axes + 2));
  const op = `fractionalMaxPool${axes}d`;
  return [
    {
      op,
      samples: [
        ...samplesOf(axes, false),
        {
          note: "no images",
          inputs: [given([0, 2, 4, 4, 4].slice(0, axes + 2), []), { ...given([0, 2, axes], []), constant: true }],
          call: (images: Tensor, _randomSamples: Tensor) => run(images, 2, { outputSize: 2, _randomSamples }),
          truth: () => nd([0, 2, 2, 2, 2].slice(0, axes + 2), () => 0),
        },
      ],
      refuses: [
        { call: () => run(x(), 2, {}), error: ArgError, says: new RegExp(`${op}: takes either outputSize or outputRatio`) },
        { call: () => run(x(), 2, { outputSize: 2, outputRatio: 0.5 }), error: ArgError, says: /either/ },
        {
          call: () => run(x(), 2, { outputRatio: 1 }),
          error: ArgError,
          says: /outputRatio must be between 0 and 1, once or for each axis, got 1/,
        },
        { call: () => run(x(), 2, { outputRatio: [0.5] as never }), error: ArgError, says: /outputRatio must be/ },
        { call: () => run(x(), 2, { outputSize: 0 }), error: ArgError, says: /outputSize must be a whole number of at least 1/ },
        { call: () => run(x(), 2, { outputRatio: 0.1 }), error: ShapeError, says: /0x0.* windows of 2x2.* do not fit/ },
        { call: () => run(x(), 2, { outputSize: 4 }), error: ShapeError, says: /windows of 2x2.* do not fit/ },
        { call: () => run(x(), 0, { outputSize: 2 }), error: ArgError, says: /kernelSize/ },
        { call: () => run(x(), 2, { outputSize: 2, _randomSamples: zeros(2, axes) }), error: ShapeError, says: /_randomSamples/ },
        {
          call: () => run(x(), 2, { outputSize: 2, _randomSamples: tensor(new Array(2 * axes).fill(-1), { shape: [1, 2, axes] }) }),
          error: ArgError,
          says: /_randomSamples must be from 0 to 1/,
        },
      ],
    },
    { op: `${op}WithIndices`, samples: samplesOf(axes, true) },
  ];
});
