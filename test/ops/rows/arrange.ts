// Repetition, order, diagonals, pieces, windows and padding.
import * as sg from "simdgrad";
import { ArgError, DTypeError, GradError, IndexError, ShapeError, type Tensor, zeros } from "simdgrad";
import { at, type Nd, nd, reshaped } from "../nd.js";
import { float, given, type Refusal, type Row, type Sample } from "../row.js";

const none: Partial<Sample> = { differentiable: false };

/** A sample on one input: the shape of the result, and where each of its elements comes from; a number is the element itself. */
const from = (
  shape: readonly number[],
  call: (x: Tensor) => Tensor,
  result: readonly number[],
  source: (...i: number[]) => readonly number[] | number,
): Sample => ({
  inputs: [float(shape)],
  call,
  truth: (x: Nd) =>
    nd(result, (...i) => {
      const place = source(...i);
      return typeof place === "number" ? place : at(x, place);
    }),
});

/** The same elements in another shape. */
const shaped = (shape: readonly number[], call: (x: Tensor) => Tensor, result: readonly number[]): Sample => ({
  inputs: [float(shape)],
  call,
  truth: (x: Nd) => reshaped(x, result),
});

const refusal = (error: Refusal["error"], says: RegExp, call: () => unknown): Refusal => ({ error, says, call });
const mod = (i: number, n: number): number => ((i % n) + n) % n;

/** Integers, masks and bytes take the same way as floats: one sample on elements of 1 byte and one on 4. */
const whole = (call: (x: Tensor) => Tensor, truth: (x: Nd) => Nd): Sample[] =>
  (["int32", "uint8"] as const).map((dtype) => ({ inputs: [given([2, 3], [1, 2, 3, 4, 5, 6], dtype)], call, truth, dtype, ...none }));

const repetition: Row[] = [
  {
    op: "repeat",
    samples: [
      from(
        [3],
        (x) => x.repeat(2),
        [6],
        (i) => [i % 3],
      ),
      from(
        [2, 2],
        (x) => x.repeat([2, 1, 3]),
        [2, 2, 6],
        (_, j, k) => [j, k % 2],
      ),
      from(
        [1, 3],
        (x) => x.repeat(1, 2),
        [1, 6],
        (_, j) => [0, j % 3],
      ),
      from(
        [],
        (x) => x.repeat(2, 2),
        [2, 2],
        () => [],
      ),
      from(
        [2, 3],
        (x) => x.repeat(3, 1),
        [6, 3],
        (i, j) => [i % 2, j],
      ),
      from(
        [2, 3],
        (x) => x.repeat(0, 2),
        [0, 6],
        () => 0,
      ),
      ...whole(
        (x) => x.repeat(1, 2),
        (x) => nd([2, 6], (i, j) => at(x, [i, j % 3])),
      ),
    ],
    refuses: [
      refusal(ShapeError, /repeat: x must be of rank 1 or less for 2, got float32\[2,3\]/, () => zeros(2, 3).repeat(2)),
      refusal(ShapeError, /negative/, () => zeros(2).repeat(-1)),
      refusal(ArgError, /whole numbers/, () => zeros(2).repeat(1.5)),
    ],
  },
  {
    op: "tile",
    samples: [
      from(
        [2, 3],
        (x) => x.tile(2),
        [2, 6],
        (i, j) => [i, j % 3],
      ),
      from(
        [3],
        (x) => x.tile([2, 2]),
        [2, 6],
        (_, j) => [j % 3],
      ),
      from(
        [2, 2],
        (x) => x.tile([]),
        [2, 2],
        (i, j) => [i, j],
      ),
      from(
        [1, 2, 2],
        (x) => x.tile(2, 1),
        [1, 4, 2],
        (_, j, k) => [0, j % 2, k],
      ),
      from(
        [0, 2],
        (x) => x.tile(3),
        [0, 6],
        () => 0,
      ),
    ],
    refuses: [refusal(ShapeError, /tile: sizes must not be negative/, () => zeros(2).tile(-2))],
  },
  {
    op: "repeatInterleave",
    samples: [
      from(
        [3],
        (x) => x.repeatInterleave(2),
        [6],
        (i) => [i >> 1],
      ),
      from(
        [2, 3],
        (x) => x.repeatInterleave(2),
        [12],
        (i) => [Math.floor(i / 6), (i >> 1) % 3],
      ),
      from(
        [2, 3],
        (x) => x.repeatInterleave(3, -1),
        [2, 9],
        (i, j) => [i, Math.floor(j / 3)],
      ),
      from(
        [3, 2],
        (x) => x.repeatInterleave(sg.tensor([2, 0, 1], { dtype: "int32" }), 0),
        [3, 2],
        (i, j) => [[0, 0, 2][i] as number, j],
      ),
      from(
        [2, 2],
        (x) => x.repeatInterleave(sg.tensor([3], { dtype: "int32" }), 1),
        [2, 6],
        (i, j) => [i, Math.floor(j / 3)],
      ),
      from(
        [],
        (x) => x.repeatInterleave(2),
        [2],
        () => [],
      ),
      from(
        [2],
        (x) => x.repeatInterleave(0),
        [0],
        () => 0,
      ),
    ],
    refuses: [
      refusal(ArgError, /repeats must be a whole number of at least 0, got -1/, () => zeros(2).repeatInterleave(-1)),
      refusal(ArgError, /repeats must be whole numbers/, () => zeros(2).repeatInterleave(sg.tensor([1, 2]))),
      refusal(ArgError, /at least 0/, () => zeros(2).repeatInterleave(sg.tensor([1, -2], { dtype: "int32" }))),
      refusal(ShapeError, /repeats must be \[2\]/, () => zeros(2).repeatInterleave(sg.tensor([1, 2, 3], { dtype: "int32" }))),
      refusal(IndexError, /dim 1/, () => zeros(2).repeatInterleave(2, 1)),
    ],
  },
];

