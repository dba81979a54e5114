// Packing: the only code that knows how the caller's matrices lie. Strides are bytes.
//
// B[k, n] becomes panels of 8 columns, each k rows of 8 floats in a row; the last one is filled up with zeros, whose sums nobody
// reads:
//                 panel 0           panel 1
//               0 1 2 3 4 5 6 7   8 9 z z z z z z
//         k = 0 . . . . . . . .   . . 0 0 0 0 0 0
//         k = 1 . . . . . . . .   . . 0 0 0 0 0 0
//
// A[m, k] becomes its transpose with MC floats from one k to the next, so that a tile finds its rows side by side.

import { turned } from "../lib/turn";
import { MC, NR } from "./blocking";

/** Bytes from one row of a packed panel to the next. */
export const PANEL_ROW: usize = NR << 2;

/** Columns lie in a row: copy 8 floats per k. */
function packRows(k: i32, b: usize, brs: usize, panel: usize): void {
  for (let p = 0; p < k; p++) {
    v128.store(panel, v128.load(b));
    v128.store(panel, v128.load(b, 16), 16);
    b += brs;
    panel += PANEL_ROW;
  }
}

/** 4 columns, each with its k in a row, of a panel: 4 x 4 transposes. Returns how many k are done, a multiple of 4. */
function packColumns4(k: i32, b: usize, bcs: usize, panel: usize): i32 {
  let p = 0;
  for (; p + 4 <= k; p += 4) {
    const column0 = v128.load(b);
    const column1 = v128.load(b + bcs);
    const column2 = v128.load(b + 2 * bcs);
    const column3 = v128.load(b + 3 * bcs);
    v128.store(panel, turned(column0, column1, column2, column3, 0));
    v128.store(panel, turned(column0, column1, column2, column3, 1), PANEL_ROW);
    v128.store(panel, turned(column0, column1, column2, column3, 2), 2 * PANEL_ROW);
    v128.store(panel, turned(column0, column1, column2, column3, 3), 3 * PANEL_ROW);
    b += 16;
    panel += 4 * PANEL_ROW;
  }
  return p;
}

/** Any strides, any width up to 8, from row `p` on. */
function packAny(p: i32, k: i32, width: i32, b: usize, brs: usize, bcs: usize, panel: usize): void {
  for (; p < k; p++) {
    const to = panel + <usize>p * PANEL_ROW;
    const from = b + <usize>p * brs;
    v128.store(to, f32x4.splat(0));
    v128.store(to, f32x4.splat(0), 16);
    for (let j = 0; j < width; j++) store<f32>(to + (<usize>j << 2), load<f32>(from + <usize>j * bcs));
  }
}

/** Packs B[k, n] into ceil(n / 8) panels. */
export function packB(k: i32, n: i32, b: usize, brs: usize, bcs: usize, panels: usize): void {
  for (let j = 0; j < n; j += NR) {
    const width = min(NR, n - j);
    if (width == NR && bcs == 4) packRows(k, b, brs, panels);
    else {
      let done = 0;
      if (width == NR && brs == 4) {
        packColumns4(k, b, bcs, panels);
        done = packColumns4(k, b + 4 * bcs, bcs, panels + 16);
      }
      packAny(done, k, width, b, brs, bcs, panels);
    }
    b += <usize>NR * bcs;
    panels += <usize>k * PANEL_ROW;
  }
}

/** Packs A[m, k], m <= MC, into its transpose of k rows, MC floats apart. */
export function packA(m: i32, k: i32, a: usize, ars: usize, acs: usize, block: usize): void {
  for (let p = 0; p < k; p++) {
    if (ars == 4) memory.copy(block, a, <usize>m << 2);
    else for (let i = 0; i < m; i++) store<f32>(block + (<usize>i << 2), load<f32>(a + <usize>i * ars));
    a += acs;
    block += MC << 2;
  }
}
