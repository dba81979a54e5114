// Dropout: random zeros while training.
import { checkFinite } from "../../checks.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { checkGenerator, defaultGenerator, type Generator } from "../../tensor/random.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { randomKernels } from "../../wasm/generated/groups/random.js";
import { like } from "../elementwise/broadcast.js";
import { alias } from "../move/shape.js";

interface Attr {
  readonly p: number;
  /** Where the random numbers come from. */
  readonly stream: ReturnType<Generator["reserve"]>;
}

const dropoutOp: Op<[x: Tensor], Attr> = defineOp<[x: Tensor], Attr>({
  name: "dropout",
  infer: ([x]) => like("dropout", x),
  keeps: ([x]) => [{ shape: x.shape, dtype: "bool" }],
  forward: (out, [x], { p, stream }, [mask]) => {
    randomKernels.dropout(x.ptr, out.ptr, (mask as Tensor).ptr, out.size, p, ...stream);
  },
  backward: [(g, { kept: [mask], attr }) => dropoutGrad(g, mask as Tensor, attr.p)],
});

const dropoutGrad: Op<[g: Tensor, mask: Tensor], number> = defineOp<[g: Tensor, mask: Tensor], number>({
  name: "dropoutGrad",
  infer: ([g]) => g,
  forward: (out, [g, mask], p) => randomKernels.dropoutGrad(g.ptr, mask.ptr, out.ptr, out.size, p),
  saves: [[1], []],
  backward: [(gg, { inputs: [, mask], attr }) => dropoutGrad(gg, mask, attr), null],
});

/** Options of `dropout`. */
export interface DropoutOptions {
  /** Probability of a zero, in [0, 1]; 0.5 unless given. */
  p?: number;
  /** Whether elements are dropped at all; true unless given. */
  training?: boolean;
  /** Where the random numbers come from; the default generator unless given. */
  generator?: Generator;
}

/** @internal Reads the options of `dropout`. */
export function dropoutOptions(op: string, options: unknown, training = true): Required<DropoutOptions> {
  const read = readOptions<Required<DropoutOptions>>(op, options, { p: 0.5, training, generator: defaultGenerator });
  checkFinite(op, "p", read.p, 0, 1);
  checkGenerator(op, read.generator);
  return read;
}

/**
 * Zeros with probability `p`, the rest times `1 / (1 - p)`, so that the mean stays; the values of `x` when not training.
 * x: float32, any shape -> same. Gradient: g times `1 / (1 - p)` where the element was kept, 0 elsewhere.
 * Errors: `ArgError` for p outside [0, 1], `DTypeError` unless x is float32.
 * Source: Srivastava et al., 2014.
 * @example dropout(x, { p: 0.1 });
 */
export function dropout(x: Tensor, options?: DropoutOptions): Tensor {
  const { p, training, generator } = dropoutOptions("dropout", options);
  checkAlive("dropout", x, "x");
  checkFloat("dropout", x);
  return !training || p === 0 ? alias(x) : dropoutOp(x, { p, stream: generator.reserve(x.size) });
}
