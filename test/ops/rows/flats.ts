// Reads and writes by positions.
import { ArgError, DTypeError, IndexError, ShapeError, tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";
import { ALL, bitsOf, both, constant, i32, index } from "../written.js";

const flats: Row[] = [
  {
    op: "take",
    samples: [
      {
        inputs: [float([2, 3]), given([2, 2], [0, -1, 5, 0], "int32")],
        call: (x, i) => x.take(i),
        truth: (x) => nd([2, 2], (r, c) => (x as Nd).data[[0, 5, 5, 0][2 * r + c] as number] as number),
      },
      {
        inputs: [float([]), given([2], [0, -1], "int32")],
        call: (x, i) => x.take(i),
        truth: (x) => nd([2], () => (x as Nd).data[0] as number),
        note: "a scalar",
      },
      { inputs: [float([0]), given([0, 2], [], "int32")], call: (x, i) => x.take(i), truth: () => nd([0, 2], () => 0), note: "nothing" },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf([3, 3], dtype), index(4, -9, 8)],
          call: (x, i) => x.take(i),
          truth: (x) => nd([3], (i) => (x as Nd).data[[4, 0, 8][i] as number] as number),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    refuses: [
      { call: () => zeros(2, 2).take(i32([0, 4])), error: IndexError, says: /take: index 4 at position 1 is outside \[-4, 3\]/ },
      { call: () => zeros(0).take(i32([0])), error: IndexError, says: /take: index 0 at position 0/ },
      { call: () => zeros(2).take(tensor([0])), error: DTypeError, says: /take: indices must be int32/ },
    ],
  },
  ...both(
    "put",
    (put) => [
      {
        inputs: [float([2, 3]), given([2, 2], [0, -1, 3, 1], "int32"), float([4])],
        call: (x, i, s) => put(x, i, s),
        truth: (x, _, s) => ({
          shape: [2, 3],
          data: (x as Nd).data.map((v, j) => {
            const from = [0, 5, 3, 1].lastIndexOf(j);
            return from < 0 ? v : ((s as Nd).data[from] as number);
          }),
        }),
      },
      {
        inputs: [float([2, 3]), index(0, 5, 5), float([3, 1])],
        call: (x, i, s) => put(x, i, s, { accumulate: true }),
        truth: (x, _, s) => ({
          shape: [2, 3],
          data: (x as Nd).data.map(
            (v, j) => v + [0, 5, 5].reduce((sum, to, from) => sum + (to === j ? ((s as Nd).data[from] as number) : 0), 0),
          ),
        }),
        note: "accumulate",
      },
    ],
    (put) => [
      {
        call: () => put(zeros(3), i32([0, 1]), zeros(1)),
        error: ShapeError,
        says: /int32\[2\] and the source float32\[1\] need as many elements/,
      },
      { call: () => put(zeros(3), i32([3]), zeros(1)), error: IndexError, says: /index 3/ },
      { call: () => put(zeros(3), i32([0]), zeros(1), { accumulate: "yes" }), error: ArgError, says: /accumulate must be true or false/ },
    ],
  ),
  {
    op: "takeAlongDim",
    samples: [
      {
        inputs: [float([3, 4]), given([3, 1], [0, 3, 1], "int32")],
        call: (x, i) => x.takeAlongDim(i, 1),
        truth: (x, i) => nd([3, 1], (r, c) => at(x as Nd, [r, at(i as Nd, [r, c])])),
      },
      {
        inputs: [float([1, 4]), given([3, 2], [0, 3, 1, 1, 2, 0], "int32")],
        call: (x, i) => x.takeAlongDim(i, -1),
        truth: (x, i) => nd([3, 2], (r, c) => at(x as Nd, [0, at(i as Nd, [r, c])])),
        note: "x is repeated",
      },
      {
        inputs: [float([3, 4]), given([2, 1], [0, 2], "int32")],
        call: (x, i) => x.takeAlongDim(i, 0),
        truth: (x, i) => nd([2, 4], (r, c) => at(x as Nd, [at(i as Nd, [r, 0]), c])),
        note: "the index is repeated",
      },
      {
        inputs: [float([2, 2]), given([2, 1], [3, 0], "int32")],
        call: (x, i) => x.takeAlongDim(i),
        truth: (x, i) => nd([2], (j) => (x as Nd).data[(i as Nd).data[j] as number] as number),
        note: "flattened",
      },
    ],
    refuses: [
      {
        call: () => zeros(2, 3).takeAlongDim(i32([0]), 0),
        error: ShapeError,
        says: /takeAlongDim: x is float32\[2,3\] and the index int32\[1\]/,
      },
      { call: () => zeros(2, 3).takeAlongDim(i32([[0], [0], [0]]), 1), error: ShapeError, says: /must match or be 1/ },
      { call: () => zeros(3).takeAlongDim(i32([-1]), 0), error: IndexError, says: /index -1/ },
    ],
  },
];

export const flatsRows: readonly Row[] = [...flats];
