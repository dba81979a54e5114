// Scopes: what lives on, what is let go, and in whose hands it is afterwards.
import { ArgError, enableGrad, isGradEnabled, memory, nn, noGrad, StateError, scope, type Tensor, tensor, zeros } from "simdgrad";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { collectLeftovers, live } from "../support.js";

/** Blocks above the number at the start of the test. */
let before = live().liveTensors;
const alive = (): number => live().liveTensors - before;
beforeEach(async () => {
  await collectLeftovers();
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

  it("keeps what is in sets and in fields of a class's instance, but looks no deeper", () => {
    class Inner {
      y = tensor([1]);
    }
    class Holder {
      x = tensor([1]);
      list = [tensor([2])];
      inner = new Inner();
    }
    const { holder, set } = scope(() => ({ holder: new Holder(), set: new Set([tensor([3])]) }));
    expect([holder.x.disposed, holder.list[0]?.disposed, [...set][0]?.disposed, holder.inner.y.disposed]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    for (const x of [holder.x, holder.list[0], [...set][0]]) x?.dispose();
    expect(alive()).toBe(0);
  });

  it("ends when its result leads back to itself, or throws when it is looked at", () => {
    const ring: { x?: Tensor; self?: unknown } = {};
    scope(() => {
      ring.x = tensor([1]);
      ring.self = ring;
      return ring;
    });
    expect(ring.x?.disposed).toBe(false);
    ring.x?.dispose();
    const broken = {
      get x(): Tensor {
        throw new Error("mine");
      },
    };
    expect(() =>
      scope(() => {
        chain();
        return broken;
      }),
    ).toThrow("mine");
    const free = tensor([1]);
    expect([free.disposed, alive()]).toEqual([false, 1]);
    free.dispose();
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
    const { liveBytes } = memory();
    const loss = scope(() => w.mul(w).exp().sum());
    expect([alive(), memory().liveBytes - liveBytes]).toEqual([2, 4 + 8]); // w and loss; what exp gave is saved
    loss.dispose();
    expect(alive()).toBe(1);
    w.dispose();
  });
});

describe("scope()", () => {
  const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

  it("owns what it is given and what its work makes, and ends with using", () => {
    {
      using s = scope();
      const given = s.track(chain());
      expect(s.run(() => given.mul(2).add(1)).toArray()).toEqual([7, 11]);
      expect(alive()).toBe(5);
    }
    expect(alive()).toBe(2); // what chain() made on the way belongs to nobody
  });

  it("leaves other objects alone, also those with a storage and a dispose()", () => {
    const other = { storage: {}, dispose: vi.fn() };
    const s = scope();
    s.track({ other });
    s.dispose();
    expect(other.dispose).not.toHaveBeenCalled();
    expect(Object.keys(other)).toEqual(["storage", "dispose"]);
  });

  it("does not own what other code makes while it is there", () => {
    const s = scope();
    const x = scope(chain);
    s.dispose();
    expect(x.disposed).toBe(false);
  });

  it("ends with using when an error passes through", () => {
    const work = (): void => {
      using s = scope();
      s.run(() => {
        chain();
        throw new Error("mine");
      });
    };
    expect(work).toThrow("mine");
    expect(alive()).toBe(0);
  });

  it("keeps what it is told to, for the caller or the scope around", () => {
    let kept: Tensor;
    {
      using s = scope();
      kept = s.keep(s.run(chain));
    }
    expect(alive()).toBe(1);
    expect(kept.toArray()).toEqual([3, 5]);
    kept.dispose();
    scope(() => {
      using s = scope();
      kept = s.keep(s.run(chain));
    });
    expect([kept.disposed, alive()]).toEqual([true, 0]);
  });

  it("lasts across await", async () => {
    const work = async (): Promise<number[]> => {
      using s = scope();
      const x = s.run(chain);
      await later();
      return s.run(() => x.add(1).toArray()) as number[];
    };
    expect(await work()).toEqual([4, 6]);
    expect(alive()).toBe(0);
  });

  it("of two that take turns, each owns its own", async () => {
    const request = async (first: number, second: number): Promise<number> => {
      using s = scope();
      const a = s.run(() => tensor([1, 1, 1, 1]));
      await new Promise((resolve) => setTimeout(resolve, first));
      const b = s.run(() => a.mul(2));
      await new Promise((resolve) => setTimeout(resolve, second));
      return s.run(() => b.add(a).sum().item());
    };
    expect(await Promise.all([request(10, 30), request(15, 5)])).toEqual([12, 12]);
    expect(alive()).toBe(0);
  });

  it("leaves tensors of code that never gave it any, as they were, when such code takes turns", async () => {
    const request = async (first: number, second: number): Promise<number> => {
      using _ = scope();
      const a = tensor([1, 1, 1, 1]);
      await new Promise((resolve) => setTimeout(resolve, first));
      const b = a.mul(2);
      await new Promise((resolve) => setTimeout(resolve, second));
      return b.add(a).sum().item();
    };
    expect(await Promise.all([request(10, 30), request(15, 5)])).toEqual([12, 12]);
  });

  it("may end twice; afterwards it takes nothing, and it does not end inside its own work", () => {
    const s = scope();
    expect(() => s.run(() => s.dispose())).toThrow(StateError);
    s.dispose();
    s.dispose();
    expect(() => s.run(chain)).toThrow(/the scope was closed/);
    expect(() => s.track(zeros(1))).toThrow(StateError);
  });

  it("forgets what was disposed of, however long it lasts", () => {
    using s = scope();
    for (let i = 0; i < 20_000; i++) s.run(() => zeros(1)).dispose();
    const kept = s.run(() => zeros(1));
    s.dispose();
    expect(kept.disposed).toBe(true);
  });
});

describe("noGrad", () => {
  it("refuses a promise, whose operations would be recorded after the first await", () => {
    const later = async (): Promise<number> => 1;
    for (const refuses of [() => noGrad(later), () => enableGrad(later)]) expect(refuses).toThrow(ArgError);
    expect(isGradEnabled()).toBe(true);
  });

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
