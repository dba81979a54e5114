// Linear algebra at sizes of use, second derivatives, and what happens at the edges.
import * as sg from "simdgrad";
import { ArgError, Generator, GradError, gradcheck, memory, randn, scope, type Tensor, tensor, valueAndGrad } from "simdgrad";
import { describe, expect, test } from "vitest";
import { expectClose } from "../support.js";
import { matricesOf, times, transposed } from "./matrices.js";
import type { Nd } from "./nd.js";

const nd = (x: Tensor): Nd => ({ shape: x.shape, data: Float64Array.from(x.toTypedArray()) });
const normOf = (values: readonly number[]): number => Math.hypot(...values);

/** The largest ratio of norms, over the matrices of a batch, of `got - wanted` and `wanted`. */
function relative(got: number[][][], wanted: number[][][]): number {
  return Math.max(
    ...got.map((x, i) => {
      const w = (wanted[i] as number[][]).flat();
      return normOf(x.flat().map((v, j) => v - (w[j] as number))) / normOf(w);
    }),
  );
}

/** The product of batches in float64. */
const product = (a: Tensor, b: Tensor): number[][][] => {
  const second = matricesOf(nd(b));
  return matricesOf(nd(a)).map((x, i) => times(x, second[i] as number[][]));
};

/** The deviation of the columns from orthonormal ones. */
const crooked = (q: Tensor): number =>
  Math.max(
    ...matricesOf(nd(q)).flatMap((x) => times(transposed(x), x).flatMap((row, i) => row.map((v, j) => Math.abs(v - (i === j ? 1 : 0))))),
  );

/** What the residuals of float32 results may be. */
const BOUND = 1e-5;

describe.each([
  [64, 3],
  [256, 1],
])("%i x %i matrices", (n, batch) => {
  const generator = new Generator(n);
  const random = (...shape: number[]): Tensor => randn(shape, { generator });
  const a = random(batch, n, n);
  const definite = a.matmul(a.transpose(-2, -1)).div(n).add(sg.eye(n));
  const symmetric = a.add(a.transpose(-2, -1));

  test("solve and inverse", () => {
    const b = random(batch, n, 2);
    expect(relative(product(a, sg.solve(a, b)), matricesOf(nd(b)))).toBeLessThan(BOUND * 10); // a is not well conditioned
    expect(relative(product(definite, sg.solve(definite, b)), matricesOf(nd(b)))).toBeLessThan(BOUND);
    const eye = matricesOf(nd(sg.eye(n).expand(batch, n, n)));
    expect(relative(product(definite, sg.inverse(definite)), eye)).toBeLessThan(BOUND);
  });

  test("cholesky, det and slogdet", () => {
    const l = sg.cholesky(definite);
    expect(relative(product(l, l.transpose(-2, -1)), matricesOf(nd(definite)))).toBeLessThan(BOUND);
    const logs = matricesOf(nd(l)).map((x) => x.reduce((sum, row, i) => sum + 2 * Math.log(row[i] as number), 0));
    expectClose(sg.slogdet(definite).logabsdet, logs, 1e-6);
    expect(sg.slogdet(definite).sign.toArray()).toEqual(new Array(batch).fill(1));
  });

  test("qr, svd and eigh", () => {
    const { Q, R } = sg.qr(a);
    expect(relative(product(Q, R), matricesOf(nd(a)))).toBeLessThan(BOUND);
    expect(crooked(Q)).toBeLessThan(BOUND);
    const { U, S, Vh } = sg.svd(a);
    expect(relative(product(U.mul(S.unsqueeze(-2)), Vh), matricesOf(nd(a)))).toBeLessThan(BOUND);
    expect(crooked(U)).toBeLessThan(BOUND);
    expect(crooked(Vh)).toBeLessThan(BOUND);
    const { eigenvalues, eigenvectors } = sg.eigh(symmetric);
    expect(relative(product(symmetric, eigenvectors), matricesOf(nd(eigenvectors.mul(eigenvalues.unsqueeze(-2)))))).toBeLessThan(BOUND);
    expect(crooked(eigenvectors)).toBeLessThan(BOUND);
  });
});

