// A drawing as the data shows digits: cut out, centred, scaled to 32 x 32 dots of which each 4 x 4 are counted.
// Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998.

/** Height and width of a digit. */
export const SIDE = 8;
/** Dots along a side of the block that makes a pixel. */
const BLOCK = 4;
/** The most a pixel can count. */
export const BRIGHTEST = BLOCK ** 2;
/** Ink from here on counts as a dot. */
const HALF = 128;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly size: number;
}

/** The smallest square around all dots, with the drawing in its middle; none where nothing is drawn. */
function boxOf(ink: ArrayLike<number>, side: number): Box | undefined {
  let [left, top, right, bottom] = [side, side, 0, 0];
  for (let i = 0; i < side * side; i++) {
    if ((ink[i] as number) < HALF) continue;
    const [x, y] = [i % side, Math.floor(i / side)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  }
  if (right === 0) return undefined;
  const size = Math.max(right - left, bottom - top);
  return { left: (left + right - size) / 2, top: (top + bottom - size) / 2, size };
}

/** A square drawing, `side * side` values of ink from 0 to 255, as 64 pixels of 0 to 16. Nothing drawn gives zeros. */
export function digitOf(ink: ArrayLike<number>, side: number): Float32Array<ArrayBuffer> {
  const pixels = new Float32Array(SIDE * SIDE);
  const box = boxOf(ink, side);
  if (!box) return pixels;
  const dots = SIDE * BLOCK;
  for (let i = 0; i < dots * dots; i++) {
    const [column, row] = [i % dots, Math.floor(i / dots)];
    const x = Math.floor(box.left + ((column + 0.5) * box.size) / dots);
    const y = Math.floor(box.top + ((row + 0.5) * box.size) / dots);
    const inside = x >= 0 && x < side && y >= 0 && y < side;
    const pixel = Math.floor(row / BLOCK) * SIDE + Math.floor(column / BLOCK);
    if (inside && (ink[y * side + x] as number) >= HALF) pixels[pixel] = (pixels[pixel] as number) + 1;
  }
  return pixels;
}
