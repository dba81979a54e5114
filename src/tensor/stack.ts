// Stack traces, and which of their frames are the program's: the library may be files of its own, or parts of the program's bundle.

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

/** Gives a stack trace from the place that it marks. Not an error, whose making as a last act some engines take for its caller's. */
type Mark = () => string | undefined;

const parts: { readonly from: Mark; readonly to: Mark }[] = [];

/**
 * Says that the code between two places is the library's. A bundler puts a module behind those it imports, in the order of the imports.
 * So whatever an entry of the package brings into a bundle lies between the module that its index imports first and the end of
 * the index, and nothing of the program does.
 */
export function libraryPart(from: Mark, to: Mark): void {
  parts.push({ from, to });
}

const before = (a: Frame, b: Frame): boolean => a.line < b.line || (a.line === b.line && a.column <= b.column);

/** Tells whether a frame lies in a part. One that a bundler cut in two goes on to the end of the one file and from the start of the other. */
function liesBetween(frame: Frame, from: Frame, to: Frame): boolean {
  const [begun, ended] = [frame.file === from.file, frame.file === to.file];
  return (begun || ended) && (!begun || before(from, frame)) && (!ended || before(frame, to));
}

/** The folder of the package, where its files are as they were published or written. */
const folderOf = (file: string): string | undefined => file.match(/^.*[\\/](?=tensor[\\/]stack\.\w+$|joined[\\/]shared-[\w-]+\.js$)/)?.[0];

/** Frames at the inner end of a trace that are the library's in any case: who watches, and the constructor of the tensor. */
const INNERMOST = 2;

/** Tells whether a frame is in the library's code; `innermost` frames are. */
function libraryTest(innermost: readonly Frame[]): (frame: Frame) => boolean {
  const placeOf = (stack = ""): Frame | undefined => framesOf(stack)[0];
  const own = placeOf(new Error().stack);
  const folder = own && folderOf(own.file);
  if (folder) return ({ file }) => file.startsWith(folder);
  const known = parts.flatMap((part) => {
    const [from, to] = [placeOf(part.from()), placeOf(part.to())];
    return from && to ? [{ from, to }] : [];
  });
  const inPart = (frame: Frame): boolean => known.some(({ from, to }) => liesBetween(frame, from, to));
  // A bundler that splits code may put some of it before what was imported first. Then all that comes before that is the library's.
  const early = innermost.filter((frame) => !inPart(frame)).map(({ file }) => file);
  const comesFirst = (frame: Frame): boolean => known.every(({ from }) => from.file !== frame.file || before(frame, from));
  return (frame) => inPart(frame) || (early.includes(frame.file) && comesFirst(frame));
}

/** The innermost frame that is the program's, of a trace that was taken where a tensor was made. */
export function userFrame(stack: string): string {
  const [, ...frames] = framesOf(stack); // the first is that of here
  const isLibrary = libraryTest(frames.slice(0, INNERMOST));
  const outside = frames.find((frame) => !isLibrary(frame) && !frame.file.startsWith("node:"));
  return (outside ?? frames.at(-1))?.text ?? "an unknown place";
}
