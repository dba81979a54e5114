// What an editor shows of a program: the compiler's language server, asked as editors ask it.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ROOT } from "../app.js";

const COMPILER = join(ROOT, "node_modules/typescript/bin/tsc");

/** A place in a file, counted from 0. */
interface Position {
  readonly line: number;
  readonly character: number;
}

/** A definition that the editor jumps to. */
export interface Definition {
  readonly file: string;
  readonly line: number;
}

type Message = { id?: number; method?: string; result?: unknown; error?: { message: string } };

/** A language server with one open file. */
export class Editor implements AsyncDisposable {
  readonly #server: ChildProcess;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #uri: string;
  #text = "";
  #version = 0;
  #sent = 0;
  #received = Buffer.alloc(0);

  private constructor(file: string) {
    this.#uri = pathToFileURL(file).href;
    this.#server = spawn(process.execPath, [COMPILER, "--lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    this.#server.stdout?.on("data", (data: Buffer) => this.#receive(data));
  }

  /** Opens a file of a project; `open` then says what is in it. */
  static async start(folder: string, file: string): Promise<Editor> {
    const editor = new Editor(join(folder, file));
    const markdown = ["markdown"];
    const textDocument = {
      hover: { contentFormat: markdown },
      completion: { completionItem: { documentationFormat: markdown, resolveSupport: { properties: ["documentation", "detail"] } } },
    };
    await editor.#ask("initialize", { processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities: { textDocument } });
    editor.#send({ method: "initialized", params: {} });
    return editor;
  }

  /** Puts a text into the file. */
  open(text: string): void {
    this.#text = text;
    const textDocument = { uri: this.#uri, languageId: "typescript", version: ++this.#version, text };
    if (this.#version === 1) this.#send({ method: "textDocument/didOpen", params: { textDocument } });
    else this.#send({ method: "textDocument/didChange", params: { textDocument, contentChanges: [{ text }] } });
  }

  /** The members that are offered behind `code`, a piece of the text that ends in a dot. */
  async completions(code: string): Promise<string[]> {
    const found = (await this.#askAt("textDocument/completion", this.#end(code))) as { items: { label: string }[] } | { label: string }[];
    return (Array.isArray(found) ? found : found.items).map(({ label }) => label);
  }

  /** What is shown over the name that ends `by` characters from the end of `code`, a piece of the text. */
  async hover(code: string, by: number): Promise<string> {
    const found = (await this.#askAt("textDocument/hover", this.#end(code, by - 1))) as { contents: { value: string } } | null;
    return found?.contents.value ?? "";
  }

  /** Where that name is defined. */
  async definitions(code: string, by: number): Promise<Definition[]> {
    type Location = { uri: string; range: { start: Position } };
    const found = (await this.#askAt("textDocument/definition", this.#end(code, by - 1))) as Location | Location[] | null;
    return [found ?? []].flat().map(({ uri, range }) => ({ file: fileURLToPath(uri), line: range.start.line + 1 }));
  }

  /** The place behind a piece of the text, or so many characters from it. */
  #end(code: string, by = 0): Position {
    const at = this.#text.indexOf(code);
    if (at < 0) throw new Error(`the text has no ${code}`);
    const lines = this.#text.slice(0, at + code.length + by).split("\n");
    return { line: lines.length - 1, character: (lines.at(-1) as string).length };
  }

  #askAt(method: string, position: Position): Promise<unknown> {
    return this.#ask(method, { textDocument: { uri: this.#uri }, position });
  }

  async #ask(method: string, params: object): Promise<unknown> {
    const id = ++this.#sent;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#send({ id, method, params });
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  #send(message: object): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#server.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const head = this.#received.indexOf("\r\n\r\n");
      const [, length] =
        this.#received
          .subarray(0, Math.max(head, 0))
          .toString()
          .match(/Content-Length: (\d+)/i) ?? [];
      const end = head + 4 + Number(length);
      if (length === undefined || this.#received.length < end) return;
      this.#take(JSON.parse(this.#received.subarray(head + 4, end).toString()) as Message);
      this.#received = this.#received.subarray(end);
    }
  }

  /** An answer, or a question of the server's own: it asks for settings, and gets none. */
  #take(message: Message): void {
    if (message.method === undefined) this.#waiting.get(message.id as number)?.(message);
    else if (message.id !== undefined) this.#send({ id: message.id, result: null });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.kill();
  }
}
