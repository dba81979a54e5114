// Attention by its kernels against the same in plain operations: values, gradients and second derivatives.
import {
  add,
  grad,
  intercept,
  manualSeed,
  memory,
  mul,
  ones,
  randn,
  scaledDotProductAttention,
  scope,
  square,
  sum,
  type Tensor,
  tensor,
} from "simdgrad";
import { describe, expect, test } from "vitest";
import { attend } from "../../src/ops/attention/attend.js";
import { attention } from "../../src/ops/attention/fused.js";

const NO = Number.NEGATIVE_INFINITY;

interface Case {
  readonly lead: readonly number[];
  readonly kinds?: number;
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  readonly features?: number;
  readonly causal?: number;
  readonly scale?: number;
  /** Shape of the bias. */
  readonly bias?: readonly number[];
}

const of = (queries: number, keys: number, width: number, more: Partial<Case> = {}): Case => ({ lead: [2], queries, keys, width, ...more });

const CASES: readonly Case[] = [
  ...[6, 63, 64, 65, 130].flatMap((n) => [of(n, n, 8), of(n, n, 8, { causal: 0 })]),
  ...[1, 3, 32, 33, 64].flatMap((width) => [of(29, 31, width, { features: width + 2 }), of(31, 29, width, { causal: 3 })]),
  of(5, 7, 4),
  of(1, 9, 4, { causal: 8 }),
  of(100, 200, 5, { causal: 100 }),
  of(200, 100, 5, { causal: -100 }),
  of(12, 2100, 4),
  of(40, 2100, 3, { causal: 2000 }),
  of(8, 1, 4),
  of(9, 11, 4, { lead: [] }),
  of(9, 11, 4, { lead: [3, 2, 2], kinds: 1, causal: 0 }),
  of(30, 40, 8, { lead: [2, 6], kinds: 2, bias: [2, 1, 1, 40] }),
  of(30, 40, 8, { lead: [2, 4], kinds: 2, bias: [1, 4, 30, 40], causal: 5 }),
  of(30, 37, 8, { lead: [2, 3], bias: [30, 1], scale: -0.7 }),
  of(30, 37, 8, { lead: [2, 3], bias: [37], scale: 0 }),
  of(25, 1050, 4, { lead: [1], bias: [25, 1050] }),
];

const nameOf = (one: Case): string => JSON.stringify(one);

function inputsOf({ lead, kinds, queries, keys, width, features = width, bias }: Case): {
  qkv: [Tensor, Tensor, Tensor];
  bias: Tensor | undefined;
} {
  const outer = kinds === undefined ? lead : [...lead.slice(0, -1), kinds];
  const size = bias?.reduce((a, b) => a * b, 1) ?? 0;
  // Every third entry hides a key, and the first row of the last dimension hides all of them where the bias has rows.
  const values = Float32Array.from({ length: size }, (_, i) =>
    (bias?.at(-2) ?? 1) > 1 && i < (bias?.at(-1) ?? 0) ? NO : i % 3 === 1 ? NO : Math.sin(i),
  );
  return {
    qkv: [
      randn([...lead, queries, width], { requiresGrad: true }),
      randn([...outer, keys, width], { requiresGrad: true }),
      randn([...outer, keys, features], { requiresGrad: true }),
    ],
    bias: bias && tensor(values, { shape: bias }),
  };
}

const close = (got: Tensor, want: Tensor, what: string): void => {
  expect(got.shape, what).toEqual(want.shape);
  const [a, b] = [got.toTypedArray(), want.toTypedArray()] as [Float32Array, Float32Array];
  const most = b.reduce((m, x) => Math.max(m, Math.abs(x)), 1);
  for (let i = 0; i < a.length; i++)
    if (!(Math.abs((a[i] as number) - (b[i] as number)) <= 5e-6 * most)) expect([i, a[i]], what).toEqual([i, b[i]]);
};

type Three = [q: Tensor, k: Tensor, v: Tensor];

const plain: typeof attention = (q, k, v, how) => attend(q, k, v, how).out;

const gradients = (call: (...qkv: Three) => Tensor, qkv: Three): Tensor[] => grad(call, { argnums: [0, 1, 2] })(...qkv);

/** The names of the operations that a function calls. */
function operationsOf(run: () => void): Set<string> {
  const names = new Set<string>();
  intercept((call, next) => {
    names.add(call.op.name);
    return next(call);
  }, run);
  return names;
}

