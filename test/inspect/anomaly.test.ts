// detectAnomaly: names the operation that made the first NaN, in both directions, and the line that called it.
import {
  ArgError,
  checkpoint,
  detectAnomaly,
  full,
  GradError,
  gelu,
  grad,
  intercept,
  nn,
  noGrad,
  optim,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "simdgrad";
import { describe, expect, it } from "vitest";
import { live } from "../support.js";

const leaf = (values: number[]): Tensor => tensor(values, { requiresGrad: true });

/** The message of the error of a call. */
function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(GradError);
    return (error as Error).message;
  }
  return "no error";
}

/** This line of this file, as a pattern. */
const lineHere = (offset = 0): string => {
  const [, line] = /anomaly\.test\.ts:(\d+)/.exec((new Error().stack as string).split("\n")[2] as string) as unknown as [string, string];
  return `anomaly\\.test\\.ts:${Number(line) + offset}:`;
};

describe("forward", () => {
  it("names the operation and the line", () => {
    const here = lineHere(1);
    const message = messageOf(() => detectAnomaly(() => tensor([1, -2]).log().exp()));
    expect(message).toMatch(new RegExp(`^detectAnomaly: log gave NaN, at .*${here}\\d+$`));
  });

  it("names where an infinity among the inputs came from, through other operations", () => {
    const here = lineHere(2);
    const message = messageOf(() =>
      detectAnomaly(() => {
        const big = tensor([100, 1]).exp();
        const row = big.mul(2).reshape(1, 2);
        return row.sub(row);
      }),
    );
    expect(message).toMatch(
      new RegExp(
        `^detectAnomaly: sub gave NaN, .*; input 0 has an infinity, which came first from exp at .*${here.replace(/\d+:$/, "")}\\d+`,
      ),
    );
  });

  it("tells an input that was NaN before, a tensor or a number", () => {
    const bad = tensor([1, Number.NaN]);
    expect(messageOf(() => detectAnomaly(() => bad.add(1)))).toMatch(/^detectAnomaly: input 0 of add, float32\[2\], has NaN already, at /);
    expect(messageOf(() => detectAnomaly(() => tensor([1]).mul(Number.NaN)))).toMatch(/^detectAnomaly: input 1 of mul has NaN already/);
  });

  it("sees edits in place", () => {
    expect(messageOf(() => detectAnomaly(() => zeros(2).copy_(tensor([Number.NaN, 1]))))).toMatch(/^detectAnomaly: .*copy_/);
  });

  it("lets pass what is right: masks of infinities, values that are not read, other dtypes, empty tensors", () => {
    const result = detectAnomaly(() => {
      const scores = tensor([1, 2, 3]).maskedFill(tensor([false, true, false]), Number.NEGATIVE_INFINITY);
      const weights = scores.softmax(0);
      full([2], Number.NaN).dispose(); // told to write NaN
      zeros(0, 3).log();
      tensor([1, 2], { dtype: "int32" }).add(1);
      return weights.sum().item();
    });
    expect(result).toBeCloseTo(1);
  });
});

describe("backward", () => {
  it("names the rule, the operation whose gradient it is, and both lines", () => {
    const x = leaf([0, 4]);
    const line = lineHere(3);
    const message = messageOf(() =>
      detectAnomaly(() => {
        const y = x.sqrt();
        const loss = y.mul(0).sum();
        loss.backward();
      }),
    );
    const second = line.replace(/(\d+):$/, (_, n) => `${Number(n) + 2}:`);
    expect(message).toMatch(
      new RegExp(
        `^detectAnomaly: \\w+ in the gradient of sqrt gave NaN, at .*${second}\\d+\\)?; the gradient is that of sqrt at .*${line}\\d+`,
      ),
    );
    expect(message).toMatch(/has an infinity/);
    expect(x.grad).toBe(null);
  });

  it("names gradients of functions and of checkpoints", () => {
    const bad = (t: Tensor): Tensor => t.sqrt().mul(0).sum();
    expect(messageOf(() => detectAnomaly(() => grad(bad)(tensor([0]))))).toMatch(/in the gradient of sqrt gave NaN/);
    expect(messageOf(() => detectAnomaly(() => checkpoint(bad, leaf([0])).backward()))).toMatch(/in the gradient of sqrt gave NaN/);
  });

  it("tells a gradient that was NaN before", () => {
    const y = leaf([1]).exp();
    expect(messageOf(() => detectAnomaly(() => y.backward({ gradient: tensor([Number.NaN]) })))).toMatch(
      /^detectAnomaly: input \d of \w+ in the gradient of exp, float32\[1\], has NaN already/,
    );
  });
});

