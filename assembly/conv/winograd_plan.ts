// When a 3 x 3 convolution uses Winograd's algorithm, and the layout of its tiles in the caller's scratch.
//
// `side` is the number of outputs along a tile: 2 or 4. A transformed tile has (side + 2)^2 points. For each point there is one matrix
// product over all tiles, S[F, n] = U[F, C] * V[C, n]:
//
//    U   [f][point][c]       transformed filters: one block of filters at a time, each transformed once per call
//    V   [point][c][tile]    transformed pixels of a block of tiles
//    S   [point][f][tile]    sums of products of a block of tiles
//
// Tiles are numbered row by row and image after image. A block may continue into the next image, so that small images fill whole
// panels of GEMM too.

import { NR } from "../gemm/blocking";

/** With fewer channels or filters the products are too small to pay; with more channels the blocks would be too large. */
const FEWEST: i32 = 8;
const MOST: i32 = 2048;

/** With fewer tiles of 2 in an image, the transform of the filters does not pay. */
const FEWEST_IN_IMAGE: i32 = 4;

/** Most floats of a block's U, and of its V and S together: 4 MB and half an MB, to stay in cache. */
const FILTER_FLOATS: f64 = 1048576;
const TILE_FLOATS: f64 = 131072;

/** Fewest and most tiles of a block; both are whole panels. */
const FEWEST_TILES: i32 = 32;
const MOST_TILES: i32 = 128;

/** Bytes for `Tiles` itself, the taps of 4 channels, the intermediate results of a transform, and a group of 4 tiles at the border. */
const HEAD_BYTES: i32 = 96;
const TAPS_BYTES: i32 = 144;
const TEMP_BYTES: i32 = 480;
const EDGE_BYTES: i32 = 256;

/** Bytes of a `Group`; a block has at most as many groups as tiles. */
export const GROUP_BYTES: i32 = 16;
const GROUPS_BYTES: i32 = MOST_TILES * GROUP_BYTES;

@inline
function tilesAlong(outputs: i32, side: i32): i32 {
  return (outputs + side - 1) / side;
}

/**
 * The side of the tiles, or 0 where the general algorithm is better. `fast` allows tiles of 4; they are used if they fill a panel and
 * need fewer products than tiles of 2. The number of images is not considered, so that an image gives the same bytes in any batch.
 */
export function tileOf(
  C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32, SH: i32, SW: i32, DH: i32, DW: i32, G: i32, fast: i32,
): i32 {
  if (KH != 3 || KW != 3 || max(max(SH, SW), max(max(DH, DW), G)) > 1) return 0;
  if (C < FEWEST || F < FEWEST || C > MOST) return 0;
  const two = <f64>tilesAlong(OH, 2) * tilesAlong(OW, 2);
  const four = <f64>tilesAlong(OH, 4) * tilesAlong(OW, 4);
  if (fast && four >= NR && 36 * four < 16 * two) return 4;
  return two >= FEWEST_IN_IMAGE && 16 * two < 8 * min(<f64>H * W, <f64>OH * OW) ? 2 : 0;
}

@inline
function pointsOf(side: i32): i32 {
  return (side + 2) * (side + 2);
}

/** Filters of a block. The filters are distributed evenly over the blocks. */
function filtersOf(side: i32, C: i32, F: i32): i32 {
  const blocks = <i32>(<f64>pointsOf(side) * C * F / FILTER_FLOATS) + 1;
  return (F + blocks - 1) / blocks;
}

/**
 * Tiles of a block: whole rows of tiles that fill whole panels, unless that is far more than suits the cache. A row that two blocks
 * share costs twice: both blocks read some of its pixels, and it has more groups of fewer than 4 tiles.
 */
function columnsOf(side: i32, C: i32, filters: i32, wide: i32): i32 {
  const suits = <i32>(TILE_FLOATS / (pointsOf(side) * (C + filters)));
  const tiles = max(FEWEST_TILES, min(MOST_TILES, suits & -NR));
  const rows = wide * (NR / min(NR, wide & -wide));
  return rows <= min(MOST_TILES, 2 * tiles) ? max(rows, tiles / rows * rows) : tiles;
}

/** Floats of a row of the strip: a row of pixels with its padding, in whole groups of 4 tiles. */
@inline
function stripRow(side: i32, wide: i32): i32 {
  return ((wide + 3) & -4) * side + 4;
}

