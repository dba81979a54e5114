// Triangles and diagonals.
import type * as sg from "simdgrad";
import { ArgError, IndexError, ShapeError, zeros } from "simdgrad";
import { from, refusal, whole } from "../arranged.js";
import { at, nd } from "../nd.js";
import type { Row } from "../row.js";

const diagonals: Row[] = [
  {
    op: "tril",
    samples: [
      from(
        [3, 3],
        (x) => x.tril(),
        [3, 3],
        (i, j) => (j <= i ? [i, j] : 0),
      ),
      from(
        [2, 4, 3],
        (x) => x.tril(-1),
        [2, 4, 3],
        (n, i, j) => (j <= i - 1 ? [n, i, j] : 0),
      ),
      from(
        [3, 6],
        (x) => x.tril(2),
        [3, 6],
        (i, j) => (j <= i + 2 ? [i, j] : 0),
      ),
      from(
        [2, 2],
        (x) => x.tril(-5),
        [2, 2],
        () => 0,
      ),
      from(
        [0, 2, 2],
        (x) => x.tril(),
        [0, 2, 2],
        () => 0,
      ),
      ...whole(
        (x) => x.tril(),
        (x) => nd([2, 3], (i, j) => (j <= i ? at(x, [i, j]) : 0)),
      ),
    ],
    refuses: [
      refusal(ShapeError, /tril: x must be of rank 2 or more, got float32\[3\]/, () => zeros(3).tril()),
      refusal(ArgError, /diagonal must be a whole number/, () => zeros(3, 3).tril(0.5)),
    ],
  },
  {
    op: "triu",
    samples: [
      from(
        [3, 3],
        (x) => x.triu(),
        [3, 3],
        (i, j) => (j >= i ? [i, j] : 0),
      ),
      from(
        [2, 4, 3],
        (x) => x.triu(-1),
        [2, 4, 3],
        (n, i, j) => (j >= i - 1 ? [n, i, j] : 0),
      ),
      from(
        [3, 6],
        (x) => x.triu(2),
        [3, 6],
        (i, j) => (j >= i + 2 ? [i, j] : 0),
      ),
      from(
        [2, 2],
        (x) => x.triu(5),
        [2, 2],
        () => 0,
      ),
      from(
        [1, 1],
        (x) => x.triu(),
        [1, 1],
        () => [0, 0],
      ),
      ...whole(
        (x) => x.triu(1),
        (x) => nd([2, 3], (i, j) => (j > i ? at(x, [i, j]) : 0)),
      ),
    ],
    refuses: [refusal(ShapeError, /triu: x must be of rank 2 or more/, () => zeros([]).triu())],
  },
  {
    op: "diagonal",
    samples: [
      from(
        [3, 4],
        (x) => x.diagonal(),
        [3],
        (i) => [i, i],
      ),
      from(
        [3, 4],
        (x) => x.diagonal({ offset: 2 }),
        [2],
        (i) => [i, i + 2],
      ),
      from(
        [3, 4],
        (x) => x.diagonal({ offset: -1 }),
        [2],
        (i) => [i + 1, i],
      ),
      from(
        [2, 3, 4],
        (x) => x.diagonal({ dim1: -1, dim2: 1 }),
        [2, 3],
        (n, i) => [n, i, i],
      ),
      from(
        [2, 3, 2],
        (x) => x.diagonal({ dim1: 0, dim2: 2, offset: 1 }),
        [3, 1],
        (n, i) => [i, n, i + 1],
      ),
      from(
        [3, 4],
        (x) => x.diagonal({ offset: 4 }),
        [0],
        () => 0,
      ),
      ...whole(
        (x) => x.diagonal(),
        (x) => nd([2], (i) => at(x, [i, i])),
      ),
    ],
    refuses: [
      refusal(ArgError, /dim1 and dim2 must differ, got \[1,1\]/, () => zeros(10, 20).diagonal({ dim1: 1, dim2: 1 })),
      refusal(IndexError, /dim 10000/, () => zeros(10, 20).diagonal({ dim2: 10000 })),
      refusal(ArgError, /there is no option "axis1"/, () => zeros(2, 2).diagonal({ axis1: 0 } as sg.DiagonalOptions)),
    ],
  },
  {
    op: "diagEmbed",
    samples: [
      from(
        [2],
        (x) => x.diagEmbed(),
        [2, 2],
        (i, j) => (i === j ? [i] : 0),
      ),
      from(
        [2, 3],
        (x) => x.diagEmbed(),
        [2, 3, 3],
        (n, i, j) => (i === j ? [n, i] : 0),
      ),
      from(
        [2, 3],
        (x) => x.diagEmbed({ offset: 1 }),
        [2, 4, 4],
        (n, i, j) => (j === i + 1 ? [n, i] : 0),
      ),
      from(
        [2, 3],
        (x) => x.diagEmbed({ offset: -1, dim1: 0, dim2: 2 }),
        [4, 2, 4],
        (i, n, j) => (j === i - 1 ? [n, j] : 0),
      ),
      from(
        [2, 3],
        (x) => x.diagEmbed({ offset: 1, dim1: 2, dim2: 0 }),
        [4, 2, 4],
        (j, n, i) => (j === i + 1 ? [n, i] : 0),
      ),
      from(
        [0],
        (x) => x.diagEmbed({ offset: 1 }),
        [1, 1],
        () => 0,
      ),
      ...whole(
        (x) => x.diagEmbed(),
        (x) => nd([2, 3, 3], (n, i, j) => (i === j ? at(x, [n, i]) : 0)),
      ),
    ],
    refuses: [
      refusal(ArgError, /dim1 and dim2 must differ/, () => zeros(10, 5, 20).diagEmbed({ dim1: 1, dim2: 1 })),
      refusal(IndexError, /dim 10000/, () => zeros(10, 20).diagEmbed({ dim1: 10000 })),
      refusal(ShapeError, /rank 1 or more/, () => zeros([]).diagEmbed()),
    ],
  },
  {
    op: "diag",
    samples: [
      from(
        [2],
        (x) => x.diag(),
        [2, 2],
        (i, j) => (i === j ? [i] : 0),
      ),
      from(
        [2],
        (x) => x.diag(-1),
        [3, 3],
        (i, j) => (j === i - 1 ? [j] : 0),
      ),
      from(
        [3, 2],
        (x) => x.diag(),
        [2],
        (i) => [i, i],
      ),
      from(
        [3, 4],
        (x) => x.diag(1),
        [3],
        (i) => [i, i + 1],
      ),
      from(
        [2, 3],
        (x) => x.diag(-1),
        [1],
        () => [1, 0],
      ),
      ...whole(
        (x) => x.diag(),
        (x) => nd([2], (i) => at(x, [i, i])),
      ),
    ],
    refuses: [
      refusal(ShapeError, /diag: x must be a vector or a matrix, got float32\[1,1,1\]/, () => zeros(1, 1, 1).diag()),
      refusal(ShapeError, /diag: x must be a vector or a matrix, got float32\[\]/, () => zeros([]).diag()),
    ],
  },
];

export const diagonalsRows: readonly Row[] = [...diagonals];
