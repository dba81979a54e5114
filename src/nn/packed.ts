// Sequences of different lengths in one tensor. T counts steps, B sequences; lengths are plain numbers.
import { checkNumber, checkOneOf, checkThat, checkWhole, isGiven } from "../checks.js";
import { ArgError, isPlainObject, ShapeError } from "../errors.js";
import { indexSelect } from "../ops/move/gather.js";
import { cat, checkTensors, stack } from "../ops/move/join.js";
import { reshape, transpose } from "../ops/move/shape.js";
import { narrow, select, split } from "../ops/move/slice.js";
import { readOptions } from "../options.js";
import { full, tensor } from "../tensor/create.js";
import { scope } from "../tensor/scope.js";
import { checkForm, formatSpec } from "../tensor/shape.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";

/** Sequences without their padding: all first steps, then all second steps, and so on, the longest sequence first in each. */
export interface PackedSequence {
  /** [sum of the lengths, ...]. */
  readonly data: Tensor;
  /** How many sequences have each step; it never grows. */
  readonly batchSizes: readonly number[];
  /** int32 [B]: the sequence at each place of the packed order; `null` if the order is that of the input. */
  readonly sortedIndices: Tensor | null;
  /** int32 [B]: the place of each sequence in the packed order; `null` if the order is that of the input. */
  readonly unsortedIndices: Tensor | null;
}

/** Whether the step or the sequence is the first dimension. @inline */
interface Layout {
  /** Whether the batch is the first dimension and the steps the second; false unless given. */
  batchFirst?: boolean;
}

const LAYOUT: Required<Layout> = { batchFirst: false };

const indices = (numbers: readonly number[]): Tensor => tensor(numbers as number[], { shape: [numbers.length], dtype: "int32" });

/** x with the items of a dimension in another order, if there is one. */
export const inOrder = (x: Tensor, dim: number, order: Tensor | null): Tensor => (order ? indexSelect(x, dim, order) : x);

/** Padded sequences as [T, B, ...] and their lengths, given in a list or an int32 or int64 tensor [B], as numbers of at least `least`. */
function readPadded(
  op: string,
  padded: Tensor,
  batchFirst: boolean,
  lengths: readonly number[] | Tensor,
  least: number,
): [Tensor, number[]] {
  checkAlive(op, padded, "padded");
  checkForm(op, padded, padded.ndim > 1, "[T, B, ...] or [B, T, ...]", "the input");
  if (lengths instanceof Tensor) checkAlive(op, lengths, "lengths");
  const list: unknown = lengths instanceof Tensor ? Array.from(lengths.toTypedArray(), Number) : lengths;
  checkThat(op, Array.isArray(list), "lengths must be an array or a tensor of whole numbers", list);
  const given = (list as unknown[]).map((length) => checkWhole(op, "each length", length, least));
  const steps = batchFirst ? transpose(padded, 0, 1) : padded;
  const [longest, batch] = steps.shape as [number, number];
  if (batch < least || given.length !== batch || Math.max(...given) > longest)
    throw new ShapeError(`${op}: lengths [${given}] do not fit ${batch} sequences of at most ${longest} steps in ${formatSpec(padded)}`);
  return [steps, given];
}

/** Throws unless a value is what `packPaddedSequence` gives. */
export function checkPacked(op: string, packed: PackedSequence): void {
  const { data, batchSizes } = Object(packed) as PackedSequence;
  checkThat(op, isPlainObject(packed) && Array.isArray(batchSizes), "takes a packed sequence, as packPaddedSequence gives", packed);
  checkAlive(op, data, "data");
  let total = 0;
  let most: number | undefined;
  for (const size of batchSizes) total += most = checkWhole(op, "each of batchSizes, the largest first,", size, 1, most);
  checkForm(op, data, total > 0 && data.shape[0] === total, `[${total}, ...], which batchSizes add up to`, "data");
}

/** How many numbers are above 0, above 1, and so on: of lengths the sizes of the steps, and of these the lengths, the longest first. */
const countsOf = (numbers: readonly number[]): number[] =>
  Array.from({ length: Math.max(...numbers) }, (_, i) => numbers.filter((n) => n > i).length);

