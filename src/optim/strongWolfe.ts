// The line search of L-BFGS: a step that fulfils the strong Wolfe conditions, as PyTorch searches it (after Torch's lswolfe.lua).
import type { Tensor } from "../tensor/tensor.js";

/** A step t along the direction with the loss f there, its gradient g and the slope along the direction. */
export interface Trial {
  readonly t: number;
  readonly f: number;
  readonly g: Tensor;
  readonly slope: number;
}

const ARMIJO = 1e-4;
const CURVATURE = 0.9;

/** The minimum of the cubic through both points with their slopes, within the bounds. Source: Nocedal and Wright, 2006, equation 3.59. */
function cubicMinimum(a: Trial, b: Trial, low = Math.min(a.t, b.t), high = Math.max(a.t, b.t)): number {
  const d1 = a.slope + b.slope - (3 * (a.f - b.f)) / (a.t - b.t);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const [left, right] = a.t <= b.t ? [a, b] : [b, a];
  const d2 = Math.sqrt(square);
  const at = right.t - (right.t - left.t) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return Math.min(Math.max(at, low), high);
}

/** Searches from `start` (t = 0), first at t, with at most `most` more trials. Result: the best one. `largest` is the largest |d|. */
export function strongWolfe(
  tryAt: (t: number) => Trial,
  start: Trial,
  first: number,
  largest: number,
  tolerance: number,
  most: number,
): Trial {
  const isTooHigh = ({ t, f }: Trial): boolean => f > start.f + ARMIJO * t * start.slope;
  const isFlat = ({ slope }: Trial): boolean => Math.abs(slope) <= -CURVATURE * start.slope;
  let last = start;
  let now = tryAt(first);
  let i = 0;
  // The two ends of an interval that contains such a step; one end if it was found.
  let ends: [Trial, Trial] = [start, now];
  for (; i < most; i++) {
    ends = [last, now];
    if (isTooHigh(now) || (i > 1 && now.f >= last.f)) break;
    if (isFlat(now)) return now;
    if (now.slope >= 0) break;
    const t = cubicMinimum(last, now, now.t + 0.01 * (now.t - last.t), now.t * 10);
    last = now;
    now = tryAt(t);
    ends = [start, now];
  }
  let low: 0 | 1 = ends[0].f <= ends[1].f ? 0 : 1;
  let stuck = false;
  for (; i < most && Math.abs(ends[1].t - ends[0].t) * largest >= tolerance; i++) {
    let t = cubicMinimum(...ends);
    const [near, far] = [Math.min(ends[0].t, ends[1].t), Math.max(ends[0].t, ends[1].t)];
    const margin = 0.1 * (far - near);
    // Too close to an end twice, or at it: a step away from it.
    const isClose: boolean = Math.min(far - t, t - near) < margin;
    const moves: boolean = isClose && (stuck || t >= far || t <= near);
    if (moves) t = Math.abs(t - far) < Math.abs(t - near) ? far - margin : near + margin;
    stuck = isClose && !moves;
    now = tryAt(t);
    const high = (1 - low) as 0 | 1;
    if (isTooHigh(now) || now.f >= ends[low].f) {
      ends[high] = now;
      low = ends[0].f <= ends[1].f ? 0 : 1;
    } else {
      if (isFlat(now)) return now;
      if (now.slope * (ends[high].t - ends[low].t) >= 0) ends[high] = ends[low];
      ends[low] = now;
    }
  }
  return ends[low];
}
