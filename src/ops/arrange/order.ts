// Elements and dimensions in another order.
import { checkWhole } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, formatSpec, stridesOf } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { permute, reshape, transpose } from "../move/shape.js";
import { flip } from "../move/slice.js";
import { stridedCopy } from "../move/strided.js";

/** One number as a list of one. */
const listed = (value: number | readonly number[]): readonly number[] => (typeof value === "number" ? [value] : value);

interface Shift {
  readonly dim: number;
  /** Elements that come from the end, from 0 to the size. */
  readonly by: number;
}

const rollOp: Op<[x: Tensor], Shift> = defineOp<[x: Tensor], Shift>({
  name: "roll",
  infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  forward: (out, [x], { dim, by }) => {
    const strides = stridesOf(x.shape);
    const [n, stride] = [x.shape[dim] as number, strides[dim] as number];
    const move = (from: number, to: number, count: number): void =>
      stridedCopy(
        x,
        from * stride,
        strides,
        out,
        to * stride,
        strides,
        x.shape.map((size, i) => (i === dim ? count : size)),
      );
    move(n - by, 0, by);
    move(0, by, n - by);
  },
  backward: [(g, { shapes: [shape], attr: { dim, by } }) => rollOp(g, { dim, by: (shape?.[dim] as number) - by })],
});

/**
 * Elements moved by `shifts` along `dims`, those that leave come back at the other end; without dimensions, of the flattened tensor. One
 * number each, or arrays of one length. x: any dtype, any shape -> same. Gradient: g moved back.
 * Errors: `ArgError` for lists of different lengths or shifts that are not whole numbers, `IndexError` for a dimension outside the rank.
 * @example tensor([1, 2, 3]).roll(1); // [3, 1, 2]
 * @example x.roll([1, -1], [0, 1]);
 */
export function roll(x: Tensor, shifts: number | readonly number[], dims?: number | readonly number[]): Tensor {
  checkAlive("roll", x, "x");
  const by = listed(shifts);
  const along = listed(dims ?? []);
  const flat = along.length === 0;
  if (!(Array.isArray(by) && Array.isArray(along)) || by.length !== (flat ? 1 : along.length))
    throw new ArgError(`roll: needs a shift for each dimension, got ${describe(shifts)} and ${describe(dims)}`);
  for (const shift of by) checkWhole("roll", "each shift", shift);
  const checked = along.map((dim) => checkDim("roll", dim, x.ndim));
  return scope(() => {
    const start = flat || x.ndim === 0 ? reshape(x, [x.size]) : x;
    const rolled = by.reduce((y, shift, i) => {
      const dim = checked[i] ?? 0;
      const n = Math.max(y.shape[dim] as number, 1);
      return rollOp(y, { dim, by: y.size === 0 ? 0 : ((shift % n) + n) % n });
    }, start);
    return reshape(rolled, x.shape);
  });
}

/**
 * The elements of two dimensions turned by `k` quarter turns, from the first of `dims` towards the second. x: any dtype, at least two
 * dimensions -> these two sizes swapped for odd k. Gradient: g turned back.
 * Errors: `ShapeError` below two dimensions, `ArgError` unless `dims` are two different ones, `IndexError` for one outside the rank.
 * @example tensor([[1, 2], [3, 4]]).rot90(); // [[2, 4], [1, 3]]
 */
export function rot90(x: Tensor, k = 1, dims: readonly [number, number] = [0, 1]): Tensor {
  checkAlive("rot90", x, "x");
  checkWhole("rot90", "k", k);
  if (x.ndim < 2) throw new ShapeError(`rot90: needs at least two dimensions, got ${formatSpec(x)}`);
  const [a, b, ...rest] = Array.isArray(dims) ? dims.map((dim) => checkDim("rot90", dim, x.ndim)) : [];
  if (a === undefined || b === undefined || rest.length > 0 || a === b)
    throw new ArgError(`rot90: dims must be two different dimensions, got ${describe(dims)}`);
  return scope(() => {
    const turns = ((k % 4) + 4) % 4;
    if (turns === 0) return permute(x, [...x.shape.keys()]);
    if (turns === 2) return flip(x, a, b);
    return turns === 1 ? transpose(flip(x, b), a, b) : flip(transpose(x, a, b), b);
  });
}

/**
 * Columns in reverse: `flip(1)`. x: any dtype, at least two dimensions -> same shape. Gradient: g in reverse.
 * Errors: `ShapeError` below two dimensions.
 * @example tensor([[1, 2], [3, 4]]).fliplr(); // [[2, 1], [4, 3]]
 */
export function fliplr(x: Tensor): Tensor {
  return flipped("fliplr", x, 1);
}

/**
 * Rows in reverse: `flip(0)`. x: any dtype, at least one dimension -> same shape. Gradient: g in reverse.
 * Errors: `ShapeError` for a scalar.
 * @example tensor([[1, 2], [3, 4]]).flipud(); // [[3, 4], [1, 2]]
 */
export function flipud(x: Tensor): Tensor {
  return flipped("flipud", x, 0);
}

function flipped(op: string, x: Tensor, dim: number): Tensor {
  checkAlive(op, x, "x");
  if (x.ndim <= dim) throw new ShapeError(`${op}: needs at least ${dim + 1} dimensions, got ${formatSpec(x)}`);
  return flip(x, dim);
}

