// Rows for products of vectors and matrices, einsum, distances and similarities.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ones, ShapeError, type Tensor, zeros } from "simdgrad";
import { einsumTruth } from "../einsumTruth.js";
import { at, broadcastShape, elementwise, type Nd, nd, reduce, reshaped } from "../nd.js";
import { float, given, type Input, type Refusal, type Row, type Sample } from "../row.js";

type Of = Sample["call"];
type Truth = Sample["truth"];
const sample = (inputs: readonly Input[], call: Of, truth: Truth, note?: string): Sample => ({
  inputs,
  call,
  truth,
  ...(note ? { note } : {}),
});
const many = (shapes: readonly (readonly (readonly number[])[])[], call: Of, truth: Truth): Sample[] =>
  shapes.map((list) =>
    sample(
      list.map((shape) => float(shape)),
      call,
      truth,
    ),
  );
const refusal = (call: () => unknown, error: Refusal["error"], says: RegExp): Refusal => ({ call, error, says });
const INT = (...shape: number[]): Tensor => ones(shape, { dtype: "int32" });

const by =
  (equation: string): Truth =>
  (...x: Nd[]) =>
    einsumTruth(equation, ...x);
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
    refusal(() => call(ones([1]), ones([2]), ones(b)), ShapeError, /dimensions|must be matrices|must equal/),
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
    refusal(() => call(ones([2, 2]), ones([2])), ShapeError, new RegExp(`^${op}: a must have 1 dimension, got float32\\[2,2\\]`)),
    refusal(() => call(ones([2]), zeros([])), ShapeError, new RegExp(`^${op}: b must have 1 dimension, got float32\\[\\]`)),
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
      refusal(() => sg.mm(ones([2]), ones([2, 3])), ShapeError, /^mm: a must have 2 dimensions, got float32\[2\]/),
      refusal(() => sg.mm(ones([1, 2]), ones([4, 2, 3])), ShapeError, /^mm: b must have 2 dimensions/),
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
      refusal(() => sg.mv(ones([2, 3]), ones([3, 1])), ShapeError, /^mv: b must have 1 dimension, got/),
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
      refusal(() => sg.bmm(ones([2, 3]), ones([3, 2])), ShapeError, /^bmm: a must have 3 dimensions/),
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
    refuses: [refusal(() => sg.outer(ones([2, 1]), ones([2])), ShapeError, /^outer: a must have 1 dimension, got float32\[2,1\]/)],
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
      refusal(() => sg.trace(ones([3])), ShapeError, /^trace: x must have 2 dimensions, got float32\[3\]/),
      refusal(() => sg.trace(ones([3, 4, 5])), ShapeError, /^trace: x must have 2 dimensions/),
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

/** Equations with `->`, which say the same to einsum and to the truth. */
const EQUATIONS: readonly (readonly [equation: string, ...shapes: readonly (readonly number[])[]])[] = [
  ["ij,jk->ik", [3, 4], [4, 2]],
  ["ji,kj->ik", [4, 3], [2, 4]],
  ["i,j->ij", [3], [4]],
  ["ij->ji", [2, 3]],
  ["ij->", [2, 3]],
  ["ij->ij", [2, 3]],
  ["ii->i", [4, 4]],
  ["ii->", [4, 4]],
  ["ijii->j", [2, 3, 2, 2]],
  ["bhqd,bhkd->bhqk", [2, 2, 3, 4], [2, 2, 2, 4]],
  ["...i,...i->...", [2, 3, 4], [3, 4]],
  ["...ij,...jk->...ik", [2, 1, 2, 3], [4, 3, 2]],
  ["i...->...", [3, 2]],
  ["ij,ij->", [3, 4], [3, 4]],
  ["ij,ij->ij", [1, 4], [3, 4]],
  ["bn,anm,bm->ba", [2, 3], [2, 3, 2], [2, 2]],
  ["ab,bc,cd,de->ae", [2, 3], [3, 2], [2, 4], [4, 2]],
  ["a,ab,bc,cd,de,ef->f", [2], [2, 3], [3, 2], [2, 2], [2, 3], [3, 2]],
  ["i,i,i->i", [3], [3], [3]],
  [",i->i", [], [3]],
  ["ij,jk->ik", [3, 0], [0, 2]],
  ["ij,jk->k", [2, 3], [3, 2]],
  ["ijb,bjk->ikb", [3, 4, 2], [2, 4, 2]],
  ["i j , j k -> i k", [2, 3], [3, 2]],
];

