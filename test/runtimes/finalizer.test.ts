// The finalizer as the last net in Node and in Chromium, and hosts that have none. More hosts are in targets/.
import { expect, test } from "vitest";
import { sharedApp, TIMEOUT } from "./contract.js";
import type { Answer } from "./entries/answer.js";
import { describeCollectors, inPage, inScript, scriptOf } from "./finalizer/contract.js";
import { chromium } from "./hosts/chromium.js";
import { execute, runInNode } from "./hosts/node.js";

const app = sharedApp();

describeCollectors(app, [
  { name: "Node", peak: inScript() },
  { name: "Chromium", peak: inPage(chromium) },
]);

/** All of an answer but the memory in use, which depends on when something is collected. */
function computed(answer: Answer): object {
  if ("error" in answer) throw new Error(answer.error);
  const { memory: _, ...rest } = answer.outcome;
  return rest;
}

test("without finalizers and weak references all else works", { timeout: TIMEOUT }, () => {
  const bare = "--import=data:text/javascript,delete globalThis.FinalizationRegistry; delete globalThis.WeakRef";
  const words = execute([process.execPath, bare], scriptOf(app(), "unaided"), ["baseline"], app().folder);
  const { given, live, finalizers } = JSON.parse(words) as { given: Answer; live: [number, number]; finalizers: string };
  expect(finalizers).toBe("undefined");
  expect(computed(given)).toEqual(computed(runInNode(app(), "esm", "baseline")));
  expect(live[1]).toBe(live[0]);
});
