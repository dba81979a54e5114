// Programs that run beside a test until it ends.
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";

/** How a program is started. */
export interface Start {
  readonly path: string;
  readonly args: readonly string[];
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdio?: StdioOptions;
  /** How to get it where it is missing. */
  readonly needs: string;
}

/** Kills a program and all of its group; false if it has ended by itself. */
function kill({ pid, exitCode, signalCode }: ChildProcess): boolean {
  if (pid === undefined || exitCode !== null || signalCode !== null) return false;
  return process.kill(-pid, "SIGKILL");
}

/** Programs that are ended together, the latest first, each with all that it has started. */
export class Programs implements AsyncDisposable {
  readonly #children: ChildProcess[] = [];
  readonly #kill = (): void => {
    for (const child of this.#children) kill(child);
  };
  #words = "";

  /** All that they have printed. */
  get words(): string {
    return this.#words;
  }

  start({ path, args, env, stdio = ["ignore", "pipe", "pipe"], needs }: Start): ChildProcess {
    if (!existsSync(path)) throw new Error(`there is no ${path}; ${needs}`);
    const child = spawn(path, args, { env: { ...process.env, ...env }, stdio, detached: true });
    if (this.#children.push(child) === 1) process.once("exit", this.#kill); // a test that is given up is not disposed of
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (text) => {
        this.#words += String(text);
      });
    }
    return child;
  }

  async end(): Promise<void> {
    process.off("exit", this.#kill);
    for (const child of this.#children.splice(0).reverse()) {
      const ended = once(child, "exit");
      if (kill(child)) await ended;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}
