// The one way in: what interceptors see and may do, operations of several results, and custom ones checked as strictly as our own.
import {
  ArgError,
  type Call,
  defineOp,
  GradError,
  gradcheck,
  type Interceptor,
  intercept,
  memory,
  nn,
  noGrad,
  optim,
  randn,
  scope,
  Tensor,
  tensor,
  zeros,
} from "simdgrad";
import { afterEach, describe, expect, it, test } from "vitest";
import { NumberOperand } from "../../src/tensor/numbers.js";
import { live } from "../support.js";

/** Notes the names of all calls. */
const names =
  (into: string[]): Interceptor =>
  (call, next) => {
    into.push(call.op.name);
    return next(call);
  };

describe("an interceptor", () => {
  it("sees operations, views, edits in place, factories, gradients and steps of optimizers", () => {
    const layer = new nn.Linear(2, 2);
    const optimizer = new optim.Adam(layer.parameters());
    const seen: string[] = [];
    scope(() =>
      intercept(names(seen), () => {
        const x = zeros([3, 2]);
        layer.call(x).reshape(6).relu().sum().backward();
        optimizer.step();
        noGrad(() => x.fill_(1));
        randn(2);
      }),
    );
    for (const name of ["full", "linear", "reshape", "relu", "sum", "reluGrad", "matmul", "adamStep", "fill_", "normal"]) {
      expect(seen, name).toContain(name);
    }
  });

  it("gets inputs with numbers as numbers, and attributes as plain data", () => {
    const calls: Call[] = [];
    const note: Interceptor = (call, next) => {
      calls.push(call);
      return next(call);
    };
    const x = tensor([1, 2]);
    intercept(note, () => void x.mul(3).sum({ keepdim: true }));
    expect(calls.map(({ op, inputs }) => [op.name, inputs.length, inputs[1]])).toEqual([
      ["mul", 2, 3],
      ["sum", 1, undefined],
    ]);
    expect(structuredClone(calls[1]?.attr)).toEqual(calls[1]?.attr);
  });

  it("gets numbers as numbers from rules, too", () => {
    const x = tensor([2, 3], { requiresGrad: true });
    const y = x.pow(2.5).sum();
    const inputs: unknown[] = [];
    const collect: Interceptor = (call, next) => {
      inputs.push(...call.inputs);
      return next(call);
    };
    intercept(collect, () => y.backward());
    expect(inputs).toContain(2.5);
    expect(inputs.filter((input) => input instanceof NumberOperand)).toEqual([]);
    expect(x.grad?.toArray()).toEqual([2, 3].map((value) => expect.closeTo(2.5 * value ** 1.5, 5)));
  });

  it("finds where NaN comes from", () => {
    const findNaN: Interceptor = (call, next) => {
      const results = next(call);
      for (const y of results) if (y.dtype === "float32" && y.toTypedArray().some(Number.isNaN)) throw new Error(`NaN in ${call.op.name}`);
      return results;
    };
    expect(() => scope(() => intercept(findNaN, () => tensor([-1, 2]).exp().sub(1).log().relu()))).toThrow("NaN in log");
  });

  it("may replace what an operation gives, and skip it", () => {
    const x = tensor([1, 2]);
    const y = intercept(
      (call, next) => (call.op.name === "exp" ? [zeros([2])] : next(call)),
      () => x.exp().add(1),
    );
    expect(y.toArray()).toEqual([1, 1]);
  });

  it("may dry-run a network: shapes without a kernel", () => {
    const ran: string[] = [];
    const dry: Interceptor = (call, next) => {
      if (call.op.kind !== "compute") return next(call);
      ran.push(call.op.name);
      return call.op.infer(call.inputs, call.attr).map(({ shape }) => zeros(shape));
    };
    const model = new nn.Sequential(new nn.Conv2d(1, 4, 3), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(36, 5));
    const y = noGrad(() => intercept(dry, () => model.call(randn([2, 1, 8, 8]))));
    expect([y.shape, ran.filter((name) => name !== "normal" && name !== "full")]).toEqual([
      [2, 5],
      ["conv2d", "relu", "maxPool", "linear"],
    ]);
  });

  it("captures a graph that can be run again", () => {
    const w = randn([2, 2]);
    const steps: { call: Call; results: readonly Tensor[] }[] = [];
    const capture: Interceptor = (call, next) => {
      const results = next(call);
      steps.push({ call, results });
      return results;
    };
    const x = randn([3, 2]);
    const y = intercept(capture, () => x.matmul(w).relu().add(1));
    const values = new Map<unknown, Tensor>([[x, tensor([[1, 2]])]]);
    for (const { call, results } of steps) {
      const inputs = call.inputs.map((input) => values.get(input) ?? input);
      values.set(results[0], call.op.call(inputs, call.attr)[0] as Tensor);
    }
    expect(values.get(y)?.toArray()).toEqual(
      tensor([[1, 2]])
        .matmul(w)
        .relu()
        .add(1)
        .toArray(),
    );
  });

  it("stacks: the latest is the outermost, and its own operations go to those below", () => {
    const [outer, inner]: [string[], string[]] = [[], []];
    const busy: Interceptor = (call, next) => {
      inner.push(call.op.name);
      tensor([1]).neg();
      return next(call);
    };
    intercept(names(outer), () => intercept(busy, () => tensor([1]).exp()));
    expect(inner).toEqual(["tensor", "exp"]);
    expect(outer).toEqual(["tensor", "neg", "tensor", "tensor", "neg", "exp"]);
  });

  test.each([
    ["nothing", undefined, /in place of exp the interceptor gave undefined/],
    ["a tensor", tensor([1]), /gave a tensor float32\[1\]; return a list of one tensor/],
    ["an empty list", [], /return a list of one tensor/],
    ["numbers", [1], /return a list of one tensor/],
  ])("that gives %s is an error", (_, given, says) => {
    const x = tensor([1]);
    expect(() =>
      intercept(
        () => given as never,
        () => x.exp(),
      ),
    ).toThrow(says);
    expect(x.exp().size).toBe(1);
  });

  it("is gone when the work throws, and refuses a promise", () => {
    const seen: string[] = [];
    const fail = (): void => {
      throw new Error("mine");
    };
    expect(() => intercept(names(seen), fail)).toThrow("mine");
    expect(() => intercept(names(seen), async () => tensor([1]))).toThrow(ArgError);
    seen.length = 0;
    tensor([1]).exp();
    expect(seen).toEqual([]);
  });
});

