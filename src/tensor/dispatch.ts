// Runs every operation: computations, views and edits in place all go through `dispatch`.
import { checkThat } from "../checks.js";
import { ArgError, describe, GradError } from "../errors.js";
import { type Block, returnScratch, takeScratch } from "../wasm/memory.js";
import { bytesPerElement, typeOfNumber } from "./dtype.js";
import { NumberOperand, type NumberType, numberOperand, ownScalar } from "./numbers.js";
import type { Argument, Operation, Save } from "./op.js";
import { checkWork, currentScope, refusePromise } from "./scope.js";
import { formatSpec, frozen, type Spec } from "./shape.js";
import { ABSENT, isGradEnabled, Node, type SavedValue } from "./tape.js";
import { alias, checkAlive, checkValues, emptyUnscoped, Handle, Tensor } from "./tensor.js";

// ---- interceptors ----

/** A call on its way: which operation, with what. */
export interface Call {
  /** The operation: its `name` is unique, `infer` tells what it gives, `call` runs it. */
  readonly op: Operation;
  /** Tensors, numbers, and `undefined` for optional ones that are not there. */
  readonly inputs: readonly Argument[];
  /** Plain data: numbers, strings, booleans, arrays and objects of them. */
  readonly attr: unknown;
}

/** Sees every call made while it is in place, and may change it, replace its results or refuse it. */
export type Interceptor = (call: Call, next: (call: Call) => readonly Tensor[]) => readonly Tensor[];

interface Layer {
  readonly by: Interceptor;
  readonly below: Layer | undefined;
}

let top: Layer | undefined;

/** Whether an interceptor would see a call made now. Work over thousands of small tensors goes past `dispatch` if none would. */
export const isIntercepted = (): boolean => top !== undefined;

function under<T>(layer: Layer | undefined, work: () => T): T {
  const before = top;
  top = layer;
  try {
    return work();
  } finally {
    top = before;
  }
}

/**
 * Runs `work` with an interceptor around every operation it calls: compute, views, edits in place, factories and steps of
 * optimizers. Interceptors form a stack, the latest first; operations that one calls itself go to those below it. `call.op.name` is
 * the operation's unique name. Without any interceptor a call costs one test of a variable.
 * Errors: `ArgError` if `work` returns a promise, because other code would be intercepted meanwhile, and if the interceptor gives
 * anything but a list of tensors.
 * @example
 * intercept((call, next) => {
 *   console.log(call.op.name);
 *   return next(call);
 * }, () => model.call(x));
 */
export function intercept<T>(by: Interceptor, work: () => T): T {
  checkThat("intercept", typeof by === "function", "takes an interceptor (call, next) => ...", by);
  checkWork("intercept", work);
  return under({ by, below: top }, () => refusePromise("intercept", work()));
}

/** The layers without one of them. */
const without = (from: Layer | undefined, layer: Layer): Layer | undefined =>
  from === undefined || from === layer ? from?.below : { by: from.by, below: without(from.below, layer) };

/** Puts an interceptor in place until the function that it returns is called, for work that waits: other code is intercepted meanwhile. */
export function holdInterceptor(by: Interceptor): () => void {
  const layer: Layer = { by, below: top };
  top = layer;
  return () => {
    top = without(top, layer);
  };
}

/** Runs the code inside an operation without interceptors, which see only the operation as one call. */
export function withoutInterceptors<T>(work: () => T): T {
  return top === undefined ? work() : under(undefined, work);
}

/** Replaces the shared scalars of numbers by scalars of their own, for code that calls operations with other numbers. */
export function ownNumbers<In extends readonly unknown[]>(inputs: In): In {
  return inputs.map((x) => (x instanceof NumberOperand ? ownScalar(x) : x)) as unknown as In;
}

/** Checks the results that an interceptor returned in place of those of an operation. */
function checkResults({ single, name }: Operation, results: readonly Tensor[]): readonly Tensor[] {
  const fits = Array.isArray(results) && (!single || results.length === 1) && results.every((x) => x instanceof Tensor);
  if (fits) return results;
  const takes = single ? "one tensor" : "tensors";
  throw new ArgError(
    `intercept: in place of ${name} the interceptor gave ${describe(results)}; return a list of ${takes}, as next(call) does`,
  );
}

