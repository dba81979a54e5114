// Where the code of this entry begins in a bundle: its index imports this before the modules of the entry.

/** An error made here. It is a declaration, because bundlers that wrap modules move those to the front. */
export function begin(): Error {
  return new Error();
}