describe("an operation of several results", () => {
  const sinCos = defineOp<[x: Tensor], void, readonly [sin: Tensor, cos: Tensor]>({
    name: "sinCos",
    several: true,
    infer: ([x]) => [x, x],
    forward: ([sin, cos], [x]) => {
      sin.copy_(x.sin());
      cos.copy_(x.cos());
    },
    backward: {
      inputs: [true],
      saves: ["out:0", "out:1"],
      rule: ([gs, gc], { out: [sin, cos] }) => {
        const bySin = gs?.mul(cos);
        const byCos = gc?.mul(sin).neg();
        return [bySin && byCos ? bySin.add(byCos) : (bySin ?? byCos)];
      },
    },
  });

  it("has a gradient for each, alone and together", () => {
    const x = tensor([0.3, -0.7]);
    expect(gradcheck((t) => sinCos(t)[0].sum(), [x])).toBe(true);
    expect(gradcheck((t) => sinCos(t)[1].sum(), [x])).toBe(true);
    expect(
      gradcheck(
        (t) => {
          const [s, c] = sinCos(t);
          return s.mul(c).add(s).sum();
        },
        [x],
      ),
    ).toBe(true);
  });

  it("has second derivatives", () => {
    const x = tensor([0.3], { requiresGrad: true });
    const [s] = sinCos(x);
    s.backward({ createGraph: true });
    const g = x.grad as Tensor;
    x.grad = null;
    g.sum().backward();
    expect((x.grad as unknown as Tensor).item()).toBeCloseTo(-Math.sin(0.3), 5);
  });

  it("lets go of all results with the graph, and frees what it saved", () => {
    const w = tensor([0.3, -0.7], { requiresGrad: true });
    const optimizer = new optim.SGD([w], { lr: 0.1 });
    const loop = (steps: number): void => {
      for (let i = 0; i < steps; i++) {
        optimizer.zeroGrad();
        const [s] = sinCos(w);
        s.sum().backward();
        optimizer.step();
      }
    };
    loop(3);
    const before = live();
    loop(50);
    expect(live()).toEqual(before);
  });
});

