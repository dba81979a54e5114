// Stack traces, and which of their frames belong to the program. The library may be in its own files, or in parts of the program's bundle.

/** Frames of a trace: enough to reach the program's code. V8's default is ten. */
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

/** Returns a stack trace of the place it marks: text, not an Error, because some engines attribute an Error's creation to the caller. */
type Marker = () => string | undefined;

const libraryParts: { readonly from: Marker; readonly to: Marker }[] = [];

/**
 * Declares that the code between two places belongs to the library. A bundler writes a module after the modules it imports, in the order
 * of the imports. So all code that an entry of the package brings into a bundle is between the module that its index imports first and
 * the end of the index, and none of the program's code is there.
 */
export function libraryPart(from: Marker, to: Marker): void {
  libraryParts.push({ from, to });
}

const isBefore = (a: Frame, b: Frame): boolean => a.line < b.line || (a.line === b.line && a.column <= b.column);

/** Whether a frame is in a part. If a bundler split it over two files, it is the end of the first and the beginning of the second. */
function liesBetween(frame: Frame, from: Frame, to: Frame): boolean {
  const [begun, ended] = [frame.file === from.file, frame.file === to.file];
  return (begun || ended) && (!begun || isBefore(from, frame)) && (!ended || isBefore(frame, to));
}

/** The folder of the package, if its files were not bundled. */
const folderOf = (file: string): string | undefined => file.match(/^.*[\\/](?=tensor[\\/]stack\.\w+$|joined[\\/]shared-[\w-]+\.js$)/)?.[0];

/** Returns a function that tells whether a frame is in the library's code; `innermost` frames certainly are. */
function libraryTester(innermost: readonly Frame[]): (frame: Frame) => boolean {
  const placeOf = (stack = ""): Frame | undefined => framesOf(stack)[0];
  const own = placeOf(new Error().stack);
  const folder = own && folderOf(own.file);
  if (folder) return ({ file }) => file.startsWith(folder);
  const known = libraryParts.flatMap((part) => {
    const [from, to] = [placeOf(part.from()), placeOf(part.to())];
    return from && to ? [{ from, to }] : [];
  });
  const inPart = (frame: Frame): boolean => known.some(({ from, to }) => liesBetween(frame, from, to));
  // A bundler that splits code may put library code before the module that was imported first. Then all code before it is the library's.
  const early = innermost.filter((frame) => !inPart(frame)).map(({ file }) => file);
  const comesFirst = (frame: Frame): boolean => known.every(({ from }) => from.file !== frame.file || isBefore(frame, from));
  return (frame) => inPart(frame) || (early.includes(frame.file) && comesFirst(frame));
}

/** The innermost frame of the program in a trace that was taken where a tensor was made. */
export function userFrame(stack: string): string {
  const [, ...frames] = framesOf(stack); // the first frame is that of `here`
  const isLibrary = libraryTester(frames.slice(0, 2)); // the watcher, and the constructor of the tensor
  const outside = frames.find((frame) => !isLibrary(frame) && !frame.file.startsWith("node:"));
  return (outside ?? frames.at(-1))?.text ?? "an unknown place";
}
