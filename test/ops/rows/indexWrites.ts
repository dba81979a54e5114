// Writes of rows by index, into copies and in place.
import { ArgError, DTypeError, IndexError, ShapeError, tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";
import { ALL, bitsOf, both, constant, i32, index, plus, positions, written } from "../written.js";

const rowPlaces = (dim: number, i: Nd, s: Nd) =>
  positions(s.shape).map((p) => [p.map((n, d) => (d === dim ? at(i, [n]) : n)), at(s, p)] as const);

const rowWrites = [
  ...both(
    "indexAdd",
    (add) => [
      {
        inputs: [float([4, 3]), index(3, 0, 3), float([3, 3])],
        call: (x, i, s) => add(x, 0, i, s),
        truth: (x, i, s) => written(x as Nd, rowPlaces(0, i as Nd, s as Nd), plus),
      },
      {
        inputs: [float([2, 4, 3]), index(1, 1), float([2, 2, 3])],
        call: (x, i, s) => add(x, 1, i, s, { alpha: -2 }),
        truth: (x, i, s) =>
          written(
            x as Nd,
            rowPlaces(1, i as Nd, s as Nd).map(([p, v]) => [p, -2 * v] as const),
            plus,
          ),
        note: "alpha",
      },
      {
        inputs: [float([3]), given([], [1], "int32"), float([])],
        call: (x, i, s) => add(x, 0, i, s),
        truth: (x, _, s) => written(x as Nd, [[[1], (s as Nd).data[0] as number]], plus),
        note: "scalars",
      },
      {
        inputs: [float([]), index(0, 0), float([2])],
        call: (x, i, s) => add(x, 0, i, s),
        truth: (x, _, s) => nd([], () => ((x as Nd).data[0] as number) + ((s as Nd).data[0] as number) + ((s as Nd).data[1] as number)),
        note: "to a scalar",
      },
      {
        inputs: [float([2, 0]), index(0, 0), float([2, 0])],
        call: (x, i, s) => add(x, 0, i, s),
        truth: (x) => x as Nd,
        note: "no elements",
      },
      ...(["int32", "int8"] as const).map(
        (dtype): Sample => ({
          inputs: [given([3, 2], [1, 2, 3, 4, 5, 6], dtype), index(2, 2), given([2, 2], [1, 10, 20, 30], dtype)],
          call: (x, i, s) => add(x, 0, i, s, { alpha: 2 }),
          truth: (x, i, s) =>
            written(
              x as Nd,
              rowPlaces(0, i as Nd, s as Nd).map(([p, v]) => [p, 2 * v] as const),
              plus,
            ),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    (add) => [
      { call: () => add(zeros(3), 0, i32([-1]), zeros(1)), error: IndexError, says: /index -1 at position 0/ },
      { call: () => add(zeros(3, 2), 0, i32([1]), zeros(2)), error: ShapeError, says: /must be \[1,2\], got float32\[2\]/ },
      { call: () => add(zeros(3), 0, i32([[1]]), zeros(1)), error: ShapeError, says: /the index must be \[n\]/ },
      { call: () => add(zeros(3), 0, i32([1]), i32([1])), error: DTypeError, says: /the source int32\[1\]/ },
      { call: () => add(zeros([3], { dtype: "int32" }), 0, i32([1]), i32([1]), { alpha: 0.5 }), error: ArgError, says: /alpha is 0.5/ },
      { call: () => add(zeros(3), 0, i32([1]), zeros(1), { beta: 1 }), error: ArgError, says: /no option "beta"/ },
    ],
  ),
  ...both(
    "indexCopy",
    (copy) => [
      ...[0, 1, 2].map(
        (dim): Sample => ({
          inputs: [float([4, 3, 5]), index(2, 0), float([4, 3, 5].map((n, d) => (d === dim ? 2 : n)))],
          call: (x, i, s) => copy(x, dim, i, s),
          truth: (x, i, s) => written(x as Nd, rowPlaces(dim, i as Nd, s as Nd)),
          note: `dim ${dim}`,
        }),
      ),
      {
        inputs: [float([]), index(0), float([1])],
        call: (x, i, s) => copy(x, 0, i, s),
        truth: (_, __, s) => nd([], () => (s as Nd).data[0] as number),
        note: "a scalar",
      },
      {
        inputs: [float([3, 2]), given([0], [], "int32"), float([0, 2])],
        call: (x, i, s) => copy(x, 0, i, s),
        truth: (x) => x as Nd,
        note: "no rows",
      },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf([5, 21], dtype), index(4, 1), bitsOf([2, 21], dtype, 1)],
          call: (x, i, s) => copy(x, 0, i, s),
          truth: (x, i, s) => written(x as Nd, rowPlaces(0, i as Nd, s as Nd)),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    (copy) => [
      { call: () => copy(zeros(3), 0, i32([-1]), zeros(1)), error: IndexError, says: /index -1 at position 0/ },
      { call: () => copy(zeros(3, 2), 0, i32([1]), zeros(1, 1)), error: ShapeError, says: /must be \[1,2\], got float32\[1,1\]/ },
      { call: () => copy(zeros(3), 0, i32([1, 2]), zeros([])), error: ShapeError, says: /must be \[2\]/ },
      { call: () => copy(zeros(3), 0, i32([1]), 5), error: ArgError, says: /source/ },
    ],
  ),
  ...both(
    "indexFill",
    (fill) => [
      {
        inputs: [float([4, 3]), index(3, 0, -1)],
        call: (x, i) => fill(x, 0, i, 2.5),
        truth: (x) => nd([4, 3], (r, c) => (r === 0 || r === 3 ? 2.5 : at(x as Nd, [r, c]))),
      },
      {
        inputs: [float([4, 3]), index(1), float([])],
        call: (x, i, v) => fill(x, 1, i, v),
        truth: (x, _, v) => nd([4, 3], (r, c) => (c === 1 ? ((v as Nd).data[0] as number) : at(x as Nd, [r, c]))),
        note: "a scalar",
      },
      { inputs: [float([]), index(0)], call: (x, i) => fill(x, 0, i, 2.5), truth: () => nd([], () => 2.5), note: "into a scalar" },
      { inputs: [float([3]), given([0], [], "int32")], call: (x, i) => fill(x, 0, i, 2.5), truth: (x) => x as Nd, note: "no rows" },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf([7], dtype), index(4, -7)],
          call: (x, i) => fill(x, 0, i, 1),
          truth: (x) => nd([7], (i) => (i === 0 || i === 4 ? 1 : at(x as Nd, [i]))),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    (fill) => [
      { call: () => fill(zeros(3), 0, i32([0, -4]), 1), error: IndexError, says: /index -4 at position 1 is outside \[-3, 2\]/ },
      { call: () => fill(zeros(3), 0, i32([1]), zeros(1)), error: ShapeError, says: /must be a scalar, got float32\[1\]/ },
      { call: () => fill(zeros([3], { dtype: "int32" }), 0, i32([1]), 0.5), error: ArgError, says: /value is 0.5/ },
      { call: () => fill(zeros(3), 0, tensor([1]), 1), error: DTypeError, says: /got float32\[1\]/ },
    ],
  ),
];

export const indexWritesRows: readonly Row[] = [...rowWrites];
