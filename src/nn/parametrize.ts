// Parametrizations: weights that are computed from other parameters whenever they are read.
import { checkFinite, checkThat, checkWhole } from "../checks.js";
import { ArgError } from "../errors.js";
import { div, maximum, mul } from "../ops/elementwise/arithmetic.js";
import { sqrt, square } from "../ops/elementwise/unary.js";
import { matmul } from "../ops/gemm/matmul.js";
import { copy_ } from "../ops/move/inplace.js";
import { clone, permute, reshape } from "../ops/move/shape.js";
import { sum } from "../ops/reduce/reduce.js";
import { readOptions } from "../options.js";
import { fillNormal } from "../tensor/random.js";
import { scope } from "../tensor/scope.js";
import { checkDim } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { dimOf, type Tensor } from "../tensor/tensor.js";
import { checkModule, type Module, type StateDict } from "./module.js";
import { Buffer, Parameter } from "./parameter.js";
import { stateEntries } from "./state.js";

/** What a parametrization owns, under its names in the state dict. The last parameter has the place of the weight. */
interface Originals {
  original?: Parameter;
  original0?: Parameter;
  original1?: Parameter;
  /** Of the parametrization itself. */
  0?: { readonly _u: Buffer; readonly _v: Buffer };
}

type Parametrized = Module & { parametrizations?: Record<string, Originals> } & Record<string, unknown>;

const stateName = (module: Module, name: string): string => (module.constructor as typeof Module).stateNames[name] ?? name;

/** The parameter of a field. Errors: `ArgError` if there is none. */
function parameterOf(op: string, module: Module, name: string): Parameter {
  checkModule(op, "module", module);
  const { parametrizations = {}, [name]: field } = module as Parametrized;
  if (Object.hasOwn(parametrizations, stateName(module, name)))
    throw new ArgError(`${op}: ${name} has a parametrization; removeParametrizations first`);
  checkThat(op, field instanceof Parameter, `${module.constructor.name}.${name} must be a parameter`, field);
  return field as Parameter;
}

/** Replaces a field by what `compute` gives each time it is read. */
function install<M extends Module>(module: M, name: string, originals: Originals, compute: () => Tensor): M {
  const fields = module as unknown as Parametrized;
  fields.parametrizations = { ...fields.parametrizations, [stateName(module, name)]: originals };
  Object.defineProperty(module, name, { get: () => scope(compute), configurable: true, enumerable: false });
  return module;
}

/** The dimensions but for one. */
const others = ({ shape }: Tensor, dim: number): number[] => [...shape.keys()].filter((i) => i !== dim);

/** `x / max(|x|, eps)`. */
const normalize = (x: Tensor, eps: number): Tensor => div(x, maximum(sqrt(sum(square(x))), eps));

/**
 * Weight normalisation: `weight = g v / |v|`, the norm over all dimensions but `dim`. `g` and `v` are trained in the place of the weight,
 * as `parametrizations.weight.original0` and `original1` in the state dict (PyTorch's `parametrizations.weight_norm`; `renameOldNorms`
 * takes the names of the older one). They start so that the weight stays as it is. Make optimizers afterwards. Returns the module.
 *
 * name: the field of the parameter. dim: 0 unless given; `null` for one norm over all elements.
 * Gradient: NaN where v is 0, as is the weight.
 * Errors: `ArgError` for what is no module or parameter, one that has a parametrization, and unknown options; `IndexError` for a dimension
 * outside the rank.
 * Source: Salimans and Kingma, 2016.
 * @example Object.keys(nn.weightNorm(new nn.Linear(4, 2)).stateDict()); // ["bias", "parametrizations.weight.original0", "parametrizations.weight.original1"]
 */
export function weightNorm<M extends Module>(module: M, name = "weight", options?: { dim?: number | null }): M {
  const v = parameterOf("weightNorm", module, name);
  const { dim } = readOptions<{ dim: number | null }>("weightNorm", options, { dim: 0 });
  const kept = dim === null ? -1 : checkDim("weightNorm", checkWhole("weightNorm", "dim", dim, 0), v.ndim);
  const dims = others(v, kept);
  const norm = (): Tensor => (dims.length > 0 ? sqrt(sum(square(v), dims, { keepdim: dim !== null })) : sqrt(square(v)));
  const g = scope(() => noGrad(() => new Parameter(norm(), { requiresGrad: v.requiresGrad })));
  return install(module, name, { original0: g, original1: v }, () => mul(v, div(g, norm())));
}

/** Options of `spectralNorm`. */
export interface SpectralNormOptions {
  /** Steps of the power iteration each time the weight is read in training; 1 unless given. */
  nPowerIterations?: number;
  /** Least norm by which vectors are divided; 1e-12 unless given. */
  eps?: number;
  /** Dimension of the outputs; 1 for transposed convolutions, else 0, unless given. */
  dim?: number | undefined;
}

/**
 * Spectral normalisation: `weight = W / sigma`, sigma the largest singular value of W as a matrix with the rows of `dim`. It is estimated
 * by power iteration, which goes on each time the weight is read in training; a vector is divided by its norm. W is trained, as
 * `parametrizations.weight.original` in the state dict, beside the vectors `parametrizations.weight.0._u` and `_v` (PyTorch's
 * `parametrizations.spectral_norm`). Make optimizers afterwards. Returns the module.
 *
 * name: the field of the parameter. Gradient: with u and v as constants.
 * Errors: `ArgError` for what is no module or parameter, one that has a parametrization, and options outside their range; `IndexError` for
 * a dimension outside the rank.
 * Source: Miyato et al., 2018.
 * @example nn.spectralNorm(new nn.Linear(4, 2)).call(randn([1, 4])).shape; // [1, 2]
 */