describe("the kernels give what plain operations give", () => {
  test.each(CASES.map((one) => [nameOf(one), one] as const))("%s", (_, one) => {
    scope(() => {
      manualSeed(3);
      const { qkv, bias } = inputsOf(one);
      const how = { bias, causal: one.causal, scale: one.scale ?? one.width ** -0.5, dropoutP: 0 };
      const want = plain(...qkv, how);
      const got = attention(...qkv, how);
      close(got, want, "out");
      const g = randn(want.shape);
      const [a, b] = [attention, plain].map((call) => gradients((...x) => sum(mul(call(...x, how), g)), qkv)) as [Tensor[], Tensor[]];
      for (const [i, x] of a.entries()) close(x, b[i] as Tensor, `gradient ${i}`);
    });
  });

  test("kernels run from six queries on", () => {
    for (const [n, there] of [
      [5, false],
      [6, true],
    ] as const) {
      const names = operationsOf(() => scope(() => void scaledDotProductAttention(ones([n, 4]), ones([7, 4]), ones([7, 4]))));
      expect(names.has("attention")).toBe(there);
    }
  });

  test("second derivatives", () => {
    scope(() => {
      manualSeed(4);
      const { qkv, bias } = inputsOf({ lead: [2, 2], kinds: 1, queries: 7, keys: 9, width: 3, bias: [7, 9] });
      const how = { bias, causal: undefined, scale: 0.5, dropoutP: 0 };
      const second = (call: typeof attention): Tensor[] =>
        gradients((...x) => {
          const first = gradients((...y) => sum(square(call(...y, how))), x);
          return first.map((z) => sum(square(z))).reduce((a, b) => add(a, b));
        }, qkv);
      const want = second(plain);
      for (const [i, x] of second(attention).entries()) close(x, want[i] as Tensor, `second derivative ${i}`);
    });
  });
});

describe("what is hidden", () => {
  test("keys that are NaN or Infinity behind the diagonal or the mask leave nothing", () => {
    scope(() => {
      manualSeed(5);
      const [q, k, v] = [randn([40, 8]), randn([40, 8]), randn([40, 8])];
      const bad = k.clone();
      for (let s = 30; s < 40; s++) bad.set([s], s % 2 === 0 ? Number.NaN : Number.POSITIVE_INFINITY);
      const bias = tensor(Float32Array.from({ length: 40 }, (_, s) => (s < 30 ? 0 : NO)));
      const masked = [k, bad].map((keys) => attention(q, keys, v, { bias, causal: undefined, scale: 1, dropoutP: 0 }).toTypedArray());
      expect(masked[1]).toEqual(masked[0]);
      const causal = [k, bad].map((keys) => attention(q, keys, v, { bias: undefined, causal: 0, scale: 1, dropoutP: 0 }).toTypedArray());
      expect(causal[1]?.slice(0, 30 * 8)).toEqual(causal[0]?.slice(0, 30 * 8));
      expect(causal[1]?.slice(30 * 8).every(Number.isNaN)).toBe(true);
    });
  });

  test("a row that sees nothing gives zeros and zero gradients", () => {
    scope(() => {
      const { qkv } = inputsOf({ lead: [1], queries: 20, keys: 10, width: 4 });
      const how = { bias: undefined, causal: -8, scale: 1, dropoutP: 0 };
      const y = attention(...qkv, how);
      expect([...y.toTypedArray()].slice(0, 32)).toEqual(new Array(32).fill(0));
      const g = randn(y.shape);
      const [dq] = gradients((...x) => sum(mul(attention(...x, how), g)), qkv) as [Tensor];
      expect([...dq.toTypedArray()].slice(0, 32).map(Math.abs)).toEqual(new Array(32).fill(0));
    });
  });

  test("scores far from zero keep their differences", () => {
    scope(() => {
      const q = ones([8, 1]);
      const k = tensor(
        Float32Array.from({ length: 8 }, (_, s) => 1e6 + s / 4),
        { shape: [8, 1], requiresGrad: true },
      );
      const v = tensor(
        Float32Array.from({ length: 8 }, (_, s) => s),
        { shape: [8, 1] },
      );
      const how = { bias: undefined, causal: undefined, scale: 1, dropoutP: 0 };
      close(attention(q, k, v, how), plain(q, k, v, how), "out");
      const [a, b] = [attention, plain].map((call) => gradients((...x) => sum(call(...x, how)), [q, k, v])[1]) as [Tensor, Tensor];
      close(a, b, "gradient");
    });
  });
});

test("4,096 queries and keys need no matrix of scores, which would take 64 MB", () => {
  scope(() => {
    const qkv = [1, 2, 3].map(() => randn([1, 4096, 4])) as Three;
    const before = memory().heapBytes;
    gradients((...x) => sum(attention(...x, { bias: undefined, causal: 0, scale: 1, dropoutP: 0 })), qkv);
    expect(memory().heapBytes - before).toBeLessThan(2 ** 23);
  });
});
