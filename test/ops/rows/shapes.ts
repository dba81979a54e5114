// Shapes, slices and joins.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ShapeError, type Tensor, zeros } from "simdgrad";
import { at, type Nd, nd, reshaped } from "../nd.js";
import { float, type Row, type Sample } from "../row.js";
import { getRefusals, getSamples } from "./getAndSet.js";

/** One sample on one float input. */
const on = (shape: number[], call: (x: Tensor) => Tensor, truth: (x: Nd) => Nd, note = ""): Sample => ({
  inputs: [float(shape)],
  call,
  truth,
  note,
});
const constant: Partial<Sample> = { differentiable: false };

const same = (x: Nd): Nd => x;

const views: Row[] = [
  {
    op: "reshape",
    samples: [
      on(
        [2, 6],
        (x) => x.reshape([3, 4]),
        (x) => reshaped(x, [3, 4]),
      ),
      on(
        [24],
        (x) => x.reshape(2, -1, 4),
        (x) => reshaped(x, [2, 3, 4]),
      ),
      on(
        [1, 1],
        (x) => x.reshape([]),
        (x) => reshaped(x, []),
      ),
      on(
        [0, 3],
        (x) => x.reshape(3, 0),
        (x) => reshaped(x, [3, 0]),
      ),
    ],
    refuses: [
      { call: () => zeros(6).reshape([4, -1]), error: ShapeError, says: /float32\[6\] has 6 elements, which do not fill \[4,-1\]/ },
      { call: () => zeros(6).reshape([-1, -1]), error: ShapeError, says: /only one may be -1/ },
      { call: () => zeros(0).reshape([0, -1]), error: ShapeError, says: /could be any size/ },
      { call: () => zeros(6).reshape([1.5, 4]), error: ArgError, says: /whole numbers/ },
    ],
  },
  {
    op: "flatten",
    samples: [
      on(
        [2, 3, 4],
        (x) => x.flatten(1),
        (x) => reshaped(x, [2, 12]),
      ),
      on(
        [2, 3, 4],
        (x) => x.flatten(),
        (x) => reshaped(x, [24]),
      ),
    ],
    refuses: [
      { call: () => zeros(2, 3).flatten(2), error: IndexError, says: /flatten: dim 2/ },
      { call: () => zeros(2, 3).flatten(1, 0), error: ArgError, says: /startDim 1 comes after endDim 0/ },
    ],
  },
  {
    op: "unsqueeze",
    samples: [
      on(
        [3],
        (x) => x.unsqueeze(0),
        (x) => reshaped(x, [1, 3]),
      ),
      on(
        [3],
        (x) => x.unsqueeze(-1),
        (x) => reshaped(x, [3, 1]),
      ),
    ],
    refuses: [{ call: () => zeros(3).unsqueeze(2), error: IndexError, says: /unsqueeze: dim 2/ }],
  },
  {
    op: "squeeze",
    samples: [
      on(
        [1, 3, 1],
        (x) => x.squeeze(),
        (x) => reshaped(x, [3]),
      ),
      on(
        [1, 3, 1],
        (x) => x.squeeze(-1),
        (x) => reshaped(x, [1, 3]),
      ),
      on([2, 3], (x) => x.squeeze(0), same),
      on(
        [1, 3, 1, 1],
        (x) => x.squeeze([0, 1, -1]),
        (x) => reshaped(x, [3, 1]),
        "several",
      ),
    ],
    refuses: [
      { call: () => zeros(3).squeeze(1), error: IndexError, says: /squeeze: dim 1/ },
      { call: () => zeros(3).squeeze([0, -1]), error: ArgError, says: /squeeze: dim 0 appears twice/ },
    ],
  },
  { op: "detach", samples: [{ inputs: [float([3])], call: (x) => x.detach(), truth: same, ...constant }] },
  { op: "clone", samples: [on([3, 5], (x) => x.clone(), same), on([0], (x) => x.clone(), same)] },
  {
    op: "permute",
    samples: [
      on(
        [2, 3],
        (x) => x.permute(1, 0),
        (x) => nd([3, 2], (i, j) => at(x, [j as number, i as number])),
      ),
      on(
        [2, 3, 4, 5],
        (x) => x.permute([0, 2, 3, 1]),
        (x) => nd([2, 4, 5, 3], (n, h, w, c) => at(x, [n, c, h, w] as number[])),
      ),
      on(
        [3, 5, 7],
        (x) => x.permute(2, 0, 1),
        (x) => nd([7, 3, 5], (i, j, k) => at(x, [j, k, i] as number[])),
      ),
      on(
        [2, 1, 2, 3, 2, 2],
        (x) => x.permute(5, 3, 1, 4, 0, 2),
        (x) => nd([2, 3, 1, 2, 2, 2], (...i) => at(x, [i[4], i[2], i[5], i[1], i[3], i[0]] as number[])),
        "six dimensions",
      ),
    ],
    refuses: [
      {
        call: () => zeros(2, 3).permute(0, 0),
        error: ArgError,
        says: /permute: \[0, 0\] must name each dimension of float32\[2,3\] exactly once/,
      },
    ],
  },
  {
    op: "transpose",
    samples: [
      on(
        [2, 3, 4],
        (x) => x.transpose(0, -1),
        (x) => nd([4, 3, 2], (i, j, k) => at(x, [k, j, i] as number[])),
      ),
    ],
  },
  {
    op: "t",
    samples: [
      on(
        [33, 17],
        (x) => x.t(),
        (x) => nd([17, 33], (i, j) => at(x, [j, i] as number[])),
      ),
    ],
    refuses: [{ call: () => zeros(1, 2, 3).t(), error: ShapeError, says: /t: x must be \[m, n\] or \[n\]/ }],
  },
  {
    op: "expand",
    samples: [
      on(
        [3, 1],
        (x) => x.expand([3, 4]),
        (x) => nd([3, 4], (i) => at(x, [i as number, 0])),
      ),
      on(
        [4],
        (x) => x.expand(2, -1),
        (x) => nd([2, 4], (_, j) => at(x, [j as number])),
      ),
      on(
        [2, 1, 3],
        (x) => x.expand(5, 2, 2, 3),
        (x) => nd([5, 2, 2, 3], (_, i, __, k) => at(x, [i as number, 0, k as number])),
      ),
    ],
    refuses: [{ call: () => zeros(3).expand(4), error: ShapeError, says: /expand: float32\[3\] does not expand to \[4\]/ }],
  },
  {
    op: "broadcastTo",
    samples: [
      on(
        [1, 3],
        (x) => x.broadcastTo([2, 3]),
        (x) => nd([2, 3], (_, j) => at(x, [0, j as number])),
      ),
    ],
  },
];