describe("work", () => {
  it("gives its result, sync or async, and training goes on as without", async () => {
    const run = (through: <T>(work: () => T) => T): unknown => {
      const model = new nn.Linear(2, 1);
      for (const p of model.parameters()) p.fill_?.call(p.detach(), 0.5);
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
      return through(() => {
        for (let step = 0; step < 3; step++) {
          const loss = gelu(model.call(tensor([[1, 2]]))).sum();
          optimizer.zeroGrad();
          loss.backward();
          optimizer.step();
        }
        return model.weight.toArray();
      });
    };
    expect(run(detectAnomaly)).toEqual(run((work) => work()));
    expect(
      await detectAnomaly(async () =>
        tensor([await 4])
          .sqrt()
          .item(),
      ),
    ).toBe(2);
  });

  it("that waits is watched until it is settled, and not longer", async () => {
    const late = detectAnomaly(async () => {
      await null;
      return tensor([-1]).sqrt();
    });
    await expect(late).rejects.toThrow(/detectAnomaly: sqrt gave NaN/);
    expect(tensor([-1]).sqrt().item()).toBeNaN();
    const before = detectAnomaly(() => Promise.resolve(1));
    await before;
    expect(tensor([-1]).sqrt().item()).toBeNaN();
  });

  it("is no longer watched after an error of its own, and nothing leaks", () => {
    const x = leaf([0]);
    const before = live();
    expect(() =>
      detectAnomaly(() => {
        throw new RangeError("mine");
      }),
    ).toThrow(RangeError);
    expect(() => scope(() => detectAnomaly(() => x.sqrt().mul(0).sum().backward()))).toThrow(GradError);
    expect(() => detectAnomaly(() => x.detach().sub(1).log())).toThrow(GradError);
    expect(live().liveBytes).toBeLessThanOrEqual(before.liveBytes + 8); // detach() and sub() are not in a scope
    expect(scope(() => x.sub(1).log().item())).toBeNaN();
  });

  it("can be watched by others, who do not see the checks", () => {
    const seen: string[] = [];
    intercept(
      (call, next) => {
        seen.push(call.op.name);
        return next(call);
      },
      () => detectAnomaly(() => tensor([1]).exp().log()),
    );
    expect(seen.filter((name) => name !== "tensor")).toEqual(["exp", "log"]);
  });

  it("names parameters that are NaN after a step of an optimizer", () => {
    const [fine, bad] = [leaf([1, 2]), leaf([3, 4, 5])];
    for (const make of [() => new optim.SGD([fine, bad], { lr: 0.1 }), () => new optim.Adam([fine, bad])]) {
      noGrad(() => bad.copy_(tensor([3, 4, 5])));
      for (const x of [fine, bad]) x.grad = zeros(x.shape);
      const optimizer = make();
      detectAnomaly(() => optimizer.step());
      (bad.grad as Tensor).fill_(Number.NaN);
      const here = lineHere(1);
      const message = messageOf(() => detectAnomaly(() => optimizer.step()));
      expect(message).toMatch(new RegExp(`^detectAnomaly: input 2 of (sgd|adam)Step, float32\\[3\\], has NaN after it, at .*${here}\\d+$`));
      expect(bad.toArray()).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    }
  });

  it("must be a function", () => {
    expect(() => detectAnomaly(3 as never)).toThrow(ArgError);
  });
});
