// collect: what was made belongs to whoever asked, whatever scope is open.
import { scope, type Tensor, tensor } from "simdgrad";
import { describe, expect, it } from "vitest";
import { collect } from "../../src/tensor/scope.js";
import { live } from "../support.js";

describe("collect", () => {
  it("gives the result and everything that was made, in no scope", () => {
    const kept: Tensor[] = [];
    const { result, made } = scope(() => {
      const found = collect(() => {
        const x = tensor([1, 2]);
        kept.push(x);
        return scope(() => x.mul(2).add(1));
      });
      return { result: () => found.result, made: () => found.made };
    });
    const [first, second, ...rest] = made();
    expect([first === kept[0], second === result(), rest.length]).toEqual([true, true, 0]);
    expect(made().map((t) => t.disposed)).toEqual([false, false]);
    for (const t of made()) t.dispose();
  });

  it("disposes of it when the work throws, and leaves the scope around it open", () => {
    const before = live();
    scope(() => {
      expect(() =>
        collect(() => {
          tensor([1]);
          throw new Error("mine");
        }),
      ).toThrow("mine");
      expect(live()).toEqual(before);
      tensor([1]);
    });
    expect(live()).toEqual(before);
  });
});
