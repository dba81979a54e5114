// The language server of the compiler, asked as an editor asks it: over the Language Server Protocol, version 3.17.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

interface Place {
  readonly line: number;
  readonly character: number;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Where a name is defined: the file, and the line that names it. */
export interface Definition {
  readonly file: string;
  readonly line: string;
}

/** A server with one file open. */
export class LanguageServer {
  readonly #process: ChildProcess;
  readonly #uri: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #rest: Buffer = Buffer.alloc(0);
  #lastId = 0;

  private constructor(file: string) {
    this.#uri = pathToFileURL(resolve(file)).href;
    this.#process = spawn(resolve("node_modules/.bin/tsc"), ["--lsp", "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
    this.#process.stdout?.on("data", (data: Buffer) => this.#read(data));
  }

  /** Starts the server and opens a file in it. */
  static async open(file: string, text: string): Promise<LanguageServer> {
    writeFileSync(file, text);
    const server = new LanguageServer(file);
    const capabilities = { textDocument: { hover: { contentFormat: ["markdown"] } } };
    await server.#ask("initialize", { processId: process.pid, rootUri: pathToFileURL(resolve(".")).href, capabilities });
    server.#send({ method: "initialized", params: {} });
    server.#send({
      method: "textDocument/didOpen",
      params: { textDocument: { uri: server.#uri, languageId: "typescript", version: 1, text } },
    });
    return server;
  }

  /** The text that appears over a name. */
  async hoverAt(position: Place): Promise<string> {
    const found = (await this.#ask("textDocument/hover", this.#at(position))) as { contents: { value: string } } | null;
    return found?.contents.value ?? "";
  }

  /** Where a name leads. */
  async definitionsAt(position: Place): Promise<Definition[]> {
    type Location = { uri: string; range: { start: Place } };
    const found = (await this.#ask("textDocument/definition", this.#at(position))) as Location | Location[] | null;
    return [found ?? []].flat().map(({ uri, range }) => {
      const file = fileURLToPath(uri);
      return { file, line: readFileSync(file, "utf8").split("\n")[range.start.line] as string };
    });
  }

  close(): void {
    this.#process.kill();
  }

  #at(position: Place) {
    return { textDocument: { uri: this.#uri }, position };
  }

  #send(message: object): void {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#process.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  #ask(method: string, params: object): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((fulfil, reject) => {
      this.#waiting.set(id, ({ result, error }) => (error ? reject(new Error(`${method}: ${error.message}`)) : fulfil(result)));
      this.#send({ id, method, params });
    });
  }

  /** Takes whole messages out of what has arrived. A request of the server (for configuration) gets the answer that there is nothing. */
  #read(data: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, data]);
    for (;;) {
      const end = this.#rest.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/.exec(this.#rest.subarray(0, Math.max(end, 0)).toString())?.[1]);
      if (end < 0 || this.#rest.length < end + 4 + length) return;
      const message = JSON.parse(this.#rest.subarray(end + 4, end + 4 + length).toString()) as Message;
      this.#rest = this.#rest.subarray(end + 4 + length);
      if (message.method !== undefined && message.id !== undefined) this.#send({ id: message.id, result: null });
      else if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
    }
  }
}
