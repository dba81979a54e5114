// Pieces of tensors, tensors put together, and shapes.
import * as sg from "simdgrad";
import { ArgError, IndexError, ShapeError, type Tensor, zeros } from "simdgrad";
import { from, refusal } from "../arranged.js";
import { at, type Nd, nd, reshaped } from "../nd.js";
import { float, type Row, type Sample } from "../row.js";

/** The same elements in another shape. */
const shaped = (shape: readonly number[], call: (x: Tensor) => Tensor, result: readonly number[]): Sample => ({
  inputs: [float(shape)],
  call,
  truth: (x: Nd) => reshaped(x, result),
});

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
        refusal(ArgError, /takes an array of tensors/, () => sg[op]([])),
        refusal(ShapeError, /cat: got/, () => sg[op]([zeros(5), zeros(5, 5, 5, 5), zeros(5)])),
        refusal(ArgError, new RegExp(`${op}: expected a tensor as item 1`), () => sg[op]([zeros(2), 3 as unknown as Tensor])),
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
      refusal(ArgError, /takes an array of tensors/, () => sg.meshgrid([])),
      refusal(ShapeError, /a vector, got float32\[2,2\]/, () => sg.meshgrid([zeros(2, 2)])),
      refusal(ArgError, /indexing must be "ij" or "xy"/, () => sg.meshgrid([zeros(2)], { indexing: "yx" as "xy" })),
    ],
  },
];

export const piecesRows: readonly Row[] = [...pieces, ...shapes];
