// Optimizer steps against PyTorch's formulas in float64: one step at a time, each from the float32 state the last one left.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const SHIFTS = [0, 4, 8, 12];
const COUNTS = [...Array.from({ length: 19 }, (_, n) => n), 67];
const STEPS = 4;

interface Sgd {
  lr: number;
  momentum: number;
  dampening: number;
  weightDecay: number;
  nesterov: boolean;
  maximize: boolean;
}

const SGD: (Partial<Sgd> & { of: string })[] = [
  { of: "plain", lr: 0.1 },
  { of: "momentum", lr: 0.05, momentum: 0.9 },
  { of: "momentum, dampened", lr: 0.05, momentum: 0.9, dampening: 0.3 },
  { of: "Nesterov", lr: 0.05, momentum: 0.8, nesterov: true },
  { of: "weight decay, upwards", lr: 0.01, weightDecay: 0.1, maximize: true },
  { of: "all of it", lr: 0.01, momentum: 0.9, weightDecay: 0.1, nesterov: true, maximize: true },
];

function sgd(o: Sgd, first: boolean, p: number, grad: number, buf: number) {
  let d = (o.maximize ? -grad : grad) + o.weightDecay * p;
  let b = buf;
  if (o.momentum) {
    b = first ? d : o.momentum * buf + (1 - o.dampening) * d;
    d = o.nesterov ? d + o.momentum * b : b;
  }
  return { p: p - o.lr * d, buf: b };
}

interface Adam {
  lr: number;
  beta1: number;
  beta2: number;
  eps: number;
  weightDecay: number;
  decoupled: boolean;
  amsgrad: boolean;
  maximize: boolean;
}

const ADAM: (Partial<Adam> & { of: string })[] = [
  { of: "plain", lr: 0.01 },
  { of: "a penalty, upwards", lr: 0.02, weightDecay: 0.1, maximize: true },
  { of: "decoupled decay", lr: 0.02, weightDecay: 0.1, decoupled: true },
  { of: "the running maximum", lr: 0.05, amsgrad: true },
  { of: "other means", lr: 0.003, beta1: 0.5, beta2: 0.9999, eps: 1e-5, decoupled: true, amsgrad: true },
];

function adam(o: Adam, step: number, p: number, grad: number, m: number, v: number, vmax: number) {
  const x = o.decoupled ? p * (1 - o.lr * o.weightDecay) : p;
  const d = (o.maximize ? -grad : grad) + (o.decoupled ? 0 : o.weightDecay * p);
  const mean = o.beta1 * m + (1 - o.beta1) * d;
  const square = o.beta2 * v + (1 - o.beta2) * d * d;
  const most = Math.max(square, vmax);
  const root = Math.sqrt(o.amsgrad ? most : square) / Math.sqrt(1 - o.beta2 ** step) + o.eps;
  return { p: x - (o.lr / (1 - o.beta1 ** step)) * (mean / root), m: mean, v: square, vmax: most };
}

/** Every value within a few roundings of its truth and of the terms it is the sum of, at most `size` large. */
function expectNear<Key extends string>(got: Float32Array, truth: Record<Key, number>[], key: Key, size: number): void {
  got.forEach((v, i) => {
    const want = truth[i]?.[key] as number;
    if (!(Math.abs(v - want) <= 2.5e-7 * (Math.abs(want) + size))) expect.fail(`element ${i}: ${v} instead of ${want}`);
  });
}

