// Raw DEFLATE as short as Zopfli finds it, from standard input to standard output. A program of its own, because its wrapper takes over
// how a process handles errors.
import { readFileSync } from "node:fs";
import zopfli from "@gfx/zopfli";

/** Rounds of its search; more gain less than one byte in a thousand. */
const ROUNDS = 15;

process.stdout.write(await zopfli.deflateAsync(readFileSync(0), { numiterations: ROUNDS }));
