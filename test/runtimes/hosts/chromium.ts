// Chromium without a window.
import { existsSync } from "node:fs";
import { type Browser as Launched, chromium as playwright } from "playwright-core";
import { type Browser, PAGE_TIMEOUT } from "./browser.js";

const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
// No sandbox: it does not start for root or inside containers. The rest keeps the browser off the network.
const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

async function launch(): Promise<Launched> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`there is no Chromium at ${EXECUTABLE}; install it (Debian: "apt-get install chromium") or set CHROMIUM to its path`);
  }
  return playwright.launch({ executablePath: EXECUTABLE, args: FLAGS, timeout: PAGE_TIMEOUT });
}

/** A script that does not even load ends the wait at once. */
export const chromium: Browser = {
  name: "Chromium",
  async look(address, xpath) {
    await using browser = await launch();
    const page = await browser.newPage();
    page.setDefaultTimeout(PAGE_TIMEOUT);
    const crashed = page.waitForEvent("pageerror").then((error) => Promise.reject(error));
    const text = page.locator(`xpath=${xpath}`).first().textContent();
    const [found] = await Promise.all([Promise.race([text, crashed]), page.goto(address)]);
    return found ?? "";
  },
};
