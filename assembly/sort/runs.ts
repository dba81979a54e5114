// Runs of equal elements in sorted order, and the places of values in sorted rows.
import { sameAt } from "../lib/order";

@inline
function sameRows(x: usize, y: usize, m: i32, float: i32): bool {
  for (; m > 0; m--, x += 4, y += 4) if (!sameAt(x, y, float)) return false;
  return true;
}

/**
 * Runs of equal rows of x [n, m] in the order of the positions at `order`. Of each run, `first` has the first position and `counts` the
 * length; `inverse` has the number of the run of each position, `out` the number of runs.
 */
export function runs(x: usize, order: usize, first: usize, counts: usize, inverse: usize, out: usize, n: i32, m: i32, float: i32): void {
  const row = <usize>m << 2;
  let found = -1;
  let before: usize = 0;
  let length = 0;
  for (let i = 0; i < n; i++, order += 4) {
    const position = <usize>load<i32>(order);
    const here = x + position * row;
    if (i == 0 || !sameRows(before, here, m, float)) {
      found++;
      store<i32>(first + (<usize>found << 2), <i32>position);
      length = 0;
    }
    before = here;
    store<i32>(counts + (<usize>found << 2), ++length);
    store<i32>(inverse + (position << 2), found);
  }
  store<i32>(out, found + 1);
}

/** The last position of the longest run of each row, of equal ones the first: x and order [rows, n], n > 0 -> out [rows]. */
export function mode(x: usize, order: usize, out: usize, rows: i32, n: i32, float: i32): void {
  const row = <usize>n << 2;
  for (; rows > 0; rows--, x += row, order += row, out += 4) {
    let best = 0;
    let length = 0;
    for (let i: usize = 0; i < row; i += 4) {
      const position = load<i32>(order + i);
      length++;
      if (i + 4 < row && sameAt(x + (<usize>position << 2), x + (<usize>load<i32>(order + i, 4) << 2), float)) continue;
      if (length > best) {
        best = length;
        store<i32>(out, position);
      }
      length = 0;
    }
  }
}

@inline
function numberAt(x: usize, float: i32): f64 {
  return float ? <f64>load<f32>(x) : <f64>load<i32>(x);
}

/**
 * How many elements of a sorted row are before each value: those that are less, and if `right` also those that are equal. x [rows, n],
 * values [rows, m] -> out [rows, m]; `row` is the distance of the rows of x in elements, 0 for one that all values share.
 */
export function searchsorted(x: usize, values: usize, out: usize, rows: i32, n: i32, m: i32, row: i32, right: i32, float: i32): void {
  for (; rows > 0; rows--, x += <usize>row << 2) {
    for (let left = m; left > 0; left--, values += 4, out += 4) {
      const value = numberAt(values, float);
      let from = 0;
      let to = n;
      while (from < to) {
        const middle = (from + to) >>> 1;
        const element = numberAt(x + (<usize>middle << 2), float);
        // Comparisons with NaN are false, so it is behind all elements.
        if (right ? element > value : element >= value) to = middle;
        else from = middle + 1;
      }
      store<i32>(out, from);
    }
  }
}

/** Adds 1 to out[x[i]] for each i. */
export function countIndices(x: usize, out: usize, n: i32): void {
  for (; n > 0; n--, x += 4) {
    const at = out + (<usize>load<i32>(x) << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
}
