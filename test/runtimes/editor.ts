// What an editor shows of a program that imports the installed package: the compiler's language service, asked as editors ask it.
import { join } from "node:path";
import { ts as compiler } from "../../scripts/api/compiler.mjs";

/** What is used of the service. */
interface Service {
  getCompletionsAtPosition(file: string, at: number, options: undefined): { entries: { name: string }[] } | undefined;
  getQuickInfoAtPosition(file: string, at: number): { documentation?: { text: string }[] } | undefined;
  getDefinitionAtPosition(file: string, at: number): { fileName: string; textSpan: { start: number } }[] | undefined;
}

/** What is used of the compiler. */
interface Compiler {
  readonly sys: { readFile(file: string): string | undefined; fileExists(file: string): boolean };
  readonly ScriptTarget: { readonly ES2022: number };
  readonly ModuleKind: { readonly NodeNext: number };
  readonly ModuleResolutionKind: { readonly NodeNext: number };
  readonly ScriptSnapshot: { fromString(text: string): unknown };
  getDefaultLibFilePath(options: unknown): string;
  createLanguageService(host: object): Service;
}

// An earlier compiler than the package's own, whose language server test/docs/editor.test.ts asks.
const ts = compiler as Compiler;

/** A definition that the editor jumps to: the file, and the line that names it. */
export interface Definition {
  readonly file: string;
  readonly line: string;
}

/** An editor with one file open. A place in it is told by the piece of the text that ends there. */
export class Editor {
  readonly #file: string;
  readonly #service: Service;
  #text = "";
  #version = 0;

  /** Opens a file in a project's folder; it need not be there. */
  constructor(folder: string, name: string) {
    this.#file = join(folder, name);
    const settings = {
      ...{ target: ts.ScriptTarget.ES2022, lib: ["lib.es2022.d.ts"], types: [], strict: true },
      ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
    };
    const isOpen = (file: string): boolean => file === this.#file;
    const read = (file: string): string | undefined => (isOpen(file) ? this.#text : ts.sys.readFile(file));
    this.#service = ts.createLanguageService({
      getScriptFileNames: () => [this.#file],
      getScriptVersion: (file: string) => (isOpen(file) ? String(this.#version) : "1"),
      getScriptSnapshot: (file: string) => {
        const text = read(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => folder,
      getCompilationSettings: () => settings,
      getDefaultLibFileName: (options: unknown) => ts.getDefaultLibFilePath(options),
      fileExists: (file: string) => isOpen(file) || ts.sys.fileExists(file),
      readFile: read,
    });
  }

  /** Writes a text into the file. */
  write(text: string): void {
    this.#text = text;
    this.#version++;
  }

  /** The members that are offered behind a dot. */
  membersAt(place: string): string[] {
    return this.#service.getCompletionsAtPosition(this.#file, this.#end(place), undefined)?.entries.map(({ name }) => name) ?? [];
  }

  /** The documentation of the name that ends at a place. */
  documentationAt(place: string): string {
    const { documentation = [] } = this.#service.getQuickInfoAtPosition(this.#file, this.#end(place) - 1) ?? {};
    return documentation.map(({ text }) => text).join("");
  }

  /** Where the name that ends at a place is defined. */
  definitionsAt(place: string): Definition[] {
    return (this.#service.getDefinitionAtPosition(this.#file, this.#end(place) - 1) ?? []).map(({ fileName, textSpan: { start } }) => {
      const text = ts.sys.readFile(fileName) ?? "";
      return { file: fileName, line: text.slice(text.lastIndexOf("\n", start) + 1).split("\n", 1)[0] as string };
    });
  }

  #end(place: string): number {
    const at = this.#text.indexOf(place);
    if (at < 0) throw new Error(`the text has no ${place}`);
    return at + place.length;
  }
}
