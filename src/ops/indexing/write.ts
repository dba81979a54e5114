// What all writes by index share: the operations that write into a copy, the edit that writes in place, and their checks.
//
// A function whose name ends in "_" edits its tensor in place, as `set` does; both forms run the same code with `inPlace` true or false.
import { DTypeError, GradError, ShapeError } from "../../errors.js";
import { full, zeros } from "../../tensor/create.js";
import { arithmeticType, dtypes } from "../../tensor/dtype.js";
import { defineEdit, defineOp, type Op, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { aroundDim, broadcastsTo, formatShape, formatSpec, type Shape } from "../../tensor/shape.js";
import { isGradEnabled, noGrad } from "../../tensor/tape.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { checkFits } from "../../tensor/values.js";
import { indexingKernels } from "../../wasm/generated/groups/indexing.js";
import { k } from "../../wasm/kernels.js";
import { div, mul } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { eq } from "../elementwise/compare.js";
import { computable } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { gatherOp, indexAddOp, indexSelectOp, scatterAddOp } from "../move/gather.js";
import { copy_ } from "../move/inplace.js";
import { clone, expand, reshape } from "../move/shape.js";
import { copyAll } from "../move/strided.js";

/** How elements are combined with those at their places; -1 writes over them. The numbers are those of the kernel. */
export const MODES = { copy: -1, sum: 0, prod: 1, amax: 2, amin: 3 } as const;
export type Mode = (typeof MODES)[keyof typeof MODES];

/** `rows`: the index is [n] and selects rows along `dim`; else it has the shape of the source. */
interface How {
  readonly dim: number;
  readonly rows: boolean;
  readonly mode: Mode;
}

type Inputs = [x: Tensor, index: Tensor, source: Tensor];

function write(into: Tensor, index: Tensor, source: Tensor, { dim, rows, mode }: How): void {
  const [outer, nx, inner] = aroundDim(into.shape, dim);
  const { bytes, kind } = dtypes[into.dtype];
  const places = [source.ptr, index.ptr, into.ptr, outer, nx, source.shape[dim] as number] as const;
  if (mode !== MODES.copy) {
    if (rows) k.indexAdd(...places, inner, 0, nx);
    else indexingKernels.scatterReduce(...places, inner, mode, kind !== "float");
  } else if (rows) indexingKernels.indexCopy(...places, inner * bytes);
  else indexingKernels.scatter(...places, inner, bytes);
}

const write_ = defineEdit<Inputs, How>({
  name: "write_",
  inputs: 3,
  forward: ([x, index, source], how) => write(x, index, source, how),
});

/** The elements that a write with this index reaches. */
const read = (x: Tensor, index: Tensor, { dim, rows }: How): Tensor => (rows ? indexSelectOp : gatherOp)(x, index, dim);

const writeOp: Op<Inputs, How> = defineOp<Inputs, How>({
  name: "write",
  infer: ([x]) => x,
  forward: (out, [x, index, source], how) => {
    copyAll(x, out);
    write(out, index, source, how);
  },
  saves: [[1], [], [1]],
  backward: [
    (g, { inputs: [, index], shapes, attr }) => writeOp(g, index, zeros(shapes[2] as Shape), attr),
    null,
    (g, { inputs: [, index], attr }) => read(g, index, attr),
  ],
});

/** 1 where a mask is true, in the dtype of a gradient. */
const counted = (mask: Tensor): Tensor => to(mask, "float32");

/** Products, extremes, and sums of integers. The gradients are PyTorch's, in its order of operations. */
const reduceOp: Op<Inputs, How> = defineOp<Inputs, How>({
  name: "scatterReduce",
  infer: ([x]) => x,
  forward: (out, [x, index, source], how) => {
    copyAll(x, out);
    write(out, index, source, how);
  },
  backward: {
    inputs: [true, false, true],
    saves: [0, 1, 2, "out"],
    rule: (g, { inputs: [x, index, source], out, attr }) => {
      const { dim, mode } = attr;
      const add = (into: Tensor, values: Tensor): Tensor => scatterAddOp(into, index, values, dim);
      const get = (of: Tensor): Tensor => gatherOp(of, index, dim);
      if (mode !== MODES.prod) {
        const [ours, theirs] = [counted(eq(x, out)), counted(eq(source, get(out)))];
        const share = div(g, add(ours, theirs));
        return [mul(ours, share), undefined, mul(theirs, get(share))];
      }
      const [zero, none] = [eq(source, 0), eq(x, 0)];
      const only = where(zero, eq(get(add(zeros(x.shape), counted(zero))), 1), zero);
      const others = reduceOp(x, index, where(only, 1, source), attr);
      const dx = mul(g, div(reduceOp(where(none, 1, x), index, source, attr), where(none, 1, x)));
      return [dx, undefined, where(only, get(mul(g, others)), div(get(mul(g, out)), where(zero, 1, source)))];
    },
  },
});

/** Writes into a copy of `x`, or into `x` itself, which must not be part of the memory of the others then. */
export function writeAt(x: Tensor, index: Tensor, source: Tensor, how: How, inPlace: boolean): Tensor {
  if (how.mode === MODES.copy) return inPlace ? write_(x, apart(index, x), apart(source, x), how) : writeOp(x, index, source, how);
  if (x.dtype !== arithmeticType(x.dtype)) {
    const out = to(writeAt(computable(x), index, computable(source), how, false), x.dtype);
    return inPlace ? copy_(x, out) : out;
  }
  const { dim, mode } = how;
  const isFloat = x.dtype === "float32";
  if (how.rows && !isFloat) {
    const each = source.shape.map((size, i) => (i === dim ? size : 1));
    return writeAt(x, expand(reshape(index, each), source.shape), source, { ...how, rows: false }, inPlace);
  }
  if (inPlace) return write_(x, apart(index, x), apart(source, x), how);
  if (mode === MODES.sum && isFloat) return (how.rows ? indexAddOp : scatterAddOp)(x, index, source, dim);
  return reduceOp(x, index, source, how);
}

/** `x`, or a copy of it if it shares memory with `other`. */
export function apart(x: Tensor, other: Tensor): Tensor {
  return x.storage === other.storage ? clone(x) : x;
}

/**
 * Runs a write: `work` gets whether it edits `x` in place. An edit refuses tensors whose gradient it would lose, before anything else is
 * done.
 */
export function writing(op: string, x: Tensor, source: Operand, work: (inPlace: boolean) => Tensor): Tensor {
  if (op !== "set" && !op.endsWith("_")) return scope(() => work(false));
  if (isGradEnabled()) {
    for (const one of [x, source]) {
      if (one instanceof Tensor && one.node)
        throw new GradError(`${op}: ${formatSpec(one)} requires a gradient; wrap the edit in noGrad(() => ...)`);
    }
  }
  noGrad(() => {
    work(true);
  });
  return x;
}

/**
 * What is written, a tensor or a number, in the dtype of `x`. A number and a tensor of another dtype are refused if that loses something.
 */
export function sourceFor(op: string, x: Tensor, source: Operand): Tensor {
  if (typeof source === "number") {
    checkFits(op, "the value", source, x.dtype);
    return full([], source, { dtype: x.dtype });
  }
  checkAlive(op, source, "the source");
  if (source.dtype === x.dtype) return source;
  throw new DTypeError(`${op}: x is ${formatSpec(x)} and the source ${formatSpec(source)}; convert it with .to("${x.dtype}")`);
}

/** All elements in one dimension. */
export function flat(x: Tensor): Tensor {
  return reshape(x, [x.size]);
}

/** Repeats `source` to a shape. */
export function fill(op: string, source: Tensor, shape: Shape): Tensor {
  if (broadcastsTo(source.shape, shape)) return expand(source, shape);
  throw new ShapeError(`${op}: ${formatSpec(source)} does not fit the selected ${formatShape(shape)}`);
}
