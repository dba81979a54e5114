// What hosts with finalizers are held to: memory of dropped tensors comes back before a limit is reached.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { App } from "../app.js";
import { TIMEOUT } from "../contract.js";
import type { Peak } from "../entries/dropped.js";
import { type Browser, OUTPUT } from "../hosts/browser.js";
import { type Command, execute } from "../hosts/node.js";
import { writePage } from "../hosts/pages.js";
import { STRICT, serve } from "../hosts/site.js";

export interface Collector {
  readonly name: string;
  peak(app: App, tensors: number): Peak | Promise<Peak>;
}

/** An entry as a script whose package is found in node_modules. */
export const scriptOf = (app: App, entry: string): string =>
  join(app.bundle(entry, { packages: "external", minify: false }), `${entry}.js`);

/** Node and its kin. */
export const inScript =
  (command: Command = [process.execPath]): Collector["peak"] =>
  (app, tensors) =>
    JSON.parse(execute(command, scriptOf(app, "droppedInScript"), [String(tensors)], app.folder)) as Peak;

/** A page in a browser. */
export const inPage =
  (browser: Browser): Collector["peak"] =>
  async (app, tensors) => {
    const folder = writePage(app.bundle("droppedInPage"), '<script type="module" src="/droppedInPage.js"></script>');
    await using site = await serve(folder, STRICT);
    return JSON.parse(await browser.look(`${site.url}?tensors=${tensors}`, OUTPUT)) as Peak;
  };

export function describeCollectors(app: () => App, collectors: readonly Collector[]): void {
  describe.each(collectors)("$name: 1 GB of dropped tensors, a turn after each 20 MB, stays under a limit of 256 MB", ({ name, peak }) => {
    test.each([1, 100])("tensors a turn: %i", { timeout: TIMEOUT }, async (tensors) => {
      const found = await peak(app(), tensors);
      if ("error" in found) throw new Error(found.error);
      console.log(`${name}, tensors a turn: ${tensors}; at most ${(found.peakBytes / 1e6).toFixed(0)} MB live`);
      expect(found.peakBytes).toBeLessThan(256e6);
    });
  });
}
