// Losses as modules: they are the functions with options kept.
import * as sg from "simdgrad";
import { nn, type Tensor, tensor } from "simdgrad";
import { expect, it } from "vitest";

const [x, y] = [tensor([[1, -2, 0.5]]), tensor([[0, 1, 0.25]])];
const label = tensor([2], { dtype: "int32" });
const weight = tensor([1, 2, 4]);

it.each<[string, nn.Module, Tensor, () => Tensor]>([
  ["L1Loss", new nn.L1Loss(), y, () => sg.l1Loss(x, y)],
  ["L1Loss, none", new nn.L1Loss({ reduction: "none" }), y, () => sg.l1Loss(x, y, { reduction: "none" })],
  ["NLLLoss", new nn.NLLLoss(), label, () => sg.nllLoss(x, label)],
  ["NLLLoss, weighted sum", new nn.NLLLoss({ weight, reduction: "sum" }), label, () => sg.nllLoss(x, label, { weight, reduction: "sum" })],
  ["BCEWithLogitsLoss", new nn.BCEWithLogitsLoss(), y, () => sg.binaryCrossEntropyWithLogits(x, y)],
  [
    "BCEWithLogitsLoss, weighted",
    new nn.BCEWithLogitsLoss({ weight, posWeight: tensor([3]) }),
    y,
    () => sg.binaryCrossEntropyWithLogits(x, y, { weight, posWeight: tensor([3]) }),
  ],
])("%s", (_, loss, target, expected) => {
  expect((loss.call(x, target) as Tensor).toArray()).toEqual(expected().toArray());
  expect(loss.parameters()).toEqual([]);
});
