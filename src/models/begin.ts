// Marks where the code of this entry begins in a bundle (tensor/stack.ts): the index of the entry imports this module first.
import "#texts"; // in front of all code

/** Returns a stack trace of this place. It is a function declaration, because bundlers that wrap modules hoist declarations. */
export function begin(): string | undefined {
  return new Error().stack;
}
