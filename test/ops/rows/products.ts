// Products of vectors and matrices.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ones, ShapeError, type Tensor, zeros } from "simdgrad";
import { einsumTruth } from "../einsumTruth.js";
import { by, INT, many, refusal, sample, type Truth } from "../multiplied.js";
import { at, broadcastShape, elementwise, type Nd, nd, reshaped } from "../nd.js";
import { float, given, type Input, type Refusal, type Row, type Sample } from "../row.js";

const plus = elementwise((c, y) => c + y);

/** Samples of `beta * input + alpha * product` with factors of all kinds. */
function scaled(
  call: (...x: [Tensor, Tensor, Tensor, sg.ScaleOptions?]) => Tensor,
  truth: Truth,
  inputs: readonly [Input, Input, Input],
  out: readonly number[],
): Sample[] {
  const factors = (alpha: number, beta: number): Sample =>
    sample(
      inputs,
      (c, a, b) => call(c, a, b, { alpha, beta }),
      (c: Nd, a: Nd, b: Nd) => elementwise((x, y) => beta * x + alpha * y)(c, truth(a, b)),
      `alpha ${alpha}, beta ${beta}`,
    );
  const notANumber = given(out, new Array(out.reduce((n, d) => n * d, 1)).fill(Number.NaN));
  return [
    sample(
      inputs,
      (c, a, b) => call(c, a, b),
      (c: Nd, a: Nd, b: Nd) => plus(c, truth(a, b)),
    ),
    factors(2, 0.5),
    factors(0, -1),
    factors(-0.5, 1),
    {
      ...sample(
        [{ ...notANumber, constant: true }, inputs[1], inputs[2]],
        (c, a, b) => call(c, a, b, { beta: 0 }),
        (_, a, b) => truth(a, b),
      ),
      note: "beta 0 ignores NaN",
    },
    sample(
      [float([1]), inputs[1], inputs[2]],
      (c, a, b) => call(c, a, b),
      (c: Nd, a: Nd, b: Nd) => plus(c, truth(a, b)),
      "input broadcasts",
    ),
  ];
}

function refusesScaled(
  op: string,
  call: (...x: [Tensor, Tensor, Tensor, sg.ScaleOptions?]) => Tensor,
  a: readonly number[],
  b: readonly number[],
  out: readonly number[],
): Refusal[] {
  const run = (input: Tensor, options?: sg.ScaleOptions) => () => call(input, ones(a), ones(b), options);
  const [big] = [[7, ...out]];
  return [
    refusal(run(ones(big)), ShapeError, new RegExp(`^${op}: input float32\\[.*\\] must broadcast to the product`)),
    refusal(run(ones([5])), ShapeError, new RegExp(`^${op}: input`)),
    refusal(run(INT(1)), DTypeError, new RegExp(`^${op}: needs float32`)),
    refusal(run(ones([1]), { alpha: Number.NaN }), ArgError, new RegExp(`^${op}: alpha must be a finite number`)),
    refusal(run(ones([1]), { beta: Number.POSITIVE_INFINITY }), ArgError, new RegExp(`^${op}: beta must be a finite number`)),
    refusal(() => call(ones([1]), ones([2]), ones(b)), ShapeError, /of rank|must be matrices|must equal/),
  ];
}

const VECTORS = [
  [[1], [1]],
  [[3], [3]],
  [[0], [0]],
  [[7], [7]],
  [[33], [33]],
] as const;

const dots = (op: string, call: (a: Tensor, b: Tensor) => Tensor): Row => ({
  op,
  samples: many(VECTORS, call, by("i,i->")),
  refuses: [
    refusal(() => call(ones([2]), ones([3])), ShapeError, /^matmul: a is float32\[2\] and b is float32\[3\]/),
    refusal(() => call(ones([2, 2]), ones([2])), ShapeError, new RegExp(`^${op}: a must be of rank 1, got float32\\[2,2\\]`)),
    refusal(() => call(ones([2]), zeros([])), ShapeError, new RegExp(`^${op}: b must be of rank 1, got float32\\[\\]`)),
    refusal(() => call(INT(2), INT(2)), DTypeError, /needs float32/),
  ],
});