function passCall(layer: Layer | undefined, call: Call): readonly Tensor[] {
  if (layer === undefined) return [runOperation(call.op, [...call.inputs], call.attr)].flat();
  const { by, below } = layer;
  const next = (changed: Call): readonly Tensor[] => under(below, () => passCall(below, changed));
  return under(below, () => checkResults(call.op, by(call, next)));
}

/** Runs an operation. Returns a tensor if the operation has one result, an array if it has several. */
export function dispatch(op: Operation, args: Argument[], attr: unknown): Tensor | readonly Tensor[] {
  if (top === undefined) return runOperation(op, args, attr);
  const given = op.arity === Infinity ? args : args.slice(0, op.arity);
  // Gradient rules pass numbers as shared scalars, which are valid only for a while; an interceptor may keep its inputs.
  const inputs = given.map((x) => (x instanceof NumberOperand ? x.value : x));
  const results = passCall(top, { op, inputs, attr });
  return op.single ? (results[0] as Tensor) : results;
}

/** `dispatch` for views. A view does so little that the cost of `dispatch` matters, so the usual case calls `runView` directly. */
export function dispatchView(op: Operation, x: Argument, attr: unknown): Tensor {
  if (top !== undefined || !(x instanceof Tensor) || x.disposed || x.isMeta) return dispatch(op, [x], attr) as Tensor;
  return runView(op, x, attr, x.node !== undefined && isGradEnabled());
}

// ---- inputs ----

const NAMES: readonly (readonly string[])[] = [[], ["x"], ["a", "b"]];

const nameOf = (op: Operation, position: number): string => NAMES[op.arity]?.[position] ?? `input ${position}`;

/** A number becomes int32 if the other operand is int32 and int32 holds it, otherwise float32. bool operands are ignored. */
function numberType(args: readonly Argument[], value: number): NumberType {
  for (const arg of args) {
    if (arg instanceof Tensor && arg.dtype !== "bool") return arg.dtype === "int32" ? typeOfNumber(value) : "float32";
  }
  return "float32";
}

/** Checks the inputs and replaces numbers by scalars; returns whether the result has a gradient. `values` says whether elements are needed. */
function resolve(op: Operation, args: Argument[], values: boolean): boolean {
  let wanted = false;
  const count = Number.isFinite(op.arity) ? op.arity : args.length;
  for (let i = 0; i < count; i++) {
    const arg = args[i];
    if (arg instanceof Tensor) {
      if (arg.disposed && !op.def.unread?.includes(i)) checkAlive(op.name, arg);
      if (values && arg.isMeta) checkValues(op.name, arg);
      if (arg.node !== undefined && op.hasGradient(i)) wanted = true;
    } else if (typeof arg === "number") args[i] = numberOperand(arg, numberType(args, arg));
    else if (arg !== undefined || !op.optional?.includes(i)) checkAlive(op.name, arg, nameOf(op, i));
  }
  return wanted;
}

/** The shapes and dtypes of the results of an operation. */
export function inferSpecs(op: Operation, args: Argument[], attr: unknown): readonly Spec[] {
  resolve(op, args, false);
  return [op.def.infer(args as Tensor[], attr) as Spec | readonly Spec[]].flat();
}

// ---- scratch ----

const lentScratch: Block[] = [];

function scratch(bytes: number): number {
  const block = takeScratch(bytes);
  lentScratch.push(block);
  return block.ptr;
}

function returnScratchFrom(from: number): void {
  while (lentScratch.length > from) returnScratch(lentScratch.pop() as Block);
}

// ---- running ----

function runOperation(op: Operation, args: Argument[], attr: unknown): Tensor | readonly Tensor[] {
  const wanted = resolve(op, args, true);
  const inputs = args as (Tensor | undefined)[];
  if (op.kind === "compute") return runCompute(op, inputs, attr, wanted && isGradEnabled());
  if (op.kind === "view") return runView(op, inputs[0] as Tensor, attr, wanted && isGradEnabled());
  return runEdit(op, inputs, attr);
}

const NONE: readonly Tensor[] = [];

function emptyOf({ shape, dtype }: Spec, x: Tensor | undefined): Tensor {
  return emptyUnscoped(shape === x?.shape ? shape : frozen(shape), dtype);
}

/** Allocates tensors for all specs; if memory is short, frees those that were already allocated. */
function emptyAll(specs: readonly Spec[], x: Tensor | undefined): Tensor[] {
  const made: Tensor[] = [];
  try {
    for (const spec of specs) made.push(emptyOf(spec, x));
  } catch (error) {
    for (const tensor of made) tensor.dispose();
    throw error;
  }
  return made;
}