describe("a custom operation", () => {
  const straightThrough = defineOp<[x: Tensor]>({
    name: "straightThroughSign",
    infer: ([x]) => x,
    forward: (out, [x]) => out.copy_(x.sign()),
    backward: [(g) => g],
  });

  it("has the gradient it says, and leaves nothing behind", () => {
    const before = live();
    const x = tensor([-0.5, 2], { requiresGrad: true });
    const y = straightThrough(x);
    expect(live().liveTensors).toBe(before.liveTensors + 2);
    y.sum().backward();
    expect([y.toArray(), x.grad?.toArray()]).toEqual([
      [-1, 1],
      [1, 1],
    ]);
    y.dispose();
    x.dispose();
  });

  it("is one call for interceptors, whatever it is made of", () => {
    const seen: string[] = [];
    intercept(names(seen), () => straightThrough(tensor([1])));
    expect(seen).toEqual(["tensor", "straightThroughSign"]);
  });

  it("takes numbers, and keeps them whatever other numbers its work uses", () => {
    const shifted = defineOp<[x: Tensor, by: Tensor | number]>({
      name: "shiftedBy",
      infer: ([x]) => x,
      forward: (out, [x, by]) => {
        const start = scope(() =>
          Array.from({ length: 1500 }, (_, i) => zeros(1).add(i + 0.25))
            .at(-1)
            ?.item(),
        );
        out.copy_(x.add(by).add((start ?? 0) - 1499.25));
      },
      saves: [[1], []],
      backward: [(g, { inputs: [, by] }) => g.mul(by), null],
    });
    const x = tensor([1], { requiresGrad: true });
    const y = shifted(x, 7.5);
    for (let i = 0; i < 1500; i++) scope(() => zeros(1).add(i + 0.75));
    y.backward();
    expect([y.item(), x.grad?.item()]).toEqual([8.5, 7.5]);
  });

  it("cannot have a name that is taken", () => {
    expect(() => defineOp<[x: Tensor]>({ name: "relu", infer: ([x]) => x, forward: () => undefined, backward: [null] })).toThrow(
      /the name "relu" is taken/,
    );
  });

  describe("with a wrong definition is an error that says what is wrong", () => {
    const right = { infer: ([x]: readonly Tensor[]) => x, forward: () => undefined, backward: [null] };
    const attempt = (wrong: object) => () => (defineOp({ ...right, ...wrong } as never) as (x: Tensor) => unknown)(tensor([1, 2]));

    test.each([
      ["nothing", () => defineOp(undefined as never), /takes a definition .*got undefined/],
      ["no name", attempt({ name: "" }), /name must be a text/],
      ["no infer", attempt({ name: "noInfer", infer: undefined }), /infer of noInfer must be a function, got undefined/],
      ["no forward", attempt({ name: "noForward", forward: 3 }), /forward of noForward must be a function, got 3/],
      ["no backward", attempt({ name: "noBackward", backward: undefined }), /backward of noBackward must be .*got undefined/],
      ["a rule that is none", attempt({ name: "noRule", backward: [3] }), /a rule of noRule must be .*got 3/],
      [
        "half a joint rule",
        attempt({ name: "noSaves", backward: { inputs: [true], rule: () => [] } }),
        /backward of noSaves must be .*got an object/,
      ],
      ["saves without lists", attempt({ name: "oneSave", saves: 0, backward: [() => 1] }), /saves of oneSave must be a list .*got 0/],
      [
        "a saved input that is not there",
        attempt({ name: "save5", saves: [[5]], backward: [() => 1] }),
        /saves of save5 must be .* 0 to 0.*got 5/,
      ],
      [
        "a saved result of another name",
        attempt({ name: "output", saves: [["output"]], backward: [() => 1] }),
        /saves of output must be .*"out", got "output"/,
      ],
      [
        "rules for several results",
        attempt({ name: "sevRules", several: true, backward: [() => 1] }),
        /backward of sevRules, which has several results/,
      ],
      ["infer without a result", attempt({ name: "inferNone", infer: () => undefined }), /inferNone: infer must give .*got undefined/],
      [
        "infer of several",
        attempt({ name: "inferMany", infer: ([x]: Tensor[]) => [x, x] }),
        /inferMany: infer must give .*several: true in the definition, got \[a tensor/,
      ],
      ["no list of several", attempt({ name: "inferOne", several: true }), /inferOne: infer must give a list .*got a tensor/],
      ["a shape that is none", attempt({ name: "inferShape", infer: () => ({ shape: [-1], dtype: "int32" }) }), /inferShape: /],
      [
        "a dtype that is none",
        attempt({ name: "inferType", infer: () => ({ shape: [1], dtype: "float64" }) }),
        /inferType: infer must give .*float32, got an object/,
      ],
      [
        "forward that returns its result",
        attempt({ name: "gives", forward: (_: Tensor, [x]: Tensor[]) => x?.square() }),
        /gives: forward returned a tensor/,
      ],
      ["forward that waits", attempt({ name: "waits", forward: async () => undefined }), /waits: the function returned a promise/],
    ])("%s", (_, call, says) => {
      const before = live();
      expect(() => scope(call as () => unknown)).toThrow(says);
      expect(live()).toEqual(before);
    });
  });

  const op = (name: string, rule: (g: Tensor, inputs: readonly Tensor[]) => Tensor) =>
    defineOp<[x: Tensor]>({
      name,
      infer: ([x]) => x,
      forward: (out, [x]) => out.copy_(x),
      backward: [(g, { inputs }) => rule(g, inputs as unknown as Tensor[])],
    });
  const unlisted = op("readsTooMuch", (g, [x]) => g.mul(x as Tensor));
  const wrongShape = op("wrongShape", () => zeros([5]));
  const nothing = op("givesNothing", () => undefined as unknown as Tensor);
  const wholeNumbers = op("givesWholeNumbers", (g) => g.int());

  test.each([
    ["reads what saves does not list", unlisted, /readsTooMuch reads input 0, which its saves do not list/],
    ["gives another shape", wrongShape, /the rule of wrongShape for input 0 gave a tensor float32\[5\], expected float32\[2\]/],
    ["gives nothing", nothing, /givesNothing for input 0 gave undefined/],
    ["gives whole numbers", wholeNumbers, /givesWholeNumbers/],
  ])("whose rule %s is an error that names it", (_, call, says) => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect(() => scope(() => call(x).sum().backward())).toThrow(says);
    expect(scope(() => x.mul(2).toArray())).toEqual([2, 4]);
  });

  it("refuses a missing input by name", () => {
    const call = straightThrough as unknown as () => Tensor;
    expect(call).toThrow(ArgError);
    expect(call).toThrow(/straightThroughSign: expected a tensor as x, got undefined/);
  });
});