const order: Row[] = [
  {
    op: "roll",
    samples: [
      from(
        [4, 2],
        (x) => x.roll(2, 0),
        [4, 2],
        (i, j) => [mod(i - 2, 4), j],
      ),
      from(
        [2, 3, 4],
        (x) => x.roll([2, -3], [0, -1]),
        [2, 3, 4],
        (i, j, k) => [mod(i - 2, 2), j, mod(k + 3, 4)],
      ),
      from(
        [2, 3],
        (x) => x.roll(-4),
        [2, 3],
        (i, j) => [Math.floor(mod(3 * i + j + 4, 6) / 3), mod(3 * i + j + 4, 3)],
      ),
      from(
        [3],
        (x) => x.roll([1, 1], [0, 0]),
        [3],
        (i) => [mod(i - 2, 3)],
      ),
      from(
        [],
        (x) => x.roll(3),
        [],
        () => [],
      ),
      from(
        [0, 2],
        (x) => x.roll(1, 0),
        [0, 2],
        () => 0,
      ),
      ...whole(
        (x) => x.roll(1, 1),
        (x) => nd([2, 3], (i, j) => at(x, [i, mod(j - 1, 3)])),
      ),
    ],
    refuses: [
      refusal(ArgError, /roll: needs a shift for each dimension/, () => zeros(5).roll([])),
      refusal(ArgError, /roll: needs a shift for each dimension/, () => zeros(5, 5).roll([2, 1], 0)),
      refusal(IndexError, /roll: dim 2/, () => zeros(5).roll(0, 2)),
      refusal(ArgError, /shifts must be a whole number/, () => zeros(5).roll(0.5)),
    ],
  },
  {
    op: "rot90",
    samples: [
      from(
        [2, 3],
        (x) => x.rot90(),
        [3, 2],
        (i, j) => [j, 2 - i],
      ),
      from(
        [2, 3],
        (x) => x.rot90(2),
        [2, 3],
        (i, j) => [1 - i, 2 - j],
      ),
      from(
        [2, 3],
        (x) => x.rot90(-1),
        [3, 2],
        (i, j) => [1 - j, i],
      ),
      from(
        [2, 3, 4],
        (x) => x.rot90(5, [-1, 0]),
        [4, 3, 2],
        (i, j, k) => [1 - k, j, i],
      ),
      from(
        [2, 3],
        (x) => x.rot90(4),
        [2, 3],
        (i, j) => [i, j],
      ),
      ...whole(
        (x) => x.rot90(),
        (x) => nd([3, 2], (i, j) => at(x, [j, 2 - i])),
      ),
    ],
    refuses: [
      refusal(ArgError, /rot90: dims must be two different/, () => zeros(5, 5).rot90(1, [0] as unknown as [number, number])),
      refusal(ArgError, /rot90: dims must be two different/, () => zeros(5, 5).rot90(1, [1, 1])),
      refusal(ShapeError, /rot90: x must be of rank 2 or more/, () => zeros(5).rot90()),
    ],
  },
  {
    op: "fliplr",
    samples: [
      from(
        [2, 3],
        (x) => x.fliplr(),
        [2, 3],
        (i, j) => [i, 2 - j],
      ),
      from(
        [2, 3, 2],
        (x) => x.fliplr(),
        [2, 3, 2],
        (i, j, k) => [i, 2 - j, k],
      ),
      from(
        [1, 1],
        (x) => x.fliplr(),
        [1, 1],
        () => [0, 0],
      ),
      from(
        [0, 3],
        (x) => x.fliplr(),
        [0, 3],
        () => 0,
      ),
      from(
        [4, 5],
        (x) => x.fliplr(),
        [4, 5],
        (i, j) => [i, 4 - j],
      ),
    ],
    refuses: [refusal(ShapeError, /fliplr: x must be of rank 2 or more/, () => zeros(1).fliplr())],
  },
  {
    op: "flipud",
    samples: [
      from(
        [3],
        (x) => x.flipud(),
        [3],
        (i) => [2 - i],
      ),
      from(
        [2, 3],
        (x) => x.flipud(),
        [2, 3],
        (i, j) => [1 - i, j],
      ),
      from(
        [5, 2, 2],
        (x) => x.flipud(),
        [5, 2, 2],
        (i, j, k) => [4 - i, j, k],
      ),
      from(
        [1, 4],
        (x) => x.flipud(),
        [1, 4],
        (i, j) => [i, j],
      ),
      from(
        [0],
        (x) => x.flipud(),
        [0],
        () => 0,
      ),
    ],
    refuses: [refusal(ShapeError, /flipud: x must be of rank 1 or more/, () => zeros([]).flipud())],
  },
  ...(["movedim", "moveaxis"] as const).map(
    (op): Row => ({
      op,
      samples: [
        from(
          [2, 3, 4],
          (x) => x[op](0, -1),
          [3, 4, 2],
          (i, j, k) => [k, i, j],
        ),
        from(
          [2, 3, 4],
          (x) => x[op]([0, 2], [1, 0]),
          [4, 2, 3],
          (i, j, k) => [j, k, i],
        ),
        from(
          [2, 3, 4],
          (x) => x[op](-1, 0),
          [4, 2, 3],
          (i, j, k) => [j, k, i],
        ),
        from(
          [2, 3, 4, 5],
          (x) => x[op]([1, 2, 3], [0, 1, 2]),
          [3, 4, 5, 2],
          (i, j, k, l) => [l, i, j, k],
        ),
        from(
          [3],
          (x) => x[op](0, 0),
          [3],
          (i) => [i],
        ),
      ],
      refuses: [
        refusal(ArgError, /as many destinations as sources/, () => zeros(2, 3, 4)[op]([0, 1], [1])),
        refusal(ArgError, /each once/, () => zeros(2, 3, 4)[op]([0, -3], [1, 0])),
        refusal(IndexError, /dim -6/, () => zeros(2, 3, 4)[op](-6, 1)),
      ],
    }),
  ),
  {
    op: "swapaxes",
    samples: [
      from(
        [2, 3],
        (x) => x.swapaxes(0, 1),
        [3, 2],
        (i, j) => [j, i],
      ),
      from(
        [2, 3, 4],
        (x) => x.swapaxes(-1, 0),
        [4, 3, 2],
        (i, j, k) => [k, j, i],
      ),
      from(
        [2, 3, 4],
        (x) => x.swapaxes(1, 1),
        [2, 3, 4],
        (i, j, k) => [i, j, k],
      ),
      from(
        [1, 5],
        (x) => x.swapaxes(0, 1),
        [5, 1],
        (i) => [0, i],
      ),
      from(
        [0, 5],
        (x) => x.swapaxes(0, 1),
        [5, 0],
        () => 0,
      ),
    ],
  },
  {
    op: "pixelShuffle",
    samples: [
      from(
        [1, 8, 2, 3],
        (x) => sg.pixelShuffle(x, 2),
        [1, 2, 4, 6],
        (_, c, y, z) => [0, 4 * c + 2 * (y % 2) + (z % 2), y >> 1, z >> 1],
      ),
      from(
        [9, 1, 2],
        (x) => sg.pixelShuffle(x, 3),
        [1, 3, 6],
        (_, y, z) => [3 * y + (z % 3), 0, Math.floor(z / 3)],
      ),
      from(
        [2, 3, 2, 2],
        (x) => sg.pixelShuffle(x, 1),
        [2, 3, 2, 2],
        (...i) => i,
      ),
      from(
        [2, 1, 4, 1, 1],
        (x) => sg.pixelShuffle(x, 2),
        [2, 1, 1, 2, 2],
        (a, b, _, y, z) => [a, b, 2 * y + z, 0, 0],
      ),
      from(
        [0, 4, 2, 2],
        (x) => sg.pixelShuffle(x, 2),
        [0, 1, 4, 4],
        () => 0,
      ),
    ],
    refuses: [
      refusal(ShapeError, /pixelShuffle: x must be of sizes that 2 divides, got float32\[1,6,2,2\]/, () =>
        sg.pixelShuffle(zeros(1, 6, 2, 2), 2),
      ),
      refusal(ShapeError, /rank 3 or more/, () => sg.pixelShuffle(zeros(4, 2), 2)),
      refusal(ArgError, /factor must be a whole number of at least 1/, () => sg.pixelShuffle(zeros(1, 4, 2, 2), 0)),
    ],
  },
  {
    op: "pixelUnshuffle",
    samples: [
      from(
        [1, 2, 4, 6],
        (x) => sg.pixelUnshuffle(x, 2),
        [1, 8, 2, 3],
        (_, c, y, z) => [0, c >> 2, 2 * y + ((c >> 1) & 1), 2 * z + (c & 1)],
      ),
      from(
        [1, 3, 3],
        (x) => sg.pixelUnshuffle(x, 3),
        [9, 1, 1],
        (c) => [0, Math.floor(c / 3), c % 3],
      ),
      from(
        [2, 1, 2, 2],
        (x) => sg.pixelUnshuffle(x, 1),
        [2, 1, 2, 2],
        (...i) => i,
      ),
      from(
        [1, 2, 4],
        (x) => sg.pixelUnshuffle(x, 2),
        [4, 1, 2],
        (c, _, z) => [0, c >> 1, 2 * z + (c & 1)],
      ),
      from(
        [0, 1, 2, 2],
        (x) => sg.pixelUnshuffle(x, 2),
        [0, 4, 1, 1],
        () => 0,
      ),
    ],
    refuses: [refusal(ShapeError, /sizes that 2 divides/, () => sg.pixelUnshuffle(zeros(1, 1, 3, 2), 2))],
  },
  {
    op: "channelShuffle",
    samples: [
      from(
        [1, 4, 1, 1],
        (x) => sg.channelShuffle(x, 2),
        [1, 4, 1, 1],
        (_, c) => [0, 2 * (c % 2) + (c >> 1), 0, 0],
      ),
      from(
        [2, 6, 2],
        (x) => sg.channelShuffle(x, 3),
        [2, 6, 2],
        (n, c, i) => [n, 2 * (c % 3) + Math.floor(c / 3), i],
      ),
      from(
        [1, 3, 2],
        (x) => sg.channelShuffle(x, 1),
        [1, 3, 2],
        (...i) => i,
      ),
      from(
        [1, 3, 2],
        (x) => sg.channelShuffle(x, 3),
        [1, 3, 2],
        (...i) => i,
      ),
      from(
        [0, 4, 2],
        (x) => sg.channelShuffle(x, 2),
        [0, 4, 2],
        () => 0,
      ),
    ],
    refuses: [refusal(ShapeError, /sizes that 2 divides/, () => sg.channelShuffle(zeros(1, 3, 2), 2))],
  },
];

