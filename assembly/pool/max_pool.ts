// Max pooling. x [planes, H, W], out and idx [planes, OH, OW]; idx is the place h * W + w of the maximum in its plane. The first
// maximum wins, the first NaN wins over all. A window that lies wholly in the padding gives -Infinity and place -1.

import { loadEvery } from "../lib/strided";
import { endTap, endWhole, firstTap, firstWhole } from "./window";

/** Whether `value` takes the place of `best`: it is greater, or the first NaN. */
@inline
function wins(value: f32, best: f32): bool {
  return value > best || (value != value && best == best);
}

/** One window at (ih, iw), of which the rows kh0.. to kh1 are inside the plane. */
function maxOfOne(
  x: usize, W: i32, ih: i32, iw: i32, kh0: i32, kh1: i32, KW: i32, DH: i32, DW: i32, out: usize, idx: usize,
): void {
  const kw0 = firstTap(iw, DW);
  const kw1 = endTap(iw, W, KW, DW);
  let best: f32 = -Infinity;
  let place = kh0 < kh1 && kw0 < kw1 ? (ih + kh0 * DH) * W + iw + kw0 * DW : -1;
  for (let kh = kh0; kh < kh1; kh++) {
    for (let kw = kw0; kw < kw1; kw++) {
      const at = (ih + kh * DH) * W + iw + kw * DW;
      const value = load<f32>(x + (<usize>at << 2));
      if (wins(value, best)) {
        best = value;
        place = at;
      }
    }
  }
  store<f32>(out, best);
  store<i32>(idx, place);
}

/** Four neighbouring windows, the first at (ih, iw), whose columns are all inside. A constant SW saves asking for it at every tap. */
@inline
function maxOfFour(
  SW: i32, x: usize, W: i32, ih: i32, iw: i32, kh0: i32, kh1: i32, KW: i32, DH: i32, DW: i32, out: usize, idx: usize,
): void {
  const row = (ih + kh0 * DH) * W + iw;
  let from = x + (<usize>row << 2);
  // Places of the four windows' present tap, moved along with it.
  let places = i32x4.add(i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(SW)), i32x4.splat(row));
  const across = i32x4.splat(DW);
  const down = i32x4.splat(DH * W - KW * DW);
  let best = f32x4.splat(-Infinity);
  let place = kh0 < kh1 ? places : i32x4.splat(-1);
  let nan = i32x4.splat(0); // lanes that met one: they are decided
  for (let kh = kh0; kh < kh1; kh++) {
    for (let kw = 0; kw < KW; kw++) {
      const value = loadEvery(from, SW);
      const isNan = f32x4.ne(value, value);
      place = v128.bitselect(places, place, v128.andnot(v128.or(isNan, f32x4.gt(value, best)), nan));
      best = f32x4.pmax(best, value);
      nan = v128.or(nan, isNan);
      places = i32x4.add(places, across);
      from += <usize>DW << 2;
    }
    places = i32x4.add(places, down);
    from += <usize>(DH * W - KW * DW) << 2;
  }
  v128.store(out, v128.or(best, nan)); // all bits set is a NaN
  v128.store(idx, place);
}

/** out = maximum of each window. */
export function maxPool2d(
  x: usize, out: usize, idx: usize, planes: i32, H: i32, W: i32, OH: i32, OW: i32, KH: i32, KW: i32,
  SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32,
): void {
  const whole0 = firstWhole(OW, SW, PL);
  const whole1 = endWhole(whole0, OW, W, SW, PL, (KW - 1) * DW + 1);
  for (let plane = 0; plane < planes; plane++) {
    for (let oh = 0; oh < OH; oh++) {
      const ih = oh * SH - PT;
      const kh0 = firstTap(ih, DH);
      const kh1 = endTap(ih, H, KH, DH);
      let ow = 0;
      while (ow < OW) {
        const vector = ow >= whole0 && ow < whole1 && whole1 - whole0 >= 4;
        if (vector) ow = min(ow, whole1 - 4); // the last four may overlap those before
        const iw = ow * SW - PL;
        const at = <usize>ow << 2;
        if (vector && SW == 2) maxOfFour(2, x, W, ih, iw, kh0, kh1, KW, DH, DW, out + at, idx + at);
        else if (vector) maxOfFour(SW, x, W, ih, iw, kh0, kh1, KW, DH, DW, out + at, idx + at);
        else maxOfOne(x, W, ih, iw, kh0, kh1, KW, DH, DW, out + at, idx + at);
        ow += vector ? 4 : 1;
      }
      out += <usize>OW << 2;
      idx += <usize>OW << 2;
    }
    x += <usize>(H * W) << 2;
  }
}

/** dx = 0, then dx[idx] += g in each plane. */
export function maxPool2dGrad(g: usize, idx: usize, dx: usize, planes: i32, inSize: i32, outSize: i32): void {
  memory.fill(dx, 0, <usize>planes * inSize << 2);
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < outSize; i++, g += 4, idx += 4) {
      const place = load<i32>(idx);
      if (place < 0) continue;
      const at = dx + (<usize>place << 2);
      store<f32>(at, load<f32>(at) + load<f32>(g));
    }
    dx += <usize>inSize << 2;
  }
}

/** out = x[idx] in each plane, the gradient of maxPool2dGrad with respect to g. */
export function maxPoolGather(x: usize, idx: usize, out: usize, planes: i32, inSize: i32, outSize: i32): void {
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < outSize; i++, out += 4, idx += 4) {
      const place = load<i32>(idx);
      store<f32>(out, place < 0 ? 0 : load<f32>(x + (<usize>place << 2)));
    }
    x += <usize>inSize << 2;
  }
}
