// What threads say on the console.

/** Says once that there is one thread, and why. */
export function warn(what: string, why: string): void {
  console.warn(`simdgrad: ${what} one thread: ${why}`);
}
