// The sizes and the algorithm of one convolution, computed once per call and stored at the start of the caller's scratch.

import { KC, NC } from "../gemm/blocking";
import { gemmWorkspace } from "../gemm/gemm";
import { PLANE_SLACK } from "./pad";
import { tileBytes, tileOf } from "./winograd_plan";

/**
 * Columns of a block of patches: whole rows of the usual images (7, 14, 28, 56 wide) and whole panels of 8. A block of 384 rows has 344 KB, so
 * that it stays in an L2 of 512 KB together with the other operand.
 */
const PIXELS: i32 = 224;

/** Bytes reserved for the plan itself. */
const PLAN_BYTES: i32 = 128;

/** Bytes of scratch for matrix products whose sizes are among F, K and P. */
function gemmBytes(F: f64, K: f64, P: f64): i32 {
  const side = <i32>min(<f64>max(NC, KC), max(F, max(K, P))); // gemm's scratch grows no more from there
  return gemmWorkspace(side, side, side);
}

/** Bytes from one row of a block of patches to the next: whole panels of GEMM. */
function blockRow(P: f64): i32 {
  return ((<i32>min(<f64>PIXELS, P) + 7) & -8) << 2;
}

/** Largest padded plane of a depthwise convolution: 1 MB. Larger ones use the general algorithm. */
const PLANE_FLOATS: f64 = 262144;

/** Floats of scratch for a block of patches or, in depthwise convolution, for a padded plane. */
function blockFloats(C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32, G: i32): f64 {
  const patches = min(<f64>KC, <f64>(C / G) * KH * KW) * (blockRow(<f64>OH * OW) >> 2);
  if (C != G || F != G) return patches;
  const plane = (<f64>max(H, OH) + 2 * <f64>KH) * (<f64>max(W, OW) + 2 * <f64>KW) + PLANE_SLACK;
  return max(patches, min(PLANE_FLOATS, plane));
}

/** Bytes of scratch: the plan | scratch of gemm | a block of patches or Winograd's tiles. */
export function planBytes(
  C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32, SH: i32, SW: i32, DH: i32, DW: i32, G: i32, fast: i32,
): f64 {
  const side = tileOf(C, H, W, F, KH, KW, OH, OW, SH, SW, DH, DW, G, fast);
  const block = 4 * blockFloats(C, H, W, F, KH, KW, OH, OW, G);
  return PLAN_BYTES + gemmBytes(F, <f64>(C / G) * KH * KW, <f64>OH * OW) + max(block, side ? tileBytes(side, C, F, OW) : 0);
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
  /** How many of the M filters and of the K weights are wanted, counted from the first. The algorithm does not depend on them. */
  filters: i32;
  weights: i32;
  /** Pixels of an output plane, OH * OW. */
  P: i32;
  /** Columns of a block: all P, or whole rows of pixels if a row fits. */
  columns: i32;
  /** Stride 1 and OW == W: a row of the patch matrix is the shifted image, except for pixels that wrap around the end of a row. */
  shifted: bool;
  /** 1 x 1 windows, stride 1, no padding: the patch matrix is the image. */
  pointwise: bool;
  /** Side of Winograd's tiles, or 0. */
  side: i32;
  /** Bytes of one group's part of an input image, of an output image and of the weights. */
  xBytes: usize;
  outBytes: usize;
  wBytes: usize;
  /** Scratch of gemm, the block of patches, its size, and bytes from one of its rows to the next. */
  scratch: usize;
  block: usize;
  blockFloats: i32;
  ldb: usize;
}

export function plan(
  work: usize, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32,
  SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32, fast: i32,
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
  s.filters = s.M;
  s.weights = s.K;
  s.P = OH * OW;
  const fits = OW <= PIXELS;
  s.columns = min(s.P, fits ? PIXELS / OW * OW : PIXELS);
  s.shifted = fits && SH == 1 && SW == 1 && OW == W;
  s.pointwise = KH * KW * SH * SW == 1 && PT == 0 && PL == 0 && OH == H && OW == W;
  s.side = tileOf(C, H, W, F, KH, KW, OH, OW, SH, SW, DH, DW, G, fast);
  s.xBytes = <usize>(C / G * H * W) << 2;
  s.outBytes = <usize>(s.M * s.P) << 2;
  s.wBytes = <usize>(s.M * s.K) << 2;
  s.scratch = work + PLAN_BYTES;
  s.block = s.scratch + gemmBytes(F, s.K, s.P);
  s.blockFloats = <i32>blockFloats(C, H, W, F, KH, KW, OH, OW, G);
  s.ldb = blockRow(s.P);
  return s;
}
