// Warnings on the console.

/** Warns that there is one thread, and why. */
export function warn(what: string, why: string): void {
  console.warn(`simdgrad: ${what} one thread: ${why}`);
}
