// Firefox without a window. It is driven by its own Marionette protocol, so there is no driver to install: the commands are those of
// WebDriver, each a line of JSON behind its length, over a socket on this machine.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Browser, PAGE_TIMEOUT } from "./browser.js";
import { type Launch, lookWith, NOWHERE } from "./webdriver.js";

const EXECUTABLE = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";
const NEEDS = 'install it (Debian: "apt-get install firefox-esr") or set FIREFOX to its path';

/** What is set beside that which Marionette sets by itself: no first page, no updates and the like. */
const PREFERENCES: Readonly<Record<string, string | number | boolean>> = {
  "marionette.port": 0,
  "network.proxy.type": 1,
  "network.proxy.http": NOWHERE.host,
  "network.proxy.http_port": NOWHERE.port,
  "network.proxy.ssl": NOWHERE.host,
  "network.proxy.ssl_port": NOWHERE.port,
  "network.dns.disabled": true,
  // So that errors of a page are printed.
  "devtools.console.stdout.content": true,
};

function writePreferences(home: string): void {
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  writeFileSync(join(home, "user.js"), lines.join(""));
}

/** The port that Marionette listens on; it writes it into the profile. */
async function portIn(home: string, firefox: ChildProcess): Promise<number> {
  for (const started = Date.now(); Date.now() - started < PAGE_TIMEOUT && firefox.exitCode === null; await pause(20)) {
    try {
      const port = Number(readFileSync(join(home, "MarionetteActivePort"), "utf8"));
      if (port > 0) return port;
    } catch {} // not there yet
  }
  throw new Error("Firefox did not start");
}

/** The messages that come in over a socket. */
async function* messagesOf(socket: Socket): AsyncGenerator<unknown> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const colon = bytes.indexOf(":");
      const end = colon + 1 + Number(bytes.subarray(0, colon));
      if (colon < 0 || bytes.length < end) break;
      yield JSON.parse(bytes.toString("utf8", colon + 1, end));
      bytes = bytes.subarray(end);
    }
  }
}

type Reply = [type: 1, id: number, error: { error: string; message: string } | null, result: unknown];

const launch: Launch = async (home, programs) => {
  writePreferences(home);
  const args = ["--headless", "--no-remote", "--marionette", "--profile", home, "about:blank"];
  const firefox = programs.start({ path: EXECUTABLE, args, env: { HOME: home }, needs: NEEDS });
  const socket = connect(await portIn(home, firefox), "127.0.0.1");
  await once(socket, "connect");
  const messages = messagesOf(socket);
  await messages.next(); // its greeting
  let sent = 0;
  const send = async <T>(name: string, parameters: object): Promise<T> => {
    const text = JSON.stringify([0, ++sent, `WebDriver:${name}`, parameters]);
    socket.write(`${Buffer.byteLength(text)}:${text}`);
    const { value, done } = await messages.next();
    if (done) throw new Error("Firefox ended");
    const [, , error, result] = value as Reply;
    if (error) throw new Error(`${error.error}: ${error.message}`);
    return result as T;
  };
  await send("NewSession", {});
  return {
    setTimeouts: (limits) => send("SetTimeouts", limits),
    navigate: (url) => send("Navigate", { url }),
    findElement: async (locator) => (await send<{ value: Record<string, string> }>("FindElement", locator)).value,
    textContent: async (id) => (await send<{ value: string }>("GetElementProperty", { id, name: "textContent" })).value,
  };
};

export const firefox: Browser = { name: "Firefox", look: (address, xpath) => lookWith(launch, address, xpath) };
