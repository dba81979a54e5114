// Pauses in long work, so that a page stays responsive.

/** Most milliseconds for which the event loop waits; the pauses cost little then. */
const YIELD_EVERY_MS = 40;

/** Time of the last pause. All work shares it, so that short pieces add up. */
let lastYield = 0;

/** Lets the event loop run, if it has waited long enough. */
export async function yieldToEventLoop(): Promise<void> {
  if (performance.now() - lastYield < YIELD_EVERY_MS) return;
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  lastYield = performance.now();
}
