// Lists and dictionaries of parameters.
import { checkThat, checkWhole } from "../checks.js";
import { isPlainObject } from "../errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkList, checkName, refuseCall } from "./containers.js";
import { Module } from "./module.js";
import { type Buffer, Parameter } from "./parameter.js";

/** Parameters by name, beside those in fields. */
abstract class Parameters extends Module {
  /** By state-dict name. */
  protected abstract entries(): Iterable<[name: string, parameter: Parameter]>;

  /** @internal */
  override *ownTensors(): Generator<[name: string, tensor: Parameter | Buffer]> {
    yield* this.entries();
    yield* super.ownTensors();
  }

  override extraRepr(): string {
    return Array.from(this.entries(), ([name, { shape }]) => `${name}: [${shape.join(", ")}]`).join(", ");
  }

  /** Not there: throws `StateError`. Use the parameters one by one. */
  forward(): never {
    refuseCall(this.constructor.name, "use its parameters");
  }
}

/** A parameter as it is, another tensor as a parameter that copies it. Errors: those of `Parameter`. */
const parameterOf = (value: Tensor): Parameter => (value instanceof Parameter ? value : new Parameter(value));

/**
 * A list of float32 parameters of any shapes. An array in a field does as well; this one can be a module's child. State-dict names are the positions. Tensors
 * that are no parameters are copied.
 * Errors: `ArgError` unless it is given a list of tensors, `DTypeError` for other dtypes than float32, `StateError` for a call.
 * @example new nn.ParameterList([ones(2), zeros(3)]).at(-1)?.shape; // [3]
 */
export class ParameterList extends Parameters {
  readonly #parameters: Parameter[];

  constructor(parameters: Iterable<Tensor> = []) {
    super();
    checkList("ParameterList", parameters, "[a, b]");
    this.#parameters = Array.from(parameters, parameterOf);
  }

  /** @internal */
  get held(): Parameter[] {
    return this.#parameters;
  }

  protected entries(): [name: string, parameter: Parameter][] {
    return Object.entries(this.#parameters);
  }

  /** Number of parameters. */
  get length(): number {
    return this.#parameters.length;
  }

  /**
   * The parameter at a position, undefined if there is none; negative ones count from the end. Errors: `ArgError` unless the index is an
   * integer.
   * @example new nn.ParameterList([ones(2)]).at(0)?.shape; // [2]
   */
  at(index: number): Parameter | undefined {
    return this.#parameters.at(checkWhole("ParameterList", "index", index));
  }

  /**
   * Adds a parameter at the end. Returns the list. Errors: those of `Parameter`.
   * @example new nn.ParameterList().append(ones(2)).length; // 1
   */
  append(parameter: Tensor): this {
    this.#parameters.push(parameterOf(parameter));
    return this;
  }

  /** The parameters in order. */
  [Symbol.iterator](): Iterator<Parameter> {
    return this.#parameters[Symbol.iterator]();
  }
}

/**
 * float32 parameters of any shapes by name. A plain object in a field does as well; this one can be a module's child. State-dict names are the names. Tensors
 * that are no parameters are copied.
 * Errors: `ArgError` for anything but an object or a Map of tensors and for names that are empty or have a dot, `DTypeError` for other dtypes
 * than float32, `StateError` for a call.
 * @example new nn.ParameterDict({ scale: ones(2) }).get("scale")?.shape; // [2]
 */
export class ParameterDict extends Parameters {
  readonly #parameters = new Map<string, Parameter>();

  constructor(parameters: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor> = {}) {
    super();
    const isMap = parameters instanceof Map;
    checkThat(
      "ParameterDict",
      isMap || isPlainObject(parameters),
      "takes tensors by name, such as new ParameterDict({ name: tensor })",
      parameters,
    );
    for (const [name, parameter] of isMap ? parameters : Object.entries(parameters)) this.set(name, parameter);
  }

  /** @internal */
  get held(): Map<string, Parameter> {
    return this.#parameters;
  }

  protected entries(): Iterable<[name: string, parameter: Parameter]> {
    return this.#parameters;
  }

  /** Number of parameters. */
  get size(): number {
    return this.#parameters.size;
  }

  /**
   * The parameter of a name, undefined if there is none. Errors: none.
   * @example new nn.ParameterDict({ scale: ones(2) }).get("shift"); // undefined
   */
  get(name: string): Parameter | undefined {
    return this.#parameters.get(name);
  }

  /**
   * Whether there is a parameter of a name. Errors: none.
   * @example new nn.ParameterDict({ scale: ones(2) }).has("scale"); // true
   */
  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  /**
   * Adds a parameter, or replaces the one of that name. Returns the dictionary.
   * Errors: `ArgError` for an empty name, one with a dot or one that is not text; those of `Parameter`.
   * @example new nn.ParameterDict().set("scale", ones(2)).size; // 1
   */
  set(name: string, parameter: Tensor): this {
    checkName("ParameterDict", name);
    this.#parameters.set(name, parameterOf(parameter));
    return this;
  }

  /**
   * The names, in the order in which they were added.
   * @example [...new nn.ParameterDict({ scale: ones(2) }).keys()]; // ["scale"]
   */
  keys(): IterableIterator<string> {
    return this.#parameters.keys();
  }

  /** Pairs of name and parameter, in the order in which they were added. */
  [Symbol.iterator](): IterableIterator<[name: string, parameter: Parameter]> {
    return this.#parameters[Symbol.iterator]();
  }
}
