// How each kind of host is asked to do a job: the script or page with the files of two workers beside it, the package's and one that dies.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import type { App } from "../app.js";
import { type Browser, OUTPUT } from "../hosts/browser.js";
import { chromium } from "../hosts/chromium.js";
import { type Command, execute } from "../hosts/node.js";
import { writePage } from "../hosts/pages.js";
import { ISOLATED, STRICT, serve } from "../hosts/site.js";
import { askWorkerdFolder, BUNDLED } from "../hosts/workerd.js";
import type { Answer, Job } from "./tasks.js";

const DYING = fileURLToPath(new URL("dying.ts", import.meta.url));

/** Puts the workers that a job may name into a folder: `worker.js` and `dying.js`. */
function addWorkers(app: App, folder: string): string {
  cpSync(join(app.folder, "node_modules/simdgrad/dist/worker.js"), join(folder, "worker.js"));
  buildSync({ entryPoints: [DYING], outfile: join(folder, "dying.js"), bundle: true, format: "iife" });
  return folder;
}

/** Node or one of its kin; the package is found in node_modules. */
export function askScript(app: App, job: Job, command: Command = [process.execPath]): Answer {
  const folder = addWorkers(app, app.bundle("threads/script", { packages: "external", minify: false }));
  return JSON.parse(execute(command, join(folder, "script.js"), [JSON.stringify(job)], app.folder)) as Answer;
}

/** The strict policy, and the library's workers, which come from `blob:`. */
const WITH_WORKERS = `${STRICT}; worker-src 'self' blob:`;

/** How a page is served, on which of its threads it works, and in which browser. */
export interface PageOptions {
  readonly policy?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly inWorker?: boolean;
  readonly browser?: Browser;
}

/** A page, in Chromium unless told otherwise. */
export async function askPage(app: App, job: Job, options: PageOptions = {}): Promise<Answer> {
  const { policy = WITH_WORKERS, headers = ISOLATED, inWorker = false, browser = chromium } = options;
  const folder = addWorkers(app, app.bundle(["threads/page", "threads/background"]));
  writePage(folder, '<script type="module" src="/page.js"></script>');
  await using site = await serve(folder, policy, headers);
  const address = `${site.url}?job=${encodeURIComponent(JSON.stringify(job))}${inWorker ? "&worker" : ""}`;
  return JSON.parse(await browser.look(address, OUTPUT)) as Answer;
}

/** workerd, with compatibility flags. */
export async function askWorker(app: App, job: Job, flags: readonly string[]): Promise<Answer> {
  const folder = app.bundle("threads/worker", BUNDLED);
  return (await askWorkerdFolder(folder, "worker", `?job=${encodeURIComponent(JSON.stringify(job))}`, flags)) as Answer;
}
