// Shapes, slices, joins, choices, indices, conversions and edits in place.
import * as sg from "simdgrad";
import { ArgError, DTypeError, GradError, IndexError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { at, elementwise, type Nd, nd, reshaped } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";

/** One sample on one float input. */
const on = (shape: number[], call: (x: Tensor) => Tensor, truth: (x: Nd) => Nd, note = ""): Sample => ({
  inputs: [float(shape)],
  call,
  truth,
  note,
});
const constant: Partial<Sample> = { differentiable: false };

const same = (x: Nd): Nd => x;
const index = (...values: number[]) => given([values.length], values, "int32");

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
    ],
    refuses: [{ call: () => zeros(3).squeeze(1), error: IndexError, says: /squeeze: dim 1/ }],
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
    refuses: [{ call: () => zeros(1, 2, 3).t(), error: ShapeError, says: /t: needs at most 2 dimensions/ }],
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
    ],
    refuses: [
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
      { call: () => zeros(5).split(0), error: ArgError, says: /split: the size/ },
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
      { call: () => sg.cat([]), error: ArgError, says: /cat: needs at least one tensor/ },
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

const indexed: Row[] = [
  {
    op: "gather",
    samples: [
      {
        inputs: [float([4, 3]), given([2, 3], [0, 3, 1, 2, 2, 1], "int32")],
        call: (x, i) => x.gather(0, i),
        truth: (x, i) => nd([2, 3], (r, c) => at(x as Nd, [at(i as Nd, [r, c]), c])),
      },
      {
        inputs: [float([2, 5]), given([2, 7], [0, 0, 4, 1, 2, 3, 0, 1, 1, 1, 0, 0, 4, 4], "int32")],
        call: (x, i) => x.gather(-1, i),
        truth: (x, i) => nd([2, 7], (r, c) => at(x as Nd, [r, at(i as Nd, [r, c])])),
      },
      {
        inputs: [float([3, 4]), given([2, 1], [3, 0], "int32")],
        call: (x, i) => x.gather(1, i),
        truth: (x, i) => nd([2, 1], (r) => at(x as Nd, [r, at(i as Nd, [r, 0])])),
        note: "fewer rows",
      },
    ],
    refuses: [
      {
        call: () => zeros(3).gather(0, tensor([3], { dtype: "int32" })),
        error: IndexError,
        says: /gather: index 3 at position 0 is outside \[0, 2\]/,
      },
      { call: () => zeros(3).gather(0, tensor([0.5])), error: DTypeError, says: /indices must be int32, got float32\[1\]/ },
      { call: () => zeros(3, 3).gather(0, tensor([0], { dtype: "int32" })), error: ShapeError, says: /same number of dimensions/ },
    ],
  },
  {
    op: "scatterAdd",
    samples: [
      {
        inputs: [float([4, 3]), given([2, 3], [0, 3, 1, 0, 2, 1], "int32"), float([2, 3])],
        call: (x, i, s) => x.scatterAdd(0, i, s),
        truth: (x, i, s) => scattered(x as Nd, i as Nd, s as Nd),
      },
      {
        inputs: [float([3, 5]), given([2, 2], [0, 1, 0, 0], "int32"), float([2, 2])],
        call: (x, i, s) => x.scatterAdd(0, i, s),
        truth: (x, i, s) => scattered(x as Nd, i as Nd, s as Nd),
        note: "fewer columns",
      },
    ],
    refuses: [
      { call: () => zeros(3).scatterAdd(0, tensor([-1], { dtype: "int32" }), zeros(1)), error: IndexError, says: /index -1 at position 0/ },
      {
        call: () => zeros(3).scatterAdd(0, tensor([0, 1], { dtype: "int32" }), zeros(1)),
        error: ShapeError,
        says: /larger than the source/,
      },
    ],
  },
  {
    op: "indexSelect",
    samples: [
      {
        inputs: [float([4, 3]), index(3, 0, 0, 2, 1, 3)],
        call: (x, i) => x.indexSelect(0, i),
        truth: (x, i) => nd([6, 3], (r, c) => at(x as Nd, [at(i as Nd, [r]), c])),
      },
      {
        inputs: [float([2, 4, 3]), index(3, 3)],
        call: (x, i) => x.indexSelect(1, i),
        truth: (x, i) => nd([2, 2, 3], (o, r, c) => at(x as Nd, [o, at(i as Nd, [r]), c])),
      },
    ],
    refuses: [
      {
        call: () => zeros(3, 2).indexSelect(0, tensor([0, 5], { dtype: "int32" })),
        error: IndexError,
        says: /indexSelect: index 5 at position 1 is outside \[0, 2\]/,
      },
    ],
  },
  {
    op: "embedding",
    samples: [
      {
        inputs: [given([2, 2], [0, 4, 4, 1], "int32"), float([5, 3])],
        call: (i, w) => sg.embedding(i, w),
        truth: (i, w) => nd([2, 2, 3], (r, c, f) => at(w as Nd, [at(i as Nd, [r, c]), f])),
      },
      // The padding row's values come out, but no gradient goes in: the truth holds them as constants.
      {
        inputs: [index(1, 2, 1), given([3, 2], [1, 2, 3, 4, 5, 6])],
        call: (i, w) => sg.embedding(i, w, { paddingIdx: 1 }),
        truth: (i, w) => nd([3, 2], (r, f) => (at(i as Nd, [r]) === 1 ? f + 3 : at(w as Nd, [at(i as Nd, [r]), f]))),
        note: "padding",
      },
    ],
    refuses: [
      {
        call: () => sg.embedding(tensor([5], { dtype: "int32" }), zeros(3, 2)),
        error: IndexError,
        says: /embedding: index 5 at position 0/,
      },
      { call: () => sg.embedding(tensor([-1], { dtype: "int32" }), zeros(3, 2)), error: IndexError, says: /index -1/ },
      { call: () => sg.embedding(tensor([0], { dtype: "int32" }), zeros(3)), error: ShapeError, says: /\[rows, features\]/ },
      { call: () => sg.embedding(tensor([0], { dtype: "int32" }), zeros(3, 2), { paddingIdx: 3 }), error: ArgError, says: /paddingIdx 3/ },
    ],
  },
  {
    op: "oneHot",
    samples: [
      {
        inputs: [given([2, 2], [0, 2, 1, 2], "int32")],
        call: (i) => sg.oneHot(i, 3),
        truth: (i) => nd([2, 2, 3], (r, c, k) => Number(at(i as Nd, [r, c]) === k)),
        ...constant,
        dtype: "int32",
      },
    ],
    refuses: [
      {
        call: () => sg.oneHot(tensor([3], { dtype: "int32" }), 2),
        error: IndexError,
        says: /oneHot: index 3 at position 0 is outside \[0, 1\]/,
      },
    ],
  },
];

function scattered(x: Nd, i: Nd, s: Nd): Nd {
  const out = nd(x.shape, (r, c) => at(x, [r, c]));
  nd(i.shape, (r, c) => {
    const flat = at(i, [r, c]) * (x.shape[1] as number) + c;
    out.data[flat] = (out.data[flat] as number) + at(s, [r, c]);
    return 0;
  });
  return out;
}

const mask = given([2, 3], [1, 0, 1, 0, 0, 1], "bool");
const bits = given([4], [0, 0, 1, 1], "bool");
const otherBits = given([4], [0, 1, 0, 1], "bool");

const chosen: Row[] = [
  {
    op: "where",
    samples: [
      { inputs: [mask, float([2, 3]), float([2, 3])], call: (c, a, b) => sg.where(c, a, b), truth: elementwise((c, a, b) => (c ? a : b)) },
      { inputs: [mask, float([]), float([1, 3])], call: (c, a, b) => sg.where(c, a, b), truth: elementwise((c, a, b) => (c ? a : b)) },
      {
        inputs: [given([3], [1, 0, 1], "bool"), float([2, 1]), float([1, 3])],
        call: (c, a, b) => sg.where(c, a, b),
        truth: elementwise((c, a, b) => (c ? a : b)),
      },
      { inputs: [mask, float([2, 3])], call: (c, a) => sg.where(c, a, 7), truth: elementwise((c, a) => (c ? a : 7)), note: "a number" },
      {
        inputs: [mask, given([3], [1, 2, 3], "int32")],
        call: (c, a) => sg.where(c, 0, a),
        truth: elementwise((c, a) => (c ? 0 : a)),
        ...constant,
        dtype: "int32",
        note: "int32",
      },
    ],
    refuses: [
      { call: () => sg.where(zeros(2), 1, zeros(2)), error: DTypeError, says: /the condition must be bool, got float32\[2\]/ },
      { call: () => sg.where(zeros([2], { dtype: "bool" }), zeros(3), 0), error: ShapeError, says: /bool\[2\], float32\[3\]/ },
    ],
  },
  {
    op: "maskedFill",
    samples: [{ inputs: [float([2, 3]), mask], call: (x, m) => x.maskedFill(m, -7), truth: elementwise((x, m) => (m ? -7 : x)) }],
  },
  {
    op: "logicalAnd",
    samples: [
      { inputs: [bits, otherBits], call: (a, b) => a.logicalAnd(b), truth: elementwise((a, b) => a & b), ...constant, dtype: "bool" },
    ],
    refuses: [{ call: () => zeros(2).logicalAnd(zeros(2)), error: DTypeError, says: /must be bool/ }],
  },
  {
    op: "logicalOr",
    samples: [
      { inputs: [bits, otherBits], call: (a, b) => a.logicalOr(b), truth: elementwise((a, b) => a | b), ...constant, dtype: "bool" },
    ],
  },
  {
    op: "logicalNot",
    samples: [{ inputs: [bits], call: (a) => a.logicalNot(), truth: elementwise((a) => 1 - a), ...constant, dtype: "bool" }],
  },
];

const NUMBERS = [-2.7, -1, 0, 0.5, 1, 3.9, 300];

const casts: Row[] = [
  {
    op: "to",
    samples: [
      { inputs: [given([7], NUMBERS)], call: (x) => x.to("int32"), truth: elementwise(Math.trunc), ...constant, dtype: "int32" },
      {
        inputs: [given([7], NUMBERS)],
        call: (x) => x.to("uint8"),
        truth: elementwise((x) => Math.min(255, Math.max(0, Math.trunc(x)))),
        ...constant,
        dtype: "uint8",
      },
      { inputs: [given([7], NUMBERS)], call: (x) => x.to("bool"), truth: elementwise((x) => Number(x !== 0)), ...constant, dtype: "bool" },
      {
        inputs: [given([3], [0, 7, 255], "uint8")],
        call: (x) => x.to("bool"),
        truth: elementwise((x) => Number(x !== 0)),
        ...constant,
        dtype: "bool",
      },
      { inputs: [bits], call: (x) => x.to("uint8"), truth: same, ...constant, dtype: "uint8" },
      { inputs: [float([3])], call: (x) => x.to("float32"), truth: same, note: "nothing to do" },
    ],
    refuses: [{ call: () => zeros(2).to("float64" as "float32"), error: DTypeError, says: /does not convert to float64/ }],
  },
  { op: "float", samples: [{ inputs: [given([3], [1, -2, 3], "int32")], call: (x) => x.float(), truth: same, ...constant }] },
  { op: "int", samples: [{ inputs: [given([3], [1, 0, 1], "bool")], call: (x) => x.int(), truth: same, ...constant, dtype: "int32" }] },
  {
    op: "bool",
    samples: [
      {
        inputs: [given([3], [1, 0, -5], "int32")],
        call: (x) => x.bool(),
        truth: elementwise((x) => Number(x !== 0)),
        ...constant,
        dtype: "bool",
      },
    ],
  },
];

const edits: Row[] = [
  {
    op: "copy_",
    samples: [
      { inputs: [given([3], [1, 2, 3], "int32")], call: (x) => zeros(3).copy_(x), truth: same, ...constant },
      {
        inputs: [given([3], [1, 0, 1], "bool")],
        call: (x) => zeros([3], { dtype: "bool" }).copy_(x),
        truth: same,
        ...constant,
        dtype: "bool",
      },
    ],
    refuses: [
      { call: () => zeros(2).copy_(zeros(3)), error: ShapeError, says: /copy_: float32\[3\] does not fit float32\[2\]/ },
      { call: () => zeros([2], { requiresGrad: true }).copy_(zeros(2)), error: GradError, says: /noGrad/ },
    ],
  },
  {
    op: "fill_",
    samples: [
      { inputs: [], call: () => zeros(5).fill_(2.5), truth: () => nd([5], () => 2.5), ...constant },
      { inputs: [], call: () => zeros([5], { dtype: "int32" }).fill_(-7), truth: () => nd([5], () => -7), ...constant, dtype: "int32" },
      { inputs: [], call: () => zeros([5], { dtype: "uint8" }).fill_(200), truth: () => nd([5], () => 200), ...constant, dtype: "uint8" },
    ],
  },
  { op: "zero_", samples: [{ inputs: [], call: () => sg.ones(5).zero_(), truth: () => nd([5], () => 0), ...constant }] },
];

export const shapeRows: readonly Row[] = [...views, ...parts, ...indexed, ...chosen, ...casts, ...edits];
