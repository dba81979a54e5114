// Muon: momentum, orthogonalised.
import { checkOneOf, checkPositive, checkThat, checkWhole } from "../checks.js";
import { ArgError } from "../errors.js";
import { add, mul } from "../ops/elementwise/arithmetic.js";
import { matmul } from "../ops/gemm/matmul.js";
import { transpose } from "../ops/move/shape.js";
import { vectorNorm } from "../ops/reduce/more.js";
import { scope } from "../tensor/scope.js";
import { formatSpec } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Group, Optimizer, type Parameters, type PartialOptions, type Slot } from "./optimizer.js";
import { blend } from "./rule.js";

/** Options of `Muon`. */
export interface MuonOptions {
  /** Learning rate; 1e-3 unless given. */
  lr: number;
  /** Share of the weights taken off, times lr; 0.1 unless given. */
  weightDecay: number;
  /** How much of the running mean of the gradient each step keeps; 0.95 unless given. */
  momentum: number;
  /** Looks one step of momentum ahead; true unless given. */
  nesterov: boolean;
  /** Coefficients of the iteration; [3.4445, -4.775, 2.0315] unless given. */
  nsCoefficients: readonly [number, number, number];
  /** The least norm to divide by; 1e-7 unless given. */
  eps: number;
  /** Iterations; 5 unless given. */
  nsSteps: number;
  /** How lr depends on the shape [A, B]: times sqrt(max(1, A / B)) (`"original"`, or null), or 0.2 sqrt(max(A, B)). null unless given. */
  adjustLrFn: "original" | "match_rms_adamw" | null;
}

/** An orthogonal matrix close to x: U V^T of its singular value decomposition, with singular values between about 0.7 and 1.2. */
function orthogonal(x: Tensor, { nsCoefficients: [a, b, c], nsSteps, eps }: MuonOptions): Tensor {
  const tall = (x.shape[0] as number) > (x.shape[1] as number);
  let y = mul(tall ? transpose(x, 0, 1) : x, 1 / Math.max(vectorNorm(x).item(), eps));
  for (let step = 0; step < nsSteps; step++) {
    const gram = matmul(y, transpose(y, 0, 1));
    const update = add(mul(gram, b), mul(matmul(gram, gram), c));
    y = add(mul(y, a), matmul(update, y));
  }
  return tall ? transpose(y, 0, 1) : y;
}

/**
 * Muon for the weight matrices of hidden layers: `m = momentum m + (1 - momentum) g`, `p = p - lr weightDecay p - lr' O`, with O the nearest
 * orthogonal matrix to m (with Nesterov to a step ahead of it), by Newton-Schulz iterations in float32.
 * parameters: matrices only; use another optimizer for all others. State: `momentum_buffer`.
 * Errors: those of `Adam`, and `ArgError` for parameters that are no matrices.
 * Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024; semantics of PyTorch's `Muon`, which iterates in bfloat16.
 * @example
 * const matrices = model.parameters().filter((p) => p.ndim === 2);
 * const optimizers = [new optim.Muon(matrices), new optim.AdamW(model.parameters().filter((p) => p.ndim !== 2))];
 */
export class Muon extends Optimizer<MuonOptions> {
  constructor(parameters: Parameters<MuonOptions>, options?: PartialOptions<MuonOptions>) {
    const defaults = { lr: 1e-3, weightDecay: 0.1, momentum: 0.95, nesterov: true, eps: 1e-7, nsSteps: 5, adjustLrFn: null };
    const nsCoefficients = [3.4445, -4.775, 2.0315] as const;
    const traits = { name: "Muon", keys: ["momentum_buffer"], uncounted: true };
    super(traits, parameters, { ...defaults, nsCoefficients }, options);
  }

  /** @internal */
  override check(name: string, { nsCoefficients, eps, nsSteps, adjustLrFn }: MuonOptions): void {
    checkPositive(name, "eps", eps);
    checkWhole(name, "nsSteps", nsSteps, 0, 99);
    const fits = Array.isArray(nsCoefficients) && nsCoefficients.length === 3 && nsCoefficients.every(Number.isFinite);
    checkThat(name, fits, "nsCoefficients must be three numbers", nsCoefficients);
    if (adjustLrFn !== null) checkOneOf(name, "adjustLrFn", adjustLrFn, ["original", "match_rms_adamw"]);
  }

  protected override checkParams(name: string, params: readonly Tensor[]): void {
    const odd = params.find(({ ndim }) => ndim !== 2);
    if (odd) throw new ArgError(`${name}: takes matrices only, got ${formatSpec(odd)}`);
  }

  protected advance(slots: readonly Slot[], { options }: Group<MuonOptions>): void {
    const { lr, weightDecay, momentum, nesterov, adjustLrFn } = options;
    const bufferOf = ({ tensors }: Slot): Tensor => tensors[0] as Tensor;
    blend(
      slots.map((slot) => [bufferOf(slot), slot.param.grad as Tensor]),
      momentum,
      1 - momentum,
    );
    for (const slot of slots) {
      const { param } = slot;
      const [a, b] = param.shape as readonly [number, number];
      const ratio = adjustLrFn === "match_rms_adamw" ? 0.2 * Math.sqrt(Math.max(a, b)) : Math.sqrt(Math.max(1, a / b));
      scope(() => {
        const buffer = bufferOf(slot);
        const ahead = nesterov ? add(mul(param.grad as Tensor, 1 - momentum), mul(buffer, momentum)) : buffer;
        blend([[param, orthogonal(ahead, options)]], 1 - lr * weightDecay, -lr * ratio);
      });
    }
  }
}
