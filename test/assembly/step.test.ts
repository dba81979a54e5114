// Optimizer steps against the formulas in float64: one step at a time, each from the float32 state that the last one left. A call runs
// over the rows of a table: here two parameters with an empty one between them.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, type Placed, randomValues } from "./harness.js";

const SHIFTS = [0, 4, 8, 12];
const COUNTS = [...Array.from({ length: 10 }, (_, n) => n), 67];
const STEPS = 3;

/** Parameter, gradient and state of one element; a step gives all but the gradient. */
type Element = readonly [p: number, g: number, s: number, t: number, u: number];
type Next = readonly [p: number, s?: number, t?: number, u?: number];

interface Row {
  readonly kernel: "sgd" | "adam" | "rmsprop" | "adadelta" | "lion" | "scheduleFree" | "blend";
  readonly of: string;
  /** The arguments after the number of elements, by the step from 1 on. */
  readonly numbers: (step: number) => readonly number[];
  readonly twin: (element: Element, step: number) => Next;
}

const sgd = (of: string, lr: number, { momentum = 0, dampening = 0, decay = 0, nesterov = 0, maximize = 0 }): Row => ({
  kernel: "sgd",
  of,
  numbers: (step) => [maximize + 2 * +(momentum > 0) + 4 * +(step === 1) + 8 * nesterov, decay, lr, momentum, dampening],
  twin: ([p, g, s], step) => {
    const d = (maximize ? -g : g) + decay * p;
    if (momentum === 0) return [p - lr * d];
    const b = step === 1 ? d : momentum * s + (1 - dampening) * d;
    return [p - lr * (nesterov ? d + momentum * b : b), b];
  },
});

interface AdamNumbers {
  flags?: number;
  decay?: number;
  b1?: number;
  b2?: number;
  near?: number;
  ahead?: number;
  eps?: number;
  shrink?: number;
}

const adam = (of: string, o: AdamNumbers): Row => {
  const { flags = 0, decay = 0, b1 = 0.9, b2 = 0.999, near = 1, ahead = 0, eps = 1e-8, shrink = 1 } = o;
  const lr = (step: number): number => 0.02 / (1 - b1 ** step);
  const correct = (step: number): number => 1 / Math.sqrt(1 - b2 ** step);
  return {
    kernel: "adam",
    of,
    numbers: (step) => [flags, decay, b1, b2, lr(step), near, ahead, correct(step), eps, shrink],
    twin: ([p, g, s, t, u], step) => {
      const d = (flags & 1 ? -g : g) + decay * p;
      const m = b1 * s + (1 - b1) * d;
      const v = flags & 4 ? Math.max(b2 * t, Math.abs(d) + eps) : b2 * t + (1 - b2) * d * d;
      const most = flags & 2 ? Math.max(u, v) : v;
      const root = flags & 4 ? v : flags & 8 ? 1 : Math.sqrt(most) * correct(step) + eps;
      return [shrink * p - (lr(step) * (near * m + ahead * d)) / root, m, v, ...(flags & 2 ? [most] : [])] as unknown as Next;
    },
  };
};

const rmsprop = (
  of: string,
  flags: number,
  [decay, lr, keep, fresh, eps, momentum]: readonly [number, number, number, number, number, number],
): Row => ({
  kernel: "rmsprop",
  of,
  numbers: () => [flags, decay, lr, keep, fresh, eps, momentum],
  twin: ([p, g, s, t, u]) => {
    const d = (flags & 1 ? -g : g) + decay * p;
    const v = keep * s + fresh * d * d;
    const mean = flags & 2 ? keep * t + fresh * d : 0;
    const move = d / (Math.sqrt(v - mean * mean) + eps);
    const b = momentum * u + move;
    return [p - lr * (flags & 4 ? b : move), v, ...(flags & 4 ? [mean, b] : [])] as unknown as Next;
  },
});

