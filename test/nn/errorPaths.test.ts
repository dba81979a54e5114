// Errors name the layer they came from by its path, whatever holds the layer and whichever operation fails.
import { embedding, matmul, nn, ShapeError, SimdgradError, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";

/** A module of any inputs. */
interface Callable {
  call(...inputs: readonly Tensor[]): unknown;
}

/** A layer that fails in the operation that it is given. */
class Failing extends nn.Module {
  constructor(readonly run: (x: Tensor) => Tensor = (x) => matmul(x, zeros(7, 7))) {
    super();
  }
  forward(x: Tensor): Tensor {
    return this.run(x);
  }
}

const failing = (): Failing => new Failing();

class Fields extends nn.Module {
  constructor(readonly parts: unknown) {
    super();
  }
  forward(x: Tensor): Tensor {
    const found = this.modules().find((module) => module instanceof Failing) as Failing;
    return found.call(x);
  }
}

/** A module of a class that the library has, which calls one of its parts. */
class Encoder extends nn.Module {
  encoder = new nn.ModuleList([new nn.Identity(), new Fields({ deep: [failing()] })]);
  forward(x: Tensor): Tensor {
    return this.encoder.at(1)?.call(x);
  }
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(SimdgradError);
    return (error as Error).message;
  }
  throw new Error("nothing failed");
}

describe("the path of a layer that fails", () => {
  it.each<[string, () => nn.Module, string]>([
    ["Sequential", () => new nn.Sequential(new nn.Identity(), failing()), "Sequential.1"],
    ["Sequential with names", () => new nn.Sequential({ body: failing() }), "Sequential.body"],
    ["Residual", () => new nn.Residual(failing()), "Residual.body"],
    ["a field", () => new Fields(failing()), "Fields.parts"],
    ["a list", () => new Fields([new nn.Identity(), failing()]), "Fields.parts.1"],
    ["an object", () => new Fields({ head: failing() }), "Fields.parts.head"],
    ["a Map", () => new Fields(new Map([["head", failing()]])), "Fields.parts.head"],
    ["a Set", () => new Fields(new Set([failing()])), "Fields.parts.0"],
    ["ModuleList", () => new Fields(new nn.ModuleList([new nn.Identity(), failing()])), "Fields.parts.1"],
    ["ModuleDict", () => new Fields(new nn.ModuleDict({ head: failing() })), "Fields.parts.head"],
    ["modules within modules", () => new nn.Sequential(new nn.Residual(new Encoder())), "Sequential.0.body.encoder.1.parts.deep.0"],
  ])("in %s", (_, make, path) => {
    const lines = messageOf(() => make().call(zeros(2, 3))).split("\n");
    expect(lines[0]).toMatch(/^matmul: /);
    expect(lines.slice(1)).toEqual(["  in Failing() called with float32[2,3]", `  at ${path}`]);
  });

  it.each<[string, nn.Module, readonly Tensor[], RegExp]>([
    ["Conv2d", new nn.Conv2d(3, 4, 3), [zeros(1, 5, 8, 8)], /^conv2d: /],
    ["BatchNorm1d", new nn.BatchNorm1d(3), [zeros(2, 4)], /^batchNorm: /],
    ["LSTM", new nn.LSTM(3, 4), [zeros(5, 2, 7)], /^LSTM: /],
    ["MultiheadAttention", new nn.MultiheadAttention(4, 2), [zeros(2, 1, 6), zeros(2, 1, 6), zeros(2, 1, 6)], /^MultiheadAttention: /],
    ["Embedding", new nn.Embedding(3, 2), [tensor([5], { dtype: "int32" })], /^embedding: /],
    ["an index", new Failing((x) => embedding(tensor([9], { dtype: "int32" }), x)), [zeros(2, 3)], /^embedding: /],
    ["a dimension", new Failing((x) => x.sum(5)), [zeros(2, 3)], /^sum: /],
    ["an argument", new Failing((x) => x.reshape([4, -1])), [zeros(2, 3)], /^reshape: /],
    ["a view", new Failing((x) => x.narrow(0, 0, 9)), [zeros(2, 3)], /^narrow: /],
    ["an edit", new Failing((x) => x.copy_(zeros(5, 5))), [zeros(2, 3)], /^copy_: /],
  ])("is there for errors of %s", (_, layer, inputs, begins) => {
    class Net extends nn.Module {
      blocks = [new nn.Identity(), layer];
      forward(...given: readonly Tensor[]): unknown {
        return (this.blocks[1] as unknown as Callable).call(...given);
      }
    }
    const lines = messageOf(() => (new Net() as unknown as Callable).call(...inputs)).split("\n");
    expect(lines[0]).toMatch(begins);
    expect(lines.at(-2)).toContain(`  in ${layer.constructor.name}(`);
    expect(lines.at(-1)).toBe("  at Net.blocks.1");
  });

  it("is that of the innermost layer of a transformer", () => {
    const model = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 }), 2);
    const { linear1 } = (model as unknown as { layers: nn.ModuleList }).layers.at(1) as unknown as { linear1: nn.Linear };
    Object.defineProperty(linear1, "weight", { value: new nn.Parameter(zeros(8, 5)), enumerable: true });
    expect(() => model.call(zeros(3, 1, 4))).toThrow(ShapeError);
    expect(messageOf(() => model.call(zeros(3, 1, 4)))).toMatch(/\n {2}in Linear\(.*\n {2}at TransformerEncoder\.layers\.1\.linear1$/);
  });
});