/**
 * Packs padded sequences, so that recurrent layers see no padding. input: any dtype, [T, B, ...], or [B, T, ...] with `batchFirst`; lengths:
 * one per sequence, numbers or an int32 tensor [B]. With `enforceSorted` (default) they must not grow; without, sequences are sorted, and
 * layers give their results in the order of the input.
 * Gradient: of each element to its place; 0 to the padding.
 * Errors: `ArgError` for a length below 1 or lengths that grow with `enforceSorted`, `ShapeError` for lengths that do not fit the input.
 * @example nn.utils.rnn.packPaddedSequence(ones([3, 2, 4]), [3, 1]).batchSizes; // [2, 1, 1]
 */
export function packPaddedSequence(
  input: Tensor,
  lengths: readonly number[] | Tensor,
  options?: Layout & {
    /** Whether lengths that grow are an error; true unless given. */
    enforceSorted?: boolean;
  },
): PackedSequence {
  const op = "packPaddedSequence";
  const { batchFirst, enforceSorted } = readOptions(op, options, { ...LAYOUT, enforceSorted: true });
  return scope(() => {
    const [steps, given] = readPadded(op, input, batchFirst, lengths, 1);
    const [longest, batch, ...features] = steps.shape as [number, number, ...number[]];
    const order = given.map((_, b) => b).sort((a, b) => (given[b] as number) - (given[a] as number));
    if (enforceSorted && order.some((b, place) => b !== place))
      throw new ArgError(`${op}: lengths must not grow, got [${given}]; sort them, or set enforceSorted to false`);
    const sortedIndices = enforceSorted ? null : indices(order);
    const rows = reshape(inOrder(steps, 1, sortedIndices), [longest * batch, ...features]);
    const batchSizes = countsOf(given);
    return {
      data: cat(batchSizes.map((size, t) => narrow(rows, 0, t * batch, size))),
      batchSizes,
      sortedIndices,
      unsortedIndices: sortedIndices && indices(order.map((_, b) => order.indexOf(b))),
    };
  });
}

/**
 * Pads packed sequences: the inverse of `packPaddedSequence`. The result is [T, B, ...], or [B, T, ...] with `batchFirst`, and the lengths as an
 * int32 tensor [B], both in the order of the input before packing. T is the longest length, or `totalLength`; the padding is `paddingValue`.
 * Gradient: of each element to its place; none from the padding.
 * Errors: `ArgError` for a value that is not a packed sequence and a `totalLength` below the longest length.
 * @example nn.utils.rnn.padPackedSequence(nn.utils.rnn.packPaddedSequence(ones([3, 2, 4]), [3, 1]))[0].shape; // [3, 2, 4]
 */
export function padPackedSequence(
  sequence: PackedSequence,
  options?: Layout & {
    /** What the padding is filled with; 0 unless given. */
    paddingValue?: number;
    /** Number of steps of the result; that of the longest sequence unless given. */
    totalLength?: number | null;
  },
): [padded: Tensor, lengths: Tensor] {
  const op = "padPackedSequence";
  const read = readOptions(op, options, { ...LAYOUT, paddingValue: 0, totalLength: null as number | null });
  checkPacked(op, sequence);
  const { data, batchSizes, unsortedIndices } = sequence;
  const { batchFirst, totalLength } = read;
  const paddingValue = checkNumber(op, "paddingValue", read.paddingValue);
  const steps = isGiven(totalLength) ? checkWhole(op, "totalLength", totalLength, batchSizes.length) : batchSizes.length;
  return scope(() => {
    const batch = batchSizes[0] as number;
    const size = data.shape.slice(1);
    const pad = (count: number): Tensor[] => (count > 0 ? [full([count, ...size], paddingValue, { dtype: data.dtype })] : []);
    const pieces = split(data, batchSizes).flatMap((piece, t) => [piece, ...pad(batch - (batchSizes[t] as number))]);
    const rows = cat([...pieces, ...pad((steps - batchSizes.length) * batch)]);
    const padded = inOrder(reshape(rows, [steps, batch, ...size]), 1, unsortedIndices);
    return [batchFirst ? transpose(padded, 0, 1) : padded, inOrder(indices(countsOf(batchSizes)), 0, unsortedIndices)];
  });
}

