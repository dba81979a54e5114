// The summary of a model: output shapes, parameters and multiply-adds of each layer.
import { ArgError, describe, isPlainObject } from "../errors.js";
import { readOptions } from "../options.js";
import { alignColumns } from "../tensor/columns.js";
import { checkDType, zeros } from "../tensor/create.js";
import { bytesPerElement, type DType } from "../tensor/dtype.js";
import { scope } from "../tensor/scope.js";
import { checkShape, type Shape, type Spec } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** One layer of a summary. */
export interface LayerSummary {
  /** Path in the model. */
  path: string;
  /** Class of the layer. */
  type: string;
  /** Shape of its result; of the first one if it gives several. */
  outputShape: Shape;
  /** Elements of its own parameters. */
  parameters: number;
  /** Multiplications with a weight, for the given input. */
  multiplyAdds: number;
}

/** An input of a model to be summed up: the shape of float32 zeros, shape and dtype of zeros, or a tensor. */
export type SummaryInput = Shape | { readonly shape: Shape; readonly dtype?: DType } | Tensor;

/** A model seen with inputs of one shape. */
export interface ModelSummary {
  /** The layers without children, in the order of their calls. */
  layers: LayerSummary[];
  /** Elements of all parameters. */
  parameters: number;
  /** Multiplications with a weight in all layers. */
  multiplyAdds: number;
  /** Bytes of all parameters and buffers. */
  sizeBytes: number;
  /** The table, for a terminal. */
  toString(): string;
}

const counted = (count: number): string => count.toLocaleString("en");

function table(layers: readonly LayerSummary[], totals: readonly string[]): string {
  const rows = layers.map(({ path, type, ...l }) => [
    path || "(model)",
    type,
    sizesOf(l.outputShape),
    counted(l.parameters),
    counted(l.multiplyAdds),
  ]);
  const [head = "", ...lines] = alignColumns([["layer", "type", "output", "parameters", "multiply-adds"], ...rows], [0, 1, 2]);
  const rule = "-".repeat(head.length);
  return [head, rule, ...lines, rule, ...totals].join("\n");
}

const sizesOf = (shape: Shape): string => `[${shape.join(", ")}]`;

const ZEROS: { readonly shape: Shape; readonly dtype?: DType } = { shape: [], dtype: "float32" };

function refuseInput(given: unknown): never {
  throw new ArgError(
    `summary: takes a shape, { shape, dtype } or a tensor for each input, such as summary([1, 16], [1, 8]), got ${describe(given)}`,
  );
}

/** The tensor that an input stands for. */
function inputOf(given: SummaryInput): Tensor {
  if (typeof given === "object" && given !== null && "storage" in given) {
    checkAlive("summary", given);
    return given as Tensor;
  }
  const isShape = Array.isArray(given);
  if (isShape ? given.some(Array.isArray) : !(isPlainObject(given) && "shape" in given)) refuseInput(given);
  const { shape, dtype } = isShape ? { ...ZEROS, shape: given as Shape } : readOptions("summary", given, ZEROS);
  checkDType("summary", dtype);
  return zeros(checkShape("summary", shape), { dtype });
}

/** `[1, 28, 28]`, and `int32 [1, 16]` for another dtype than float32. */
const shown = ({ shape, dtype }: Spec): string => `${dtype === "float32" ? "" : `${dtype} `}${sizesOf(shape)}`;

/** Runs the inputs through the model in evaluation mode, and records the output of each layer. */
export function summarize(model: Module, inputs: readonly SummaryInput[]): ModelSummary {
  if (inputs.length === 0) refuseInput(inputs);
  const layers: LayerSummary[] = [];
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
    const own = [...module.ownTensors()].filter(([, tensor]) => tensor instanceof Parameter);
    const isLayer = module.namedChildren().next().done;
    if (!isLayer && own.length === 0) continue;
    module.forward = (...given: unknown[]) => {
      const result = forward.apply(module, given);
      const output: unknown = Array.isArray(result) ? result[0] : result;
      if (output instanceof Tensor) {
        layers.push({
          path,
          type: module.constructor.name,
          outputShape: output.shape,
          parameters: own.reduce((sum, [, p]) => sum + p.size, 0),
          // What a model does with parameters of its own beside its layers is not known.
          multiplyAdds: isLayer ? module.multiplyAdds(given[0], output) : 0,
        });
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
  const parameters = model.parameterCount();
  const owned = [...model.parameters(), ...model.buffers()];
  const sizeBytes = owned.reduce((sum, { size, dtype }) => sum + size * bytesPerElement[dtype], 0);
  const total = layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0);
  const totals = [
    `${counted(parameters)} parameters, ${(sizeBytes / 1024).toFixed(1)} KB`,
    `${counted(total)} multiply-adds for ${specs.length === 1 ? "an input" : "inputs"} of ${specs.join(" and ")}`,
  ];
  return { layers, parameters, multiplyAdds: total, sizeBytes, toString: () => table(layers, totals) };
}
