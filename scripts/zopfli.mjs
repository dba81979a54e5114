// Compresses standard input to standard output as raw DEFLATE with Zopfli. It is a separate program, because the wrapper of Zopfli changes
// how a process handles errors.
import { readFileSync } from "node:fs";
import zopfli from "@gfx/zopfli";

/** Iterations of the search; more of them save less than one byte in a thousand. */
const ROUNDS = 15;

process.stdout.write(await zopfli.deflateAsync(readFileSync(0), { numiterations: ROUNDS }));
