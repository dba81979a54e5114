// The definition of operations: one object contains everything about an operation. dispatch.ts runs it.
import { ArgError, GradError } from "../errors.js";
import { dispatch, dispatchView, inferSpecs } from "./dispatch.js";
import type { Shape, Spec } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** An argument of a binary operation: a tensor, or a number that is taken as a scalar of the other's dtype. */
export type Operand = Tensor | number;

/** An argument of any operation; `undefined` for an optional one that is not there. */
export type Argument = Operand | undefined;

/** What an operation gives: a tensor, or several. */
export type Results = Tensor | readonly Tensor[];

/** Inputs as an operation gets them: numbers are scalars by then. */
export type Resolved<In extends readonly Argument[]> = { [I in keyof In]: Exclude<In[I], number> };
/** What `infer` gives: one spec, or one for each result. @inline */
type SpecsOf<Out extends Results> = Out extends Tensor ? Spec : { readonly [I in keyof Out]: Spec };

/** The values that a rule may read. Inputs and `out` are present only if `saves` lists them. */
export interface Saved<In extends readonly Argument[], Attr, Out extends Results = Tensor> {
  /** The inputs by position, numbers as scalars. */
  readonly inputs: Resolved<In>;
  /** The result, or the results. */
  readonly out: Out;
  /** Side results of the forward. */
  readonly kept: readonly Tensor[];
  /** The attributes of the call. */
  readonly attr: Attr;
  /** Shapes of all inputs, saved or not. */
  readonly shapes: readonly Shape[];
}

/**
 * The gradient for one input, from the gradient `g` of the result. It may have the result's broadcast shape:
 * broadcasting is undone in one place, by `backward`.
 */
export type Rule<In extends readonly Argument[], Attr> = (g: Tensor, saved: Saved<In, Attr>) => Tensor;

/** Gradients of the results; of several, `undefined` where nothing depends on one. @inline */
type GradsOf<Out extends Results> = Out extends Tensor ? Tensor : { readonly [I in keyof Out]: Tensor | undefined };

/** What a rule reads: inputs by position, `"out"` for a single result, `"out:1"` for one of several. */
export type Save = number | "out" | `out:${number}`;

/** One rule for all inputs: for kernels that give all gradients in one pass, and for operations of several results. */
export interface Joint<In extends readonly Argument[], Attr, Out extends Results> {
  /** Which inputs have a gradient at all; `"any"` for an operation of any number of inputs, which all have. */
  readonly inputs: { readonly [I in keyof In]: boolean } | "any";
  /** What the rule reads. */
  readonly saves: readonly Save[];
  /** A gradient for each input that is `wanted`; others may be `undefined`. Shapes as for `Rule`. */
  rule(
    g: GradsOf<Out>,
    saved: Saved<In, Attr, Out>,
    wanted: { readonly [I in keyof In]: boolean },
  ): { readonly [I in keyof In]: Tensor | undefined };
}

/** A rule per input; `null` says that there is no gradient. */
export type Rules<In extends readonly Argument[], Attr> = { readonly [I in keyof In]: Rule<In, Attr> | null };

/** No input of an operation of several results has a gradient. @inline */
type NoRules<In extends readonly Argument[]> = { readonly [I in keyof In]: null };

/** Returns the address of scratch memory, which is valid during this call. Each call of the function returns different memory. */
export type Scratch = (bytes: number) => number;

/** Everything about one operation. */
export type OpDef<In extends readonly Argument[], Attr = void, Out extends Results = Tensor> = Definition<In, Attr, Out> &
  (Out extends Tensor ? unknown : { readonly several: true });

/** The parts of a definition. */
export interface Definition<In extends readonly Argument[], Attr, Out extends Results> {
  /** Unique: no two operations have one name. */
  readonly name: string;
  /** Shape and dtype of the result, or of each. Throws, naming the op and every shape, when the inputs do not fit. */
  infer(inputs: Resolved<In>, attr: Attr): SpecsOf<Out>;
  /** Side results that the rules need (indices of maxima, statistics); filled by `forward`, without a gradient of their own. */
  keeps?(inputs: Resolved<In>, attr: Attr): readonly Spec[];
  /** Fills `out` (and `kept`) through kernels: every element, and nothing else but the inputs of `mutates`. */
  forward(out: Out, inputs: Resolved<In>, attr: Attr, kept: readonly Tensor[], scratch: Scratch): void;
  /** `true` for an operation with several results: `infer` then returns a list of specs, and the call an array of tensors. */
  readonly several?: boolean;
  /** Positions of inputs that may be `undefined`. */
  readonly optional?: readonly number[];
  /** Positions of inputs that `forward` changes in place, such as running statistics. */
  readonly mutates?: readonly number[];
  /** Of several results, which have a gradient; all unless given. */
  readonly differentiable?: readonly boolean[];
  /** Per rule, what it reads. Nothing when absent. */
  readonly saves?: { readonly [I in keyof In]: readonly (number | "out")[] };
  /** A rule per input, which gives its gradient, or `null` where there is none; or one rule for all inputs. */
  readonly backward: Out extends Tensor ? Rules<In, Attr> | Joint<In, Attr, Out> : NoRules<In> | Joint<In, Attr, Out>;
  /**
   * The same function in plain operations, for fused ops whose rules are not differentiable themselves. Inputs that only this one
   * reads are not kept alive for it: second derivatives need them to be still there, except those that `unread` names.
   */
  composite?(inputs: Resolved<In>, attr: Attr, kept: readonly Tensor[]): Out;
  /** Positions of inputs whose values neither `forward` nor the composite reads: only their place in the graph is used. */
  readonly unread?: readonly number[];
  /**
   * For an op of one input whose gradient is `g` in some places and 0 elsewhere: adds `g` there to a sum of gradients. Many pieces of
   * one tensor then cost as much as their elements, not each as much as the whole.
   */
  addGrad?(sum: Tensor, g: Tensor, attr: Attr): void;
}

