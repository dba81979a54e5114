// What a model is made of: output shapes, parameters and multiply-adds, layer by layer.
import { zeros } from "../tensor/create.js";
import { scope } from "../tensor/scope.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";

/** One layer of a summary. */
export interface LayerSummary {
  /** Path in the model. */
  path: string;
  /** Class of the layer. */
  type: string;
  outputShape: Shape;
  /** Elements of its own parameters. */
  parameters: number;
  /** Multiplications with a weight, for the given input. */
  multiplyAdds: number;
}

/** A model seen with one input shape. */
export interface ModelSummary {
  layers: LayerSummary[];
  parameters: number;
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

/** Runs zeros of `inputShape` through the model, in evaluation mode, and notes what each layer gives. */
export function summarize(model: Module, inputShape: Shape): ModelSummary {
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
    module.forward = (...inputs: unknown[]) => {
      const output = forward.apply(module, inputs);
      if (output instanceof Tensor) {
        const parameters = [...module.namedParameters()].reduce((sum, [, p]) => sum + p.size, 0);
        layers.push({
          path,
          type: module.constructor.name,
          outputShape: output.shape,
          parameters,
          multiplyAdds: module.multiplyAdds(inputs[0], output),
        });
      }
      return output;
    };
  }
  try {
    model.eval();
    scope(() => noGrad(() => void model.call(zeros(inputShape))));
  } finally {
    for (const back of undo) back();
    for (const [module, training] of modes) module.training = training;
  }
  const parameters = model.parameterCount();
  const sizeBytes = 4 * (parameters + model.buffers().reduce((sum, buffer) => sum + sizeOf(buffer.shape), 0));
  const total = layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0);
  const totals = [
    `${parameters.toLocaleString("en")} parameters, ${(sizeBytes / 1024).toFixed(1)} KB`,
    `${total.toLocaleString("en")} multiply-adds for an input of [${inputShape.join(", ")}]`,
  ];
  return { layers, parameters, multiplyAdds: total, sizeBytes, toString: () => table(layers, totals) };
}
