// Activations in the call of a linear map or a convolution, and weights kept packed beside themselves.
import { ArgError, clamp, conv1d, conv2d, leakyRelu, linear, memory, nn, noGrad, scope, type Tensor, tensor } from "simdgrad";
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
  {
    name: "linear with a weight [in, out]",
    weight: (grad = false) => of([7, 12], grad),
    run: (w: Tensor, options: object) => linear(of([5, 7]), w, of([12]), { transposedWeight: true, ...options }),
  },
];

/** `conv1d` keeps no filters packed, as it has no windows of 3 x 3. */
const withConv1d = [
  ...calls,
  {
    name: "conv1d",
    weight: (grad = false) => of([9, 8, 3], grad),
    run: (w: Tensor, options: object) => conv1d(of([2, 8, 11]), w, of([9]), { padding: [[2, 0]], ...options }),
  },
];

/** Options of an epilogue, and the same as operations of their own. */
const EPILOGUES: [options: object, apart: (y: Tensor) => Tensor][] = [
  ...NAMES.map((activation): [object, (y: Tensor) => Tensor] => [{ activation }, (y) => y[activation]()]),
  [{ activation: "geluTanh" }, (y) => y.gelu({ approximate: "tanh" })],
  [{ activation: "hardswish" }, (y) => y.mul(y.add(3).clamp({ min: 0, max: 6 })).div(6)],
  [{ activation: "leakyRelu" }, (y) => leakyRelu(y)],
  [{ activation: "leakyRelu", negativeSlope: -0.5 }, (y) => leakyRelu(y, { negativeSlope: -0.5 })],
  [{ activation: "relu", bounds: [Number.NEGATIVE_INFINITY, 6] }, (y) => y.relu().clamp({ max: 6 })],
  [{ bounds: [1, -1] }, (y) => clamp(y, { min: 1, max: -1 })],
  [{ activation: "tanh", bounds: [-0.5, 0.25] }, (y) => y.tanh().clamp({ min: -0.5, max: 0.25 })],
];

describe.each(withConv1d)("$name", ({ weight, run }) => {
  it.each(EPILOGUES)("with %j gives the bits of separate calls, recorded or not, with a residual or without", (options, apart) => {
    const plain = run(weight(), {});
    const residual = of([...plain.shape])
      .neg()
      .add(0.3);
    for (const packed of [false, true]) {
      for (const grad of [false, true]) {
        expect(bits(run(weight(grad), { ...options, packed }))).toEqual(bits(apart(plain)));
        expect(bits(run(weight(grad), { ...options, packed, residual }))).toEqual(bits(apart(plain.add(residual))));
      }
    }
  });

  it("gives a residual its gradient where nothing else has one", () => {
    const residual = of([...run(weight(), {}).shape], true);
    run(weight(), { residual, activation: "leakyRelu" }).sum().backward();
    const slopes = run(weight(), {}).add(residual.detach()).toTypedArray();
    expect(residual.grad?.toTypedArray()).toEqual(Float32Array.from(slopes, (v) => (v > 0 ? 1 : Math.fround(0.01))));
  });

  it("takes null and undefined for no residual", () => {
    for (const residual of [null, undefined]) expect(bits(run(weight(), { residual }))).toEqual(bits(run(weight(), {})));
  });

  it("keeps NaN, infinities and the sign of 0 in what is added", () => {
    const shape = [...run(weight(), {}).shape];
    const special = of(shape);
    special.copy_(
      tensor(
        special.toTypedArray().map((_, i) => [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0][i % 4] as number),
        { shape },
      ),
    );
    const zero = weight().mul(0);
    for (const [options, apart] of EPILOGUES) {
      const expected = apart(run(zero, {}).add(special)).toTypedArray();
      expect(run(zero, { ...options, residual: special }).toTypedArray()).toEqual(expected);
    }
  });
});

describe("a row", () => {
  it("is computed the same alone and in a batch", () => {
    for (const [depth, n] of [
      [3, 5],
      [33, 12],
      [500, 40],
    ] as const) {
      const [x, residual, b] = [of([9, depth]), of([9, n]), of([n])];
      for (const transposedWeight of [false, true]) {
        const w = transposedWeight ? of([depth, n]) : of([n, depth]);
        for (const packed of [false, true]) {
          const call = (from: number, to: number) =>
            linear(x.slice([from, to]), w, b, { transposedWeight, packed, activation: "hardswish", residual: residual.slice([from, to]) });
          const all = call(0, 9);
          for (const [from, to] of [
            [0, 1],
            [3, 5],
            [4, 9],
          ] as const)
            expect(bits(call(from, to))).toEqual(bits(all.slice([from, to])));
        }
      }
    }
  });
});

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
    expect(() => run(weight(), { activation: "swish" })).toThrow(/"relu", .* "hardswish" or "leakyRelu", got "swish"/);
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
