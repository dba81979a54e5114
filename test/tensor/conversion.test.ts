// Tensors where JavaScript expects something else: a number, text, a list, JSON, a message to a worker.
import { ArgError, IndexError, nn, ones, ShapeError, StateError, scope, type Tensor, tensor } from "simdgrad";
import { describe, expect, it } from "vitest";

/** A tensor in an expression of numbers, which TypeScript does not allow. */
const asNumber = (x: Tensor): number => x as unknown as number;

describe("a tensor of one element is its number", () => {
  it.each([
    ["less than", asNumber(tensor(0.4)) < 0.5, true],
    ["times", asNumber(tensor(2)) * 3, 6],
    ["exp", Math.exp(asNumber(tensor([[0]]))), 1],
    ["Number", Number(tensor(5)), 5],
    ["a mask", Number(tensor([true])), 1],
  ])("%s", (_, got, wanted) => expect(got).toBe(wanted));

  it("is text in a template", () => {
    expect(`${tensor(5)}`).toBe("tensor(5, shape=[], dtype=float32)");
  });

  it("but not one of more elements, or of none, or without its memory", () => {
    expect(() => asNumber(tensor([1, 2])) < 3).toThrow(ShapeError);
    expect(() => asNumber(tensor([1, 2])) < 3).toThrow(
      /^conversion to a number: float32\[2\] is not taken as a number here; use x\.add\(y\), x\.lt\(y\)/,
    );
    expect(() => Number(tensor([]))).toThrow(ShapeError);
    expect(() => Math.exp(asNumber(tensor([1, 2])))).toThrow(/use x\.add\(y\), .* x\.item\(\)/);
    const gone = tensor(1);
    gone.dispose();
    expect(() => Number(gone)).toThrow(StateError);
  });

  const text = "loss: ";
  // A number would lose the gradient of a loss without a word, and text is not what anybody means.
  it.each<[string, (x: Tensor) => unknown]>([
    ["x + 1", (x) => asNumber(x) + 1],
    ["total + loss", (x) => asNumber(x) + asNumber(x)],
    ["text + x", (x) => text + asNumber(x)],
  ])("%s is refused, and the methods named", (_, work) => {
    for (const x of [tensor(1), tensor([1, 2])]) {
      expect(() => work(x)).toThrow(ArgError);
      expect(() => work(x)).toThrow(/^\+: float32\[2?\] is not taken as a number here; use x\.add\(y\), .* x\.item\(\) or `\$\{x\}`$/);
    }
  });
});

describe("JSON", () => {
  it("has the values, also of a result with a history", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect(JSON.stringify({ x, loss: x.sum() })).toBe('{"x":[1,2],"loss":3}');
    expect(JSON.stringify([tensor([[true], [false]])])).toBe("[[[true],[false]]]");
    expect(JSON.stringify(tensor([Number.NaN]))).toBe("[null]");
    expect(tensor(JSON.parse(JSON.stringify(x))).toArray()).toEqual([1, 2]);
  });
});

describe("iteration", () => {
  const matrix = tensor([
    [1, 2],
    [3, 4],
  ]);

  it("goes over rows, which share memory", () => {
    expect([...matrix].map((row) => row.toArray())).toEqual([
      [1, 2],
      [3, 4],
    ]);
    const copy = matrix.clone();
    for (const row of copy) row.fill_(7);
    expect(copy.toArray()).toEqual([
      [7, 7],
      [7, 7],
    ]);
  });

  it("gives scalars of a vector, so that typed arrays take one", () => {
    expect(Array.from(tensor([1, 2]), (x) => x.item())).toEqual([1, 2]);
    expect(new Float32Array(tensor([1, 2]) as unknown as Iterable<number>)).toEqual(Float32Array.of(1, 2));
    expect([...ones([0, 3])]).toEqual([]);
  });

  it("carries gradients", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const [first] = x;
    first?.mul(3).backward();
    expect(x.grad?.toArray()).toEqual([3, 0]);
  });

  it("leaves rows to the scope", () => {
    const row = scope(() => [...matrix][1] as Tensor);
    expect(row.toArray()).toEqual([3, 4]);
    expect(() => [...tensor(1)]).toThrow(IndexError);
  });
});

describe("what a worker or a file gives back of a module", () => {
  const cloned = structuredClone(new nn.Linear(1, 1));

  it("is told from one, with the way to copy a module", () => {
    for (const use of [() => new nn.Sequential(cloned), () => new nn.ModuleList([cloned])]) {
      expect(use).toThrow(ArgError);
      expect(use).toThrow(/structuredClone copies only the fields .* loadStateDict\(model\.stateDict\(\)\)/);
    }
  });
});

describe("what a worker or a file gives back of a tensor", () => {
  const fields = { ...tensor([1, 2]) };
  const cloned = structuredClone({ shape: [2], dtype: "float32", storage: {} });

  it.each([
    ["its fields", fields],
    ["a clone", cloned],
    ["without the storage", { shape: [2], dtype: "float32" }],
  ])("%s: the error says what to send", (_, came) => {
    const call = () => tensor([1, 2]).add(came as never);
    expect(call).toThrow(ArgError);
    expect(call).toThrow(/^add: got the fields of a tensor, .*send toTypedArray\(\) and shape/);
  });
});
