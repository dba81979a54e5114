// The calls that PyTorch's own tests expect to fail: each is refused here too, with a typed error, or there is a reason why it is not.
import { readFileSync } from "node:fs";
import { SimdgradError, scope, tensor } from "simdgrad";
import { describe, expect, test } from "vitest";
import { live } from "../support.js";
import { type BadCall, callOf, reasonFor } from "./torch.js";

const calls = (JSON.parse(readFileSync("test/fixtures/torch-errors/calls.json", "utf8")) as BadCall[]).map((call, i) => {
  const title = `${i} ${call.op} ${JSON.stringify([call.input, call.args, call.kwargs]).slice(0, 120)}`;
  return [title, call, reasonFor(call)] as const;
});

describe("refused", () => {
  const refused = calls.filter(([, , reason]) => !reason);

  test("are most of those whose function is here", () => expect(refused.length).toBeGreaterThan(200));

  test.each(refused)("%s", (_, call) => {
    const before = live();
    scope(() => {
      const run = callOf(call);
      const inside = live();
      expect(run).toThrow(SimdgradError);
      expect(live()).toEqual(inside);
      expect(tensor([1, 2]).add(1).toArray()).toEqual([2, 3]);
    });
    expect(live()).toEqual(before);
  });
});

test.each(calls.filter(([, , reason]) => reason?.works))("%s works here", (_, call) => {
  scope(() => expect(callOf(call)()).toBeDefined());
});
