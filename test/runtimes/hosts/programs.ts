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

/** Programs that are ended together, the latest first, each with all that it has started. */
export class Programs implements AsyncDisposable {
  readonly #children: ChildProcess[] = [];
  #words = "";

  /** All that they have printed. */
  get words(): string {
    return this.#words;
  }

  start({ path, args, env, stdio = ["ignore", "pipe", "pipe"], needs }: Start): ChildProcess {
    if (!existsSync(path)) throw new Error(`there is no ${path}; ${needs}`);
    const child = spawn(path, args, { env: { ...process.env, ...env }, stdio, detached: true });
    this.#children.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (text) => {
        this.#words += String(text);
      });
    }
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      process.kill(-(child.pid as number), "SIGKILL"); // its group
      await ended;
    }
  }
}