const diagonals: Row[] = [
  {
    op: "tril",
    samples: [
      from(
        [3, 3],
        (x) => x.tril(),
        [3, 3],
        (i, j) => (j <= i ? [i, j] : 0),
      ),
      from(
        [2, 4, 3],
        (x) => x.tril(-1),
        [2, 4, 3],
        (n, i, j) => (j <= i - 1 ? [n, i, j] : 0),
      ),
      from(
        [3, 6],
        (x) => x.tril(2),
        [3, 6],
        (i, j) => (j <= i + 2 ? [i, j] : 0),
      ),
      from(
        [2, 2],
        (x) => x.tril(-5),
        [2, 2],
        () => 0,
      ),
      from(
        [0, 2, 2],
        (x) => x.tril(),
        [0, 2, 2],
        () => 0,
      ),
      ...whole(
        (x) => x.tril(),
        (x) => nd([2, 3], (i, j) => (j <= i ? at(x, [i, j]) : 0)),
      ),
    ],
    refuses: [
      refusal(ShapeError, /tril: x must be of rank 2 or more, got float32\[3\]/, () => zeros(3).tril()),
      refusal(ArgError, /diagonal must be a whole number/, () => zeros(3, 3).tril(0.5)),
    ],
  },
  {
    op: "triu",
    samples: [
      from(
        [3, 3],
        (x) => x.triu(),
        [3, 3],
        (i, j) => (j >= i ? [i, j] : 0),
      ),
      from(
        [2, 4, 3],
        (x) => x.triu(-1),
        [2, 4, 3],
        (n, i, j) => (j >= i - 1 ? [n, i, j] : 0),
      ),
      from(
        [3, 6],
        (x) => x.triu(2),
        [3, 6],
        (i, j) => (j >= i + 2 ? [i, j] : 0),
      ),
      from(
        [2, 2],
        (x) => x.triu(5),
        [2, 2],
        () => 0,
      ),
      from(
        [1, 1],
        (x) => x.triu(),
        [1, 1],
        () => [0, 0],
      ),
      ...whole(
        (x) => x.triu(1),
        (x) => nd([2, 3], (i, j) => (j > i ? at(x, [i, j]) : 0)),
      ),
    ],
    refuses: [refusal(ShapeError, /triu: x must be of rank 2 or more/, () => zeros([]).triu())],
  },
  {
    op: "diagonal",
    samples: [
      from(
        [3, 4],
        (x) => x.diagonal(),
        [3],
        (i) => [i, i],
      ),
      from(
        [3, 4],
        (x) => x.diagonal({ offset: 2 }),
        [2],
        (i) => [i, i + 2],
      ),
      from(
        [3, 4],
        (x) => x.diagonal({ offset: -1 }),
        [2],
        (i) => [i + 1, i],
      ),
      from(
        [2, 3, 4],
        (x) => x.diagonal({ dim1: -1, dim2: 1 }),
        [2, 3],
        (n, i) => [n, i, i],
      ),
      from(
        [2, 3, 2],
        (x) => x.diagonal({ dim1: 0, dim2: 2, offset: 1 }),
        [3, 1],
        (n, i) => [i, n, i + 1],
      ),
      from(
        [3, 4],
        (x) => x.diagonal({ offset: 4 }),
        [0],
        () => 0,
      ),
      ...whole(
        (x) => x.diagonal(),
        (x) => nd([2], (i) => at(x, [i, i])),
      ),
    ],
    refuses: [
      refusal(ArgError, /dim1 and dim2 must differ, got \[1,1\]/, () => zeros(10, 20).diagonal({ dim1: 1, dim2: 1 })),
      refusal(IndexError, /dim 10000/, () => zeros(10, 20).diagonal({ dim2: 10000 })),
      refusal(ArgError, /there is no option "axis1"/, () => zeros(2, 2).diagonal({ axis1: 0 } as sg.DiagonalOptions)),
    ],
  },
  {
    op: "diagEmbed",
    samples: [
      from(
        [2],
        (x) => x.diagEmbed(),
        [2, 2],
        (i, j) => (i === j ? [i] : 0),
      ),
      from(
        [2, 3],
        (x) => x.diagEmbed(),
        [2, 3, 3],
        (n, i, j) => (i === j ? [n, i] : 0),
      ),
      from(
        [2, 3],
        (x) => x.diagEmbed({ offset: 1 }),
        [2, 4, 4],
        (n, i, j) => (j === i + 1 ? [n, i] : 0),
      ),
      from(
        [2, 3],
        (x) => x.diagEmbed({ offset: -1, dim1: 0, dim2: 2 }),
        [4, 2, 4],
        (i, n, j) => (j === i - 1 ? [n, j] : 0),
      ),
      from(
        [2, 3],
        (x) => x.diagEmbed({ offset: 1, dim1: 2, dim2: 0 }),
        [4, 2, 4],
        (j, n, i) => (j === i + 1 ? [n, i] : 0),
      ),
      from(
        [0],
        (x) => x.diagEmbed({ offset: 1 }),
        [1, 1],
        () => 0,
      ),
      ...whole(
        (x) => x.diagEmbed(),
        (x) => nd([2, 3, 3], (n, i, j) => (i === j ? at(x, [n, i]) : 0)),
      ),
    ],
    refuses: [
      refusal(ArgError, /dim1 and dim2 must differ/, () => zeros(10, 5, 20).diagEmbed({ dim1: 1, dim2: 1 })),
      refusal(IndexError, /dim 10000/, () => zeros(10, 20).diagEmbed({ dim1: 10000 })),
      refusal(ShapeError, /rank 1 or more/, () => zeros([]).diagEmbed()),
    ],
  },
  {
    op: "diag",
    samples: [
      from(
        [2],
        (x) => x.diag(),
        [2, 2],
        (i, j) => (i === j ? [i] : 0),
      ),
      from(
        [2],
        (x) => x.diag(-1),
        [3, 3],
        (i, j) => (j === i - 1 ? [j] : 0),
      ),
      from(
        [3, 2],
        (x) => x.diag(),
        [2],
        (i) => [i, i],
      ),
      from(
        [3, 4],
        (x) => x.diag(1),
        [3],
        (i) => [i, i + 1],
      ),
      from(
        [2, 3],
        (x) => x.diag(-1),
        [1],
        () => [1, 0],
      ),
      ...whole(
        (x) => x.diag(),
        (x) => nd([2], (i) => at(x, [i, i])),
      ),
    ],
    refuses: [
      refusal(ShapeError, /diag: x must be a vector or a matrix, got float32\[1,1,1\]/, () => zeros(1, 1, 1).diag()),
      refusal(ShapeError, /diag: x must be a vector or a matrix, got float32\[\]/, () => zeros([]).diag()),
    ],
  },
];

