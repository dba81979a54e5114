// What a model is made of: output shapes, parameters and multiply-adds, layer by layer.
import { ArgError, describe } from "../errors.js";
import { zeros } from "../tensor/create.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { scope } from "../tensor/scope.js";
import type { Shape } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";

/** One layer of a summary. */
export interface LayerSummary {
  /** Path in the model. */
  path: string;
  /** Class of the layer. */
  type: string;
  /** Shape of its result. */
  outputShape: Shape;
  /** Elements of its own parameters. */
  parameters: number;
  /** Multiplications with a weight, for the given input. */
  multiplyAdds: number;
}

/** An input of a model to be summed up: the shape of float32 zeros, or a tensor. */
export type SummaryInput = Shape | Tensor;

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

function table(layers: readonly LayerSummary[], totals: readonly string[]): string {
  const head = ["layer", "type", "output", "parameters", "multiply-adds"];
  const rows = layers.map((l) => [
    l.path || "(model)",
    l.type,
    `[${l.outputShape.join(", ")}]`,
    l.parameters.toLocaleString("en"),
    l.multiplyAdds.toLocaleString("en"),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] as string).length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i < 3 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number))).join("  ");
  const rule = "-".repeat(line(head).length);
  return [line(head), rule, ...rows.map(line), rule, ...totals].join("\n");
}

function checkInputs(inputs: readonly SummaryInput[]): void {
  if (inputs.length === 0) throw new ArgError("summary: needs a shape or a tensor for each input, such as summary([1, 1, 28, 28])");
  for (const input of inputs) {
    if (input instanceof Tensor || (typeof input === "object" && input !== null && "storage" in input))
      checkAlive("summary", input as Tensor);
    else if (!Array.isArray(input))
      throw new ArgError(`summary: an input is a shape such as [1, 28, 28] or a tensor, got ${describe(input)}`);
  }
}

const shapeOf = (input: SummaryInput): Shape => (input instanceof Tensor ? input.shape : input);

/** Runs the inputs through the model, in evaluation mode, and notes what each layer gives. */
export function summarize(model: Module, inputs: readonly SummaryInput[]): ModelSummary {
  checkInputs(inputs);
  const layers: LayerSummary[] = [];
  const undo: (() => void)[] = [];
  const modes = [...model.namedModules()].map(([, module]) => [module, module.training] as const);
  for (const [path, module] of model.namedModules()) {
    if ([...module.namedChildren()].length > 0) continue;
    const { forward } = module;
    const isField = Object.hasOwn(module, "forward");
    undo.push(() => {
      if (isField) module.forward = forward;
      else Reflect.deleteProperty(module, "forward");
    });
    module.forward = (...given: unknown[]) => {
      const output = forward.apply(module, given);
      if (output instanceof Tensor) {
        const parameters = [...module.namedParameters()].reduce((sum, [, p]) => sum + p.size, 0);
        layers.push({
          path,
          type: module.constructor.name,
          outputShape: output.shape,
          parameters,
          multiplyAdds: module.multiplyAdds(given[0], output),
        });
      }
      return output;
    };
  }
  try {
    model.eval();
    scope(() => noGrad(() => void model.call(...inputs.map((input) => (input instanceof Tensor ? input : zeros(input))))));
  } finally {
    for (const back of undo) back();
    for (const [module, training] of modes) module.training = training;
  }
  const parameters = model.parameterCount();
  const owned = [...model.parameters(), ...model.buffers()];
  const sizeBytes = owned.reduce((sum, { size, dtype }) => sum + size * bytesPerElement[dtype], 0);
  const total = layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0);
  const totals = [
    `${parameters.toLocaleString("en")} parameters, ${(sizeBytes / 1024).toFixed(1)} KB`,
    `${total.toLocaleString("en")} multiply-adds for ${inputs.length === 1 ? "an input" : "inputs"} of ${inputs.map((input) => `[${shapeOf(input).join(", ")}]`).join(" and ")}`,
  ];
  return { layers, parameters, multiplyAdds: total, sizeBytes, toString: () => table(layers, totals) };
}