/** Counts an edit of the inputs that an operation changes. */
function countEdit({ def }: Operation, inputs: readonly (Tensor | undefined)[]): void {
  if (def.mutates) for (const i of def.mutates) if (inputs[i]) inputs[i].storage.version++;
}

function runCompute(op: Operation, inputs: (Tensor | undefined)[], attr: unknown, record: boolean): Tensor | readonly Tensor[] {
  const { def } = op;
  const specs = def.infer(inputs, attr) as Spec | readonly Spec[];
  const out = op.single ? emptyOf(specs as Spec, inputs[0]) : emptyAll(specs as readonly Spec[], inputs[0]);
  let kept = NONE;
  const mark = lentScratch.length;
  try {
    if (def.keeps) kept = emptyAll(def.keeps(inputs, attr), inputs[0]);
    def.forward(out, inputs, attr, kept, scratch);
    if (lentScratch.length > mark) returnScratchFrom(mark);
  } catch (error) {
    returnScratchFrom(mark);
    for (const tensor of [out, ...kept].flat()) tensor.dispose();
    throw error;
  }
  countEdit(op, inputs);
  if (record) recordNode(op, inputs, attr, out, kept);
  else if (kept !== NONE) for (const tensor of kept) tensor.dispose();
  const scope = currentScope();
  if (scope) {
    if (out instanceof Tensor) scope.add(out);
    else for (const tensor of out) scope.add(tensor);
  }
  return out;
}

function runView(op: Operation, input: Tensor, attr: unknown, record: boolean): Tensor {
  // All calls share the scalar of a number, so a view of it would later show another number.
  const x = input instanceof NumberOperand ? ownScalar(input) : input;
  const { shape, offset } = (op.place as NonNullable<Operation["place"]>)(x, attr);
  const out = new Handle(x.storage, x.ptr + offset * bytesPerElement[x.dtype], frozen(shape), x.dtype);
  if (record) recordNode(op, [x], attr, out, NONE);
  currentScope()?.add(out);
  return out;
}

/** Throws `GradError` if an edit would lose a gradient: while operations are recorded, its inputs must not require one. */
function checkEditable(op: Operation, inputs: readonly (Tensor | undefined)[]): void {
  for (let i = 0; i < op.arity; i++) {
    const x = inputs[i];
    if (!x?.node) continue;
    const why = op.def.mutates?.includes(i) ? "cannot be edited in place" : "an edit in place does not record; use detach()";
    throw new GradError(`${op.name}: ${formatSpec(x)} requires a gradient, and ${why}; wrap the edit in noGrad(() => ...)`);
  }
}

function runEdit(op: Operation, inputs: (Tensor | undefined)[], attr: unknown): Tensor {
  const { def } = op;
  if (isGradEnabled()) checkEditable(op, inputs);
  def.infer(inputs, attr);
  const mark = lentScratch.length;
  try {
    def.forward(undefined, inputs, attr, NONE, scratch);
  } finally {
    if (lentScratch.length > mark) returnScratchFrom(mark);
  }
  countEdit(op, inputs);
  return inputs[0] as Tensor;
}

// ---- recording ----

/** The error for a value that a gradient needs and that has changed. */
export const edited = (what: string): GradError =>
  new GradError(`backward: ${what} was edited in place since; edit a clone() of it instead`);

/** A saved tensor, which the tape keeps alive. */
class SavedTensor implements SavedValue {
  readonly #tensor: Tensor;
  readonly #version: number;

  constructor(of: Tensor) {
    this.#tensor = alias(of);
    this.#version = of.storage.version;
  }

  /** Sets the node of a saved result, which is made after it was saved. It does not retain the node: such a cycle would never be freed. */
  place(node: Node, slot: number): void {
    this.#tensor.node = node;
    this.#tensor.slot = slot;
  }

  open(op: string): Tensor {
    if (this.#tensor.storage.version !== this.#version) {
      throw edited(`a value that ${op} saved for its gradient`);
    }
    return this.#tensor;
  }

  free(): void {
    this.#tensor.dispose();
  }
}

/** A saved number. Its shared scalar may hold another number by the time of `backward()`, so the value is saved. */
class SavedNumber implements SavedValue {
  readonly #value: number;
  readonly #dtype: NumberType;

  constructor({ value, dtype }: NumberOperand) {
    this.#value = value;
    this.#dtype = dtype as NumberType;
  }