const products: Row[] = [
  {
    op: "mm",
    samples: many(
      [
        [
          [1, 1],
          [1, 1],
        ],
        [
          [2, 3],
          [3, 4],
        ],
        [
          [5, 1],
          [1, 2],
        ],
        [
          [0, 3],
          [3, 2],
        ],
        [
          [3, 0],
          [0, 2],
        ],
        [
          [9, 17],
          [17, 13],
        ],
      ],
      sg.mm,
      by("ij,jk->ik"),
    ),
    refuses: [
      refusal(
        () => sg.mm(ones([2, 3]), ones([2, 3])),
        ShapeError,
        /a is float32\[2,3\] and b is float32\[2,3\]; the last size of a must equal the second-to-last of b/,
      ),
      refusal(() => sg.mm(ones([2]), ones([2, 3])), ShapeError, /^mm: a must be of rank 2, got float32\[2\]/),
      refusal(() => sg.mm(ones([1, 2]), ones([4, 2, 3])), ShapeError, /^mm: b must be of rank 2/),
    ],
  },
  {
    op: "mv",
    samples: many(
      [
        [[1, 1], [1]],
        [[2, 3], [3]],
        [[5, 1], [1]],
        [[0, 3], [3]],
        [[3, 0], [0]],
      ],
      sg.mv,
      by("ij,j->i"),
    ),
    refuses: [
      refusal(() => sg.mv(ones([2, 3]), ones([2])), ShapeError, /must equal/),
      refusal(() => sg.mv(ones([2, 3]), ones([3, 1])), ShapeError, /^mv: b must be of rank 1, got/),
    ],
  },
  {
    op: "bmm",
    samples: many(
      [
        [
          [1, 1, 1],
          [1, 1, 1],
        ],
        [
          [2, 2, 3],
          [2, 3, 4],
        ],
        [
          [3, 5, 1],
          [3, 1, 2],
        ],
        [
          [0, 2, 3],
          [0, 3, 2],
        ],
        [
          [2, 3, 0],
          [2, 0, 2],
        ],
      ],
      sg.bmm,
      by("bij,bjk->bik"),
    ),
    refuses: [
      refusal(() => sg.bmm(ones([2, 2, 3]), ones([1, 3, 2])), ShapeError, /^bmm: a is float32\[2,2,3\] and b is float32\[1,3,2\]; batches/),
      refusal(() => sg.bmm(ones([2, 3]), ones([3, 2])), ShapeError, /^bmm: a must be of rank 3/),
    ],
  },
  dots("dot", sg.dot),
  dots("vdot", sg.vdot),
  {
    op: "inner",
    samples: [
      ...many(
        [
          [[3], [3]],
          [
            [2, 3],
            [4, 3],
          ],
          [[2, 1, 3], [3]],
          [
            [2, 0],
            [3, 0],
          ],
        ],
        sg.inner,
        (a: Nd, b: Nd) => {
          const [m, n] = [a.shape.slice(0, -1), b.shape.slice(0, -1)];
          return einsumTruth(
            `${"ab".slice(0, m.length)}k,${"cd".slice(0, n.length)}k->${"ab".slice(0, m.length)}${"cd".slice(0, n.length)}`,
            a,
            b,
          );
        },
      ),
      ...many(
        [
          [[], [3]],
          [[2, 3], []],
        ],
        sg.inner,
        elementwise((a, b) => a * b),
      ),
    ],
    refuses: [
      refusal(
        () => sg.inner(ones([2, 3]), ones([2, 1])),
        ShapeError,
        /^inner: a is float32\[2,3\] and b is float32\[2,1\]; the last sizes/,
      ),
    ],
  },
  {
    op: "outer",
    samples: many(
      [
        [[1], [1]],
        [[2], [3]],
        [[0], [3]],
        [[3], [0]],
        [[5], [4]],
      ],
      sg.outer,
      by("i,j->ij"),
    ),
    refuses: [refusal(() => sg.outer(ones([2, 1]), ones([2])), ShapeError, /^outer: a must be of rank 1, got float32\[2,1\]/)],
  },
  {
    op: "addmv",
    samples: scaled(sg.addmv, by("ij,j->i"), [float([3]), float([3, 4]), float([4])], [3]),
    refuses: refusesScaled("addmv", sg.addmv, [3, 4], [4], [3]),
  },
  {
    op: "baddbmm",
    samples: scaled(sg.baddbmm, by("bij,bjk->bik"), [float([2, 3, 1]), float([2, 3, 4]), float([2, 4, 2])], [2, 3, 2]),
    refuses: refusesScaled("baddbmm", sg.baddbmm, [2, 3, 4], [2, 4, 2], [2, 3, 2]),
  },
  {
    op: "addbmm",
    samples: scaled(sg.addbmm, by("bij,bjk->ik"), [float([3, 2]), float([2, 3, 4]), float([2, 4, 2])], [3, 2]),
    refuses: refusesScaled("addbmm", sg.addbmm, [2, 3, 4], [2, 4, 2], [3, 2]),
  },
  {
    op: "kron",
    samples: many(
      [
        [[2], [3]],
        [
          [2, 3],
          [1, 2],
        ],
        [[2], [2, 2]],
        [[2, 2], []],
        [
          [2, 0],
          [3, 1],
        ],
        [
          [2, 1, 2],
          [3, 2],
        ],
      ],
      sg.kron,
      (a: Nd, b: Nd) => {
        const rank = Math.max(a.shape.length, b.shape.length);
        const wide = (x: Nd): Nd => reshaped(x, [...new Array(rank - x.shape.length).fill(1), ...x.shape]);
        const [p, q] = [wide(a), wide(b)];
        const of = (index: number[], rule: (i: number, size: number) => number): number[] =>
          index.map((i, d) => rule(i, q.shape[d] as number));
        return nd(
          p.shape.map((size, d) => size * (q.shape[d] as number)),
          (...index: number[]) =>
            at(
              p,
              of(index, (i, size) => Math.floor(i / size)),
            ) *
            at(
              q,
              of(index, (i, size) => i % size),
            ),
        );
      },
    ),
    refuses: [refusal(() => sg.kron(ones([2]), 3 as unknown as Tensor), ArgError, /^kron: expected a tensor as b/)],
  },
  {
    op: "trace",
    samples: many([[[1, 1]], [[3, 3]], [[2, 5]], [[5, 2]], [[0, 3]]], sg.trace, (x: Nd) =>
      nd([], () => Array.from({ length: Math.min(...x.shape) }, (_, i) => at(x, [i, i])).reduce((a, b) => a + b, 0)),
    ),
    refuses: [
      refusal(() => sg.trace(ones([3])), ShapeError, /^trace: x must be of rank 2, got float32\[3\]/),
      refusal(() => sg.trace(ones([3, 4, 5])), ShapeError, /^trace: x must be of rank 2/),
    ],
  },
  {
    op: "cross",
    samples: [
      [[[3], [3]], -1],
      [
        [
          [2, 3],
          [2, 3],
        ],
        -1,
      ],
      [
        [
          [2, 3],
          [1, 3],
        ],
        1,
      ],
      [
        [
          [3, 2],
          [3, 2],
        ],
        0,
      ],
      [
        [
          [2, 3, 2],
          [2, 3, 1],
        ],
        1,
      ],
      [
        [
          [0, 3],
          [0, 3],
        ],
        -1,
      ],
    ].map(([shapes, dim]) =>
      sample(
        (shapes as number[][]).map((shape) => float(shape)),
        (a, b) => sg.cross(a, b, { dim: dim as number }),
        (a: Nd, b: Nd) => {
          const shape = broadcastShape(a.shape, b.shape);
          const d = ((dim as number) + shape.length) % shape.length;
          return nd(shape, (...index: number[]) => {
            const value = (x: Nd, step: number): number =>
              at(
                x,
                index.map((i, e) => (e === d ? (i + step) % 3 : x.shape[e] === 1 ? 0 : i)),
              );
            return value(a, 1) * value(b, 2) - value(a, 2) * value(b, 1);
          });
        },
      ),
    ),
    refuses: [
      refusal(
        () => sg.cross(ones([5, 3]), ones([5, 1])),
        ShapeError,
        /^cross: a is float32\[5,3\] and b is float32\[5,1\]; both need the same rank and size 3 in dim 1/,
      ),
      refusal(() => sg.cross(ones([5, 5, 3]), ones([5, 3])), ShapeError, /^cross/),
      refusal(() => sg.cross(ones([5, 2]), ones([5, 2])), ShapeError, /^cross/),
      refusal(() => sg.cross(ones([5, 3]), ones([5, 3]), { dim: 2 }), IndexError, /^cross: dim 2/),
    ],
  },
  {
    op: "tensordot",
    samples: [
      ...many(
        [
          [
            [2, 3, 4],
            [3, 4, 2],
          ],
        ],
        (a, b) => sg.tensordot(a, b),
        by("abc,bcd->ad"),
      ),
      ...many(
        [
          [
            [2, 3],
            [3, 4],
          ],
        ],
        (a, b) => sg.tensordot(a, b, 1),
        by("ab,bc->ac"),
      ),
      ...many([[[2], [3, 2]]], (a, b) => sg.tensordot(a, b, 0), by("a,bc->abc")),
      ...many(
        [
          [
            [2, 3, 4],
            [5, 2, 4],
          ],
          [
            [1, 3, 4],
            [5, 2, 4],
          ],
        ],
        (a, b) =>
          sg.tensordot(a, b, [
            [0, 2],
            [1, -1],
          ]),
        by("abc,dac->bd"),
      ),
      ...many(
        [
          [
            [2, 3],
            [3, 2],
          ],
        ],
        (a, b) =>
          sg.tensordot(a, b, [
            [1, 0],
            [0, 1],
          ]),
        by("ab,ba->"),
      ),
    ],
    refuses: [
      refusal(
        () => sg.tensordot(ones([2, 3]), ones([4, 3]), 1),
        ShapeError,
        /^tensordot: b float32\[4,3\] has size 4 for "a1=b0", another one 3/,
      ),
      refusal(
        () =>
          sg.tensordot(ones([2, 3]), ones([3, 3]), [
            [0, 0],
            [0, 1],
          ]),
        ArgError,
        /^tensordot: dims must name each dimension once/,
      ),
      refusal(
        () =>
          sg.tensordot(ones([3, 3]), ones([3, 3]), [
            [0, 1],
            [0, 0],
          ]),
        ArgError,
        /^tensordot: dims must name each dimension once/,
      ),
      refusal(() => sg.tensordot(ones([2, 3]), ones([3, 3]), [[0], [0, 1]]), ArgError, /^tensordot: dims must be a number, or two lists/),
      refusal(() => sg.tensordot(ones([2, 3]), ones([3, 3]), 3), ArgError, /^tensordot: dims must be a whole number from 0 to 2/),
      refusal(() => sg.tensordot(ones([2, 3]), ones([3, 3]), [[2], [0]]), IndexError, /^tensordot: dim 2/),
    ],
  },
];

export const productsRows: readonly Row[] = [...products];
