// Browsers that are driven as the W3C's WebDriver says: the commands are the same, the way they are sent is each browser's own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PAGE_TIMEOUT } from "./browser.js";
import { Programs } from "./programs.js";

/** A proxy that is not there, which no browser asks for addresses of this machine. */
export const NOWHERE = { host: "127.0.0.1", port: 9 };

/** A browser with one window. */
export interface Driver {
  setTimeouts(limits: { implicit: number; pageLoad: number }): Promise<unknown>;
  navigate(address: string): Promise<unknown>;
  /** Waits for the element as long as the implicit limit allows. The answer has the element's name as its one value. */
  findElement(locator: { using: "xpath"; value: string }): Promise<Readonly<Record<string, string>>>;
  textContent(element: string): Promise<string>;
}

/** Starts a browser whose user is new: all that it keeps is in the folder `home`. */
export type Launch = (home: string, programs: Programs) => Promise<Driver>;

async function textOn({ setTimeouts, navigate, findElement, textContent }: Driver, address: string, xpath: string): Promise<string> {
  await setTimeouts({ implicit: PAGE_TIMEOUT, pageLoad: PAGE_TIMEOUT });
  await navigate(address);
  const [element] = Object.values(await findElement({ using: "xpath", value: xpath }));
  return await textContent(element as string);
}

async function late(): Promise<never> {
  await pause(PAGE_TIMEOUT, undefined, { ref: false });
  throw new Error(`nothing was shown within ${PAGE_TIMEOUT / 1000} s`);
}

/** Looks at a page in a browser of its own. */
export async function lookWith(launch: Launch, address: string, xpath: string): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "simdgrad-browser-"));
  try {
    await using programs = new Programs();
    try {
      const text = launch(home, programs).then((driver) => textOn(driver, address, xpath));
      return await Promise.race([text, late()]);
    } catch (error) {
      throw new Error(`${(error as Error).message}\nThe browser said: ${programs.words}`);
    }
  } finally {
    // Processes of the browser that are just ending may still write.
    rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  }
}
