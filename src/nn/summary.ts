// The summary of a model: output shapes, parameters and multiply-adds of each layer.
import { checkThat } from "../checks.js";
import { isPlainObject } from "../errors.js";
import { readOptions } from "../options.js";
import { alignColumns } from "../tensor/columns.js";
import { checkDType, zeros } from "../tensor/create.js";
import { bytesPerElement, type DType } from "../tensor/dtype.js";
import { scope, tensorsIn } from "../tensor/scope.js";
import { checkShape, type Shape, type Spec } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** One layer of a summary. */
export interface LayerSummary {
  /** Path in the model. */
  path: string;
  /** How many other layers called it, one inside of another. */
  depth: number;
  /** Class of the layer. */
  type: string;
  /** Shape of its result; of the first one if it gives several. */
  outputShape: Shape;
  /** Elements of its own parameters; none at a later call, nor of those that a layer before has too. */
  parameters: number;
  /** Multiplications with a weight, for the given input. */
  multiplyAdds: number;
}

/** An input of a model to be summed up: the shape of float32 zeros, shape and dtype of zeros, or a tensor. */
export type SummaryInput = Shape | { readonly shape: Shape; readonly dtype?: DType } | Tensor;

/** A model seen with inputs of one shape. */
export interface ModelSummary {
  /** All calls, those of containers too, in their order. */
  calls: LayerSummary[];
  /** Of these, the layers without children, and those that have parameters beside their children. */
  layers: LayerSummary[];
  /** Elements of all parameters. */
  parameters: number;
  /** Elements of those that require a gradient. */
  trainableParameters: number;
  /** Multiplications with a weight in all layers. */
  multiplyAdds: number;
  /** Bytes of all parameters and buffers. */
  sizeBytes: number;
  /** Bytes of the results of all layers, of which training keeps most. */
  outputBytes: number;
  /** The table, for a terminal. */
  toString(): string;
}

/** The sum of a number of each item. */
const total = <Item>(items: Iterable<Item>, of: (item: Item) => number): number => Array.from(items, of).reduce((sum, n) => sum + n, 0);
const elements = (tensors: Iterable<Tensor>): number => total(tensors, (x) => x.size);
const bytes = (tensors: Iterable<Tensor>): number => total(tensors, (x) => x.size * bytesPerElement[x.dtype]);

const counted = (count: number): string => count.toLocaleString("en");

function table(calls: readonly LayerSummary[], totals: readonly string[]): string {
  const rows = calls.map(({ path, depth, type, ...l }, i) => {
    const { path: above = "" } = calls.slice(0, i).findLast((call) => call.depth < depth) ?? {};
    const name = path.startsWith(`${above}.`) ? path.slice(above.length + 1) : path;
    return ["  ".repeat(depth) + (name || "(model)"), type, sizesOf(l.outputShape), counted(l.parameters), counted(l.multiplyAdds)];
  });
  const [head = "", ...lines] = alignColumns([["layer", "type", "output", "parameters", "multiply-adds"], ...rows], [0, 1, 2]);
  const rule = "-".repeat(head.length);
  return [head, rule, ...lines, rule, ...totals].join("\n");
}

const sizesOf = (shape: Shape): string => `[${shape.join(", ")}]`;

const ZEROS: { readonly shape: Shape; readonly dtype?: DType } = { shape: [], dtype: "float32" };

function checkInput(fits: boolean, given: unknown): void {
  checkThat("summary", fits, "takes a shape, { shape, dtype } or a tensor for each input, such as summary([1, 16], [1, 8])", given);
}

/** The tensor that an input stands for. */
function inputOf(given: SummaryInput): Tensor {
  if (typeof given === "object" && given !== null && "storage" in given) {
    checkAlive("summary", given);
    return given as Tensor;
  }
  const isShape = Array.isArray(given);
  checkInput(isShape ? !given.some(Array.isArray) : isPlainObject(given) && "shape" in given, given);
  const { shape, dtype } = readOptions("summary", isShape ? { shape: given } : given, ZEROS);
  checkDType("summary", dtype);
  return zeros(checkShape("summary", shape), { dtype });
}

/** `[1, 28, 28]`, and `int32 [1, 16]` for another dtype than float32. */
const shown = ({ shape, dtype }: Spec): string => `${dtype === "float32" ? "" : `${dtype} `}${sizesOf(shape)}`;

/** Runs the inputs through the model in evaluation mode, and records the output of each layer. */
export function summarize(model: Module, inputs: readonly SummaryInput[]): ModelSummary {
  checkInput(inputs.length > 0, inputs);
  const calls: LayerSummary[] = [];
  const layers = new Set<LayerSummary>();
  const seen = new Set<Tensor>();
  let depth = 0;
  let outputBytes = 0;
  const undo: (() => void)[] = [];
  let specs: string[] = [];
  for (const [path, module] of model.namedModules()) {
    const { forward, training } = module;
    const isField = Object.hasOwn(module, "forward");
    undo.push(() => {
      module.training = training;
      if (isField) module.forward = forward;
      else Reflect.deleteProperty(module, "forward");
    });
    const own = Array.from(module.ownTensors(), ([, tensor]) => tensor).filter((tensor) => tensor instanceof Parameter);
    const isLayer = module.namedChildren().next().done;
    module.forward = (...given: unknown[]) => {
      const row = { path, depth: depth++, type: module.constructor.name, outputShape: [] as Shape, parameters: 0, multiplyAdds: 0 };
      const at = calls.push(row) - 1;
      const result = forward.apply(module, given);
      depth--;
      const [output] = tensorsIn(result);
      if (!output) calls.splice(at, 1);
      else {
        row.outputShape = output.shape;
        row.parameters = elements(own.filter((p) => !seen.has(p)));
        for (const p of own) seen.add(p);
        if (isLayer || own.length > 0) layers.add(row);
        if (isLayer) {
          // What a model does with parameters of its own beside its layers is not known.
          row.multiplyAdds = module.multiplyAdds(given[0], output);
          outputBytes += bytes(tensorsIn(result));
        }
      }
      return result;
    };
  }
  try {
    model.eval();
    scope(() =>
      noGrad(() => {
        const tensors = inputs.map(inputOf);
        specs = tensors.map(shown);
        model.call(...tensors);
      }),
    );
  } finally {
    for (const back of undo) back();
  }
  const trained = model.parameters();
  const parameters = elements(trained);
  const trainableParameters = elements(trained.filter((p) => p.requiresGrad));
  const sizeBytes = bytes([...trained, ...model.buffers()]);
  const multiplyAdds = total(calls, (call) => call.multiplyAdds);
  const kilobytes = (count: number): string => `${(count / 1024).toFixed(1)} KB`;
  const totals = [
    `${counted(parameters)} parameters, ${kilobytes(sizeBytes)}; ${counted(trainableParameters)} trained; results ${kilobytes(outputBytes)}`,
    `${counted(multiplyAdds)} multiply-adds for ${specs.length === 1 ? "an input" : "inputs"} of ${specs.join(" and ")}`,
  ];
  return {
    calls,
    layers: calls.filter((call) => layers.has(call)),
    parameters,
    trainableParameters,
    multiplyAdds,
    sizeBytes,
    outputBytes,
    toString: () => table(calls, totals),
  };
}