/** Throws unless it is given a list of tensors of one shape but for the first dimension; returns their lengths. */
function lengthsOf(op: string, sequences: readonly Tensor[]): number[] {
  checkTensors(op, sequences);
  return sequences.map((x, i) => {
    checkAlive(op, x, `item ${i}`);
    checkForm(op, x, x.ndim > 0, "[length, ...]", `item ${i}`);
    return x.shape[0] as number;
  });
}

/**
 * Sequences [L, ...] of different lengths as one tensor [T, B, ...], or [B, T, ...] with `batchFirst`; T is the largest L. Any dtype, equal for
 * all. `paddingValue` fills the end, or with `paddingSide` "left" the start. Gradient: of each sequence to its own elements.
 * Errors: `ArgError` for an empty list, `ShapeError` unless all sizes but the first are equal, `DTypeError` for different dtypes.
 * @example nn.utils.rnn.padSequence([ones([3]), ones([1])], { batchFirst: true }); // [[1, 1, 1], [1, 0, 0]]
 */
export function padSequence(
  sequences: readonly Tensor[],
  options?: Layout & {
    /** What the padding is filled with; 0 unless given. */
    paddingValue?: number;
    /** The side that is padded; "right" unless given. */
    paddingSide?: "left" | "right";
  },
): Tensor {
  const op = "padSequence";
  const read = readOptions(op, options, { ...LAYOUT, paddingValue: 0, paddingSide: "right" as "left" | "right" });
  const longest = Math.max(...lengthsOf(op, sequences));
  checkOneOf(op, "paddingSide", read.paddingSide, ["left", "right"]);
  checkNumber(op, "paddingValue", read.paddingValue);
  return scope(() => {
    const padded = sequences.map((x) => {
      const padding = full([longest - (x.shape[0] as number), ...x.shape.slice(1)], read.paddingValue, { dtype: x.dtype });
      return cat(read.paddingSide === "left" ? [padding, x] : [x, padding]);
    });
    return stack(padded, read.batchFirst ? 0 : 1);
  });
}

/**
 * The sequences [L, ...] of padded ones, [T, B, ...], or [B, T, ...] with `batchFirst`; lengths: one per sequence. Any dtype. Gradient: of each
 * sequence to its own elements.
 * Errors: `ShapeError` for lengths that do not fit, `ArgError` for values that are not lengths.
 * @example nn.utils.rnn.unpadSequence(ones([2, 3]), [3, 1], { batchFirst: true }).map((x) => x.shape); // [[3], [1]]
 */
export function unpadSequence(padded: Tensor, lengths: readonly number[] | Tensor, options?: Layout): Tensor[] {
  const op = "unpadSequence";
  const { batchFirst } = readOptions(op, options, LAYOUT);
  return scope(() => {
    const [steps, given] = readPadded(op, padded, batchFirst, lengths, 0);
    return given.map((length, b) => narrow(select(steps, 1, b), 0, 0, length));
  });
}

/**
 * Packs sequences [L, ...] of different lengths. Any dtype, equal for all. With `enforceSorted` (default) the lengths must not grow.
 * Gradient: of each element to its place. Errors: those of `padSequence` and `packPaddedSequence`: `ArgError`, `ShapeError`, `DTypeError`.
 * @example nn.utils.rnn.packSequence([ones([3]), ones([1])]).batchSizes; // [2, 1, 1]
 */
export function packSequence(sequences: readonly Tensor[], options?: { enforceSorted?: boolean }): PackedSequence {
  const lengths = lengthsOf("packSequence", sequences);
  return scope(() => packPaddedSequence(padSequence(sequences), lengths, options));
}

/**
 * The sequences [L, ...] of packed ones, in the order before packing. Any dtype. Gradient: of each element to its place.
 * Errors: `ArgError` for a value that is not a packed sequence.
 * @example nn.utils.rnn.unpackSequence(nn.utils.rnn.packSequence([ones([3]), ones([1])])).map((x) => x.shape); // [[3], [1]]
 */
export function unpackSequence(sequence: PackedSequence): Tensor[] {
  return scope(() => unpadSequence(...padPackedSequence(sequence)));
}
