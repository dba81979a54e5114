// Names a leak that grows step after step, once: which calls made the tensors that nobody frees.
import { beginTrace, endTrace, liveCount } from "./storage.js";

/** Steps in a row that must each leave more tensors than the one before; warm-up, caches and histories end sooner. */
const PATIENCE = 500;
/** Callers that a warning lists. */
const MOST_CALLERS = 5;

let before = 0;
let growing = 0;
let tracing = false;
let told = false;

/** Where the user's code made something: the first frame outside the library, or the outermost one if a bundle has joined both. */
function caller(stack: string): string | undefined {
  const frames = stack.split("\n").filter((line) => /:\d+:\d+\)?$/.test(line));
  const library = frames[0]?.match(/[^\s(@]*(?=tensor\/storage\.)/)?.[0];
  const outside = library ? frames.find((line) => !line.includes(library)) : undefined;
  return (outside ?? frames.at(-1))?.trim();
}

/**
 * Called after every optimizer step. When each of many steps in a row has left more tensors than the one before, traces
 * one step and warns with where its leftovers were made.
 */
export function watchStep(): void {
  if (told) return;
  const live = liveCount();
  growing = live > before ? growing + 1 : 0;
  if (tracing) {
    tracing = false;
    // Gradients are held until the next step clears them.
    const leftovers = endTrace().filter((stack) => !stack.includes("autograd/engine"));
    if (leftovers.length > 0 && growing > 0) {
      told = true;
      const list = [...new Set(leftovers.map(caller))].slice(0, MOST_CALLERS).map((frame) => `\n  ${frame}`);
      console.warn(
        `simdgrad: every one of the last ${PATIENCE} training steps left ${live - before} more tensors in memory; wrap the step in scope(() => ...) or dispose of them. Made by:${list.join("")}`,
      );
    }
    growing = 0;
  } else if (growing >= PATIENCE) {
    tracing = true;
    beginTrace();
  }
  before = live;
}
