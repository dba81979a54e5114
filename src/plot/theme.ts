// Colours and the frame of every picture. They are readable on light and dark pages; with the theme "auto" the picture
// follows the reader's setting, and always brings its own background.
import { ArgError, describe } from "../errors.js";
import { element, escapeXml } from "./svg.js";

/** Colours of a picture; `"auto"` follows the reader's light or dark setting. */
export type Theme = "auto" | "light" | "dark";

interface Colours {
  readonly background: string;
  readonly text: string;
  readonly soft: string;
  readonly grid: string;
  readonly series: readonly string[];
}

/** Series colours that stay apart for colour-blind readers, after Okabe and Ito (2008) and Paul Tol's schemes (2021). */
const light: Colours = {
  background: "#ffffff",
  text: "#1f2328",
  soft: "#59636e",
  grid: "#e4e8ec",
  series: ["#0072b2", "#d55e00", "#009e73", "#aa4499", "#997700", "#332288"],
};
const dark: Colours = {
  background: "#0d1117",
  text: "#f0f3f6",
  soft: "#9198a1",
  grid: "#262c34",
  series: ["#56b4e9", "#ff9a4d", "#2fc495", "#e39ac9", "#f0e442", "#a9b1ff"],
};

/** Dashes take over where the colours begin again. */
const DASHES = ["", "7 4", "2 4", "10 4 2 4"];

/** Class and dash pattern of the i-th series; they repeat after 24. */
export function seriesStyle(i: number): { class: string; dash: string | undefined } {
  const colours = light.series.length;
  return { class: `s${i % colours}`, dash: DASHES[Math.floor(i / colours) % DASHES.length] || undefined };
}

/** Rules under a class of their own, so that pictures of different themes, inlined into one page, do not mix. */
function rules(scope: string, c: Colours): string {
  const rule = (name: string, body: string): string => `.${scope} .${name}{${body}}`;
  return [
    rule("bg", `fill:${c.background}`),
    rule("fg", `fill:${c.text}`),
    rule("soft", `fill:${c.soft}`),
    rule("grid", `stroke:${c.grid}`),
    rule("axis", `stroke:${c.soft}`),
    ...c.series.map((colour, i) => rule(`s${i}`, `stroke:${colour};color:${colour}`)),
  ].join("");
}

function style(theme: Theme): { scope: string; css: string } {
  switch (theme) {
    case "light":
      return { scope: "simdgrad-light", css: rules("simdgrad-light", light) };
    case "dark":
      return { scope: "simdgrad-dark", css: rules("simdgrad-dark", dark) };
    case "auto": {
      const scope = "simdgrad-auto";
      return { scope, css: `${rules(scope, light)}@media (prefers-color-scheme:dark){${rules(scope, dark)}}` };
    }
    default:
      throw new ArgError(`plot: theme must be "auto", "light" or "dark", got ${describe(theme)}`);
  }
}

/** The whole picture: size, styles, background, and a name for readers who cannot see it. */
export function picture(width: number, height: number, name: string, theme: Theme, ...content: readonly string[]): string {
  const { scope, css } = style(theme);
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: w,
      height: h,
      viewBox: `0 0 ${w} ${h}`,
      role: "img",
      "aria-label": name,
      class: scope,
      "font-family": "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif",
    },
    `<title>${escapeXml(name)}</title>`,
    `<style>${css}</style>`,
    element("rect", { class: "bg", width: w, height: h }),
    ...content,
  );
}