/** Floats of the strip: the pixels under a block of tiles in one image. A group reads up to 3 tiles past the end of its row. */
@inline
function stripFloats(side: i32, wide: i32, columns: i32): i32 {
  return ((columns / wide + 2) * side + 2) * stripRow(side, wide) + 4 * side;
}

/** Bytes of one point of one filter's U: 64 more than needed, since data a multiple of 4,096 bytes apart share the same sets of L1. */
@inline
function filterPointBytes(C: i32): i32 {
  return 4 * C + 64;
}

/** Bytes of one filter's U. */
@inline
export function filterBytes(side: i32, C: i32): i32 {
  return pointsOf(side) * filterPointBytes(C) + 64;
}

/** Bytes of one point of V or S, also never a multiple of 4,096. */
@inline
function tilePointBytes(rows: i32, ld: i32): i32 {
  return ((4 * rows * ld + 4095) & ~4095) + 192;
}

@unmanaged
export class Tiles {
  /** Outputs along a tile, points of a tile, tiles in a row of an image, rows of tiles in an image. */
  side: i32;
  points: i32;
  wide: i32;
  high: i32;
  channels: i32;
  /** Most filters and tiles of a block. */
  filters: i32;
  columns: i32;
  /** Floats from one row of V or S to the next: `columns` plus 4, because the last lanes of a group may lie past the block. */
  ld: i32;
  /** Bytes from one point to the next, and from one filter of U to the next. */
  uPoint: usize;
  uRow: usize;
  vPoint: usize;
  sPoint: usize;
  /** Floats of a row of the strip. */
  stripWide: i32;
  taps: usize;
  temp: usize;
  edge: usize;
  groups: usize;
  strip: usize;
  u: usize;
  v: usize;
  s: usize;
}

/** 4 neighbouring tiles in a row of tiles. */
@unmanaged
export class Group {
  /** Offsets in bytes of the first tile: its lane in V and S, and its pixels. */
  lane: usize;
  pixel: usize;
  /** Columns and rows of outputs that lie inside the image and the block: fewer than those of 4 whole tiles at a border. */
  width: i32;
  high: i32;
}

/** Lays out the tiles at `work`, which is scratch of tileBytes bytes. */
export function tilesAt(work: usize, side: i32, C: i32, F: i32, OH: i32, OW: i32): Tiles {
  const t = changetype<Tiles>(work);
  t.side = side;
  t.points = pointsOf(side);
  t.wide = tilesAlong(OW, side);
  t.high = tilesAlong(OH, side);
  t.channels = C;
  t.filters = filtersOf(side, C, F);
  t.columns = columnsOf(side, C, t.filters, t.wide);
  t.ld = t.columns + 4;
  t.uPoint = <usize>filterPointBytes(C);
  t.uRow = <usize>filterBytes(side, C);
  t.vPoint = <usize>tilePointBytes(C, t.ld);
  t.sPoint = <usize>tilePointBytes(t.filters, t.ld);
  t.stripWide = stripRow(side, t.wide);
  t.taps = work + HEAD_BYTES;
  t.temp = t.taps + TAPS_BYTES;
  t.edge = t.temp + TEMP_BYTES;
  t.groups = t.edge + EDGE_BYTES;
  t.strip = t.groups + GROUPS_BYTES;
  t.u = t.strip + (<usize>stripFloats(side, t.wide, t.columns) << 2);
  t.v = t.u + <usize>t.filters * t.uRow;
  t.s = t.v + <usize>t.points * t.vPoint;
  return t;
}

/** Bytes of scratch for tiles. */
export function tileBytes(side: i32, C: i32, F: i32, OW: i32): f64 {
  const filters = filtersOf(side, C, F);
  const wide = tilesAlong(OW, side);
  const columns = columnsOf(side, C, filters, wide);
  const strip = stripFloats(side, wide, columns);
  const points = pointsOf(side) * (tilePointBytes(C, columns + 4) + tilePointBytes(filters, columns + 4));
  const fixed = HEAD_BYTES + TAPS_BYTES + TEMP_BYTES + EDGE_BYTES + GROUPS_BYTES;
  return fixed + 4 * <f64>strip + <f64>filters * filterBytes(side, C) + points;
}
