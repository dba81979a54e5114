// Elements and dimensions in another order.
import { checkThat, checkWhole } from "../../checks.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, checkForm } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { cat } from "../move/join.js";
import { permute, reshape, transpose } from "../move/shape.js";
import { flip, narrow } from "../move/slice.js";
import { checkRank, listed } from "./checks.js";

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
  const along = listed(dims ?? []).map((dim) => checkDim("roll", dim, x.ndim));
  const flat = along.length === 0;
  checkThat("roll", by.length === (flat ? 1 : along.length), "needs a shift for each dimension", [by, along]);
  for (const shift of by) checkWhole("roll", "shifts", shift);
  return scope(() => {
    const start = flat || x.ndim === 0 ? reshape(x, [x.size]) : x;
    const rolled = by.reduce((y, shift, i) => {
      const dim = along[i] ?? 0;
      const n = y.shape[dim] as number;
      const first = n && ((-shift % n) + n) % n;
      return cat([narrow(y, dim, first, n - first), narrow(y, dim, 0, first)], dim);
    }, start);
    return reshape(rolled, x.shape);
  });
}

/**
 * The elements of two dimensions turned by `k` quarter turns, from the first of `dims` towards the second: [m, n] -> [n, m] for odd k, same
 * shape for even k. x: any dtype, at least two dimensions. Gradient: g turned back.
 * Errors: `ShapeError` below two dimensions, `ArgError` unless `dims` are two different ones, `IndexError` for one outside the rank.
 * @example tensor([[1, 2], [3, 4]]).rot90(); // [[2, 4], [1, 3]]
 */
export function rot90(x: Tensor, k = 1, dims: readonly [number, number] = [0, 1]): Tensor {
  checkRank("rot90", x, 2);
  const turns = checkWhole("rot90", "k", k) & 3;
  const [a, b, more] = listed(dims).map((dim) => checkDim("rot90", dim, x.ndim)) as [number, number, number?];
  checkThat("rot90", more === undefined && b !== undefined && a !== b, "dims must be two different dimensions", dims);
  const reversed = [[], [a], [a, b], [b]][turns] as number[];
  return scope(() => flip(turns & 1 ? transpose(x, a, b) : x, reversed));
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
  checkRank(op, x, dim + 1);
  return flip(x, dim);
}

type Moved = (x: Tensor, source: number | readonly number[], destination: number | readonly number[]) => Tensor;

const moved =
  (op: string): Moved =>
  (x, source, destination) => {
    checkAlive(op, x, "x");
    const [from, to] = [source, destination].map((dims) => listed(dims).map((dim) => checkDim(op, dim, x.ndim))) as [number[], number[]];
    const distinct = from.length === to.length && [from, to].every((dims) => new Set(dims).size === dims.length);
    checkThat(op, distinct, "needs as many destinations as sources, each once", [source, destination]);
    const rest = [...x.shape.keys()].filter((i) => !from.includes(i));
    return permute(
      x,
      x.shape.map((_, i) => from[to.indexOf(i)] ?? (rest.shift() as number)),
    );
  };

/**
 * Dimensions at other places, the rest in their order, as a copy: with (0, -1), [m, n, k] -> [n, k, m]. One number each, or arrays. x: any
 * dtype, any shape. Gradient: g with its dimensions back.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for lists of different lengths or a dimension named twice.
 * @example images.movedim(1, -1).shape; // [4, 8, 8, 3]
 */
export const movedim: Moved = moved("movedim");

/**
 * `movedim` under its other name. x: any dtype, any shape. Gradient: g with its dimensions back.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for lists of different lengths or a dimension named twice.
 * @example images.moveaxis(1, -1).shape; // [4, 8, 8, 3]
 */
export const moveaxis: Moved = moved("moveaxis");

/**
 * `transpose` under its name in NumPy. x: any dtype, any shape -> the two sizes swapped. Gradient: g swapped back.
 * Errors: `IndexError` for a dimension outside the rank.
 * @example ones(2, 3).swapaxes(0, 1).shape; // [3, 2]
 */
export function swapaxes(x: Tensor, axis0: number, axis1: number): Tensor {
  return transpose(x, axis0, axis1);
}

/** The last sizes of x, which has at least three, to be divided by a factor. */
function sizesOf(op: string, x: Tensor, start: number, factor: number): number[] {
  checkRank(op, x, 3);
  checkWhole(op, "the factor", factor, 1);
  return x.shape.slice(start);
}

/** The last dimensions split, put in another order, and joined again to as many. */
function shuffled(
  op: string,
  x: Tensor,
  factor: number,
  split: readonly number[],
  order: readonly number[],
  joined: readonly number[],
): Tensor {
  checkForm(op, x, [...split, ...joined].every(Number.isInteger), `of sizes that ${factor} divides`);
  const before = x.shape.slice(0, x.ndim - joined.length);
  const dims = [...before.keys(), ...order.map((i) => i + before.length)];
  return scope(() => reshape(permute(reshape(x, [...before, ...split]), dims), [...before, ...joined]));
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
  const [c, h, w] = sizesOf("pixelShuffle", x, -3, r) as [number, number, number];
  const each = c / (r * r);
  return shuffled("pixelShuffle", x, r, [each, r, r, h, w], [0, 3, 1, 4, 2], [each, h * r, w * r]);
}

/**
 * Pixels to channels, the inverse of `pixelShuffle`: [..., C, H r, W r] -> [..., C r^2, H, W], with r the `downscaleFactor`. x: any dtype, at
 * least three dimensions. Gradient: g shuffled.
 * Errors: `ShapeError` unless r divides height and width, `ArgError` for an r that is not a whole number above 0.
 * @example pixelUnshuffle(ones(1, 2, 4, 6), 2).shape; // [1, 8, 2, 3]
 */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  const r = downscaleFactor;
  const [c, h, w] = sizesOf("pixelUnshuffle", x, -3, r) as [number, number, number];
  return shuffled("pixelUnshuffle", x, r, [c, h / r, r, w / r, r], [0, 2, 4, 1, 3], [c * r * r, h / r, w / r]);
}

/**
 * Channels taken in turn from each of `groups` equal parts: [N, C, ...] -> same. x: any dtype, at least three dimensions. Gradient: g
 * shuffled back.
 * Errors: `ShapeError` unless `groups` divides the channels, `ArgError` for groups that are not a whole number above 0.
 * Source: Zhang et al., "ShuffleNet", 2018.
 * @example channelShuffle(arange(4).reshape([1, 4, 1, 1]), 2).flatten(); // [0, 2, 1, 3]
 */
export function channelShuffle(x: Tensor, groups: number): Tensor {
  const [c = 0, ...rest] = sizesOf("channelShuffle", x, 1, groups);
  return shuffled("channelShuffle", x, groups, [groups, c / groups, ...rest], [1, 0, ...rest.map((_, i) => i + 2)], [c, ...rest]);
}