function moved(op: string) {
  return (x: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor => {
    checkAlive(op, x, "x");
    const read = (dims: number | readonly number[]): number[] => listed(dims).map((dim) => checkDim(op, dim, x.ndim));
    const [from, to] = [read(source), read(destination)];
    if (from.length !== to.length || new Set(from).size !== from.length || new Set(to).size !== to.length)
      throw new ArgError(`${op}: needs as many destinations as sources, each once, got ${describe(source)} and ${describe(destination)}`);
    const rest = [...x.shape.keys()].filter((i) => !from.includes(i));
    return permute(
      x,
      x.shape.map((_, i) => (to.includes(i) ? from[to.indexOf(i)] : rest.shift()) as number),
    );
  };
}

/**
 * Dimensions at other places, the rest in their order, as a copy: with (0, -1), [m, n, k] -> [n, k, m]. One number each, or arrays. x: any
 * dtype, any shape. Gradient: g with its dimensions back.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for lists of different lengths or a dimension named twice.
 * @example images.movedim(1, -1).shape; // [4, 8, 8, 3]
 */
export const movedim: (x: Tensor, source: number | readonly number[], destination: number | readonly number[]) => Tensor = moved("movedim");

/**
 * `movedim` under its other name. x: any dtype, any shape. Gradient: g with its dimensions back.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for lists of different lengths or a dimension named twice.
 * @example images.moveaxis(1, -1).shape; // [4, 8, 8, 3]
 */
export const moveaxis: (x: Tensor, source: number | readonly number[], destination: number | readonly number[]) => Tensor =
  moved("moveaxis");

/**
 * `transpose` under its name in NumPy. x: any dtype, any shape -> the two sizes swapped. Gradient: g swapped back.
 * Errors: `IndexError` for a dimension outside the rank.
 * @example ones(2, 3).swapaxes(0, 1).shape; // [3, 2]
 */
export function swapaxes(x: Tensor, axis0: number, axis1: number): Tensor {
  return transpose(x, axis0, axis1);
}

/** Channels as [..., C / first, first, ...] moved next to the positions, or back: what the shuffles below share. */
function shuffled(x: Tensor, lead: number, split: readonly number[], order: readonly number[], joined: readonly number[]): Tensor {
  const before = x.shape.slice(0, lead);
  const dims = [...before.keys(), ...order.map((i) => i + lead)];
  return scope(() => reshape(permute(reshape(x, [...before, ...split]), dims), [...before, ...joined]));
}

function channels(op: string, x: Tensor, factor: number, fits: (c: number, h: number, w: number) => boolean): [number, number, number] {
  checkAlive(op, x, "x");
  checkWhole(op, "the factor", factor, 1);
  const [c, h, w] = x.shape.slice(-3);
  if (w === undefined || !fits(c as number, h as number, w))
    throw new ShapeError(`${op}: ${formatSpec(x)} must be [..., C, H, W] with sizes that ${factor} divides`);
  return [c as number, h as number, w];
}

/**
 * Channels to pixels: [..., C r^2, H, W] -> [..., C, H r, W r], with r the `upscaleFactor`. x: any dtype, at least three dimensions.
 * Gradient: g unshuffled.
 * Errors: `ShapeError` unless r^2 divides the channels, `ArgError` for an r that is not a whole number above 0.
 * Source: Shi et al., 2016.
 * @example pixelShuffle(ones(1, 8, 2, 3), 2).shape; // [1, 2, 4, 6]
 */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  const r = upscaleFactor;
  const [c, h, w] = channels("pixelShuffle", x, r, (all) => all % (r * r) === 0);
  const each = c / (r * r);
  return shuffled(x, x.ndim - 3, [each, r, r, h, w], [0, 3, 1, 4, 2], [each, h * r, w * r]);
}

/**
 * Pixels to channels, the inverse of `pixelShuffle`: [..., C, H r, W r] -> [..., C r^2, H, W], with r the `downscaleFactor`. x: any dtype, at
 * least three dimensions. Gradient: g shuffled.
 * Errors: `ShapeError` unless r divides height and width, `ArgError` for an r that is not a whole number above 0.
 * @example pixelUnshuffle(ones(1, 2, 4, 6), 2).shape; // [1, 8, 2, 3]
 */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  const r = downscaleFactor;
  const [c, h, w] = channels("pixelUnshuffle", x, r, (_, high, wide) => high % r === 0 && wide % r === 0);
  return shuffled(x, x.ndim - 3, [c, h / r, r, w / r, r], [0, 2, 4, 1, 3], [c * r * r, h / r, w / r]);
}

/**
 * Channels taken in turn from each of `groups` equal parts: [N, C, ...] -> same. x: any dtype, at least three dimensions. Gradient: g
 * shuffled back.
 * Errors: `ShapeError` unless `groups` divides the channels, `ArgError` for groups that are not a whole number above 0.
 * Source: Zhang et al., "ShuffleNet", 2018.
 * @example channelShuffle(arange(4).reshape([1, 4, 1, 1]), 2).flatten(); // [0, 2, 1, 3]
 */
export function channelShuffle(x: Tensor, groups: number): Tensor {
  checkAlive("channelShuffle", x, "x");
  checkWhole("channelShuffle", "groups", groups, 1);
  const [, c = 0, ...rest] = x.shape;
  if (x.ndim < 3 || c % groups !== 0)
    throw new ShapeError(`channelShuffle: ${formatSpec(x)} must be [N, C, ...] with channels that ${groups} divides`);
  return shuffled(x, 1, [groups, c / groups, ...rest], [1, 0, ...rest.map((_, i) => i + 2)], [c, ...rest]);
}
