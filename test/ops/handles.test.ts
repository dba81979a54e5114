// An operation with nothing to do gives a handle of its own all the same: disposing of its result leaves the argument alone.
import { nn, type Tensor, tensor } from "simdgrad";
import { expect, test } from "vitest";

const x = tensor([[1, 2]], { requiresGrad: true });

test.each<[string, () => Tensor]>([
  ["to its own dtype", () => x.to("float32")],
  ["float", () => x.float()],
  ["int of int32", () => tensor([1], { dtype: "int32" }).int()],
  ["bool of bool", () => tensor([true]).bool()],
  ["expand to its own shape", () => x.expand([1, 2])],
  ["expand by -1", () => x.expand(-1, -1)],
  ["broadcastTo its own shape", () => x.broadcastTo([1, 2])],
  ["dropout in evaluation", () => x.dropout({ training: false })],
  ["dropout of none", () => x.dropout({ p: 0 })],
  ["Dropout in evaluation", () => new nn.Dropout().eval().call(x)],
  ["reshape", () => x.reshape(1, 2)],
  ["flatten", () => x.flatten(0, 0)],
  ["squeeze of none", () => x.squeeze(1)],
  ["slice of all", () => x.slice()],
  ["detach", () => x.detach()],
  ["permute in order", () => x.permute(0, 1)],
])("%s", (_, call) => {
  const y = call();
  expect(y === x).toBe(false);
  y.dispose();
  expect(x.disposed).toBe(false);
});

test("carries the gradient", () => {
  x.float().expand([1, 2]).dropout({ training: false }).sum().backward();
  expect(x.grad?.toArray()).toEqual([[1, 1]]);
  expect(x.float().isLeaf).toBe(false);
});