const pick =
  (which: number) =>
  (pieces: readonly Tensor[]): Tensor =>
    sg.add(pieces[which] as Tensor, 0);

const pieces: Row[] = [
  {
    op: "chunk",
    samples: [
      from(
        [5, 2],
        (x) => pick(1)(x.chunk(2)),
        [2, 2],
        (i, j) => [i + 3, j],
      ),
      from(
        [5, 2],
        (x) => pick(0)(x.chunk(2)),
        [3, 2],
        (i, j) => [i, j],
      ),
      from(
        [2, 6],
        (x) => pick(2)(x.chunk(4, -1)),
        [2, 2],
        (i, j) => [i, j + 4],
      ),
      from(
        [3],
        (x) => sg.stack(x.chunk(5)),
        [3, 1],
        (i) => [i],
      ),
      from(
        [0, 2],
        (x) => sg.stack(x.chunk(3)),
        [3, 0, 2],
        () => 0,
      ),
    ],
    refuses: [
      refusal(ArgError, /chunks must be a whole number of at least 1/, () => zeros(3).chunk(0)),
      refusal(IndexError, /chunk: a scalar/, () => zeros([]).chunk(1)),
    ],
  },
  {
    op: "tensorSplit",
    samples: [
      from(
        [7],
        (x) => pick(1)(x.tensorSplit(3)),
        [2],
        (i) => [i + 3],
      ),
      from(
        [2, 5],
        (x) => pick(1)(x.tensorSplit([1, 3], 1)),
        [2, 2],
        (i, j) => [i, j + 1],
      ),
      from(
        [5],
        (x) => pick(1)(x.tensorSplit([-2])),
        [2],
        (i) => [i + 3],
      ),
      from(
        [2],
        (x) => pick(3)(x.tensorSplit(4)),
        [0],
        () => 0,
      ),
      from(
        [5],
        (x) => pick(2)(x.tensorSplit([3, 1])),
        [4],
        (i) => [i + 1],
      ),
    ],
    refuses: [
      refusal(ArgError, /sections must be a whole number of at least 1/, () => zeros(3).tensorSplit(0)),
      refusal(ArgError, /sections must be a whole number/, () => zeros(3).tensorSplit("2" as unknown as number)),
      refusal(IndexError, /tensorSplit: a scalar/, () => zeros([]).tensorSplit(1)),
    ],
  },
  {
    op: "unbind",
    samples: [
      from(
        [3, 2],
        (x) => pick(2)(x.unbind()),
        [2],
        (j) => [2, j],
      ),
      from(
        [3, 2],
        (x) => pick(1)(x.unbind(1)),
        [3],
        (i) => [i, 1],
      ),
      from(
        [2, 3, 4],
        (x) => pick(0)(x.unbind(-2)),
        [2, 4],
        (i, k) => [i, 0, k],
      ),
      from(
        [3],
        (x) => sg.stack(x.unbind()),
        [3],
        (i) => [i],
      ),
      from(
        [1, 1],
        (x) => pick(0)(x.unbind()),
        [1],
        () => [0, 0],
      ),
    ],
    refuses: [refusal(IndexError, /unbind: a scalar/, () => zeros([]).unbind()), refusal(IndexError, /dim 2/, () => zeros(2).unbind(2))],
  },
  ...(["hstack", "vstack", "dstack"] as const).map((op, which): Row => {
    const dims: readonly (readonly number[])[] = [[], [3], [2, 3], [1, 2, 3]];
    return {
      op,
      samples: dims
        .map((shape): Sample => {
          const least = which + 1;
          const grown =
            [
              [1, 1, 1],
              [1, shape[0] ?? 1, 1],
              [...shape, 1],
            ][shape.length] ?? shape;
          const own = shape.length >= least ? shape : which === 2 ? grown : [...new Array(least - shape.length).fill(1), ...shape];
          const dim = Math.min([1, 0, 2][which] as number, own.length - 1);
          const result = own.map((size, i) => (i === dim ? 2 * size : size));
          return {
            inputs: [float(shape), float(shape)],
            call: (a: Tensor, b: Tensor) => sg[op]([a, b]),
            truth: (a: Nd, b: Nd) =>
              nd(result, (...i) => {
                const second = i[dim] >= (own[dim] as number);
                const place = i.map((at0, d) => (d === dim && second ? at0 - (own[dim] as number) : at0));
                return at(reshaped(second ? b : a, own), place);
              }),
          };
        })
        .concat({
          inputs: [float([2, 2])],
          call: (a: Tensor) => sg[op]([a]),
          truth: (a: Nd) => (op === "dstack" ? reshaped(a, [2, 2, 1]) : a),
        }),
      refuses: [
        refusal(ArgError, /takes an array of at least one tensor/, () => sg[op]([])),
        refusal(ShapeError, /cat: got/, () => sg[op]([zeros(5), zeros(5, 5, 5, 5), zeros(5)])),
        refusal(ArgError, new RegExp(`${op}: expected a tensor as each item`), () => sg[op]([zeros(2), 3 as unknown as Tensor])),
      ],
    };
  }),
];

