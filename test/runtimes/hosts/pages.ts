// Pages that use the package: from a server on this machine, or from a file.
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { App } from "../app.js";
import type { Host } from "../contract.js";
import type { Answer } from "../entries/answer.js";
import type { Simd } from "../smoke.js";
import { type Browser, OUTPUT } from "./browser.js";
import { chromium } from "./chromium.js";
import { STRICT, serve } from "./site.js";

/** Puts a page that runs `scripts` into a folder. */
export function writePage(folder: string, scripts: string): string {
  writeFileSync(join(folder, "index.html"), `<!doctype html><meta charset="utf-8"><title>simdgrad</title><body>${scripts}\n`);
  return folder;
}

/** The answer of entries/page.ts on the page at `url`. */
export async function askPage(url: string, simd: Simd, browser: Browser = chromium): Promise<Answer> {
  return JSON.parse(await browser.look(`${url}?simd=${simd}`, OUTPUT)) as Answer;
}

/** The answer of a folder with a page, served under `policy`. */
export async function askFolder(folder: string, simd: Simd, policy?: string, browser?: Browser): Promise<Answer> {
  await using site = await serve(folder, policy);
  return await askPage(site.url, simd, browser);
}

/** A page whose script was bundled by esbuild. */
function runBundled(app: App, simd: Simd, browser: Browser, policy = STRICT): Promise<Answer> {
  const folder = writePage(app.bundle("page"), '<script type="module" src="/page.js"></script>');
  return askFolder(folder, simd, policy, browser);
}

const distributed = (app: App, name: string, folder: string): void =>
  cpSync(join(app.folder, "node_modules/simdgrad/dist", name), join(folder, name));

/** A page with `<script type="module">` that imports the one file of the package. */
function runModuleTag(app: App, simd: Simd, browser: Browser): Promise<Answer> {
  const alias = { "simdgrad/io": "./shims/module-io.js", simdgrad: "/simdgrad.min.js" };
  const folder = writePage(app.bundle("page", { alias, external: ["/simdgrad.min.js"] }), '<script type="module" src="/page.js"></script>');
  distributed(app, "simdgrad.min.js", folder);
  return askFolder(folder, simd, STRICT, browser);
}

/** A page opened as a file, without a server: the script that makes a global. */
function runScriptTag(app: App, simd: Simd, browser: Browser): Promise<Answer> {
  const alias = { "simdgrad/io": "./shims/global-io.cjs", simdgrad: "./shims/global.cjs" };
  const scripts = '<script src="simdgrad.iife.min.js"></script><script src="page.js"></script>';
  const folder = writePage(app.bundle("page", { alias, format: "iife" }), scripts);
  distributed(app, "simdgrad.iife.min.js", folder);
  return askPage(pathToFileURL(join(folder, "index.html")).href, simd, browser);
}

/** What a page says whose policy forbids it to compile. */
export async function refusalOf(app: App, browser: Browser): Promise<string> {
  const answer = await runBundled(app, "baseline", browser, "script-src 'self'");
  return "error" in answer ? answer.error : "none";
}

/** The ways a page gets the package, in one browser. */
export const pagesIn = (browser: Browser, best: Host["best"]): Host[] => [
  { name: `${browser.name}, bundled by esbuild`, best, run: (app, simd) => runBundled(app, simd, browser) },
  { name: `${browser.name}, the one file as a module`, best, run: (app, simd) => runModuleTag(app, simd, browser) },
  { name: `${browser.name}, a script tag in a local file`, best, run: (app, simd) => runScriptTag(app, simd, browser) },
];
