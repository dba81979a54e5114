// Checks of single arguments: each returns the value, or throws `ArgError` with the name of the argument and what it must be.
import { ArgError, describe } from "./errors.js";

/** Kernels count in 32 bits: no size, step or position is larger. */
export const LARGEST_COUNT: number = 2 ** 31 - 1;
const SMALLEST_COUNT: number = -(2 ** 31);

/** Whether an optional argument was given; `null` means none, as PyTorch's None does. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

function fail(op: string, name: string, wanted: string, value: unknown): never {
  throw new ArgError(`${op}: ${name} must be ${wanted}, got ${describe(value)}`);
}

function rangeOf(least: number, most: number): string {
  const low = least !== -Infinity;
  const high = most !== Infinity;
  if (low && high) return ` from ${least} to ${most}`;
  return low ? ` of at least ${least}` : high ? ` of at most ${most}` : "";
}

/**
 * A whole number from `least` to `most`, within 32 bits unless said.
 * @example checkWhole("conv2d", "groups", groups, 1);
 */
export function checkWhole(op: string, name: string, value: unknown, least: number = SMALLEST_COUNT, most: number = LARGEST_COUNT): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  const huge = Number.isInteger(value) && ((value as number) > LARGEST_COUNT || (value as number) < SMALLEST_COUNT);
  const low = least === SMALLEST_COUNT && !huge ? -Infinity : least;
  const high = most === LARGEST_COUNT && !huge ? Infinity : most;
  fail(op, name, `a whole number${rangeOf(low, high)}`, value);
}

/**
 * A finite number from `least` to `most`.
 * @example checkFinite("dropout", "p", p, 0, 1);
 */
export function checkFinite(op: string, name: string, value: unknown, least = -Infinity, most = Infinity): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= least && value <= most) return value;
  const within = Number.isFinite(least) && Number.isFinite(most);
  fail(op, name, within ? `a number within [${least}, ${most}]` : `a finite number${rangeOf(least, most)}`, value);
}

/** A finite number above 0. @example checkPositive("softplus", "beta", beta); */
export function checkPositive(op: string, name: string, value: unknown): number {
  if (typeof value !== "number" || !(value > 0 && value < Infinity)) fail(op, name, "a finite number above 0", value);
  return value;
}

/** Any number, infinite ones and NaN among them. @example checkNumber("full", "value", value); */
export function checkNumber(op: string, name: string, value: unknown): number {
  if (typeof value !== "number") fail(op, name, "a number", value);
  return value;
}

/** true or false. @example checkBoolean("sum", "keepdim", keepdim); */
export function checkBoolean(op: string, name: string, value: unknown): boolean {
  if (typeof value !== "boolean") fail(op, name, "true or false", value);
  return value;
}

/** One of a few texts. @example checkOneOf("gelu", "approximate", approximate, ["none", "tanh"]); */
export function checkOneOf<Text extends string>(op: string, name: string, value: unknown, texts: readonly Text[]): Text {
  if (!texts.includes(value as Text)) {
    const quoted = texts.map((text) => `"${text}"`);
    const last = quoted.pop();
    fail(op, name, quoted.length === 0 ? String(last) : `${quoted.join(", ")} or ${last}`, value);
  }
  return value as Text;
}

/** Throws `ArgError` unless a value `fits`; `wanted` says in words what does. @example checkThat("pad", amounts.length % 2 === 0, "takes pairs", amounts); */
export function checkThat(op: string, fits: boolean, wanted: string, value: unknown): void {
  if (!fits) throw new ArgError(`${op}: ${wanted}, got ${describe(value)}`);
}

/** Refuses arguments after the last one that an operation takes, because they would be ignored silently. */
export function checkNoMore(op: string, rest: readonly unknown[]): void {
  if (rest.length > 0) throw new ArgError(`${op}: takes no further argument, got ${rest.map(describe).join(", ")}`);
}