/** An op of any inputs and results, as the tape holds it. */
// biome-ignore lint/suspicious/noExplicitAny: the tape treats all ops alike; each op's own definition is typed
export type AnyOpDef = Definition<any, any, any>;

/** A defined operation: call it with its inputs, then its attributes if it has any. */
export interface Op<In extends readonly Argument[], Attr = void, Out extends Results = Tensor> {
  (...args: Attr extends void ? In : [...inputs: In, attr: Attr]): Out;
  /** The definition that `defineOp` was given. */
  readonly def: OpDef<In, Attr, Out>;
}

/** How an operation makes its results: in fresh memory, as another view of its input, or by changing its input. */
export type Kind = "compute" | "view" | "edit";

/** Where a view starts, in elements. */
export interface ViewSpec {
  readonly shape: Shape;
  readonly offset: number;
}

/**
 * An operation as an interceptor sees it: its definition, read once.
 * Errors: those of the operation, from `infer` and `call`.
 * @example intercept((call, next) => (call.op.name === "relu" ? call.op.call(call.inputs, call.attr) : next(call)), () => x.relu());
 */
export class Operation {
  /** Unique. */
  readonly name: string;
  /** How it makes its results. */
  readonly kind: Kind;
  /** @internal */
  readonly def: AnyOpDef;
  /** @internal Of a view. */
  readonly place: ((x: Tensor, attr: unknown) => ViewSpec) | undefined;
  /** @internal Number of inputs; infinite for any number. */
  readonly arity: number;
  /** @internal Positions of inputs that may be `undefined`. */
  readonly optional: readonly number[] | undefined;
  /** @internal The one rule for all inputs. */
  readonly joint: Joint<readonly Argument[], unknown, Results> | undefined;
  /** @internal Whether there is one result. */
  readonly single: boolean;
  /** Whether each input can have a gradient. */
  readonly #gradients: readonly boolean[] | undefined;
  readonly #unsaved: Tensor[] = [];

  /** @internal */
  constructor(kind: Kind, def: AnyOpDef, place?: (x: Tensor, attr: unknown) => ViewSpec) {
    this.kind = kind;
    this.def = def;
    this.place = place;
    const { name, backward, optional } = def;
    this.name = name;
    this.optional = optional;
    this.single = def.several !== true;
    if (Array.isArray(backward)) {
      this.arity = backward.length;
      this.#gradients = backward.map((rule) => rule !== null);
    } else {
      const joint = backward as Joint<readonly Argument[], unknown, Results>;
      this.joint = joint;
      this.arity = joint.inputs === "any" ? Infinity : joint.inputs.length;
      this.#gradients = joint.inputs === "any" ? undefined : joint.inputs;
    }
  }

  /**
   * Shapes and dtypes of the results, without running anything. Errors: those of the operation for inputs that do not fit.
   * @example intercept((call, next) => { console.log(call.op.infer(call.inputs, call.attr)); return next(call); }, () => x.relu());
   */
  infer(inputs: readonly Argument[], attr: unknown): readonly Spec[] {
    return inferSpecs(this, [...inputs], attr);
  }

  /**
   * Runs the operation. Result: its results as a list, also if there is one. Errors: those of the operation.
   * @example intercept((call) => call.op.call(call.inputs, call.attr), () => x.relu().shape); // [2, 3]
   */
  call(inputs: readonly Argument[], attr: unknown): readonly Tensor[] {
    return [dispatch(this, [...inputs], attr)].flat();
  }

  /** @internal A placeholder for an input (-1: for a result) that `saves` does not list: any access throws an error that says so. */
  unsaved(position: number): Tensor {
    const what = position < 0 ? "its result" : `input ${position}`;
    const refuse = (): never => {
      throw new GradError(`backward: the rule of ${this.name} reads ${what}, which its saves do not list`);
    };
    this.#unsaved[position + 1] ??= new Proxy({} as Tensor, { get: refuse, has: refuse, getPrototypeOf: refuse });
    return this.#unsaved[position + 1] as Tensor;
  }

