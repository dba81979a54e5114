// Stack traces, and which of their frames are the program's: the library may be files of its own, or a part of the program's bundle.

/** Frames a trace keeps, so that it reaches the program's code; V8 keeps ten by default. */
const FRAMES = 60;

/** The stack trace of the caller. */
export function here(): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = before;
  return stack;
}

interface Frame {
  readonly text: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Frames of V8 (`at f (file:1:2)`) and of others (`f@file:1:2`). */
function framesOf(stack: string): Frame[] {
  return stack.split("\n").flatMap((raw) => {
    const [, file, line, column] = raw.match(/([^\s(@]+):(\d+):(\d+)\)?$/) ?? [];
    return file ? [{ text: raw.trim(), file, line: Number(line), column: Number(column) }] : [];
  });
}

const ends: (() => string)[] = [];

/**
 * Says that code of the library reaches up to where `probe` was written; it gives `here()` from there. A bundler puts a module behind
 * those it imports, so all code between this file and the last probe is the library's.
 */
export function libraryReachesTo(probe: () => string): void {
  ends.push(probe);
}

const before = (a: Frame, b: Frame): boolean => a.line < b.line || (a.line === b.line && a.column <= b.column);

/** Tells whether a frame is in the library's code. */
function libraryTest(): (frame: Frame) => boolean {
  const [own] = framesOf(here());
  if (!own) return () => false;
  // Files as they were written: everything below the folder that tensor/ is in.
  const root = own.file.match(/^.*(?=tensor\/stack\.\w+$)/)?.[0];
  if (root) return ({ file }) => file.startsWith(root);
  const last = ends.flatMap((probe) => framesOf(probe()).slice(1, 2)).filter(({ file }) => file === own.file);
  return (frame) =>
    /[\\/]simdgrad[\\/]dist[\\/]/.test(frame.file) ||
    (frame.file === own.file && before(own, frame) && last.some((end) => before(frame, end)));
}

/** The innermost frame that is the program's. */
export function userFrame(stack: string): string {
  const isLibrary = libraryTest();
  const frames = framesOf(stack);
  const outside = frames.find((frame) => !isLibrary(frame) && !frame.file.startsWith("node:"));
  return (outside ?? frames.at(-1))?.text ?? "an unknown place";
}
