// Writes of slices, into copies.
import { ArgError, IndexError, ShapeError, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, type Row, type Sample } from "../row.js";
import { ALL, bitsOf, constant } from "../written.js";

const slices: Row[] = [
  {
    op: "selectScatter",
    samples: [
      ...[0, -1].map(
        (i): Sample => ({
          inputs: [float([2, 3]), float([3])],
          call: (x, s) => x.selectScatter(s, 0, i),
          truth: (x, s) => nd([2, 3], (r, c) => (r === (i + 2) % 2 ? at(s as Nd, [c]) : at(x as Nd, [r, c]))),
        }),
      ),
      {
        inputs: [float([2, 3, 2]), float([2, 2])],
        call: (x, s) => x.selectScatter(s, 1, 2),
        truth: (x, s) => nd([2, 3, 2], (r, c, l) => (c === 2 ? at(s as Nd, [r, l]) : at(x as Nd, [r, c, l]))),
      },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf([3, 2], dtype), bitsOf([3], dtype, 1)],
          call: (x, s) => x.selectScatter(s, -1, 1),
          truth: (x, s) => nd([3, 2], (r, c) => (c === 1 ? at(s as Nd, [r]) : at(x as Nd, [r, c]))),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    refuses: [
      { call: () => zeros(2, 3).selectScatter(zeros(3), 0, undefined as never), error: ArgError, says: /selectScatter: index must be/ },
      { call: () => zeros(2, 3).selectScatter(1 as never, 0, 0), error: ArgError, says: /selectScatter: .* source/ },
      {
        call: () => zeros(2, 3).selectScatter(zeros(2), 0, 0),
        error: ShapeError,
        says: /selectScatter: float32\[2\] does not fit the selected \[3\]/,
      },
      { call: () => zeros(2, 3).selectScatter(zeros(3), 0, 2), error: IndexError, says: /index 2 is outside/ },
      { call: () => zeros(2, 3).selectScatter(zeros(3), 2, 0), error: IndexError, says: /dim 2/ },
    ],
  },
  {
    op: "sliceScatter",
    samples: [
      {
        inputs: [float([5, 2]), float([2, 2])],
        call: (x, s) => x.sliceScatter(s, { start: 1, end: -1, step: 2 }),
        truth: (x, s) => nd([5, 2], (r, c) => (r % 2 === 1 ? at(s as Nd, [(r - 1) / 2, c]) : at(x as Nd, [r, c]))),
      },
      {
        inputs: [float([2, 4]), float([2, 2])],
        call: (x, s) => x.sliceScatter(s, { dim: -1, start: -2 }),
        truth: (x, s) => nd([2, 4], (r, c) => (c > 1 ? at(s as Nd, [r, c - 2]) : at(x as Nd, [r, c]))),
      },
      { inputs: [float([2, 4]), float([2, 4])], call: (x, s) => x.sliceScatter(s), truth: (_, s) => s as Nd, note: "all" },
    ],
    refuses: [
      {
        call: () => zeros(4).sliceScatter(zeros(1), { start: 1, end: 3 }),
        error: ShapeError,
        says: /float32\[1\] does not fit the selected \[2\]/,
      },
      { call: () => zeros(4).sliceScatter(zeros(0), { start: 3, end: 1 }), error: IndexError, says: /sliceScatter: 3:1:1 selects nothing/ },
      { call: () => zeros(4).sliceScatter(zeros(2), { begin: 1 } as never), error: ArgError, says: /no option "begin"/ },
      { call: () => zeros(4).sliceScatter(zeros(4), { step: 0 }), error: ArgError, says: /step must not be 0/ },
    ],
  },
];

export const slicesRows: readonly Row[] = [...slices];
