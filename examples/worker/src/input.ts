// Digits and samples out of request bodies; everything is checked before a tensor is made.
import { digitOf } from "../../browser/ink.js";
import { mediaType, parseJson, Refusal, readBody } from "./http.js";

/** A drawn digit and what it is. */
export interface Sample {
  readonly pixels: Float32Array;
  readonly digit: number;
}

/** What `POST /tune` is asked for. */
export interface Tuning {
  readonly samples: readonly Sample[];
  readonly steps: number;
  readonly lr: number;
}

/** Most bytes of one drawing, as JSON with spaces and decimals. */
const MOST_DRAWING = 16 * 1024;
const MOST_TUNING = 1024 * 1024;
const MOST_SAMPLES = 256;
const MOST_STEPS = 200;

/** The two forms of a digit: as the network sees it, and as drawn. */
const PIXELS = { count: 64, brightest: 16 };
const DRAWING = { count: 784, brightest: 255, side: 28 };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** 64 pixels of 0 to 16 as they are, or a drawing of 28 x 28 values of 0 to 255 brought to that form. */
function readPixels(where: string, values: unknown): Float32Array {
  if (!Array.isArray(values) && !(values instanceof Uint8Array)) throw new Refusal(400, `${where} must be a list of numbers`);
  const { count, brightest } = values.length === DRAWING.count ? DRAWING : PIXELS;
  if (values.length !== count)
    throw new Refusal(400, `${where} has ${values.length} numbers; ${PIXELS.count} or ${DRAWING.count} are taken`);
  for (const [i, value] of values.entries()) {
    if (typeof value !== "number" || !(value >= 0 && value <= brightest)) {
      const came = typeof value === "number" ? value : value === null ? "null" : typeof value;
      throw new Refusal(400, `${where}[${i}] is ${came}; ${count} numbers must be within 0 and ${brightest}`);
    }
  }
  return count === DRAWING.count ? digitOf(values as ArrayLike<number>, DRAWING.side) : Float32Array.from(values as ArrayLike<number>);
}

function readNumber(
  name: string,
  value: unknown,
  standard: number,
  { least, most, whole }: { least: number; most: number; whole: boolean },
): number {
  if (value === undefined) return standard;
  if (typeof value === "number" && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new Refusal(400, `${name} must be a ${whole ? "whole " : ""}number from ${least} to ${most}`);
}

/** The drawing of `POST /classify`: `{ "pixels": [..] }`, or the bytes themselves. */
export async function readDrawing(request: Request): Promise<Float32Array> {
  const body = await readBody(request, MOST_DRAWING);
  switch (mediaType(request)) {
    case "application/octet-stream":
      return readPixels("the body", body);
    case "application/json": {
      const value = parseJson(body);
      if (!isRecord(value)) throw new Refusal(400, `the body must be { "pixels": [..] }`);
      return readPixels("pixels", value["pixels"]);
    }
    default:
      throw new Refusal(415, "the content type must be application/json or application/octet-stream");
  }
}

/** The body of `POST /tune`: `{ "samples": [{ "pixels": [..], "digit": 3 }, ..], "steps": 50, "lr": 0.01 }`. */
export async function readTuning(request: Request): Promise<Tuning> {
  if (mediaType(request) !== "application/json") throw new Refusal(415, "the content type must be application/json");
  const value = parseJson(await readBody(request, MOST_TUNING));
  const samples = isRecord(value) ? value["samples"] : undefined;
  if (!isRecord(value) || !Array.isArray(samples)) throw new Refusal(400, `the body must be { "samples": [..] }`);
  if (samples.length < 1 || samples.length > MOST_SAMPLES) {
    throw new Refusal(400, `there are ${samples.length} samples; 1 to ${MOST_SAMPLES} are taken`);
  }
  return {
    samples: samples.map((sample: unknown, i) => {
      if (!isRecord(sample)) throw new Refusal(400, `samples[${i}] must be { "pixels": [..], "digit": 0 to 9 }`);
      const { pixels, digit } = sample;
      if (digit === undefined) throw new Refusal(400, `samples[${i}] has no digit`);
      return {
        pixels: readPixels(`samples[${i}].pixels`, pixels),
        digit: readNumber(`samples[${i}].digit`, digit, 0, { least: 0, most: 9, whole: true }),
      };
    }),
    steps: readNumber("steps", value["steps"], 50, { least: 1, most: MOST_STEPS, whole: true }),
    lr: readNumber("lr", value["lr"], 0.01, { least: 0, most: 1, whole: false }),
  };
}
