// Activations in the call of a linear map or a convolution, and weights kept packed beside themselves.
import { ArgError, conv2d, linear, memory, nn, noGrad, scope, type Tensor, tensor } from "simdgrad";
import { afterEach, describe, expect, it } from "vitest";

const NAMES = ["relu", "sigmoid", "tanh", "silu", "gelu"] as const;
const wave = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(3 * i) * 2);
const of = (shape: number[], requiresGrad = false): Tensor => tensor(wave(shape.reduce((a, b) => a * b, 1)), { shape, requiresGrad });
const bits = (x: Tensor): number[] => Array.from(new Int32Array(Float32Array.from(x.toTypedArray()).buffer));

/** A call of each kind, with and without gradients. */
const calls = [
  {
    name: "linear",
    weight: (grad = false) => of([12, 7], grad),
    run: (w: Tensor, options: object) => linear(of([5, 7]), w, of([12]), options),
  },
  {
    name: "conv2d",
    weight: (grad = false) => of([9, 8, 3, 3], grad),
    run: (w: Tensor, options: object) => conv2d(of([2, 8, 7, 7]), w, of([9]), { padding: 1, ...options }),
  },
];

describe.each(calls)("$name", ({ weight, run }) => {
  it.each(NAMES)("with %s gives the bits of two calls, recorded or not", (activation) => {
    const apart = run(weight(), {})[activation]();
    expect(bits(run(weight(), { activation }))).toEqual(bits(apart));
    expect(bits(run(weight(true), { activation }))).toEqual(bits(apart));
  });

  it("passes gradients through the activation", () => {
    const [a, b] = [weight(true), weight(true)];
    run(a, { activation: "relu", packed: true }).square().sum().backward();
    run(b, {}).relu().square().sum().backward();
    expect(a.grad?.toArray()).toEqual(b.grad?.toArray());
  });

  it("gives the same bits with a packed weight, also after the weight has changed", () => {
    const w = weight();
    for (let step = 0; step < 3; step++) {
      const plain = bits(run(w, {}));
      expect(bits(run(w, { packed: true }))).toEqual(plain);
      expect(bits(run(w, { packed: true }))).toEqual(plain);
      w.copy_(w.add(0.25));
    }
  });

  it("gives the packed form back with the weight", () => {
    const before = memory().liveBytes;
    scope(() => {
      const w = weight();
      scope(() => void run(w, {}));
      const plain = memory().liveBytes;
      scope(() => void run(w, { packed: true }));
      expect(memory().liveBytes - plain).toBeGreaterThanOrEqual(4 * w.size);
    });
    expect(memory().liveBytes).toBe(before);
  });

  it("names the activations it knows", () => {
    expect(() => run(weight(), { activation: "swish" })).toThrow(ArgError);
    expect(() => run(weight(), { activation: "swish" })).toThrow(/"relu", "sigmoid", "tanh", "silu" or "gelu", got "swish"/);
  });
});

describe("layers", () => {
  const models: nn.Module[] = [];
  afterEach(() => {
    for (const model of models.splice(0)) model.dispose();
  });

  it("keep packed weights after eval() only, and drop them when training goes on", () => {
    const model = new nn.Sequential(new nn.Conv2d(8, 9, 3, { padding: 1 }), new nn.Flatten(), new nn.Linear(9 * 49, 10));
    models.push(model);
    const x = of([4, 8, 7, 7]);
    const bytes = () => {
      const before = memory().liveBytes;
      noGrad(() => model.call(x).dispose());
      return memory().liveBytes - before;
    };
    expect(bytes()).toBe(0);
    model.eval();
    expect(bytes()).toBeGreaterThan(4 * 9 * 49 * 10);
    expect(bytes()).toBe(0);
    const packed = memory().liveBytes;
    model.train();
    expect(memory().liveBytes).toBeLessThan(packed - 4 * 9 * 49 * 10);
    expect(bytes()).toBe(0);
  });

  it("pack nothing while gradients are recorded", () => {
    const layer = new nn.Linear(64, 64).eval();
    models.push(layer);
    const x = of([8, 64]);
    const before = memory().liveBytes;
    layer.call(x).sum().backward();
    expect(memory().liveBytes - before).toBeLessThan(2 * 4 * 64 * 64);
  });
});