const shapes: Row[] = [
  {
    op: "unflatten",
    samples: [
      shaped([2, 6], (x) => x.unflatten(1, [2, 3]), [2, 2, 3]),
      shaped([2, 6], (x) => x.unflatten(-1, [-1, 2]), [2, 3, 2]),
      shaped([6], (x) => x.unflatten(0, [6]), [6]),
      shaped([4, 1], (x) => x.unflatten(0, [2, 2, 1]), [2, 2, 1, 1]),
      shaped([0, 2], (x) => x.unflatten(0, [0, 3]), [0, 3, 2]),
    ],
    refuses: [
      refusal(ShapeError, /unflatten: x must be filled along dim 1 by 4,2, got float32\[2,6\]/, () => zeros(2, 6).unflatten(1, [4, 2])),
      refusal(ShapeError, /unflatten/, () => zeros(2, 6).unflatten(1, [-1, 4])),
      refusal(ShapeError, /unflatten/, () => zeros(6).unflatten(0, [-1, -1])),
      refusal(ShapeError, /unflatten/, () => zeros(6).unflatten(0, [])),
      refusal(ShapeError, /unflatten/, () => zeros(0).unflatten(0, [0, -1])),
    ],
  },
  {
    op: "view",
    samples: [
      shaped([2, 6], (x) => x.view(3, 4), [3, 4]),
      shaped([2, 6], (x) => x.view([-1]), [12]),
      shaped([1], (x) => x.view([]), []),
      shaped([4], (x) => x.view(2, -1, 1), [2, 2, 1]),
      shaped([0, 2], (x) => x.view(2, 0), [2, 0]),
    ],
    refuses: [refusal(ShapeError, /do not fill/, () => zeros(4, 3).view([4, 2]))],
  },
  {
    op: "expandAs",
    samples: [
      from(
        [3, 1],
        (x) => x.expandAs(zeros(3, 2)),
        [3, 2],
        (i) => [i, 0],
      ),
      from(
        [2],
        (x) => x.expandAs(zeros(3, 2)),
        [3, 2],
        (_, j) => [j],
      ),
      from(
        [],
        (x) => x.expandAs(zeros(2)),
        [2],
        () => [],
      ),
      from(
        [2, 2],
        (x) => x.expandAs(zeros(2, 2)),
        [2, 2],
        (i, j) => [i, j],
      ),
      from(
        [1],
        (x) => x.expandAs(zeros(0)),
        [0],
        () => 0,
      ),
    ],
    refuses: [
      refusal(ShapeError, /expand/, () => zeros(3).expandAs(zeros(4))),
      refusal(ArgError, /expandAs: expected a tensor as other/, () => zeros(3).expandAs(3 as unknown as Tensor)),
    ],
  },
  ...([1, 2, 3] as const).map(
    (rank): Row => ({
      op: `atleast${rank}d`,
      samples: [[], [3], [2, 3], [2, 3, 1], [1, 0, 2, 2]].map((shape) => {
        const [n = 1, m] = shape;
        const grown = [[1], [1, n], m === undefined ? [1, n, 1] : [n, m, 1]][rank - 1] as number[];
        return shaped(shape, (x) => sg[`atleast${rank}d`](x), shape.length >= rank ? shape : grown);
      }),
      refuses: [
        refusal(ArgError, new RegExp(`atleast${rank}d: expected a tensor as x`), () => sg[`atleast${rank}d`](1 as unknown as Tensor)),
      ],
    }),
  ),
  {
    op: "meshgrid",
    samples: [
      ...[0, 1].map(
        (which): Sample => ({
          inputs: [float([2]), float([3])],
          call: (a: Tensor, b: Tensor) => pick(which)(sg.meshgrid([a, b])),
          truth: (a: Nd, b: Nd) => nd([2, 3], (i, j) => (which ? at(b, [j]) : at(a, [i]))),
          note: "ij",
        }),
      ),
      ...[0, 1].map(
        (which): Sample => ({
          inputs: [float([2]), float([3])],
          call: (a: Tensor, b: Tensor) => pick(which)(sg.meshgrid([a, b], { indexing: "xy" })),
          truth: (a: Nd, b: Nd) => nd([3, 2], (i, j) => (which ? at(b, [i]) : at(a, [j]))),
          note: "xy",
        }),
      ),
      {
        inputs: [float([2]), float([]), float([3])],
        call: (...x: Tensor[]) => pick(2)(sg.meshgrid(x, { indexing: "xy" })),
        truth: (...x: Nd[]) => nd([1, 2, 3], (_, __, k) => at(x[2] as Nd, [k])),
      },
      { inputs: [float([2])], call: (x: Tensor) => pick(0)(sg.meshgrid([x])), truth: (x: Nd) => x },
    ].map((sample, i) =>
      i < 4
        ? { ...sample, inputs: sample.inputs.map((input, j) => ({ ...input, constant: j !== i % 2 })) }
        : i === 4
          ? { ...sample, inputs: sample.inputs.map((input, j) => ({ ...input, constant: j !== 2 })) }
          : sample,
    ),
    refuses: [
      refusal(ArgError, /takes an array of at least one tensor/, () => sg.meshgrid([])),
      refusal(ShapeError, /a vector, got float32\[2,2\]/, () => sg.meshgrid([zeros(2, 2)])),
      refusal(ArgError, /indexing must be "ij" or "xy"/, () => sg.meshgrid([zeros(2)], { indexing: "yx" as "xy" })),
    ],
  },
];

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

