// Both axes of an image at once, for two pairs (index, weight) per output: out[p, j, i] from x[p, row, column]. Rows are mixed along their
// columns into a ring of two, which stays in the first cache, and two of them give a row of the result. x is [planes, ny, nx], out
// [planes, my, mx]; the tables are those of resample.ts, and so is every sum.
import { madd } from "../lib/simd";
import { bytesAt, ENTRY_BYTES, mixGroup, mixTwoRows } from "./mix";

// What is known of a group of four columns. If they read four neighbours at most, from `FROM` on, it takes one load and a swizzle for each pair.
const enum Plan { FROM, FIRST = 4, BYTES = 16, MORE_BYTES = 32, WEIGHTS = 48, MORE_WEIGHTS = 64, SIZE = 80 }

/** Scratch for the plans of the columns and the ring. */
export function resamplePlanesWorkspace(mx: i32): i32 {
  return ((mx + 3) >> 2) * (Plan.SIZE + 32);
}

function planColumns(plans: usize, starts: usize, taps: usize, nx: i32, mx: i32): void {
  for (; mx > 0; mx -= 4, starts += 4, plans += Plan.SIZE) {
    const first = taps + <usize>load<i32>(starts) * ENTRY_BYTES;
    const from = min<i32>(load<i32>(first), (nx - 4) << 2);
    const a = i32x4.sub(v128.load(first), i32x4.splat(from));
    const b = i32x4.sub(v128.load(first, ENTRY_BYTES), i32x4.splat(from));
    const isFar = v128.any_true(i32x4.gt_u(i32x4.max_u(a, b), i32x4.splat(12)));
    store<i32>(plans, isFar || mx < 4 ? -1 : from);
    store<usize>(plans, first, Plan.FIRST);
    v128.store(plans, bytesAt(a), Plan.BYTES);
    v128.store(plans, bytesAt(b), Plan.MORE_BYTES);
    v128.store(plans, v128.load(first, 16), Plan.WEIGHTS);
    v128.store(plans, v128.load(first, ENTRY_BYTES + 16), Plan.MORE_WEIGHTS);
  }
}

function mixColumns(x: usize, plans: usize, out: usize, mx: i32): void {
  for (; mx > 0; mx -= 4, out += 16, plans += Plan.SIZE) {
    const from = load<i32>(plans);
    if (from < 0) {
      const first = load<usize>(plans, Plan.FIRST);
      mixGroup(x, out, first, first + 2 * ENTRY_BYTES, mx, -0);
      continue;
    }
    const v = v128.load(x + <usize>from);
    const a = f32x4.mul(v128.load(plans, Plan.WEIGHTS), i8x16.swizzle(v, v128.load(plans, Plan.BYTES)));
    v128.store(out, madd(v128.load(plans, Plan.MORE_WEIGHTS), i8x16.swizzle(v, v128.load(plans, Plan.MORE_BYTES)), a));
  }
}

export function resamplePlanes(
  x: usize, out: usize, startsY: usize, tapsY: usize, startsX: usize, tapsX: usize,
  planes: i32, ny: i32, nx: i32, my: i32, mx: i32, work: usize,
): void {
  const row = <usize>mx << 2;
  const groups = (mx + 3) >> 2;
  planColumns(work, startsX, tapsX, nx, mx);
  let a = work + <usize>(groups * Plan.SIZE);
  let b = a + (<usize>groups << 4);
  for (; planes > 0; planes--, x += <usize>(ny * nx) << 2) {
    let inA = -1;
    let inB = -1;
    for (let j = 0; j < my; j++, out += row) {
      const entry = tapsY + <usize>load<i32>(startsY + (<usize>(j >> 2) << 2)) * ENTRY_BYTES + (<usize>(j & 3) << 2);
      const first = load<i32>(entry);
      const second = load<i32>(entry, ENTRY_BYTES);
      if (first != inA) {
        const other = a;
        a = b;
        b = other;
        const inOther = inA;
        inA = inB;
        inB = inOther;
      }
      if (first != inA) mixColumns(x + <usize>(first * nx), work, a, mx);
      inA = first;
      if (second != inB) mixColumns(x + <usize>(second * nx), work, b, mx);
      inB = second;
      mixTwoRows(a, b, load<f32>(entry, 16), load<f32>(entry, ENTRY_BYTES + 16), out, mx, -0);
    }
  }
}
