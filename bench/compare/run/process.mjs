// The process of a contestant, as the main program controls it.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** The error of a contestant that cannot do a work, with its message. */
export class Refusal extends Error {}

export class Process {
  #child;
  #lines;
  #complaints = "";
  version = "";

  /** @param {readonly string[]} command @param {Record<string, string>} environment  beside what this process has */
  constructor([program, ...args], environment) {
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...globalThis.process.env, ...environment } });
    this.#child.on("error", (error) => {
      this.#complaints += error.message;
    });
    // The process has ended; `ask` reports its error output.
    this.#child.stdin.on("error", () => {});
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Sends a request and waits for its answer. Errors: `Refusal`. @param {{ do: string }} request */
  async ask(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Refusal(this.#complaints.trim().split("\n").at(-1) || "its process ended");
    const { error, ...answer } = JSON.parse(value);
    if (error !== undefined) throw new Refusal(error);
    return answer;
  }

  async open() {
    ({ version: this.version } = await this.ask({ do: "open" }));
  }

  end() {
    this.#child.stdin.end();
    this.#child.kill();
  }
}