/** Draws whose result is certain; test/ops/random.test.ts has those that are not. */
const draws: Row[] = [
  {
    op: "bernoulli",
    samples: [
      { inputs: [given([2, 2], [0, 1, 1, 0])], call: (x: Tensor) => x.bernoulli(), truth: (x: Nd) => x, ...none },
      { inputs: [float([0])], call: (x: Tensor) => x.bernoulli(), truth: (x: Nd) => x, ...none },
    ],
    refuses: [
      refusal(ArgError, /probabilities must be from 0 to 1/, () => sg.tensor([0.5, 1.5]).bernoulli()),
      refusal(ArgError, /probabilities must be from 0 to 1/, () => sg.tensor([0.5, Number.NaN]).bernoulli()),
      refusal(DTypeError, /needs float32/, () => zeros([2], { dtype: "int32" }).bernoulli()),
    ],
  },
  {
    op: "multinomial",
    samples: [
      { inputs: [given([3], [0, 2, 0])], call: (x: Tensor) => x.multinomial(1), truth: () => nd([1], () => 1), dtype: "int32", ...none },
      {
        inputs: [given([2, 3], [0, 2, 0, 5, 0, 0])],
        call: (x: Tensor) => x.multinomial(4, { replacement: true }),
        truth: () => nd([2, 4], (i) => 1 - i),
        dtype: "int32",
        ...none,
      },
      { inputs: [given([0, 2], [])], call: (x: Tensor) => x.multinomial(2), truth: () => nd([0, 2], () => 0), dtype: "int32", ...none },
    ],
    refuses: [
      refusal(ShapeError, /\[n\] or \[m, n\]/, () => sg.ones(1, 2, 3).multinomial(2)),
      refusal(DTypeError, /needs float32/, () => sg.ones([1, 2], { dtype: "int32" }).multinomial(2)),
      refusal(ArgError, /numSamples must be a whole number of at least 1/, () => sg.ones(2).multinomial(0)),
      refusal(ArgError, /each row needs 3 weights above 0, got 2/, () => sg.ones(2).multinomial(3)),
      ...[Number.NaN, Number.POSITIVE_INFINITY, -1].map((bad) =>
        refusal(ArgError, /weights must be from 0/, () => sg.tensor([1, bad, 1]).multinomial(2)),
      ),
      refusal(ArgError, /each row needs 1 weights above 0, got 0/, () =>
        sg
          .tensor([
            [1, 1],
            [0, 0],
          ])
          .multinomial(2, { replacement: true }),
      ),
    ],
  },
  {
    op: "uniform_",
    samples: [{ inputs: [], call: () => zeros(3, 2).uniform_(2, 2), truth: () => nd([3, 2], () => 2), ...none }],
    refuses: [
      refusal(ArgError, /uniform_: the second number must be a finite number of at least 3, got -1/, () => zeros(10).uniform_(3, -1)),
      refusal(GradError, /noGrad/, () => zeros([2], { requiresGrad: true }).uniform_()),
      refusal(DTypeError, /needs float32/, () => zeros([2], { dtype: "int32" }).uniform_()),
    ],
  },
  {
    op: "normal_",
    samples: [{ inputs: [], call: () => zeros(3, 2).normal_(-1.5, 0), truth: () => nd([3, 2], () => -1.5), ...none }],
    refuses: [
      refusal(ArgError, /normal_: the second number/, () => zeros(2).normal_(0, -1)),
      refusal(ArgError, /first number/, () => zeros(2).normal_(Number.NaN)),
    ],
  },
];

export const arrangeRows: readonly Row[] = [...repetition, ...order, ...diagonals, ...pieces, ...shapes, ...windows, padding, ...draws];
