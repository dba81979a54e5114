// Repetition of elements.
import * as sg from "simdgrad";
import { ArgError, IndexError, ShapeError, zeros } from "simdgrad";
import { from, refusal, whole } from "../arranged.js";
import { at, nd } from "../nd.js";
import type { Row } from "../row.js";

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

export const repetitionRows: readonly Row[] = [...repetition];
