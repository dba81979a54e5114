// WebKit of GTK, whose own browser is MiniBrowser, in a window on a screen that nobody sees. It is driven by WebKitWebDriver over HTTP.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { type Browser, PAGE_TIMEOUT } from "./browser.js";
import type { Programs } from "./programs.js";
import { type Launch, lookWith, NOWHERE } from "./webdriver.js";

const DRIVER = process.env["WEBKIT_DRIVER"] ?? "/usr/bin/WebKitWebDriver";
const SCREEN = process.env["XVFB"] ?? "/usr/bin/Xvfb";
const NEEDS = 'install both (Debian: "apt-get install webkit2gtk-driver xvfb") or set WEBKIT_DRIVER and XVFB to their paths';

/**
 * A start takes a second. On a busy machine one of thirty never ends: the driver takes the connection and neither answers nor starts
 * its browser. Then all is started anew, until the page's time is up.
 */
const START_MS = 10_000;

const AWAY = `${NOWHERE.host}:${NOWHERE.port}`;
const CAPABILITIES = {
  proxy: { proxyType: "manual", httpProxy: AWAY, sslProxy: AWAY, noProxy: ["127.0.0.1"] },
};

/** The display of a screen, which has picked a number that is free. */
async function displayOf(screen: ChildProcess): Promise<string> {
  const ended = once(screen, "exit").then(() => Promise.reject(new Error("Xvfb did not start")));
  const [number] = await Promise.race([once(screen.stdio[3] as Readable, "data"), ended]);
  return `:${String(number).trim()}`;
}

/** The driver must be told its port: it does not say which one it has chosen itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Waits until the driver answers. */
async function ready(driver: ChildProcess, url: string): Promise<void> {
  while (driver.exitCode === null && driver.signalCode === null) {
    const answers = await fetch(`${url}/status`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return;
    await pause(20);
  }
  throw new Error("WebKitWebDriver did not start");
}

/** Sends the driver a command. */
async function send<T>(method: "GET" | "POST", url: string, body?: object): Promise<T> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }), signal: AbortSignal.timeout(2 * PAGE_TIMEOUT) });
  const { value } = (await response.json()) as { value: T & { error: string; message: string } };
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** Starts a session; gives its address. */
async function startSession(env: Readonly<Record<string, string>>, programs: Programs): Promise<string> {
  const screen = programs.start({
    path: SCREEN,
    args: ["-displayfd", "3", "-nolisten", "tcp"],
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    needs: NEEDS,
  });
  const port = await freePort();
  const display = await displayOf(screen);
  const driver = programs.start({ path: DRIVER, args: [`--port=${port}`], env: { ...env, DISPLAY: display }, needs: NEEDS });
  const url = `http://127.0.0.1:${port}`;
  await ready(driver, url);
  const { sessionId } = await send<{ sessionId: string }>("POST", `${url}/session`, { capabilities: { alwaysMatch: CAPABILITIES } });
  return `${url}/session/${sessionId}`;
}

/** `switches` are those of the engine, which it reads from its environment. */
const launchWith =
  (switches: Readonly<Record<string, string>>): Launch =>
  async (home, programs) => {
    const start = (): Promise<string> => startSession({ ...switches, HOME: home, XDG_RUNTIME_DIR: home }, programs);
    let session: string | undefined;
    while (session === undefined) {
      session = await Promise.race([start(), pause(START_MS, undefined, { ref: false })]);
      if (session === undefined) await programs.end();
    }
    return {
      setTimeouts: (limits) => send("POST", `${session}/timeouts`, limits),
      navigate: (url) => send("POST", `${session}/url`, { url }),
      findElement: (locator) => send("POST", `${session}/element`, locator),
      textContent: (element) => send("GET", `${session}/element/${element}/property/textContent`),
    };
  };

const webkitWith = (name: string, switches: Readonly<Record<string, string>>): Browser => ({
  name,
  look: (address, xpath) => lookWith(launchWith(switches), address, xpath),
});

/** As Debian ships it. */
export const webkit: Browser = webkitWith("WebKitGTK", {});

/** With the shared memory that Safari gives to isolated pages by itself, and with relaxed SIMD. */
export const webkitSwitched: Browser = webkitWith("WebKitGTK, shared memory and relaxed SIMD switched on", {
  JSC_useSharedArrayBuffer: "1",
  JSC_useWasmRelaxedSIMD: "1",
});
