// The numbers of one convolution, worked out once per call and kept at the start of the caller's scratch.

import { KC, NC } from "../gemm/blocking";
import { gemmWorkspace } from "../gemm/gemm";

/** Columns of a block of patches: whole rows of the usual images (7, 14, 28, 56 wide) and whole panels of 8. */
const PIXELS: i32 = 504;

/** Room for the plan itself. */
const PLAN_BYTES: i32 = 128;

/** Scratch for products whose sides are among F, K and P. */
function gemmBytes(F: f64, K: f64, P: f64): i32 {
  const side = <i32>min(<f64>NC, max(F, max(K, P)));
  return gemmWorkspace(side, side, side);
}

/** Bytes from one row of a block to the next: whole panels. */
function blockRow(P: f64): i32 {
  return ((<i32>min(<f64>PIXELS, P) + 7) & -8) << 2;
}

/** Scratch: the plan | scratch of gemm | a block of patches. */
export function workspace(C: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32, G: i32): f64 {
  const K = <f64>(C / G) * KH * KW;
  const P = <f64>OH * OW;
  return PLAN_BYTES + gemmBytes(F, K, P) + min(<f64>KC, K) * blockRow(P);
}

@unmanaged
export class Plan {
  H: i32;
  W: i32;
  KH: i32;
  KW: i32;
  OH: i32;
  OW: i32;
  SH: i32;
  SW: i32;
  PT: i32;
  PL: i32;
  DH: i32;
  DW: i32;
  /** Filters of a group, F / G. */
  M: i32;
  /** Weights of a filter, C / G * KH * KW. */
  K: i32;
  /** Pixels of an output plane, OH * OW. */
  P: i32;
  /** Columns of a block: all P, or whole rows of pixels where they fit. */
  columns: i32;
  /** Stride 1 and rows as long as the image's: a row of the patch matrix is the image shifted, wrong only where it wraps. */
  shifted: bool;
  /** A 1 x 1 window at every pixel: the patch matrix is the image. */
  pointwise: bool;
  /** Bytes of one group's part of an image, of its output and of its weights. */
  xBytes: usize;
  outBytes: usize;
  wBytes: usize;
  /** Scratch of gemm, the block of patches and the bytes from one of its rows to the next. */
  scratch: usize;
  block: usize;
  ldb: usize;
}

export function plan(
  work: usize, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32,
  SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32,
): Plan {
  const s = changetype<Plan>(work);
  s.H = H;
  s.W = W;
  s.KH = KH;
  s.KW = KW;
  s.OH = OH;
  s.OW = OW;
  s.SH = SH;
  s.SW = SW;
  s.PT = PT;
  s.PL = PL;
  s.DH = DH;
  s.DW = DW;
  s.M = F / G;
  s.K = C / G * KH * KW;
  s.P = OH * OW;
  const fits = OW <= PIXELS;
  s.columns = min(s.P, fits ? PIXELS / OW * OW : PIXELS);
  s.shifted = fits && SH == 1 && SW == 1 && OW == W;
  s.pointwise = KH * KW * SH * SW == 1 && PT == 0 && PL == 0 && OH == H && OW == W;
  s.xBytes = <usize>(C / G * H * W) << 2;
  s.outBytes = <usize>(s.M * s.P) << 2;
  s.wBytes = <usize>(s.M * s.K) << 2;
  s.scratch = work + PLAN_BYTES;
  s.block = s.scratch + gemmBytes(F, s.K, s.P);
  s.ldb = blockRow(s.P);
  return s;
}