const einsum: Row = {
  op: "einsum",
  samples: [
    ...EQUATIONS.map(([equation, ...shapes]) => ({
      ...sample(
        shapes.map((shape) => float(shape)),
        (...x) => sg.einsum(equation, ...x),
        by(equation),
      ),
      note: equation,
    })),
    ...(
      [
        ["ij,jk", "ij,jk->ik"],
        ["ba", "ba->ab"],
        ["ii", "ii->"],
        ["...ij,...jk", "...ij,...jk->...ik"],
        ["bA,b", "bA,b->A"],
      ] as const
    ).map(([implicit, explicit]) =>
      sample(
        explicit
          .split("->")[0]
          ?.split(",")
          .map((term) => float(term.replace("...", "").length === 1 ? [3] : [3, 3])) as Input[],
        (...x) => sg.einsum(implicit, ...x),
        by(explicit),
        implicit,
      ),
    ),
    sample([float([2, 3]), float([3, 2])], (a, b) => sg.einsum("ij,jk->ik", [a, b]), by("ij,jk->ik"), "operands in an array"),
  ],
  refuses: [
    refusal(
      () => sg.einsum("ij,jk->ik", ones([2, 3]), ones([4, 5])),
      ShapeError,
      /^einsum: operand 1 float32\[4,5\] has size 4 for "j", another one 3/,
    ),
    refusal(() => sg.einsum("ii->i", ones([2, 3])), ShapeError, /^einsum: operand 0 float32\[2,3\] has size 3 for "i"/),
    refusal(() => sg.einsum("ii->i", ones([3, 1])), ShapeError, /^einsum: operand 0 float32\[3,1\] has different sizes for "i"/),
    refusal(() => sg.einsum("ij", ones([3])), ShapeError, /^einsum: operand 0 float32\[3\] has 1 dimensions, which "ij" does not name/),
    refusal(() => sg.einsum("i", ones([3, 2])), ShapeError, /does not name/),
    refusal(() => sg.einsum("ij...", ones([3])), ShapeError, /does not name/),
    refusal(() => sg.einsum("ij->ik", ones([3, 2])), ArgError, /^einsum: "ij->ik" has "k" only in the result/),
    refusal(() => sg.einsum("ij->ii", ones([3, 2])), ArgError, /^einsum: "ij->ii" has "i" twice in the result/),
    refusal(() => sg.einsum("ij,jk", ones([3, 2])), ArgError, /is for 2 operands, got 1/),
    refusal(() => sg.einsum("i-j", ones([3, 2])), ArgError, /must be letters and "..." by operand/),
    refusal(() => sg.einsum("i->j->k", ones([3])), ArgError, /must be letters/),
    refusal(() => sg.einsum("i..j", ones([3])), ArgError, /must be letters/),
    refusal(() => sg.einsum("......", ones([3])), ArgError, /must be letters/),
    refusal(() => sg.einsum("i,i", INT(2), INT(2)), DTypeError, /^einsum: needs float32/),
    refusal(() => sg.einsum("i", 3 as unknown as Tensor), ArgError, /^einsum: expected a tensor as operand 0/),
    refusal(() => sg.einsum(3 as unknown as string, ones([2])), ArgError, /^einsum: 3 /),
  ],
};

/** The p-norm of some numbers. */
function norm(values: readonly number[], p: number): number {
  const sizes = values.map(Math.abs);
  if (p === 0) return sizes.filter((v) => v > 0).length;
  if (p === Number.POSITIVE_INFINITY) return Math.max(...sizes);
  if (p === Number.NEGATIVE_INFINITY) return Math.min(...sizes);
  return sizes.reduce((sum, v) => sum + v ** p, 0) ** (1 / p);
}

const { POSITIVE_INFINITY: INF, NEGATIVE_INFINITY: MINUS_INF } = Number;
const minus = elementwise((x, y) => x - y);
/** Rows of matrices that differ in all elements, so that no distance is near a kink. */
const apart = (...shape: number[]): Input => float(shape, [3, 5]);
const distances =
  (p: number): Truth =>
  (a: Nd, b: Nd) => {
    const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const k = a.shape.at(-1) as number;
    const element = (x: Nd, index: number[], row: number, i: number): number =>
      at(x, [...x.shape.slice(0, -2).map((size, d, own) => (size === 1 ? 0 : (index[d + batch.length - own.length] as number))), row, i]);
    return nd([...batch, a.shape.at(-2) as number, b.shape.at(-2) as number], (...index: number[]) => {
      const [m, n] = index.slice(-2) as [number, number];
      return norm(
        Array.from({ length: k }, (_, i) => element(a, index, m, i) - element(b, index, n, i)),
        p,
      );
    });
  };