const ROWS: readonly Row[] = [
  sgd("plain", 0.1, {}),
  sgd("momentum, dampened", 0.05, { momentum: 0.9, dampening: 0.3 }),
  sgd("all of it", 0.01, { momentum: 0.9, decay: 0.1, nesterov: 1, maximize: 1 }),
  adam("plain", {}),
  adam("a penalty, upwards", { decay: 0.1, flags: 1 }),
  adam("the running maximum, decoupled decay", { flags: 2, shrink: 0.998, b1: 0.5, b2: 0.99, eps: 1e-5 }),
  adam("the gradient ahead", { near: 0.6, ahead: 1.4 }),
  adam("the largest gradient", { flags: 4 }),
  adam("no division", { flags: 8 }),
  rmsprop("plain", 0, [0.1, 0.01, 0.9, 0.1, 1e-8, 0]),
  rmsprop("centred, momentum, upwards", 7, [0, 0.01, 0.9, 0.1, 1e-4, 0.8]),
  rmsprop("the sum of squares", 0, [0, 0.1, 1, 1, 1e-10, 0]),
  {
    kernel: "adadelta",
    of: "decay",
    numbers: () => [0, 0.1, 1, 0.9, 1e-6],
    twin: ([p, g, s, t]) => {
      const d = g + 0.1 * p;
      const v = 0.9 * s + 0.1 * d * d;
      const move = (Math.sqrt(t + 1e-6) / Math.sqrt(v + 1e-6)) * d;
      return [p - move, v, 0.9 * t + 0.1 * move * move];
    },
  },
  {
    kernel: "lion",
    of: "decay",
    numbers: () => [1, 0, 0.01, 0.9, 0.99, 0.98],
    twin: ([p, g, s]) => [0.98 * p - 0.01 * Math.sign(0.9 * s - 0.1 * g), 0.99 * s - 0.01 * g],
  },
  {
    kernel: "scheduleFree",
    of: "decay",
    numbers: () => [0, 0.1, 0.02, 0.999, 2, 1e-8, 0.3, -0.0074],
    twin: ([p, g, s, t]) => {
      const v = 0.999 * t + 0.001 * g * g;
      const move = g / (2 * Math.sqrt(v) + 1e-8) + 0.1 * p;
      return [p + 0.3 * (s - p) - 0.0074 * move, s - 0.02 * move, v];
    },
  },
  { kernel: "blend", of: "two factors", numbers: () => [0.7, 0.3], twin: ([p, g]) => [0.7 * p + 0.3 * g] },
];

/** The table of these parameters, each a list of p, g, s, t, u. */
function tableOf(arena: Arena, parameters: readonly (readonly Placed<Float32Array>[])[]): number {
  const words = parameters.flatMap((row) => [row[0]?.values.length ?? 0, ...row.map(({ ptr }) => ptr)]);
  return arena.place(Int32Array.from(words)).ptr;
}

/** Every value within a few roundings of its truth and of the terms it is the sum of. */
function expectNear(got: ArrayLike<number>, truth: readonly number[], what: string): void {
  for (const [i, want] of truth.entries()) {
    if (!(Math.abs((got[i] as number) - want) <= 4e-7 * (Math.abs(want) + 1))) expect.fail(`${what} ${i}: ${got[i]} instead of ${want}`);
  }
}