test("tall and wide matrices: least squares is orthogonal to the columns, and smallest among the solutions", () => {
  const generator = new Generator(5);
  for (const [m, n] of [
    [200, 30],
    [30, 200],
  ] as const) {
    const [a, b] = [randn([m, n], { generator }), randn([m, 2], { generator })];
    const { solution, rank } = sg.lstsq(a, b);
    expect(rank.item()).toBe(30);
    const rest = a.matmul(solution).sub(b);
    expect(a.t().matmul(rest).abs().amax().item()).toBeLessThan(1e-3);
    expectClose(sg.pinv(a).matmul(a).matmul(solution), solution, 1e-5);
  }
});

test("signs of qr are LAPACK's, also for the last column and for columns of zeros", () => {
  // From numpy.linalg.qr.
  const { Q, R } = sg.qr(
    tensor([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 10],
    ]),
  );
  const { sqrt } = Math;
  expectClose(R.at(0), [-sqrt(66), -78 / sqrt(66), -97 / sqrt(66)], 1e-6);
  expect(R.select(1, 1).toArray()).toEqual([expect.closeTo(-9.601136, 5), expect.closeTo(0.904534, 5), 0]);
  expect(R.at(2).at(2).item()).toBeCloseTo(0.4082483 - 0, 5);
  expect(Q.at(0).at(0).item()).toBeCloseTo(-0.1230915, 6);
  expect(
    sg
      .qr(
        tensor([
          [0, 1],
          [0, -2],
        ]),
      )
      .R.toArray(),
  ).toEqual([
    [0, 1],
    [0, -2],
  ]);
  expect(sg.qr(tensor([[-3]])).R.toArray()).toEqual([[-3]]);
});

test("the complete factors of qr and svd are orthogonal, those of a matrix of zeros too", () => {
  for (const x of [randn([6, 2], { generator: new Generator(3) }), sg.zeros([4, 3]), sg.ones([5, 3])]) {
    expect(crooked(sg.qr(x, { mode: "complete" }).Q)).toBeLessThan(1e-6);
    const { U, Vh } = sg.svd(x);
    expect(U.shape).toEqual([x.shape[0], x.shape[0]]);
    expect(crooked(U)).toBeLessThan(1e-6);
    expect(crooked(Vh)).toBeLessThan(1e-6);
  }
  expect(sg.qr(sg.ones([2, 3]), { mode: "r" }).Q.shape).toEqual([0]);
  expect(sg.qr(sg.zeros([3, 0]), { mode: "complete" }).Q.toArray()).toEqual(sg.eye(3).toArray());
});

test("qr with more rows than columns has no gradient in its complete form", () => {
  const x = randn([3, 2], { requiresGrad: true });
  expect(() => sg.qr(x, { mode: "complete" }).R.sum().backward()).toThrow(GradError);
  expect(() => sg.qr(x, { mode: "complete" }).R.sum().backward()).toThrow(
    /mode "complete" has no gradient for more rows than columns, 3 and 2/,
  );
});

test("the gradient of det at a singular matrix is that of its cofactors; a second derivative is an error", () => {
  const x = tensor(
    [
      [1, 2],
      [2, 4],
    ],
    { requiresGrad: true },
  );
  x.det().backward();
  expectClose(
    x.grad as Tensor,
    [
      [4, -2],
      [-2, 1],
    ],
    1e-6,
  );
  const y = tensor(
    [
      [1, 2],
      [2, 4],
    ],
    { requiresGrad: true },
  );
  expect(() => y.det().backward({ createGraph: true })).toThrow(ArgError);
});

test("singular vectors that repeat have infinite gradients, as in PyTorch, and singular values do not", () => {
  const x = sg.eye(2, { requiresGrad: true });
  sg.svdvals(x).sum().backward();
  expect((x.grad as Tensor).trace().item()).toBeCloseTo(2, 5);
  const y = sg.eye(2, { requiresGrad: true });
  sg.svd(y)
    .U.mul(
      tensor([
        [1, 2],
        [3, 5],
      ]),
    )
    .sum()
    .backward();
  expect((y.grad as Tensor).toTypedArray().every(Number.isFinite)).toBe(false);
});