const DISTANCES = [0.5, 1, 1.5, 2, 3, INF];

const similarities: Row[] = [
  {
    op: "cdist",
    samples: [
      ...DISTANCES.map((p) => sample([float([3, 4]), apart(2, 4)], (a, b) => sg.cdist(a, b, { p }), distances(p), `p ${p}`)),
      ...many(
        [
          [
            [2, 3, 2],
            [1, 4, 2],
          ],
          [
            [0, 3],
            [2, 3],
          ],
          [
            [2, 1, 3, 2],
            [3, 2, 2],
          ],
        ],
        (a, b) => sg.cdist(a, b),
        distances(2),
      ),
      sample([float([27, 3]), apart(2, 3)], (a, b) => sg.cdist(a, b), distances(2), "more than 25 rows"),
      sample(
        [float([3, 3]), apart(2, 3)],
        (a, b) => sg.cdist(a, b, { computeMode: "use_mm_for_euclid_dist" }),
        distances(2),
        "by a product",
      ),
      sample(
        [float([27, 3]), apart(2, 3)],
        (a, b) => sg.cdist(a, b, { computeMode: "donot_use_mm_for_euclid_dist" }),
        distances(2),
        "not by a product",
      ),
      sample(
        [
          { ...given([2, 2], [1, 2, 3, 4]), constant: true },
          { ...given([2, 2], [1, 0, 3, 4]), constant: true },
        ],
        (a, b) => sg.cdist(a, b, { p: 0 }),
        distances(0),
        "p 0",
      ),
    ].map((one) => (one.inputs.some(({ constant }) => constant) ? { ...one, differentiable: false } : one)),
    refuses: [
      refusal(() => sg.cdist(ones([2, 3]), ones([2, 4])), ShapeError, /^cdist: a is float32\[2,3\] and b is float32\[2,4\]/),
      refusal(() => sg.cdist(ones([2, 2, 3]), ones([3, 2, 3])), ShapeError, /^cdist/),
      refusal(() => sg.cdist(ones([3]), ones([2, 3])), ShapeError, /^cdist: a must be matrices/),
      refusal(() => sg.cdist(ones([2, 3]), ones([2, 3]), { p: -1 }), ArgError, /^cdist: p must be a finite number of at least 0, got -1/),
      refusal(
        () => sg.cdist(ones([2, 3]), ones([2, 3]), { computeMode: "mm" as "use_mm_for_euclid_dist" }),
        ArgError,
        /^cdist: computeMode must be/,
      ),
      refusal(() => sg.cdist(INT(2, 3), INT(2, 3)), DTypeError, /^cdist: needs float32/),
    ],
  },
  {
    op: "pairwiseDistance",
    samples: [
      ...[...DISTANCES, MINUS_INF].map((p) =>
        sample(
          [float([3, 4]), apart(4)],
          (a, b) => sg.pairwiseDistance(a, b, { p, eps: 0.125 }),
          (a: Nd, b: Nd) => reduce(elementwise((x, y) => x - y + 0.125)(a, b), [1], false, (values) => norm(values, p)),
          `p ${p}`,
        ),
      ),
      sample(
        [float([2, 3]), apart(2, 3)],
        (a, b) => sg.pairwiseDistance(a, b, { keepdim: true }),
        (a: Nd, b: Nd) => reduce(elementwise((x, y) => x - y + 1e-6)(a, b), [1], true, (values) => norm(values, 2)),
        "keepdim",
      ),
      sample(
        [float([3]), apart(3)],
        (a, b) => sg.pairwiseDistance(a, b, { eps: 0 }),
        (a: Nd, b: Nd) => reduce(minus(a, b), [0], false, (values) => norm(values, 2)),
        "vectors",
      ),
    ],
    refuses: [
      refusal(
        () => sg.pairwiseDistance(ones([2, 3]), ones([2, 4])),
        ShapeError,
        /^pairwiseDistance: a is float32\[2,3\] and b is float32\[2,4\]/,
      ),
      refusal(
        () => sg.pairwiseDistance(ones([3]), ones([3]), { p: Number.NaN }),
        ArgError,
        /^pairwiseDistance: p must be a finite number, got NaN/,
      ),
      refusal(() => sg.pairwiseDistance(ones([3]), ones([3]), { eps: INF }), ArgError, /eps must be a finite number/),
      refusal(
        () => sg.pairwiseDistance(ones([3]), ones([3]), { keepdim: 1 as unknown as boolean }),
        ArgError,
        /keepdim must be true or false/,
      ),
    ],
  },
  {
    op: "normalize",
    samples: [
      ...[0.5, 1, 1.5, 2, 3, INF].map((p) =>
        sample(
          [float([3, 4])],
          (x) => sg.normalize(x, { p }),
          (x: Nd) =>
            elementwise((v, n) => v / n)(
              x,
              reduce(x, [1], true, (values) => norm(values, p)),
            ),
          `p ${p}`,
        ),
      ),
      sample(
        [float([2, 3, 4])],
        (x) => sg.normalize(x, { dim: 0 }),
        (x: Nd) =>
          elementwise((v, n) => v / n)(
            x,
            reduce(x, [0], true, (values) => norm(values, 2)),
          ),
        "dim 0",
      ),
      sample(
        [float([2, 3, 4])],
        (x) => sg.normalize(x, { dim: [0, -1] }),
        (x: Nd) =>
          elementwise((v, n) => v / n)(
            x,
            reduce(x, [0, 2], true, (values) => norm(values, 2)),
          ),
        "two dimensions",
      ),
      sample(
        [float([3, 4])],
        (x) => sg.normalize(x, { eps: 100 }),
        (x: Nd) => elementwise((v) => v / 100)(x),
        "a norm below eps",
      ),
      sample(
        [{ ...given([2, 2], [0, 0, 3, 4]), constant: true }],
        (x) => sg.normalize(x),
        () => ({ shape: [2, 2], data: Float64Array.of(0, 0, 0.6, 0.8) }),
        "a zero vector",
      ),
    ].map((one) => (one.inputs.some(({ constant }) => constant) ? { ...one, differentiable: false } : one)),
    refuses: [
      refusal(() => sg.normalize(ones([3])), IndexError, /^normalize: dim 1/),
      refusal(() => sg.normalize(ones([3, 2]), { p: "2" as unknown as number }), ArgError, /^normalize: p must be a finite number/),
      refusal(() => sg.normalize(ones([3, 2]), { eps: Number.NaN }), ArgError, /^normalize: eps must be a finite number/),
      refusal(() => sg.normalize(INT(3, 2)), DTypeError, /^normalize: needs float32/),
    ],
  },
  {
    op: "cosineSimilarity",
    samples: (
      [
        [
          [
            [3, 4],
            [3, 4],
          ],
          1,
        ],
        [[[3, 4], [4]], -1],
        [
          [
            [3, 4],
            [3, 4],
          ],
          0,
        ],
        [
          [
            [2, 3, 4],
            [3, 1],
          ],
          1,
        ],
        [[[3], [3]], 0],
        [
          [
            [3, 4],
            [2, 3, 4],
          ],
          0,
        ],
        [
          [
            [0, 3],
            [0, 3],
          ],
          1,
        ],
      ] as const
    ).map(([shapes, dim]) =>
      sample(
        shapes.map((shape) => float(shape)),
        (a, b) => sg.cosineSimilarity(a, b, { dim }),
        (a: Nd, b: Nd) => {
          const shape = broadcastShape(a.shape, b.shape);
          const wide = (x: Nd): Nd =>
            elementwise((v) => v)(
              elementwise((v, _) => v)(
                x,
                nd(shape, () => 0),
              ),
            );
          const d = [(dim + shape.length) % shape.length];
          const product = reduce(elementwise((x, y) => x * y)(a, b), d, false, (values) => values.reduce((s, v) => s + v, 0));
          const length = (x: Nd): Nd => reduce(wide(x), d, false, (values) => norm(values, 2));
          return elementwise((p, x, y) => p / (x * y))(product, length(a), length(b));
        },
        `dim ${dim}`,
      ),
    ),
    refuses: [
      refusal(
        () => sg.cosineSimilarity(ones([2, 3]), ones([2, 4])),
        ShapeError,
        /^cosineSimilarity: a is float32\[2,3\] and b is float32\[2,4\]/,
      ),
      refusal(() => sg.cosineSimilarity(ones([2, 3]), ones([2, 3]), { dim: 2 }), IndexError, /^cosineSimilarity: dim 2/),
      refusal(() => sg.cosineSimilarity(ones([2, 3]), ones([2, 3]), { eps: Number.NaN }), ArgError, /eps must be a finite number/),
      refusal(() => sg.cosineSimilarity(INT(2, 3), ones([2, 3])), DTypeError, /^cosineSimilarity: needs float32/),
    ],
  },
];

export const productRows: readonly Row[] = [...products, einsum, ...similarities];