describe.each(builds)("%s optimizer steps", (build) => {
  const k = kernels(build);

  test.each(ROWS)("$kernel with $of", ({ kernel, numbers, twin }) => {
    for (const n of COUNTS) {
      const arena = new Arena();
      const parameters = [n, 0, 5].map((size, row) =>
        [1, 2, 3, 4, 5].map((stream) =>
          arena.place(stream < 3 ? randomValues(size, 10 * row + stream) : new Float32Array(size), SHIFTS[(n + stream) % 4]),
        ),
      );
      const table = tableOf(arena, parameters);
      for (let step = 1; step <= STEPS; step++) {
        const truth = parameters.map((row, i) => {
          (row[1] as Placed<Float32Array>).values.set(randomValues(row[0]?.values.length ?? 0, 100 * step + i, -2 / step, 2 / step));
          return Array.from(row[0]?.values ?? [], (_, at) => twin(row.map(({ values }) => values[at]) as unknown as Element, step));
        });
        // the first elements last, in two calls that divide a parameter
        const cut = Math.min(3, n);
        k[kernel]?.(table, cut, n + 5 - cut, ...numbers(step));
        if (cut > 0) k[kernel]?.(table, 0, cut, ...numbers(step));
        parameters.forEach((row, i) => {
          [0, 2, 3, 4].forEach((stream, at) => {
            const wanted = (truth[i] as Next[]).map((next) => next[at]);
            if (wanted[0] !== undefined) {
              expectNear(row[stream]?.values ?? [], wanted as number[], `${"pstu"[at]} of ${i},`);
            }
          });
        });
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  const least = 2 ** -126;
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

  /** One parameter of some values, whose gradient and state are lists, too. */
  function run(kernel: Row["kernel"], streams: readonly (readonly number[])[], numbers: readonly number[]): number[][] {
    const arena = new Arena();
    const placed = streams.map((values) => arena.place(Float32Array.from(values)));
    k[kernel]?.(tableOf(arena, [[...placed, ...Array(5 - placed.length).fill(placed[0])]]), 0, streams[0]?.length, ...numbers);
    return placed.map(({ values }) => Array.from(values, (x) => x + 0));
  }

  test("state that decays below the least normal number becomes 0, NaN stays", () => {
    const p = [1, 1, 1, 1, 1, 1, 1];
    const g = [0, 0, 0, 0, nan, 0, 0];
    const state = [least, -least, 1e-44, 4 * least, 1, nan, 0];
    const want = [0, 0, 0, 2 * least, nan, nan, 0];
    expect(run("sgd", [p, g, state], [2, 0, 0.1, 0.5, 0])[2]).toEqual(want);
    expect(run("lion", [p, g, state], [0, 0, 0.1, 0.5, 0.5, 1])[2]).toEqual(want);
    const [moved, , mean, square] = run("adam", [p, g, state, state], [0, 0, 0.5, 0.5, 0.1, 1, 0, 1, 1e-8, 1]);
    expect([mean, square, moved]).toEqual([want, want, [1, 1, 1, 1, nan, nan, 1]]);
  });

  test("without weight decay an infinite parameter makes no NaN in the state", () => {
    expect(run("adam", [[inf], [1], [0], [0]], [0, 0, 0.5, 0.5, 0.1, 1, 0, 1, 1e-8, 1])).toEqual([[inf], [1], [0.5], [0.5]]);
  });

  test("a variance that rounding made negative counts as 0", () => {
    const [p, , v, mean] = run("rmsprop", [[1], [3], [9], [3.0000005]], [2, 0, 1e-6, 0.9, 0.1, 1e-6, 0]);
    expect((mean?.[0] as number) ** 2).toBeGreaterThan(v?.[0] as number);
    expect(p).toEqual([Math.fround(1 - 3)]);
  });

  test("gradNorm sums rows, and keeps NaN and infinity", () => {
    const norm = (rows: readonly (readonly number[])[], kind: number): number => {
      const arena = new Arena();
      const placed = rows.map((values) => arena.place(Float32Array.from(values), 4));
      return k.gradNorm?.(
        tableOf(
          arena,
          placed.map((row) => [row, row, row, row, row]),
        ),
        rows.length,
        kind,
      ) as number;
    };
    for (const n of COUNTS) {
      const values = randomValues(n, 3);
      const rows = [[...values], [], [-3, 0.5]];
      const all = rows.flat();
      expect(norm(rows, 0)).toBe(Math.max(...all.map(Math.abs)));
      expect(norm(rows, 1)).toBeCloseTo(
        all.reduce((sum, x) => sum + Math.abs(x), 0),
        10,
      );
      expect(norm(rows, 2)).toBeCloseTo(
        all.reduce((sum, x) => sum + x * x, 0),
        10,
      );
    }
    for (const kind of [0, 1, 2]) {
      expect(norm([[1, nan, 2], [3]], kind)).toBeNaN();
      expect(norm([[1, -inf, 2], [3]], kind)).toBe(inf);
      expect(norm([], kind)).toBe(0);
    }
    expect(norm([[1e30, 1e30]], 2)).toBeCloseTo(2e60, -55);
  });
});