describe.each(builds)("%s optimizer steps", (build) => {
  const k = kernels(build);

  test.each(SGD)("sgd with $of", ({ of: _, ...given }) => {
    const o: Sgd = { lr: 0, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false, ...given };
    for (const n of COUNTS) {
      const arena = new Arena();
      const p = arena.place(randomValues(n, 1), SHIFTS[n % 4]);
      const g = arena.place(new Float32Array(n), SHIFTS[(n + 1) % 4]);
      const buf = arena.place(new Float32Array(n), SHIFTS[(n + 2) % 4]);
      for (let step = 0; step < STEPS; step++) {
        g.values.set(randomValues(n, 10 + step));
        const want = Array.from(p.values, (x, i) => sgd(o, step === 0, x, g.values[i] as number, buf.values[i] as number));
        k.sgd?.(p.ptr, g.ptr, o.momentum ? buf.ptr : 0, n, o.lr, o.momentum, o.dampening, o.weightDecay,
          +o.nesterov, +(step === 0), +o.maximize); // biome-ignore format: arguments of one kind on one line
        expectNear(p.values, want, "p", 1);
        expectNear(buf.values, want, "buf", 2);
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  test.each(ADAM)("adam with $of", ({ of: _, ...given }) => {
    const o: Adam = {
      lr: 0, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, decoupled: false, amsgrad: false, maximize: false, ...given,
    }; // biome-ignore format: PyTorch's defaults on one line
    for (const n of COUNTS) {
      const arena = new Arena();
      const p = arena.place(randomValues(n, 1), SHIFTS[n % 4]);
      const g = arena.place(new Float32Array(n), SHIFTS[(n + 1) % 4]);
      const [m, v, vmax] = [4, 8, 12].map((shift) => arena.place(new Float32Array(n), shift)) as [typeof p, typeof p, typeof p];
      for (let step = 1; step <= STEPS; step++) {
        g.values.set(randomValues(n, 10 + step, -2 / step, 2 / step));
        const at = (x: typeof p, i: number) => x.values[i] as number;
        const want = Array.from(p.values, (x, i) => adam(o, step, x, at(g, i), at(m, i), at(v, i), at(vmax, i)));
        k.adam?.(p.ptr, g.ptr, m.ptr, v.ptr, o.amsgrad ? vmax.ptr : 0, n, o.lr, o.beta1, o.beta2, o.eps,
          o.weightDecay, +o.decoupled, 1 - o.beta1 ** step, 1 - o.beta2 ** step, +o.maximize); // biome-ignore format: as above
        expectNear(p.values, want, "p", 1);
        expectNear(m.values, want, "m", 1);
        expectNear(v.values, want, "v", 1e-3);
        if (o.amsgrad) expectNear(vmax.values, want, "vmax", 1e-3);
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  const least = 2 ** -126;
  test("state that decays below the least normal number becomes 0, NaN stays", () => {
    const arena = new Arena();
    const p = arena.place(new Float32Array(7).fill(1));
    const g = arena.place(new Float32Array([0, 0, 0, 0, Number.NaN, 0, 0]));
    const state = () => arena.place(new Float32Array([least, -least, 1e-44, 4 * least, 1, Number.NaN, 0]));
    const [buf, m, v] = [state(), state(), state()];
    const want = [0, 0, 0, 2 * least, Number.NaN, Number.NaN, 0];
    k.sgd?.(p.ptr, g.ptr, buf.ptr, 7, 0.1, 0.5, 0, 0, 0, 0, 0);
    expect(Array.from(buf.values, (x) => x + 0)).toEqual(want);
    p.values.fill(1);
    k.adam?.(p.ptr, g.ptr, m.ptr, v.ptr, 0, 7, 0.1, 0.5, 0.5, 1e-8, 0, 0, 1, 1, 0);
    expect(Array.from(m.values, (x) => x + 0)).toEqual(want);
    expect(Array.from(v.values, (x) => x + 0)).toEqual(want);
    expect(Array.from(p.values)).toEqual([1, 1, 1, 1, Number.NaN, Number.NaN, 1]);
  });

  test("without weight decay an infinite parameter makes no NaN in the state", () => {
    const arena = new Arena();
    const p = arena.place(new Float32Array([Number.POSITIVE_INFINITY]));
    const g = arena.place(new Float32Array([1]));
    const [m, v] = [arena.place(new Float32Array(1)), arena.place(new Float32Array(1))];
    k.adam?.(p.ptr, g.ptr, m.ptr, v.ptr, 0, 1, 0.1, 0.5, 0.5, 1e-8, 0, 0, 1, 1, 0);
    expect([...p.values, ...m.values, ...v.values]).toEqual([Number.POSITIVE_INFINITY, 0.5, 0.5]);
  });
});
