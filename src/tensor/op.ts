// How an operation is defined, run and recorded: one object says everything about it.

import { bytesPerElement, type DType, elements, typeOfNumber } from "./dtype.js";
import { currentScope } from "./scope.js";
import type { Shape, Spec } from "./shape.js";
import { isGradEnabled, Node } from "./tape.js";
import { alias, checkAlive, emptyUnscoped, Tensor } from "./tensor.js";

/** An argument of a binary operation: a tensor, or a number that is taken as a scalar of the other's dtype. */
export type Operand = Tensor | number;

type Argument = Operand | undefined;
type Inputs = (Tensor | undefined)[];
type Resolved<In extends readonly Argument[]> = { [I in keyof In]: Exclude<In[I], number> };

/** What a rule may read. Inputs and `out` are there only if `saves` lists them for that rule. */
export interface Saved<In extends readonly Argument[], Attr> {
  readonly inputs: Resolved<In>;
  readonly out: Tensor;
  /** Side results of the forward. */
  readonly kept: readonly Tensor[];
  readonly attr: Attr;
  /** Shapes of all inputs, saved or not. */
  readonly shapes: readonly Shape[];
}

/**
 * The gradient for one input, from the gradient `g` of the result. It may have the result's broadcast shape:
 * broadcasting is undone in one place, by `backward`.
 */
export type Rule<In extends readonly Argument[], Attr> = (g: Tensor, saved: Saved<In, Attr>) => Tensor;

/** Everything about one operation. */
export interface OpDef<In extends readonly Argument[], Attr = void> {
  readonly name: string;
  /** Shape and dtype of the result. Throws, naming the op and every shape, when the inputs do not fit. */
  infer(inputs: Resolved<In>, attr: Attr): Spec;
  /** Side results that the rules need (indices of maxima, statistics); filled by `forward`. */
  keeps?(inputs: Resolved<In>, attr: Attr): readonly Spec[];
  /** Fills `out` (and `kept`) through kernels: every element, and nothing else. */
  forward(out: Tensor, inputs: Resolved<In>, attr: Attr, kept: readonly Tensor[]): void;
  /** Per rule, what it reads: positions of inputs, or `"out"`. Nothing when absent. */
  readonly saves?: { readonly [I in keyof In]: readonly (number | "out")[] };
  /** One rule per input, asked only if that input needs a gradient; `null` says that there is none. */
  readonly backward: { readonly [I in keyof In]: Rule<In, Attr> | null };
  /** The same function in plain operations, for fused ops whose rules are not differentiable themselves. */
  composite?(inputs: Resolved<In>, attr: Attr): Tensor;
}

/** An op of any inputs, as the tape holds it. */
// biome-ignore lint/suspicious/noExplicitAny: the tape treats all ops alike; each op's own definition is typed
export type AnyOpDef = OpDef<any, any>;

/** A defined operation: call it with its inputs, then its attributes if it has any. */
export interface Op<In extends readonly Argument[], Attr = void> {
  (...args: Attr extends void ? In : [...inputs: In, attr: Attr]): Tensor;
  readonly def: OpDef<In, Attr>;
}

/** Turns a definition into a function that checks, runs and records. */
export function defineOp<In extends readonly Argument[], Attr = void>(def: OpDef<In, Attr>): Op<In, Attr> {
  const arity = (def.backward as readonly unknown[]).length;
  const call = (...args: readonly unknown[]): Tensor => apply(def as AnyOpDef, args as readonly Argument[], arity, args[arity]);
  return Object.assign(call, { def }) as unknown as Op<In, Attr>;
}

function apply(def: AnyOpDef, args: readonly Argument[], arity: number, attr: unknown): Tensor {
  const inputs: Inputs = new Array(arity);
  let numbers: Tensor[] | undefined;
  let wanted = false;
  try {
    for (let i = 0; i < arity; i++) {
      const arg = args[i];
      if (typeof arg === "number") {
        const made = scalar(arg, numberType(args, arg));
        inputs[i] = made;
        numbers = numbers ? [...numbers, made] : [made];
      } else if (arg !== undefined) {
        checkAlive(def.name, arg);
        inputs[i] = arg;
        if (arg.node && def.backward[i] !== null) wanted = true;
      }
    }
    return run(def, inputs, attr, wanted && isGradEnabled());
  } finally {
    if (numbers) for (const made of numbers) made.dispose();
  }
}