export function spectralNorm<M extends Module>(module: M, name = "weight", options?: SpectralNormOptions): M {
  const w = parameterOf("spectralNorm", module, name);
  const transposed = "outputPadding" in Object((module as { options?: unknown }).options);
  const defaults = { nPowerIterations: 1, eps: 1e-12, dim: Number(transposed) };
  const { nPowerIterations, eps, dim: given } = readOptions<Required<SpectralNormOptions>>("spectralNorm", options, defaults);
  checkWhole("spectralNorm", "nPowerIterations", nPowerIterations, 1);
  checkFinite("spectralNorm", "eps", eps, 0);
  const dim = dimOf("spectralNorm", w, given as number);
  if (w.ndim === 1) return install(module, name, { original: w }, () => normalize(w, eps));
  const rows = w.shape[dim] as number;
  const matrix = (): Tensor => reshape(dim === 0 ? w : permute(w, [dim, ...others(w, dim)]), [rows, -1]);
  const random = (size: number): Buffer => {
    const x = Buffer.zeros([size]);
    fillNormal(x, 0, 1);
    return x;
  };
  const [u, v] = [random(rows), random(w.size / rows)];
  const iterate = (times: number): void =>
    noGrad(() =>
      scope(() => {
        const m = matrix();
        for (let i = 0; i < times; i++) {
          copy_(u, normalize(matmul(m, v), eps));
          copy_(v, normalize(matmul(u, m), eps));
        }
      }),
    );
  iterate(15); // as PyTorch
  return install(module, name, { original: w, 0: { _u: u, _v: v } }, () => {
    if (module.training) iterate(nPowerIterations);
    // Copies, because a later iteration changes u and v, which the gradient of this one reads.
    return div(w, matmul(clone(u), matmul(matrix(), clone(v))));
  });
}

/**
 * Takes the parametrization of a weight away. The weight is a parameter again: with the value that it was computed to, or, with
 * `leaveParametrized: false`, what it was computed from, which only a spectral norm has. Make optimizers afterwards. Returns the module.
 * Errors: `ArgError` for what is no module, a name without a parametrization, and `leaveParametrized: false` for a weight norm.
 * @example nn.removeParametrizations(nn.weightNorm(new nn.Linear(4, 2))).weight.shape; // [2, 4]
 */
export function removeParametrizations<M extends Module>(module: M, name = "weight", options?: { leaveParametrized?: boolean }): M {
  checkModule("removeParametrizations", "module", module);
  const { leaveParametrized } = readOptions("removeParametrizations", options, { leaveParametrized: true });
  const fields = module as unknown as Parametrized;
  const { [stateName(module, name)]: originals, ...left } = fields.parametrizations ?? {};
  if (!originals) throw new ArgError(`removeParametrizations: ${module.constructor.name}.${String(name)} has no parametrization`);
  const { original, original0, original1, 0: vectors } = originals;
  if (!leaveParametrized && !original)
    throw new ArgError(`removeParametrizations: leaveParametrized: false needs one tensor, and ${name} is computed from two`);
  const parameter = (original ?? original1) as Parameter;
  if (leaveParametrized) scope(() => noGrad(() => copy_(parameter, fields[name] as Tensor)));
  for (const tensor of [original0, vectors?._u, vectors?._v]) tensor?.dispose();
  if (Object.keys(left).length > 0) fields.parametrizations = left;
  else Reflect.deleteProperty(fields, "parametrizations");
  Object.defineProperty(module, name, { value: parameter, writable: true, configurable: true, enumerable: true });
  return module;
}

/**
 * A state with the names of today for those that `torch.nn.utils.weight_norm` and `spectral_norm` wrote: `weight_g` and `weight_v`, or
 * `weight_orig`, `weight_u` and `weight_v`. Other names stay; the tensors, of any dtypes and shapes, are the
 * same.
 * Errors: `ArgError` for what is no state.
 * @example Object.keys(nn.renameOldNorms({ "0.weight_g": ones([2, 1]), "0.weight_v": ones([2, 4]) })); // ["0.parametrizations.weight.original0", "0.parametrizations.weight.original1"]
 */
export function renameOldNorms(state: StateDict | ReadonlyMap<string, Tensor>): StateDict {
  const given = new Map(stateEntries("renameOldNorms", state)) as Map<string, Tensor>;
  const rename = (name: string): string => {
    const [, path = "", of = "", kind = ""] = /^(.*\.)?([^.]+)_(orig|[guv])$/.exec(name) ?? [];
    const has = (end: string): boolean => given.has(`${path}${of}_${end}`);
    const names: Readonly<Record<string, string>> = has("orig")
      ? { orig: "original", u: "0._u", v: "0._v" }
      : has("g")
        ? { g: "original0", v: "original1" }
        : {};
    return names[kind] ? `${path}parametrizations.${of}.${names[kind]}` : name;
  };
  return Object.fromEntries(Array.from(given, ([name, x]) => [rename(name), x]));
}