test("distances of 0 have the gradient 0", () => {
  for (const p of [0.5, 1, 1.5, 2, 3]) {
    const x = tensor(
      [
        [1, 2],
        [1, 2],
      ],
      { requiresGrad: true },
    );
    sg.cdist(x, x.detach(), { p }).sum().backward();
    expect((x.grad as Tensor).toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  }
  const x = tensor([[0, 0]], { requiresGrad: true });
  sg.normalize(x, { eps: 0.5 }).sum().backward();
  expect((x.grad as Tensor).toArray()).toEqual([[2, 2]]);
  const y = tensor([[0, 0]], { requiresGrad: true });
  sg.cosineSimilarity(y, tensor([[3, 4]]), { eps: 0.5 })
    .sum()
    .backward();
  expectClose(y.grad as Tensor, [[1.2, 1.6]]);
});

test("a norm below eps: the cosine's gradient is PyTorch's", () => {
  // From PyTorch 1.13: cosine_similarity([[1, 2, 2]], [[2, 0, 0]], eps=4).
  const [a, b] = [tensor([[1, 2, 2]], { requiresGrad: true }), tensor([[2, 0, 0]], { requiresGrad: true })];
  const y = sg.cosineSimilarity(a, b, { eps: 4 });
  expectClose(y, [0.125]);
  y.sum().backward();
  expectClose(a.grad as Tensor, [[0.1171875, -0.015625, -0.015625]]);
  expectClose(b.grad as Tensor, [[0.046875, 0.125, 0.125]]);
});

test("methods are the functions", () => {
  const x = randn([3, 3]).add(sg.eye(3).mul(4));
  expect(x.inverse().toArray()).toEqual(sg.inverse(x).toArray());
  expect(x.mm(x).toArray()).toEqual(sg.mm(x, x).toArray());
  expect(x.svd().S.toArray()).toEqual(sg.svd(x).S.toArray());
  expect(x.addmm(x, x, { beta: 0 }).toArray()).toEqual(x.matmul(x).toArray());
});

test("an error leaves nothing behind", () => {
  const { liveTensors, liveBytes } = memory();
  expect(() => scope(() => sg.solve(sg.zeros([2, 3, 3]), sg.ones([3, 1])))).toThrow(ArgError);
  expect(() => scope(() => sg.svd(sg.full([3, 2], Number.NaN)))).toThrow(ArgError);
  expect(memory()).toMatchObject({ liveTensors, liveBytes });
});

type Op = (...inputs: Tensor[]) => Tensor;
const generator = new Generator(11);
/** Near a descending diagonal, so that inverses and differences of singular values are moderate. */
const steady = (m: number, n = m): Tensor => {
  const k = Math.min(m, n);
  const values = randn([m, n], { generator }).mul(0.2).toTypedArray();
  for (let i = 0; i < k; i++) (values[i * n + i] as number) += 1 + 0.8 * (k - i);
  return tensor(values, { shape: [m, n] });
};
const any = (...shape: number[]): Tensor => randn(shape, { generator });
const symmetrized: Op = (x) => (x as Tensor).add((x as Tensor).t()) as Tensor;

const SECOND: [name: string, op: Op, ...inputs: Tensor[]][] = [
  ["solve", (a, b) => sg.solve(a as Tensor, b as Tensor), steady(3), any(3, 2)],
  ["solve from the right", (a, b) => sg.solve(a as Tensor, b as Tensor, { left: false }), steady(3), any(2, 3)],
  ["inverse", (a) => sg.inverse(a as Tensor), steady(3)],
  ["det", (a) => sg.det(a as Tensor), steady(3)],
  ["slogdet", (a) => sg.slogdet(a as Tensor).logabsdet, steady(3)],
  ["solveTriangular", (a, b) => sg.solveTriangular(a as Tensor, b as Tensor, { upper: true }), steady(3), any(3, 2)],
  [
    "solveTriangular, ones",
    (a, b) => sg.solveTriangular(a as Tensor, b as Tensor, { upper: false, unitriangular: true }),
    steady(3),
    any(3, 2),
  ],
  ["cholesky", (a) => sg.cholesky((a as Tensor).matmul((a as Tensor).t())), steady(3)],
  ["choleskySolve", (b, l) => sg.choleskySolve(b as Tensor, l as Tensor), any(3, 2), steady(3)],
  ["matrixPower", (a) => sg.matrixPower(a as Tensor, -2), steady(2)],
  ["qr, tall", (a) => sg.qr(a as Tensor).Q, steady(3, 2)],
  ["qr, wide", (a) => sg.qr(a as Tensor).R, steady(2, 3)],
  [
    "svd, tall",
    (a) =>
      sg
        .svd(a as Tensor)
        .U.narrow(1, 0, 2)
        .square(),
    steady(3, 2),
  ],
  ["svd, wide", (a) => sg.svd(a as Tensor, { fullMatrices: false }).Vh.square(), steady(2, 3)],
  ["svdvals", (a) => sg.svdvals(a as Tensor), steady(3)],
  ["eigh", (a) => sg.eigh(symmetrized(a as Tensor)).eigenvectors.square(), steady(3)],
  ["eigvalsh", (a) => sg.eigvalsh(symmetrized(a as Tensor)), steady(3)],
  ["pinv", (a) => sg.pinv(a as Tensor), steady(3, 2)],
  ["lstsq", (a, b) => sg.lstsq(a as Tensor, b as Tensor).solution, steady(3, 2), any(3, 1)],
  ["einsum", (a, b) => sg.einsum("iij,kj->ik", a as Tensor, b as Tensor), any(2, 2, 3), any(2, 3)],
  ["tensordot", (a, b) => sg.tensordot(a as Tensor, b as Tensor, 1), any(2, 3), any(3, 2)],
  ["kron", (a, b) => sg.kron(a as Tensor, b as Tensor), any(2), any(2, 2)],
  ["cross", (a, b) => sg.cross(a as Tensor, b as Tensor), any(2, 3), any(2, 3)],
  ["trace", (a) => sg.trace(a as Tensor), any(2, 3)],
  [
    "baddbmm",
    (c, a, b) => sg.baddbmm(c as Tensor, a as Tensor, b as Tensor, { alpha: 2, beta: -1 }),
    any(2, 1),
    any(1, 2, 3),
    any(1, 3, 2),
  ],
  ["cdist", (a, b) => sg.cdist(a as Tensor, b as Tensor), any(2, 3), any(2, 3).add(4)],
  ["cdist, p 3", (a, b) => sg.cdist(a as Tensor, b as Tensor, { p: 3 }), any(2, 3), any(2, 3).add(4)],
  ["pairwiseDistance", (a, b) => sg.pairwiseDistance(a as Tensor, b as Tensor), any(2, 3), any(2, 3).add(4)],
  ["normalize", (a) => sg.normalize(a as Tensor), any(2, 3).add(2)],
  ["cosineSimilarity", (a, b) => sg.cosineSimilarity(a as Tensor, b as Tensor), any(2, 3).add(2), any(2, 3).sub(2)],
];

test.each(SECOND)("second derivatives of %s", (_, op, ...inputs) =>
  scope(() => {
    const weights = randn(op(...inputs).shape, { generator: new Generator(9) });
    const f: Op = (...xs) =>
      op(...xs)
        .square()
        .mul(weights)
        .sum();
    const plain = valueAndGrad(f)(...inputs).grads;
    const recorded = valueAndGrad(f)(...inputs.map((x) => x.detach().mul(tensor(1, { requiresGrad: true })))).grads;
    for (const [i, g] of recorded.entries()) {
      expectClose(g, plain[i] as Tensor, 4e-6);
      expect(g.requiresGrad).toBe(true);
    }
    const directions = inputs.map((x, i) => randn(x.shape, { generator: new Generator(20 + i) }));
    const slope: Op = (...xs) => {
      const { grads } = valueAndGrad(f)(...xs);
      return grads.map((g, i) => g.mul(directions[i] as Tensor).sum()).reduce((p, q) => p.add(q));
    };
    gradcheck(slope, inputs, { atol: 2e-3, rtol: 5e-3 });
  }),
);