function run(def: AnyOpDef, inputs: Inputs, attr: unknown, record: boolean): Tensor {
  const spec = def.infer(inputs, attr);
  const out = emptyUnscoped(spec.shape, spec.dtype);
  const kept: Tensor[] = [];
  try {
    if (def.keeps) for (const s of def.keeps(inputs, attr)) kept.push(emptyUnscoped(s.shape, s.dtype));
    def.forward(out, inputs, attr, kept);
  } catch (error) {
    out.dispose();
    for (const tensor of kept) tensor.dispose();
    throw error;
  }
  if (record) recordNode(def, inputs, attr, out, kept);
  else for (const tensor of kept) tensor.dispose();
  currentScope()?.track(out);
  return out;
}

/** Puts one node on the tape, with just the values that the rules in question read. */
function recordNode(def: AnyOpDef, inputs: Inputs, attr: unknown, out: Tensor, kept: readonly Tensor[]): void {
  const saved: Inputs = new Array(inputs.length).fill(undefined);
  let savedOut: Tensor | undefined;
  const save = (what: number | "out"): void => {
    if (what === "out") savedOut ??= alias(out);
    else if (inputs[what]) saved[what] ??= alias(inputs[what]);
  };
  const edges = inputs.map((input, i) => {
    if (!input?.node || def.backward[i] === null) return undefined;
    for (const what of def.saves?.[i] ?? []) save(what);
    return input.node;
  });
  if (def.composite) for (let i = 0; i < inputs.length; i++) save(i);
  const shapes = inputs.map((input) => input?.shape ?? []);
  const node = new Node(def, attr, edges, shapes, saved, savedOut, kept);
  out.attach(node);
  // Not a holder: a node that kept its own result alive would never be freed.
  if (savedOut) savedOut.node = node;
}

/** A view: the result shares the input's storage, so there is no forward, only where it starts. */
export interface ViewDef<Attr> {
  readonly name: string;
  infer(x: Tensor, attr: Attr): { readonly shape: Shape; readonly offset: number };
  /** `shape` is the input's. */
  readonly backward: (g: Tensor, shape: Shape, attr: Attr) => Tensor;
}

/** An operation without work: another shape over the same elements, from `offset` elements on. */
export function defineView<Attr>(view: ViewDef<Attr>): (x: Tensor, attr: Attr) => Tensor {
  const def: OpDef<[Tensor], Attr> = {
    name: view.name,
    infer: ([x], attr) => ({ shape: view.infer(x, attr).shape, dtype: x.dtype }),
    forward: () => undefined,
    backward: [(g, { shapes, attr }) => view.backward(g, shapes[0] as Shape, attr)],
  };
  return (x, attr) => {
    checkAlive(view.name, x);
    const { shape, offset } = view.infer(x, attr);
    const out = new Tensor(x.storage, x.ptr + offset * bytesPerElement[x.dtype], shape, x.dtype);
    if (x.node && isGradEnabled()) recordNode(def, [x], attr, out, []);
    currentScope()?.track(out);
    return out;
  };
}

/** Whole numbers that int32 holds are int32 next to an int32 tensor; all others are float32. Masks have no say. */
function numberType(args: readonly Argument[], value: number): DType {
  for (const arg of args) {
    if (arg instanceof Tensor && arg.dtype !== "bool") return arg.dtype === "int32" ? typeOfNumber(value) : "float32";
  }
  return "float32";
}

function scalar(value: number, dtype: DType): Tensor {
  const made = emptyUnscoped([], dtype);
  elements(dtype)[made.ptr / bytesPerElement[dtype]] = value;
  return made;
}
