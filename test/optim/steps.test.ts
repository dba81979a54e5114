// One kernel call for many parameters: the table that it reads must always be that of the present parameters, gradients and state.
import { intercept, meta, optim, StateError, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";
import { randomValues } from "../assembly/harness.js";

type Make = (params: Tensor[]) => optim.SGD | optim.Adam | optim.RMSprop;
const makers: Record<string, Make> = {
  SGD: (params) => new optim.SGD(params, { momentum: 0.9 }),
  Adam: (params) => new optim.Adam(params),
  NAdam: (params) => new optim.NAdam(params) as unknown as optim.Adam,
  RMSprop: (params) => new optim.RMSprop(params),
  Adagrad: (params) => new optim.Adagrad(params, { initialAccumulatorValue: 0.1 }) as unknown as optim.RMSprop,
};

const SIZES = [1, 3, 4, 7, 0, 12];

/** Parameters of odd sizes, of which one is a view into a larger tensor. */
function parameters(): Tensor[] {
  return SIZES.map((size, i) => {
    const p = tensor(randomValues(size + i, i, -1, 1)).narrow(0, i, size);
    p.requiresGrad = true;
    return p;
  });
}

const valuesOf = (tensors: readonly Tensor[]): number[][] => tensors.map((p) => Array.from(p.toTypedArray() as Float32Array));

/** Turns an option on and off, where there is one that needs state of its own. */
function turn(optimizer: ReturnType<Make>, on: boolean): void {
  for (const { options } of optimizer.groups as unknown as { options: Partial<Record<string, unknown>> }[]) {
    if ("amsgrad" in options) options["amsgrad"] = on;
    if ("centered" in options) Object.assign(options, { centered: on, momentum: on ? 0.5 : 0 });
    if ("nesterov" in options) options["momentum"] = on ? 0.9 : 0;
  }
}

describe.each(Object.entries(makers))("a step of %s over many parameters", (_, make) => {
  it("is that of each alone, whichever have gradients, options and state at the time", () => {
    const [together, alone] = [parameters(), parameters()];
    const one = make(together);
    const each = alone.map((p) => make([p]));
    for (let step = 0; step < 24; step++) {
      for (const [i, p] of together.entries()) {
        const own = alone[i] as Tensor;
        const values = randomValues(p.size, 100 * step + i, -1, 1);
        const present = step % 8 < 3 || (step * 7 + i * 5) % 4 !== 0; // at first all, then some
        if (present && step % 5 === 2 && p.grad) continue; // the gradients of the step before once more
        p.grad = present ? tensor(values) : null;
        own.grad = present ? tensor(values) : null;
        p.requiresGrad = own.requiresGrad = (step + i) % 11 !== 10; // some are frozen
      }
      if (step % 6 === 5) for (const optimizer of [one, ...each]) turn(optimizer, step % 4 === 1);
      if (step === 9) {
        const saved = one.stateDict();
        one.loadStateDict(saved);
      }
      one.step();
      for (const optimizer of each) optimizer.step();
      expect(valuesOf(together)).toEqual(valuesOf(alone));
    }
  });

  it("is the same, and one operation, while an interceptor looks on", () => {
    const [plain, watched] = [parameters(), parameters()];
    const names: string[] = [];
    const [first, second] = [make(plain), make(watched)];
    const setGradients = (params: Tensor[], step: number): void => {
      for (const [i, p] of params.entries()) p.grad = tensor(randomValues(p.size, 10 * step + i, -1, 1));
    };
    for (let step = 0; step < 3; step++) {
      setGradients(plain, step);
      setGradients(watched, step);
      first.step();
      const seen: unknown[] = [];
      intercept(
        (call, next) => {
          if (call.op.name.endsWith("Step")) {
            seen.push(...call.inputs);
            names.push(call.op.name);
          }
          return next(call);
        },
        () => second.step(),
      );
      const pairs = watched.flatMap((p) => [p, p.grad]);
      expect(seen.length === pairs.length && pairs.every((x, i) => x === seen[i])).toBe(true);
      expect(valuesOf(plain)).toEqual(valuesOf(watched));
    }
    expect([names.length, new Set(names).size]).toEqual([3, 1]);
  });

  it("that an interceptor refuses is none", () => {
    const [p, q] = [tensor([1, 2], { requiresGrad: true }), tensor([1, 2], { requiresGrad: true })];
    p.grad = tensor([1, -1]);
    q.grad = tensor([1, -1]);
    const [refused, plain] = [make([p]), make([q])];
    const no = (): never => {
      throw new Error("no");
    };
    expect(() =>
      intercept(
        (call, next) => (call.op.name.endsWith("Step") ? no() : next(call)),
        () => refused.step(),
      ),
    ).toThrow("no");
    expect(p.toArray()).toEqual([1, 2]);
    refused.step();
    plain.step();
    expect(p.toArray()).toEqual(q.toArray());
  });
});

describe("before anything is written", () => {
  it.each([
    ["a disposed parameter", (p: Tensor) => p.dispose()],
    ["a disposed gradient", (p: Tensor) => p.grad?.dispose()],
    ["a gradient without elements", (p: Tensor) => void Object.assign(p, { grad: meta(() => zeros(3)) })],
  ])("%s is refused in a later step too", (_, spoil) => {
    const params = Array.from({ length: 3 }, (_, i) => tensor([i, 1, 2], { requiresGrad: true }));
    const optimizer = new optim.Adam([{ params: params.slice(0, 1) }, { params: params.slice(1) }]);
    for (const p of params) p.grad = tensor([1, 1, 1]);
    optimizer.step();
    const before = valuesOf(params.slice(0, 2));
    spoil(params[2] as Tensor);
    expect(() => optimizer.step()).toThrow(StateError);
    expect(valuesOf(params.slice(0, 2))).toEqual(before);
    expect(optimizer.stateDict().state[0]?.["step"]).toBe(1);
  });
});

describe("the state", () => {
  it("that stateDict() gave away is not changed unnoticed under a graph that saved it", () => {
    const p = tensor([1, 2], { requiresGrad: true });
    const optimizer = new optim.Adam([p]);
    p.grad = tensor([1, 1]);
    optimizer.step();
    const mean = optimizer.stateDict().state[0]?.["exp_avg"] as Tensor;
    const x = tensor([1, 1], { requiresGrad: true });
    const loss = scope(() => x.mul(mean).sum());
    optimizer.step();
    expect(() => loss.backward()).toThrow(/edited in place/);
  });
});

describe("weights without elements", () => {
  it("take steps inside meta, and are refused outside, also after such a step and with a real gradient", () => {
    const [p, optimizer] = meta(() => {
      const weight = zeros(3);
      weight.requiresGrad = true;
      weight.grad = zeros(3);
      const adam = new optim.Adam([weight]);
      adam.step();
      return [weight, adam] as const;
    });
    expect(() => optimizer.step()).toThrow("step: needs values, and float32[3] has none: it was made in meta()");
    p.grad = tensor([1, 1, 1]);
    expect(() => optimizer.step()).toThrow("step: needs values");
    const real = tensor([1, 2], { requiresGrad: true });
    real.grad = tensor([1, 1]);
    new optim.SGD([real], { lr: 1 }).step();
    expect(real.toArray()).toEqual([0, 1]);
  });
});
