// Distances and similarities.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ones, ShapeError } from "simdgrad";
import { INT, many, refusal, sample, type Truth } from "../multiplied.js";
import { at, broadcastShape, elementwise, type Nd, nd, reduce } from "../nd.js";
import { float, given, type Input, type Row } from "../row.js";

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
      // Below p = 1 the derivative grows without bound towards 0.
      ...[0.5, 1, 1.5, 2, 3, INF].map((p) =>
        sample(
          [float([3, 4], p < 1 ? [0.3, 2] : undefined)],
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

export const distancesRows: readonly Row[] = [...similarities];
