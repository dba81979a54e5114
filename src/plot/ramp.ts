// A sequential colour ramp: even steps to the eye, also without colour vision and in grey.

/** Red, green, blue, 0 to 255. */
export type Rgb = readonly [r: number, g: number, b: number];

/** Every eighth of viridis (Smith, van der Walt and Firing, 2015; CC0). */
const STOPS: readonly Rgb[] = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
];

/** What cells without a number get. */
export const MISSING: Rgb = [140, 140, 140];

/** The colour at `t` from 0 (dark) to 1 (bright); values outside count as the nearest end, NaN as missing. */
export function ramp(t: number): Rgb {
  if (Number.isNaN(t)) return MISSING;
  const place = Math.min(Math.max(t, 0), 1) * (STOPS.length - 1);
  const i = Math.min(Math.floor(place), STOPS.length - 2);
  const part = place - i;
  const [from, to] = [STOPS[i] as Rgb, STOPS[i + 1] as Rgb];
  const mix = (c: 0 | 1 | 2): number => Math.round(from[c] + (to[c] - from[c]) * part);
  return [mix(0), mix(1), mix(2)];
}

export function hex([r, g, b]: Rgb): string {
  return `#${[r, g, b].map((c) => c.toString(16).padStart(2, "0")).join("")}`;
}

/** Relative luminance, 0 to 1 (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance). */
function luminance([r, g, b]: Rgb): number {
  const linear = (c: number): number => (c <= 10.31475 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** Black or white, whichever stands out more: their contrasts are equal at a luminance of 0.179. */
export function textOn(colour: Rgb): "#000" | "#fff" {
  return luminance(colour) > 0.179 ? "#000" : "#fff";
}
