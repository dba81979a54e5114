// Writes into a part of a tensor that ranges select.
import { checkWhole } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { zeros } from "../../tensor/create.js";
import { defineEdit, defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, formatShape, formatSpec, type Shape, sameShape } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { unsqueeze } from "../move/shape.js";
import { pasteAt, placeParts, type Span, sliceBySpans, spansOf } from "../move/slice.js";
import { copyAll } from "../move/strided.js";
import { apart, sourceFor } from "./write.js";

type Inputs = [x: Tensor, source: Tensor];
type Spans = readonly Span[];

const pasteOp: Op<Inputs, Spans> = defineOp<Inputs, Spans>({
  name: "pasteInto",
  infer: ([x]) => x,
  forward: (out, [x, source], spans) => {
    copyAll(x, out);
    pasteAt(out, source, spans);
  },
  backward: [(g, { shapes, attr }) => pasteOp(g, zeros(shapes[1] as Shape), attr), (g, { attr }) => sliceBySpans(g, attr)],
});

const paste_ = defineEdit<Inputs, Spans>({
  name: "pasteInto_",
  inputs: 2,
  forward: ([x, source], spans) => pasteAt(x, source, spans),
});

/** @internal Writes `source`, which has the shape that the spans select, into a copy of `x` or into `x`. */
export function paste(x: Tensor, source: Tensor, spans: Spans, inPlace: boolean): Tensor {
  return inPlace ? paste_(x, apart(source, x), spans) : pasteOp(x, source, spans);
}

function pasteAlong(op: string, x: Tensor, source: Tensor, dim: number, part: Parameters<typeof placeParts>[2][number]): Tensor {
  checkAlive(op, source, "source");
  const from = sourceFor(op, x, source);
  const parts = new Array<typeof part>(dim).fill([]);
  const { spans, shape } = spansOf(placeParts(op, x, [...parts, part]));
  if (!sameShape(from.shape, shape)) throw new ShapeError(`${op}: ${formatSpec(from)} does not fit the selected ${formatShape(shape)}`);
  return scope(() => paste(x, typeof part === "number" ? unsqueeze(from, dim) : from, spans, false));
}

/**
 * A copy of `x` with `source` as element `index` of dimension `dim`, the inverse of `x.select(dim, index)`. x: any dtype, any shape;
 * source: the same dtype, the shape of x without dim -> the shape of x. Gradient: 0 where x was overwritten, g there to source.
 * Errors: `IndexError` for an index out of range, `ShapeError` for a source of another shape, `DTypeError` for different dtypes.
 * @example zeros(2, 2).selectScatter(ones(2), 1, 0); // [[1, 0], [1, 0]]
 */
export function selectScatter(x: Tensor, source: Tensor, dim: number, index: number): Tensor {
  checkAlive("selectScatter", x, "x");
  checkWhole("selectScatter", "index", index);
  return pasteAlong("selectScatter", x, source, checkDim("selectScatter", dim, x.ndim), index);
}

/** Options of `sliceScatter`. */
export interface SliceScatterOptions {
  /** The dimension, 0 unless given. */
  dim?: number;
  /** Where the range starts; negative numbers count from the end. The first element unless given. */
  start?: number | null;
  /** Where the range ends, before this element. The end of the dimension unless given. */
  end?: number | null;
  /** The distance of the elements, 1 unless given. */
  step?: number;
}

/**
 * A copy of `x` with `source` in a range of one dimension, the inverse of `slice`. x: any dtype, any shape; source: the same dtype, the
 * shape that the range selects -> the shape of x. Gradient: 0 where x was overwritten, g there to source.
 * Errors: `IndexError` for a range that selects nothing, `ShapeError` for a source of another shape, `DTypeError` for different dtypes.
 * @example zeros(4).sliceScatter(ones(2), { start: 1, end: 3 }); // [0, 1, 1, 0]
 */
export function sliceScatter(x: Tensor, source: Tensor, options?: SliceScatterOptions): Tensor {
  checkAlive("sliceScatter", x, "x");
  const { dim, start, end, step } = readOptions<Required<SliceScatterOptions>>("sliceScatter", options, {
    dim: 0,
    start: null,
    end: null,
    step: 1,
  });
  return pasteAlong("sliceScatter", x, source, checkDim("sliceScatter", dim, x.ndim), [start, end, step]);
}
