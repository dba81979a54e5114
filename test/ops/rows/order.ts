// Elements in another order.
import * as sg from "simdgrad";
import { ArgError, IndexError, ShapeError, zeros } from "simdgrad";
import { from, mod, refusal, whole } from "../arranged.js";
import { at, nd } from "../nd.js";
import type { Row } from "../row.js";

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

export const orderRows: readonly Row[] = [...order];
