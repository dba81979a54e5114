// Linear algebra in float64 by textbook methods, other ones than those of the kernels: the truth that decompositions are compared with.
import { broadcastShape, type Nd, sizeOf } from "./nd.js";

export type Matrix = number[][];

const rowsOf = (x: Nd): number => x.shape.at(-2) as number;
const colsOf = (x: Nd): number => x.shape.at(-1) as number;

/** The matrices of a batch. */
export function matricesOf(x: Nd): Matrix[] {
  const [m, n] = [rowsOf(x), colsOf(x)];
  const count = sizeOf(x.shape.slice(0, -2));
  const at = (b: number, i: number, j: number): number => x.data[(b * m + i) * n + j] as number;
  return Array.from({ length: count }, (_, b) => Array.from({ length: m }, (_1, i) => Array.from({ length: n }, (_2, j) => at(b, i, j))));
}

/** A function of matrices as one of batches, which broadcast; `rows` and `columns` are those of the result. */
export function batched(rule: (...x: Matrix[]) => Matrix, size: (...x: Nd[]) => number[]): (...inputs: Nd[]) => Nd {
  return (...inputs) => {
    const batch = broadcastShape(...inputs.map((x) => x.shape.slice(0, -2)));
    const all = inputs.map(matricesOf);
    const data: number[] = [];
    for (let b = 0; b < sizeOf(batch); b++) {
      const picked = inputs.map((x, i) => {
        const own = x.shape.slice(0, -2);
        let rest = b;
        let [flat, step] = [0, 1];
        for (let d = batch.length - 1; d >= 0; d--) {
          const place = rest % (batch[d] as number);
          rest = Math.floor(rest / (batch[d] as number));
          const o = d - (batch.length - own.length);
          if (o < 0) continue;
          if (own[o] !== 1) flat += place * step;
          step *= own[o] as number;
        }
        return (all[i] as Matrix[])[flat] as Matrix;
      });
      data.push(...rule(...picked).flat());
    }
    return { shape: [...batch, ...size(...inputs)], data: Float64Array.from(data) };
  };
}

export const identity = (n: number): Matrix => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_1, j) => (i === j ? 1 : 0)));
export const transposed = (a: Matrix, columns = a[0]?.length ?? 0): Matrix =>
  Array.from({ length: columns }, (_, j) => a.map((row) => row[j] as number));
export const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => (b[0] ?? []).map((_, j) => row.reduce((sum, v, p) => sum + v * ((b[p] as number[])[j] as number), 0)));

/** Cramer's cofactors along the first row. */
export function determinant(a: Matrix): number {
  if (a.length === 0) return 1;
  const [first, ...rest] = a as [number[], ...Matrix];
  return first.reduce(
    (sum, v, j) => sum + (j % 2 ? -1 : 1) * v * determinant(rest.map((row) => row.filter((_, column) => column !== j))),
    0,
  );
}

/** Gauss and Jordan, the largest element of all that are left as pivot. */
export function solved(a: Matrix, b: Matrix): Matrix {
  const n = a.length;
  const work = a.map((row, i) => [...row, ...(b[i] as number[])]);
  const columnOf: number[] = [];
  const free = new Set(work.keys());
  const order: number[] = [];
  for (let k = 0; k < n; k++) {
    let [row, column, most] = [-1, -1, -1];
    for (const i of free) {
      for (let j = 0; j < n; j++) {
        const v = Math.abs((work[i] as number[])[j] as number);
        if (!columnOf.includes(j) && v > most) [row, column, most] = [i, j, v];
      }
    }
    free.delete(row);
    order.push(row);
    columnOf.push(column);
    const pivotRow = (work[row] as number[]).map((v) => v / ((work[row] as number[])[column] as number));
    for (let i = 0; i < n; i++) {
      const factor = (work[i] as number[])[column] as number;
      work[i] = i === row ? pivotRow : (work[i] as number[]).map((v, j) => v - factor * (pivotRow[j] as number));
    }
  }
  const x: Matrix = [];
  order.forEach((row, k) => {
    x[columnOf[k] as number] = (work[row] as number[]).slice(n);
  });
  return x;
}

export const inverted = (a: Matrix): Matrix => solved(a, identity(a.length));

/** The lower triangle L of A = L L^T, element by element. */
export function choleskyOf(a: Matrix): Matrix {
  const l: Matrix = a.map((row) => row.map(() => 0));
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j <= i; j++) {
      const [li, lj] = [l[i] as number[], l[j] as number[]];
      let sum = (a[i] as number[])[j] as number;
      for (let p = 0; p < j; p++) sum -= (li[p] as number) * (lj[p] as number);
      li[j] = i === j ? Math.sqrt(sum) : sum / (lj[j] as number);
    }
  }
  return l;
}

/** Gram and Schmidt, twice; the diagonal of R is positive. */
export function qrOf(a: Matrix): { q: Matrix; r: Matrix } {
  const columns = transposed(a);
  const k = Math.min(a.length, columns.length);
  const q: number[][] = [];
  for (const column of columns.slice(0, k)) {
    let v = column;
    for (let pass = 0; pass < 2; pass++) {
      for (const u of q) {
        const along = u.reduce((sum, x, i) => sum + x * (v[i] as number), 0);
        v = v.map((x, i) => x - along * (u[i] as number));
      }
    }
    const length = Math.hypot(...v);
    q.push(v.map((x) => x / length));
  }
  return { q: transposed(q, a.length), r: times(q, a).map((row, i) => row.map((v, j) => (j < i ? 0 : v))) };
}

/** Jacobi's rotations from both sides: eigenvalues ascend, vectors are columns. */
export function eigenOf(symmetric: Matrix): { values: number[]; vectors: Matrix } {
  const n = symmetric.length;
  let a = symmetric;
  let v = identity(n);
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const [app, aqq, apq] = [a[p]?.[p], a[q]?.[q], a[p]?.[q]] as [number, number, number];
        if (apq === 0) continue;
        const angle = Math.atan2(2 * apq, app - aqq) / 2;
        const turn = identity(n);
        (turn[p] as number[])[p] = (turn[q] as number[])[q] = Math.cos(angle);
        (turn[p] as number[])[q] = -Math.sin(angle);
        (turn[q] as number[])[p] = Math.sin(angle);
        a = times(times(transposed(turn, n), a), turn);
        v = times(v, turn);
      }
    }
  }
  const order = a.map((row, i) => [row[i] as number, i] as const).sort(([x], [y]) => x - y);
  return { values: order.map(([value]) => value), vectors: v.map((row) => order.map(([, i]) => row[i] as number)) };
}

/** From the eigenvectors of A^T A, for matrices of full rank; singular values descend. */
export function svdOf(a: Matrix): { u: Matrix; s: number[]; v: Matrix } {
  const wide = a.length < (a[0]?.length ?? 0);
  const tall = wide ? transposed(a) : a;
  const { values, vectors } = eigenOf(times(transposed(tall), tall));
  const s = values.map((value) => Math.sqrt(Math.max(value, 0))).reverse();
  const v = vectors.map((row) => [...row].reverse());
  const u = times(tall, v).map((row) => row.map((x, j) => x / (s[j] as number)));
  return wide ? { u: v, s, v: u } : { u, s, v };
}

/** (A^T A)^-1 A^T, or A^T (A A^T)^-1: for matrices of full rank. */
export function pseudoInverse(a: Matrix): Matrix {
  const t = transposed(a);
  return a.length < (a[0]?.length ?? 0) ? times(t, inverted(times(a, t))) : solved(times(t, a), t);
}
