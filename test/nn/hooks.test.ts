// Hooks of modules, and capture.
import { ArgError, GradError, keep, nn, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";
import { live } from "../support.js";

const double = (): nn.Linear => {
  const layer = new nn.Linear(1, 1, { bias: false });
  layer.loadStateDict({ weight: tensor([[2]]) });
  return layer;
};

describe("forward hooks", () => {
  it("see inputs and outputs in order, replace them, and are removed", () => {
    const layer = double();
    const seen: string[] = [];
    const first = layer.registerForwardPreHook((module, [x]) => {
      seen.push(`before ${module === layer} ${x.item()}`);
      return x.add(1);
    });
    const second = layer.registerForwardPreHook((_, [x]) => void seen.push(`then ${x.item()}`));
    const third = layer.registerForwardHook((_, [x], y) => {
      seen.push(`after ${x.item()} ${y.item()}`);
      return y.mul(10);
    });
    expect(new nn.Sequential(layer).call(tensor([[3]])).item()).toBe(80);
    expect(seen).toEqual(["before true 3", "then 4", "after 4 8"]);
    for (const hook of [first, second, third]) hook.remove();
    third.remove();
    expect(layer.call(tensor([[3]])).item()).toBe(6);
    expect(Object.keys(layer)).not.toContain("call");
  });

  it("are functions too; one function may be registered twice; a list replaces all inputs", () => {
    class Sum extends nn.Module {
      forward(a: Tensor, b: Tensor): Tensor {
        return a.sub(b);
      }
    }
    const sum = new Sum();
    const swap = (_: nn.Module, inputs: readonly Tensor[]): Tensor[] => [...inputs].reverse();
    const hooks = [nn.registerForwardPreHook(sum, swap), nn.registerForwardPreHook(sum, swap), nn.registerForwardPreHook(sum, swap)];
    expect(sum.call(tensor(1), tensor(5)).item()).toBe(4);
    hooks[0]?.remove();
    expect(sum.call(tensor(1), tensor(5)).item()).toBe(-4);
  });

  it("leave nothing behind but what they keep", () => {
    const layer = double();
    const kept: Tensor[] = [];
    layer.registerForwardHook((_, __, y) => void kept.push(keep(y.mul(1)), y.mul(2)));
    const x = tensor([[1]]);
    const before = live().liveTensors;
    scope(() => void layer.call(x));
    expect(live().liveTensors).toBe(before + 1);
    expect(kept.map((y) => y.disposed)).toEqual([false, true]);
  });

  it("refuse what is no module or function", () => {
    expect(() => nn.registerForwardHook({} as never, () => undefined)).toThrow("registerForwardHook: module is no module");
    expect(() => double().registerForwardHook(3 as never)).toThrow(ArgError);
  });
});

describe("backward hooks", () => {
  class Two extends nn.Module {
    forward(a: Tensor, scale: number, [b]: Tensor[]): { sum: Tensor; list: Tensor[] } {
      return { sum: a.add(b as Tensor), list: [a.mul(scale), zeros(2)] };
    }
  }

  it("see gradients of all inputs and outputs at once", () => {
    const two = new Two();
    const seen: unknown[] = [];
    two.registerFullBackwardHook((module, inputs, outputs) => {
      seen.push(
        module === two,
        inputs.map((g) => g?.toArray() ?? null),
        outputs.map((g) => g?.toArray() ?? null),
      );
    });
    const [a, b] = [tensor([1, 2], { requiresGrad: true }), tensor([3, 4])];
    const { sum, list } = two.call(a, 3, [b]);
    sum
      .mul(tensor([1, 10]))
      .sum()
      .add((list[0] as Tensor).sum())
      .backward();
    expect(seen).toEqual([true, [[4, 13], null], [[1, 10], [3 / 3, 1], null]]);
    expect(a.grad?.toArray()).toEqual([4, 13]);
  });

  it("replace gradients of inputs", () => {
    const layer = double();
    const hook = layer.registerFullBackwardHook((_, [g]) => [g?.mul(100) ?? null]);
    const x = tensor([[1]], { requiresGrad: true });
    layer.call(x).sum().backward();
    expect(x.grad?.item()).toBe(200);
    expect(layer.weight.grad?.item()).toBe(1);
    hook.remove();
    x.grad = null;
    layer.call(x).sum().backward();
    expect((x.grad as Tensor | null)?.item()).toBe(2);
  });

  it("come when no input needs a gradient, and not where nothing is recorded", () => {
    const layer = double();
    const seen: unknown[] = [];
    layer.registerFullBackwardHook((_, inputs, outputs) => void seen.push(inputs, outputs[0]?.item()));
    layer
      .call(tensor([[3]]))
      .mul(4)
      .sum()
      .backward();
    expect(seen).toEqual([[null], 4]);
    expect(layer.weight.grad?.item()).toBe(12);
    layer.requiresGrad(false).call(tensor([[3]]));
    expect(seen).toHaveLength(2);
  });

  it("have second derivatives, for which they are not called again, as in PyTorch", () => {
    class Cube extends nn.Module {
      forward(x: Tensor): Tensor {
        return x.pow(3);
      }
    }
    const cube = new Cube();
    cube.registerFullBackwardHook((_, [g]) => [g?.mul(2) ?? null]);
    const x = tensor([2], { requiresGrad: true });
    cube.call(x).sum().backward({ createGraph: true });
    const first = x.grad as Tensor;
    expect(first.toArray()).toEqual([24]);
    x.grad = null;
    first.sum().backward();
    expect((x.grad as Tensor | null)?.toArray()).toEqual([24]);
  });

  it("refuse a result that is no list of gradients, and leak nothing", () => {
    const layer = double();
    const before = live().liveTensors;
    scope(() => {
      const x = tensor([[1]], { requiresGrad: true });
      for (const wrong of [3, [], [1, 2]]) {
        const hook = layer.registerFullBackwardHook(() => wrong as never);
        expect(() => layer.call(x).sum().backward()).toThrow(GradError);
        hook.remove();
      }
      layer.registerFullBackwardHook(() => undefined);
      layer.call(x).sum().backward();
    });
    layer.zeroGrad();
    expect(live().liveTensors).toBe(before);
  });
});

describe("capture", () => {
  const model = (): nn.Sequential => new nn.Sequential({ first: double(), act: new nn.Tanh(), last: double() });

  it("gives activations and gradients by path", () => {
    const net = model();
    const x = tensor([[0.5]]);
    const before = live().liveTensors;
    {
      using seen = nn.capture(net, ["first", "l*"], () => scope(() => net.call(x).sum().backward()));
      expect(Object.keys(seen.activations)).toEqual(["first", "last"]);
      expect(seen.activations["first"]?.[0]?.item()).toBe(1);
      expect(seen.activations["first"]?.[0]?.requiresGrad).toBe(false);
      expect(seen.gradients["first"]?.[0]?.item()).toBeCloseTo(2 * (1 - Math.tanh(1) ** 2), 5);
      expect(seen.gradients["last"]?.[0]?.item()).toBe(1);
      net.call(x); // not part of the run
      expect(seen.activations["first"]).toHaveLength(1);
    }
    net.zeroGrad();
    expect(live().liveTensors).toBeLessThanOrEqual(before + 1);
  });

  it("keeps every call, gives the result, and takes gradients of a later backward", () => {
    const net = model();
    const seen = nn.capture(net, "**.first", () => net.call(net.call(tensor([[1]]))));
    expect(seen.result.shape).toEqual([1, 1]);
    expect(seen.activations["first"]).toHaveLength(2);
    expect(seen.gradients["first"]).toEqual([null, null]);
    seen.result.backward();
    expect(seen.gradients["first"]?.every((g) => g !== null)).toBe(true);
    seen.dispose();
  });

  it("takes its hooks away after an error, and refuses a path that is none", () => {
    const net = model();
    expect(() =>
      nn.capture(net, "*", () => {
        net.call(tensor([[1]]));
        throw new TypeError("mine");
      }),
    ).toThrow(new TypeError("mine"));
    expect(() => nn.capture(net, "head", () => 0)).toThrow('capture: nothing has the path "head"; there are first, act, last');
    expect(() => nn.capture(net, "*", 3 as never)).toThrow(ArgError);
  });
});