describe("one rule for all inputs", () => {
  const asked: (readonly boolean[])[] = [];
  const product = defineOp<[a: Tensor, b: Tensor]>({
    name: "jointProduct",
    infer: ([a]) => a,
    forward: (out, [a, b]) => out.copy_(a.mul(b)),
    backward: {
      inputs: [true, true],
      saves: [0, 1],
      rule: (g, { inputs: [a, b] }, wanted) => {
        asked.push(wanted);
        return [wanted[0] ? g.mul(b) : undefined, wanted[1] ? g.mul(a) : undefined];
      },
    },
  });
  afterEach(() => {
    asked.length = 0;
  });

  it("is asked once, and told which gradients are wanted", () => {
    const [a, b] = [tensor([2, 3], { requiresGrad: true }), tensor([4, 5])];
    product(a, b).sum().backward();
    expect(asked).toEqual([[true, false]]);
    expect([a.grad?.toArray(), b.grad]).toEqual([[4, 5], null]);
    expect(gradcheck((x, y) => product(x, y).sum(), [tensor([2, 3]), tensor([4, 5])])).toBe(true);
  });

  it("that gives no list is an error", () => {
    const broken = defineOp<[x: Tensor]>({
      name: "jointWithoutList",
      infer: ([x]) => x,
      forward: (out, [x]) => out.copy_(x),
      backward: { inputs: [true], saves: [], rule: (g) => g as unknown as [Tensor] },
    });
    const x = tensor([1], { requiresGrad: true });
    expect(() => broken(x).backward()).toThrow(GradError);
    expect(() => broken(x).backward()).toThrow(/the rule of jointWithoutList must give an array of 1/);
  });
});

describe("a fused operation", () => {
  it("keeps no more memory than its rule reads, and still has second derivatives", () => {
    const rows = 200;
    const classes = 50;
    const logits = randn([rows, classes], { requiresGrad: true });
    const labels = tensor(new Int32Array(rows));
    const { liveBytes } = memory();
    const loss = scope(() => nn.functional.crossEntropy(logits.mul(1), labels));
    const saved = memory().liveBytes - liveBytes;
    expect(saved).toBeLessThan(1.1 * 4 * rows * classes);
    loss.backward({ createGraph: true });
    const g = logits.grad as Tensor;
    logits.grad = null;
    g.square().sum().backward();
    expect((logits.grad as unknown as Tensor).toTypedArray().every(Number.isFinite)).toBe(true);
  });

  it("says so when an input that only second derivatives need is gone", () => {
    const x = randn([4, 3], { requiresGrad: true });
    const bias = randn([3]);
    const y = nn.functional.layerNorm(x, 3, { bias: bias.mul(1) });
    bias.fill_(0);
    scope(() => y.sum().backward({ retainGraph: true })); // the first derivative does not read it
    expect(x.grad).toBeInstanceOf(Tensor);
  });
});