  /** @internal Whether the input at a position can have a gradient. */
  hasGradient(position: number): boolean {
    return this.#gradients === undefined || this.#gradients[position] === true;
  }
}

const registry = new Map<string, Operation>();

function register(operation: Operation): Operation {
  const { name } = operation;
  if (registry.has(name)) throw new ArgError(`defineOp: the name "${name}" is taken; give this operation another one`);
  registry.set(name, operation);
  return operation;
}

/** The operation with a name, for graphs that were stored. @internal */
export function operationNamed(name: string): Operation | undefined {
  return registry.get(name);
}

/**
 * Turns a definition into a function that checks, runs and records. Users get it with more checks of the definition (`custom.ts`).
 * Errors: `ArgError` for a name that is taken.
 * @example const neg = defineOp<[x: Tensor]>({ name: "neg", infer: ([x]) => x, forward: (out, [x]) => k.neg(x.ptr, out.ptr, x.size), backward: [(g) => neg(g)] });
 */
export function defineOp<In extends readonly Argument[], Attr = void, Out extends Results = Tensor>(
  def: OpDef<In, Attr, Out>,
): Op<In, Attr, Out> {
  const operation = register(new Operation("compute", def as unknown as AnyOpDef));
  return Object.assign(callOf(operation), { def }) as unknown as Op<In, Attr, Out>;
}

/** The function that calls an operation. Named parameters are cheaper than a rest parameter. */
function callOf(operation: Operation): (...args: Argument[]) => unknown {
  const { arity } = operation;
  if (arity === 1) return (x, attr?: unknown) => dispatch(operation, [x], attr);
  if (arity === 2) return (a, b, attr?: unknown) => dispatch(operation, [a, b], attr);
  if (arity === Infinity) return (...args) => dispatch(operation, args.slice(0, -1), args.at(-1));
  return (...args) => {
    const attr = args[arity];
    args.length = arity;
    return dispatch(operation, args, attr);
  };
}

/** A view: the result shares the storage of the input, so there is no `forward`, and `infer` also returns where the result starts. */
export interface ViewDef<Attr> {
  readonly name: string;
  infer(x: Tensor, attr: Attr): ViewSpec;
  /** `shape` is the input's. */
  readonly backward: (g: Tensor, shape: Shape, attr: Attr) => Tensor;
  /** As in `OpDef`. */
  addGrad?(sum: Tensor, g: Tensor, attr: Attr): void;
}

/** Defines an operation that returns another shape over the same elements, from `offset` elements on. */
export function defineView<Attr>(view: ViewDef<Attr>): (x: Tensor, attr: Attr) => Tensor {
  const def: OpDef<[Tensor], Attr> = {
    name: view.name,
    infer: ([x], attr) => ({ shape: view.infer(x, attr).shape, dtype: x.dtype }),
    forward: () => undefined,
    backward: [(g, { shapes, attr }) => view.backward(g, shapes[0] as Shape, attr)],
    ...(view.addGrad && { addGrad: view.addGrad }),
  };
  const operation = register(new Operation("view", def as AnyOpDef, (x, attr) => view.infer(x, attr as Attr)));
  return (x, attr) => dispatchView(operation, x, attr);
}

/** An operation that changes its first input in place, and others that `mutates` names. */
export interface EditDef<In extends readonly Argument[], Attr> {
  readonly name: string;
  /** Throws when the inputs do not fit. */
  check?(inputs: Resolved<In>, attr: Attr): void;
  forward(inputs: Resolved<In>, attr: Attr): void;
  readonly inputs: In["length"];
  readonly optional?: readonly number[];
  /** Positions of the inputs that are changed; `[0]` unless given. */
  readonly mutates?: readonly number[];
}

/**
 * Defines an operation in place. It has no gradient and returns its first input. While operations are recorded, none of its inputs may
 * require a gradient, because the gradient would be lost.
 */
export function defineEdit<In extends readonly Argument[], Attr = void>(
  edit: EditDef<In, Attr>,
): (...args: Attr extends void ? In : [...inputs: In, attr: Attr]) => Tensor {
  const def: AnyOpDef = {
    name: edit.name,
    infer: (inputs, attr) => {
      edit.check?.(inputs as unknown as Resolved<In>, attr);
      return inputs[0] as Tensor;
    },
    forward: (_, inputs, attr) => edit.forward(inputs as unknown as Resolved<In>, attr),
    mutates: edit.mutates ?? [0],
    ...(edit.optional && { optional: edit.optional }),
    backward: new Array(edit.inputs).fill(null),
  };
  return callOf(register(new Operation("edit", def))) as unknown as (
    ...args: Attr extends void ? In : [...inputs: In, attr: Attr]
  ) => Tensor;
}
