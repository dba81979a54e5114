// Bundles a program as its users would.
import { buildSync } from "esbuild";

/** Writes a bundle of `program` called from `source`, which sees it as "program". */
export function bundle(program, source, outfile, options = {}) {
  buildSync({
    stdin: { contents: source, resolveDir: program.folder },
    alias: { program: program.path },
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
    tsconfigRaw: "{}",
    ...options,
  });
}
