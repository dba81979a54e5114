// Matrix products a [m, k] times b [k, n].
import { goals } from "../goals.mjs";
import { mulAddRoof, OURS, own, roof, row } from "./row.mjs";

const flops = ({ m, k, n }) => 2 * m * k * n;
const product = (m, k, n, options = {}) => ({ kind: "matmul", m, k, n, ...options });

function matmul(name, work, { references = {}, ...rest } = {}) {
  return row({ group: "matmul", name, work, amount: flops(work), references: { roof, "mul and add": mulAddRoof, ...references }, ...rest });
}

const cube = (n) => `${n} cubed`;
const sizes = ({ m, k, n }) => `${m} x ${k} x ${n}`;

const large = [
  ...[256, 512, 1024].map((n) => matmul(cube(n), product(n, n, n), { goal: goals.largeMatmul })),
  matmul("64 x 784 x 128", product(64, 784, 128), { goal: goals.largeMatmul }),
];

/** For small products the cost of the operation matters, so the kernel is also measured without it. */
function small(name, work, goal) {
  return matmul(name, work, { goal, references: { "kernel alone": { ...own({ ...work, kernelAlone: true }, flops(work)), same: true } } });
}

const smalls = [
  small(cube(128), product(128, 128, 128), goals.smallMatmul(0.95)),
  small(cube(32), product(32, 32, 32), goals.smallMatmul(0.9)),
  small("65 x 67 x 63", product(65, 67, 63), goals.smallMatmul(0.8)),
  small("32 x 256 x 10", product(32, 256, 10), goals.smallMatmul(0.6)),
];

/** The matrix is a constant of the model in libraries that have models, as it would be in use. */
const skinny = [
  matmul("vector x matrix, 1024", product(1, 1024, 1024, { constant: "b" }), { goal: goals.vector }),
  matmul("matrix x vector, 1024", product(1024, 1024, 1, { constant: "a" }), { goal: goals.vector }),
  ...[2, 3, 4, 8].map((m) =>
    matmul(`${m} rows x matrix, 1024`, product(m, 1024, 1024, { constant: "b" }), { goal: m === 3 ? goals.threeRows : goals.vector }),
  ),
];

const plain = product(512, 512, 512);
const transposed = [{ aT: true }, { bT: true }].map((options) => {
  const work = { ...plain, ...options };
  const name = `512 cubed, ${options.aT ? "a" : "b"} transposed`;
  return matmul(name, work, { references: { plain: own(plain, flops(plain)) }, goal: goals.transposed });
});

const thousand = product(1024, 1024, 1024);
const large2048 = matmul("2048 cubed", product(2048, 2048, 2048), {
  racing: OURS,
  references: { "1024 cubed": own(thousand, flops(thousand)) },
  goal: goals.hugeMatmul,
});

const eight = { kind: "int8", m: 512, k: 512, n: 512 };
const int8 = row({
  group: "matmul",
  name: `int8 ${sizes(eight)}`,
  work: eight,
  amount: flops(eight),
  racing: OURS,
  references: { float32: own(plain, flops(plain)), "baseline float32": own(plain, flops(plain), "baseline") },
  goal: goals.int8,
});

export const matmuls = [...large, ...smalls, ...skinny, ...transposed, large2048, int8];
