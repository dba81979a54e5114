// Where the code of this entry begins in a bundle: its index imports this before the modules of the entry.
import "#texts"; // in front of all code

/** A stack trace from here. It is a declaration, because bundlers that wrap modules move those to the front. */
export function begin(): string | undefined {
  return new Error().stack;
}