const parts: Row[] = [
  {
    op: "slice",
    samples: [
      on(
        [4, 5],
        (x) => x.slice([1, 3], [0, 5, 2]),
        (x) => nd([2, 3], (i, j) => at(x, [i + 1, 2 * j])),
      ),
      on(
        [5, 3],
        (x) => x.slice([1, 3]),
        (x) => nd([2, 3], (i, j) => at(x, [i + 1, j])),
        "rows share memory",
      ),
      on(
        [10, 3],
        (x) => x.slice([null, null, 3], [-2, -1]),
        (x) => nd([4, 1], (i) => at(x, [3 * i, 1])),
      ),
      on(
        [5],
        (x) => x.slice([null, null, -2]),
        (x) => nd([3], (i) => at(x, [4 - 2 * i])),
      ),
      on(
        [3, 2],
        (x) => x.slice([0, 0]),
        () => nd([0, 2], () => 0),
        "nothing, asked for",
      ),
    ],
    refuses: [
      { call: () => zeros(3).slice([5]), error: IndexError, says: /selects nothing/ },
      { call: () => zeros(3).slice([0, 3, 0]), error: ArgError, says: /the step must not be 0/ },
      { call: () => zeros(3).slice([0], [0]), error: IndexError, says: /2 ranges for float32\[3\]/ },
    ],
  },
  {
    op: "at",
    samples: [
      on(
        [3, 4],
        (x) => x.at(-1),
        (x) => nd([4], (j) => at(x, [2, j])),
      ),
      on(
        [3],
        (x) => x.at(0),
        (x) => nd([], () => at(x, [0])),
      ),
    ],
    refuses: [
      { call: () => zeros(3).at(5), error: IndexError, says: /at: index 5 is outside \[-3, 2\]/ },
      { call: () => zeros([]).at(0), error: IndexError, says: /scalar/ },
    ],
  },
  {
    op: "select",
    samples: [
      on(
        [3, 4],
        (x) => x.select(1, -1),
        (x) => nd([3], (i) => at(x, [i, 3])),
      ),
    ],
    refuses: [{ call: () => zeros(3, 4).select(1, 4), error: IndexError, says: /select: index 4/ }],
  },
  {
    op: "narrow",
    samples: [
      on(
        [3, 5],
        (x) => x.narrow(1, 1, 3),
        (x) => nd([3, 3], (i, j) => at(x, [i, j + 1])),
      ),
      on(
        [5],
        (x) => x.narrow(0, -2, 2),
        (x) => nd([2], (i) => at(x, [i + 3])),
      ),
    ],
    refuses: [
      {
        call: () => zeros(3).narrow(0, 2, 2),
        error: IndexError,
        says: /narrow: elements 2 to 4 are not all in dimension 0 of float32\[3\]/,
      },
    ],
  },
  {
    op: "get",
    samples: [
      on(
        [3, 6],
        (x) => x.get(":, ::2"),
        (x) => nd([3, 3], (i, j) => at(x, [i, 2 * j])),
      ),
      on(
        [3, 4, 5],
        (x) => x.get("0, ..., -1"),
        (x) => nd([4], (j) => at(x, [0, j, 4])),
      ),
      on(
        [3, 4],
        (x) => x.get("1:"),
        (x) => nd([2, 4], (i, j) => at(x, [i + 1, j])),
      ),
      ...getSamples,
    ],
    refuses: [
      ...getRefusals,
      { call: () => zeros(3).get("x"), error: ArgError, says: /"x" in "x" is neither/ },
      { call: () => zeros(3).get("0, 0"), error: IndexError, says: /names 2 dimensions/ },
      { call: () => zeros(3).get("7"), error: IndexError, says: /index 7/ },
    ],
  },
  {
    op: "split",
    samples: [
      on(
        [5, 2],
        (x) => x.split(2)[2] as Tensor,
        (x) => nd([1, 2], (_, j) => at(x, [4, j])),
      ),
      on(
        [2, 5],
        (x) => x.split([1, 4], 1)[1] as Tensor,
        (x) => nd([2, 4], (i, j) => at(x, [i, j + 1])),
      ),
    ],
    refuses: [
      { call: () => zeros(5).split([2, 2]), error: ShapeError, says: /\[2, 2\] add up to 4, dimension 0 of float32\[5\] has 5/ },
      { call: () => zeros(5).split(0), error: ArgError, says: /split: size/ },
    ],
  },
  {
    op: "flip",
    samples: [
      on(
        [4, 2],
        (x) => x.flip(0),
        (x) => nd([4, 2], (i, j) => at(x, [3 - i, j])),
      ),
      on(
        [2, 3, 4],
        (x) => x.flip([0, -1]),
        (x) => nd([2, 3, 4], (i, j, k) => at(x, [1 - i, j, 3 - k])),
      ),
    ],
    refuses: [{ call: () => zeros(2, 3).flip([0, -2]), error: ArgError, says: /appears twice/ }],
  },
  {
    op: "cat",
    samples: [
      {
        inputs: [float([2, 3]), float([1, 3]), float([4, 3])],
        call: (...x) => sg.cat(x),
        truth: (...x) => reshaped({ shape: [], data: Float64Array.from(x.flatMap(({ data }) => [...data])) }, [7, 3]),
      },
      {
        inputs: [float([2, 1]), float([2, 2])],
        call: (...x) => sg.cat(x, -1),
        truth: (a, b) => nd([2, 3], (i, j) => (j < 1 ? at(a as Nd, [i, j]) : at(b as Nd, [i, j - 1]))),
      },
      { inputs: [float([0, 2]), float([3, 2])], call: (...x) => sg.cat(x), truth: (_, b) => b as Nd, note: "an empty one" },
    ],
    refuses: [
      { call: () => sg.cat([]), error: ArgError, says: /cat: takes an array of tensors/ },
      { call: () => sg.cat([zeros(2, 3), zeros(2, 4)]), error: ShapeError, says: /float32\[2,3\] and float32\[2,4\]/ },
      { call: () => sg.cat([zeros(2, 3), zeros(3)]), error: ShapeError, says: /float32\[3\]/ },
      { call: () => sg.cat([zeros(2), zeros([2], { dtype: "int32" })]), error: DTypeError, says: /one dtype/ },
    ],
  },
  {
    op: "stack",
    samples: [0, 1, -1].map((dim) => ({
      inputs: [float([2, 3]), float([2, 3])],
      call: (...x: Tensor[]) => sg.stack(x, dim),
      truth: (a: Nd, b: Nd) =>
        dim === 0
          ? nd([2, 2, 3], (w, i, j) => at(w ? b : a, [i, j]))
          : dim === 1
            ? nd([2, 2, 3], (i, w, j) => at(w ? b : a, [i, j]))
            : nd([2, 3, 2], (i, j, w) => at(w ? b : a, [i, j])),
      note: `dim ${dim}`,
    })) as Sample[],
    refuses: [{ call: () => sg.stack([zeros(2), zeros(3)]), error: ShapeError, says: /stack: got float32\[2\] and float32\[3\]/ }],
  },
];

export const shapeRows: readonly Row[] = [...views, ...parts];
