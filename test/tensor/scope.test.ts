// Scopes: what lives on, what is let go, and in whose hands it is afterwards.
import { ArgError, isGradEnabled, nn, noGrad, scope, type Tensor, tensor } from "simdgrad";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { live } from "../support.js";

/** Blocks above the number at the start of the test. */
let before = live().liveTensors;
const alive = (): number => live().liveTensors - before;
beforeEach(() => {
  before = live().liveTensors;
});

/** Makes three tensors and gives back the last. */
const chain = (): Tensor => tensor([1, 2]).mul(2).add(1);

describe("scope(work)", () => {
  it("lets go of everything but the result", () => {
    const result = scope(chain);
    expect(alive()).toBe(1);
    expect(result.toArray()).toEqual([3, 5]);
    result.dispose();
  });

  it("gives back what is no tensor as it is", () => {
    expect(scope(() => chain().sum().item())).toBe(8);
    expect(scope(() => undefined)).toBeUndefined();
    expect(alive()).toBe(0);
  });

  it("finds tensors in arrays, maps and plain objects", () => {
    const result = scope(() => ({
      list: [chain(), [chain()]],
      map: new Map([["a", chain()]]),
      bare: Object.assign(Object.create(null), { x: chain() }),
    }));
    expect(alive()).toBe(4);
    scope(() => expect(result.map.get("a")?.add(result.bare.x).toArray()).toEqual([6, 10]));
    for (const t of [result.list[0], (result.list[1] as Tensor[])[0], result.map.get("a"), result.bare.x]) (t as Tensor).dispose();
  });

  it("does not look into objects of classes", () => {
    class Holder {
      x = chain();
    }
    const { x } = scope(() => new Holder());
    expect(x.disposed).toBe(true);
    expect(alive()).toBe(0);
  });

  it("leaves alone what was there before", () => {
    const x = tensor([1]);
    expect(scope(() => x)).toBe(x);
    scope(() => x.mul(2));
    expect(x.disposed).toBe(false);
    x.dispose();
  });

  it("keeps elements of which only a view is returned", () => {
    const view = scope(() => chain().slice([1]));
    expect(view.toArray()).toEqual([5]);
    view.dispose();
    expect(alive()).toBe(0);
  });

  it("lets go of everything when work throws, and passes the error on", () => {
    const error = new Error("mine");
    const work = (): never => {
      chain();
      throw error;
    };
    expect(() => scope(work)).toThrow(error);
    expect(alive()).toBe(0);
    scope(chain).dispose();
    expect(alive()).toBe(0);
  });

  it("nests: a result goes to the surrounding scope", () => {
    const kept = scope(() => {
      const inner = scope(chain);
      expect(alive()).toBe(1);
      const second = scope(() => scope(() => inner.add(chain())));
      expect(alive()).toBe(2);
      return second.mul(1);
    });
    expect(alive()).toBe(1);
    expect(kept.toArray()).toEqual([6, 10]);
    kept.dispose();
  });

  it("refuses a promise, whose tensors would be gone when it resolves", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const later = async (): Promise<Tensor> => {
      const x = chain();
      await Promise.resolve();
      return x.add(1);
    };
    expect(() => scope(later)).toThrow(ArgError);
    expect(() => scope(later)).toThrow(/using s = scope\(\)/);
    expect(alive()).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(unhandled).not.toHaveBeenCalled();
    process.off("unhandledRejection", unhandled);
  });

  it("does not own weights, gradients or what an optimizer keeps", () => {
    const layer = scope(() => new nn.Linear(2, 2));
    scope(() =>
      layer
        .call(tensor([[1, 2]]))
        .sum()
        .backward(),
    );
    expect([layer.weight.disposed, layer.weight.grad?.toArray()]).toEqual([
      false,
      [
        [1, 2],
        [1, 2],
      ],
    ]);
    layer.dispose();
    expect(alive()).toBe(0);
  });

  it("frees a recorded graph that no backward went through", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const loss = scope(() => w.mul(w).exp().sum());
    expect(alive()).toBeGreaterThan(2);
    loss.dispose();
    expect(alive()).toBe(1);
    w.dispose();
  });
});

describe("scope()", () => {
  it("ends with using", () => {
    {
      using s = scope();
      chain();
      expect(alive()).toBe(3);
      expect(s).toBeDefined();
    }
    expect(alive()).toBe(0);
  });

  it("ends with using when an error passes through", () => {
    const work = (): void => {
      using _ = scope();
      chain();
      throw new Error("mine");
    };
    expect(work).toThrow("mine");
    expect(alive()).toBe(0);
  });

  it("keeps what it is told to", () => {
    let kept: Tensor;
    {
      using s = scope();
      kept = s.keep(chain());
    }
    expect(alive()).toBe(1);
    expect(kept.toArray()).toEqual([3, 5]);
    kept.dispose();
  });

  it("hands what it keeps to the surrounding scope", () => {
    scope(() => {
      {
        using s = scope();
        s.keep(chain());
      }
      expect(alive()).toBe(1);
    });
    expect(alive()).toBe(0);
  });

  it("lasts across await", async () => {
    const work = async (): Promise<number[]> => {
      using _ = scope();
      const x = chain();
      await new Promise((resolve) => setTimeout(resolve, 1));
      return x.add(1).toArray() as number[];
    };
    expect(await work()).toEqual([4, 6]);
    expect(alive()).toBe(0);
  });

  it("may end twice, and before a scope inside it", () => {
    const outer = scope();
    const inner = scope();
    const x = chain();
    outer[Symbol.dispose]();
    expect(x.disposed).toBe(false);
    inner[Symbol.dispose]();
    inner[Symbol.dispose]();
    outer[Symbol.dispose]();
    expect(alive()).toBe(0);
    const free = chain();
    expect(free.disposed).toBe(false);
  });
});

describe("noGrad", () => {
  it("ends with the work, also when it throws", () => {
    expect(noGrad(isGradEnabled)).toBe(false);
    expect(isGradEnabled()).toBe(true);
    expect(() =>
      noGrad(() => {
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(isGradEnabled()).toBe(true);
  });
});
