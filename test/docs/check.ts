// Compares what an example's statement gives with the comment behind it.
import { Tensor } from "simdgrad";

/** Compares the result of a statement with the text of the comment behind it. Throws where they differ. */
export type Check = (result: () => Promise<unknown>, text: string) => Promise<void>;

/** Comments round to four places behind the point. */
const ROUNDED = 6e-5;

function same(value: unknown, wanted: unknown): boolean {
  if (typeof value === "number" && typeof wanted === "number") {
    return Object.is(value, wanted) || Math.abs(value - wanted) <= ROUNDED * Math.max(1, Math.abs(wanted));
  }
  if (typeof value !== "object" || typeof wanted !== "object" || value === null || wanted === null) return Object.is(value, wanted);
  const [keys, others] = [Object.keys(value), Object.keys(wanted)];
  if (Array.isArray(value) !== Array.isArray(wanted) || keys.length !== others.length) return false;
  return others.every((key) => same((value as Record<string, unknown>)[key], (wanted as Record<string, unknown>)[key]));
}

const literal = (text: string): unknown => new Function(`return (${text});`)() as unknown;

/** A value in the form in which a comment writes it. */
function plain(value: unknown): unknown {
  if (value instanceof Tensor) return value.toArray();
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}

function fail(value: unknown, text: string): never {
  throw new Error(`gives ${JSON.stringify(plain(value)) ?? String(value)}, and the comment says ${text}`);
}

export const check: Check = async (result, text) => {
  if (/^\w+Error$/.test(text)) {
    const error = await result().then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    if (error?.name !== text) fail(error?.name ?? "no error", text);
    return;
  }
  const value = await result();
  if (/^\w+\[[\d,]*\]$/.test(text)) {
    const spec = value instanceof Tensor ? `${value.dtype}[${value.shape.join(",")}]` : undefined;
    if (spec !== text) fail(spec, text);
    return;
  }
  const [, kind, values = text] = /^(\w+Array) (\[.*)$/.exec(text) ?? [];
  if (kind !== undefined && Object(value).constructor.name !== kind) fail(Object(value).constructor.name, text);
  if (!same(plain(value), literal(values))) fail(value, text);
};
