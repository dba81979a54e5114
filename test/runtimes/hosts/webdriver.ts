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

/** Looks at a page in a browser of its own. */
export async function lookWith(launch: Launch, address: string, xpath: string): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "simdgrad-browser-"));
  let doing = "start";
  const look = async (programs: Programs): Promise<string> => {
    const driver = await launch(home, programs);
    await driver.setTimeouts({ implicit: PAGE_TIMEOUT, pageLoad: PAGE_TIMEOUT });
    doing = `open ${address}`;
    await driver.navigate(address);
    doing = `find ${xpath}`;
    const [element] = Object.values(await driver.findElement({ using: "xpath", value: xpath }));
    doing = `read ${xpath}`;
    return await driver.textContent(element as string);
  };
  const late = async (): Promise<never> => {
    await pause(PAGE_TIMEOUT, undefined, { ref: false });
    throw new Error(`no end within ${PAGE_TIMEOUT / 1000} s`);
  };
  try {
    await using programs = new Programs();
    try {
      return await Promise.race([look(programs), late()]);
    } catch (error) {
      throw new Error(`it could not ${doing}: ${(error as Error).message}\nThe browser said: ${programs.words}`);
    }
  } finally {
    // Processes of the browser that are just ending may still write.
    rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  }
}
