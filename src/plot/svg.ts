// SVG as text: elements, escaped content, short numbers, and how wide text will be without a browser to ask.
import { ArgError, describe } from "../errors.js";

/** Everything that could end an attribute or open a tag; and what XML 1.0 forbids at all, which becomes U+FFFD. */
const SPECIAL = /[&<>"']|[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

/** Text that may stand anywhere in XML. */
export function escapeXml(text: string): string {
  return text.replace(SPECIAL, (char) => ENTITIES.get(char) ?? "\ufffd");
}

/** A coordinate: at most two decimals. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100 || 0);
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element. Attribute values are escaped, children are elements already (or escaped text). */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  let tag = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) tag += ` ${key}="${typeof value === "number" ? short(value) : escapeXml(value)}"`;
  }
  return children.length === 0 ? `${tag}/>` : `${tag}>${children.join("")}</${name}>`;
}

export interface TextStyle {
  readonly size?: number;
  readonly anchor?: "start" | "middle" | "end";
  /** Turned by this many degrees around its own position. */
  readonly rotate?: number;
  readonly class?: string;
  readonly weight?: "bold";
}

export const FONT_SIZE = 12;

/** Text with its baseline at (x, y). */
export function textAt(
  x: number,
  y: number,
  content: string,
  { size = FONT_SIZE, anchor, rotate, class: name = "fg", weight }: TextStyle = {},
): string {
  return element(
    "text",
    {
      x,
      y,
      class: name,
      "font-size": size,
      "font-weight": weight,
      "text-anchor": anchor === "start" ? undefined : anchor,
      transform: rotate ? `rotate(${short(rotate)} ${short(x)} ${short(y)})` : undefined,
    },
    escapeXml(content),
  );
}

/** About how wide a sans-serif font sets a text: 0.56 em on average, wide scripts 1 em. */
export function textWidth(content: string, size: number = FONT_SIZE): number {
  let ems = 0;
  for (const char of content) ems += (char.codePointAt(0) as number) > 0x2e80 ? 1 : 0.56;
  return ems * size;
}

/** The text cut to a width, with an ellipsis when something is missing. */
export function fitText(content: string, width: number, size: number = FONT_SIZE): string {
  if (textWidth(content, size) <= width) return content;
  const chars = [...content];
  while (chars.length > 1 && textWidth(`${chars.join("")}…`, size) > width) chars.pop();
  return `${chars.join("").trimEnd()}…`;
}

/** Throws unless a length in pixels is one. */
export function checkPixels(op: string, name: string, value: number, least: number): number {
  if (typeof value === "number" && value >= least && value <= 16384) return value;
  throw new ArgError(`${op}: ${name} must be ${least} to 16384 pixels, got ${describe(value)}`);
}