  open(): Tensor {
    return numberOperand(this.#value, this.#dtype);
  }

  free(): void {}
}

/** A value that the tape does not keep alive: it can be read while something else keeps it and it is not edited. */
class WeakValue implements SavedValue {
  readonly #of: Tensor;
  readonly #generation: number;
  readonly #version: number;

  constructor(of: Tensor) {
    this.#of = of;
    this.#generation = of.storage.generation;
    this.#version = of.storage.version;
  }

  /** A value that is `unread` may have been disposed of: only its place in the graph is used. */
  open(op: string, unread: boolean): Tensor {
    if (unread) return this.#of;
    const { storage } = this.#of;
    if (storage.refs === 0 || storage.generation !== this.#generation) {
      throw new GradError(`backward: an input that second derivatives of ${op} need was disposed of; keep() it until then`);
    }
    if (storage.version !== this.#version) throw edited(`an input that second derivatives of ${op} need`);
    const found = alias(this.#of);
    currentScope()?.add(found);
    return found;
  }

  free(): void {}
}

const save = (x: Tensor): SavedValue => (x instanceof NumberOperand ? new SavedNumber(x) : new SavedTensor(x));

const NO_SLOTS: readonly number[] = [];

/** Records one node on the tape, which saves only the values that the needed rules read. */
function recordNode(
  op: Operation,
  inputs: readonly (Tensor | undefined)[],
  attr: unknown,
  out: Tensor | readonly Tensor[],
  kept: readonly Tensor[],
): void {
  const count = Math.min(op.arity, inputs.length);
  const edges = new Array(count).fill(undefined);
  const shapes = new Array(count);
  let slots = NO_SLOTS;
  let detached = NONE;
  for (let i = 0; i < count; i++) {
    const x = inputs[i];
    shapes[i] = x === undefined ? ABSENT : x.shape;
    if (x === undefined) continue;
    if (x.detachedFrom !== undefined) detached = [...detached, x];
    if (x.node === undefined || !op.hasGradient(i)) continue;
    edges[i] = x.node;
    if (x.slot === 0) continue;
    if (slots === NO_SLOTS) slots = new Array(count).fill(0);
    (slots as number[])[i] = x.slot;
  }
  const outs = out instanceof Tensor ? [out] : out;
  const saved = savedValuesFor(op, inputs, edges, outs, kept);
  const node = new Node(op, attr, edges, slots, shapes, detached, saved);
  node.results = outs;
  const { differentiable } = op.def;
  for (let slot = 0; slot < outs.length; slot++) if (differentiable?.[slot] !== false) (outs[slot] as Tensor).attach(node, slot);
  if (saved) for (let slot = 0; slot < saved.outs.length; slot++) saved.outs[slot]?.place(node, slot);
}

interface Values {
  readonly inputs: (SavedValue | undefined)[];
  readonly outs: (SavedTensor | undefined)[];
  readonly kept: readonly Tensor[];
  readonly weak: (SavedValue | undefined)[];
}

/** The values that the needed rules read, and, not kept alive, those that only the composite reads. */
function savedValuesFor(
  op: Operation,
  inputs: readonly (Tensor | undefined)[],
  edges: readonly unknown[],
  results: readonly Tensor[],
  kept: readonly Tensor[],
): Values | undefined {
  const { def, joint } = op;
  if (!joint && !def.saves && !def.composite && kept.length === 0) return undefined;
  const saved: (SavedValue | undefined)[] = [];
  const outs: (SavedTensor | undefined)[] = [];
  const weak: (SavedValue | undefined)[] = [];
  const add = (what: Save): void => {
    if (typeof what === "number") {
      if (inputs[what]) saved[what] ??= save(inputs[what]);
    } else {
      const slot = what === "out" ? 0 : Number(what.slice("out:".length));
      outs[slot] ??= new SavedTensor(results[slot] as Tensor);
    }
  };
  if (joint) for (const what of joint.saves) add(what);
  else if (def.saves) for (let i = 0; i < edges.length; i++) if (edges[i]) for (const what of def.saves[i] ?? []) add(what);
  if (def.composite) {
    for (let i = 0; i < edges.length; i++) {
      const x = inputs[i];
      if (x && !saved[i]) weak[i] = x instanceof NumberOperand ? new SavedNumber(x) : new WeakValue(x);
    }
  }
  return { inputs: saved, outs, kept, weak };
}
