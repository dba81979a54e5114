// Every reference case of the directory is run; nothing that is supported may differ from PyTorch.
import { manualSeed, scope, Tensor } from "simdgrad";
import { afterAll, describe, expect, test } from "vitest";
import { type Case, difference, directory, readCases, toTensor, type Values } from "./cases.js";
import { kinds } from "./kinds.js";
import type { Call } from "./ops/call.js";
import { ops } from "./ops/index.js";
import { hasOtherWeights } from "./ops/sequence.js";

/** Runs an op forward and backward and compares every output and gradient. */
function runOp(c: Case, call: Call): string | undefined {
  const inputs = Object.fromEntries(Object.entries(c.inputs).map(([name, values]) => [name, toTensor(values, name in c.grads)]));
  const result = call(inputs, c.args);
  const outputs = result instanceof Tensor ? { out: result } : result;
  const named =
    Object.keys(c.outputs).length === 1 && result instanceof Tensor ? { [Object.keys(c.outputs)[0] as string]: result } : outputs;
  for (const [name, reference] of Object.entries(c.outputs)) {
    const got = named[name];
    if (!got) return `no output ${name}`;
    const wrong = difference(name, got, reference, c.torchError[name]);
    if (wrong) return wrong;
  }
  for (const [name, gradient] of Object.entries(c.gradOutputs)) {
    const output = named[name] as Tensor;
    if (output.requiresGrad) output.backward({ gradient: toTensor(gradient), retainGraph: true });
  }
  for (const [name, reference] of Object.entries(c.grads)) {
    const { grad, size } = inputs[name] as Tensor;
    const wrong = difference(`grad:${name}`, grad ?? new Float32Array(size), reference as Values, c.torchError[`grad:${name}`]);
    if (wrong) return wrong;
  }
  return undefined;
}

const counts = { passed: 0, failed: 0 };
const unsupported = new Map<string, number>();
const contradictory: string[] = [];
const cases = readCases();

describe(`reference cases in ${directory.split("/").slice(-2).join("/")}`, () => {
  const supported = cases.filter((c) => {
    if (hasOtherWeights(c)) {
      contradictory.push(c.name);
      return false;
    }
    const known = ops.has(c.op) || kinds.has(c.op);
    if (!known) unsupported.set(c.op, (unsupported.get(c.op) ?? 0) + 1);
    return known;
  });

  test.each(supported.map((c) => [c.name, c] as const))("%s", (_, c) => {
    manualSeed(1);
    let wrong: string | undefined = "did not finish";
    try {
      wrong = scope(() => kinds.get(c.op)?.(c) ?? (kinds.has(c.op) ? undefined : runOp(c, ops.get(c.op) as Call)));
    } finally {
      counts[wrong === undefined ? "passed" : "failed"]++;
    }
    expect(wrong).toBeUndefined();
  });

  test("there are cases", () => expect(supported.length).toBeGreaterThan(0));
});

afterAll(() => {
  const missing = [...unsupported.values()].reduce((sum, n) => sum + n, 0);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${missing} not supported`);
  if (contradictory.length > 0) console.log(`results of other weights than the file has: ${contradictory.join(", ")}`);
  console.log(`not supported: ${[...unsupported.keys()].sort().join(", ")}`);
});
