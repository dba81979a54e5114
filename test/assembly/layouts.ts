// The ways two arrays meet in a broadcasting kernel, with rows and columns that reach every loop and every tail.

export interface Layout {
  of: string;
  rows: number;
  cols: number;
  aRow: number;
  aCol: number;
  bRow: number;
  bCol: number;
}

const COLS = Array.from({ length: 36 }, (_, n) => n);

/** Strides of a and b for rows of `n` columns. Where neither array has columns there is only one. */
const PAIRS: { of: string; rows: number; cols?: number[]; strides: (n: number) => [number, number, number, number] }[] = [
  { of: "same shape", rows: 1, strides: (n) => [n, 1, n, 1] },
  { of: "same shape in rows", rows: 3, strides: (n) => [n, 1, n, 1] },
  { of: "a number on the right", rows: 1, strides: () => [0, 1, 0, 0] },
  { of: "a number on the left", rows: 1, strides: () => [0, 0, 0, 1] },
  { of: "two numbers", rows: 1, cols: [1], strides: () => [0, 0, 0, 0] },
  { of: "a row on the right", rows: 3, strides: (n) => [n, 1, 0, 1] },
  { of: "a row on the left", rows: 3, strides: (n) => [0, 1, n, 1] },
  { of: "a column on the right", rows: 3, strides: (n) => [n, 1, 1, 0] },
  { of: "a column on the left", rows: 3, strides: (n) => [1, 0, n, 1] },
  { of: "a column and a row", rows: 3, strides: () => [1, 0, 0, 1] },
  { of: "two columns", rows: 3, cols: [1], strides: () => [1, 0, 1, 0] },
  { of: "rows with gaps", rows: 3, strides: (n) => [n + 3, 1, n + 5, 1] },
  { of: "columns with gaps", rows: 3, cols: [1], strides: () => [2, 0, 5, 0] },
  { of: "no rows", rows: 0, strides: (n) => [n, 1, n, 1] },
];

export const LAYOUTS: Layout[] = PAIRS.flatMap(({ of, rows, cols: only = COLS, strides }) =>
  only.map((cols) => {
    const [aRow, aCol, bRow, bCol] = strides(cols);
    return { of, rows, cols, aRow, aCol, bRow, bCol };
  }),
);

/** Elements an array of these strides must have. */
export const extent = (rows: number, cols: number, row: number, col: number) =>
  rows * cols === 0 ? 0 : (rows - 1) * row + (cols - 1) * col + 1;

/** The pair of elements behind each result, in order. */
export function pairs<T extends { readonly [i: number]: number }>(a: T, b: T, at: Layout): [number, number][] {
  return Array.from({ length: at.rows * at.cols }, (_, i) => {
    const r = Math.floor(i / at.cols);
    const c = i % at.cols;
    return [a[r * at.aRow + c * at.aCol] as number, b[r * at.bRow + c * at.bCol] as number];
  });
}
