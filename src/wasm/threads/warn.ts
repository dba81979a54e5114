// Warnings on the console.

/** Warns that the library runs on one thread; `what` is "runs on" or "goes on with", `why` is the reason. */
export function warn(what: string, why: string): void {
  console.warn(`simdgrad: ${what} one thread: ${why}`);
}
