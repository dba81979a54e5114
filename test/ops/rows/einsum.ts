// Sums of products by equations.
import * as sg from "simdgrad";
import { ArgError, DTypeError, ones, ShapeError, type Tensor } from "simdgrad";
import { by, INT, refusal, sample } from "../multiplied.js";
import { float, type Input, type Row } from "../row.js";

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

export const einsumRows: readonly Row[] = [einsum];
