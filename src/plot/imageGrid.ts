// Grids of small images: misclassified digits, samples of a generator, filters of a layer.
import { checkWhole } from "../checks.js";
import { ArgError, describe, kindOf, ShapeError } from "../errors.js";
import { readOptions } from "../options.js";
import { checkNumbers, checkRange, checkTexts } from "./given.js";
import { pngUri } from "./png.js";
import { checkPixels, element, escapeXml, FONT_SIZE, fitText, textAt, textWidth } from "./svg.js";
import { picture, type Theme } from "./theme.js";

/** One image of `imageGrid`. */
export interface GridImage {
  /**
   * width * height values of grey, or three such planes for red, green and blue, as a tensor [3, h, w] holds them.
   * Uint8Array: 0 is black and 255 full. Any other array: the option `range`.
   */
  readonly pixels: ArrayLike<number>;
  /** Pixels in a row. */
  readonly width: number;
  /** Number of rows. */
  readonly height: number;
  /** Text under it. */
  readonly caption?: string;
}

/** Options of `imageGrid`. */
export interface ImageGridOptions {
  /** Text above the picture; none unless given. */
  readonly title?: string;
  /** Images in a row; when not given, so that the picture is about 640 pixels wide. */
  readonly columns?: number;
  /** Side of an image's pixel in pixels of the picture; when not given, so that images are about 84 wide. */
  readonly scale?: number;
  /** Values of black and full in arrays that are not bytes; [0, 1] when not given. Values outside count as the nearest end. */
  readonly range?: readonly [black: number, full: number];
  /** Colours of the picture; `"auto"` unless given. */
  readonly theme?: Theme;
}

type Optional = "columns" | "scale";
type Settled = Required<Omit<ImageGridOptions, Optional>> & { readonly [Name in Optional]: ImageGridOptions[Name] | undefined };

const DEFAULTS: Settled = { title: "", columns: undefined, scale: undefined, range: [0, 1], theme: "auto" };

const GAP = 10;
/** Pixels: the width images are scaled to, and the room a caption gets under a smaller one. */
const USUAL_WIDTH = 84;
const TITLE_SIZE = 15;
const CAPTION_SIZE = FONT_SIZE - 1;

/**
 * Draws images in a grid as an SVG picture, every pixel sharp.
 *
 * images: grey or red-green-blue, of any sizes. Result: the SVG as text, with the images inside it.
 * Errors: `ShapeError` for pixels that do not fill width and height, `ArgError` for a value that is not an image, an unknown option, or a
 * size, scale or range that does not fit.
 * @example imageGrid([{ pixels: Float32Array.of(0, 1, 1, 0), width: 2, height: 2, caption: "a cross" }]);
 */
export function imageGrid(images: readonly GridImage[], options?: ImageGridOptions): string {
  const settled = readOptions("imageGrid", options, DEFAULTS);
  const { title, theme } = settled;
  checkTexts("imageGrid", { title });
  const range = checkRange("imageGrid", "range", settled.range, ["black", "full"]);
  if (!Array.isArray(images)) throw new ArgError(`imageGrid: takes a list of images { pixels, width, height }, got ${describe(images)}`);
  const sources = images.map((image, i) => imageUri(image, i, range));
  const widest = Math.max(...images.map(({ width }) => width), 1);
  const tallest = Math.max(...images.map(({ height }) => height), 1);
  const scale = checkPixels("imageGrid", "scale", settled.scale ?? Math.max(1, Math.round(USUAL_WIDTH / widest)), 0.05);
  const longest = Math.max(...images.map(({ caption = "" }) => textWidth(caption, CAPTION_SIZE)), 0);
  const cellWidth = Math.max(widest * scale, Math.min(longest, USUAL_WIDTH));
  const cellHeight = tallest * scale;
  const usual = Math.max(1, Math.floor((640 - GAP) / (cellWidth + GAP)));
  const columns = checkWhole("imageGrid", "columns", settled.columns ?? usual, 1);
  const rowHeight = cellHeight + GAP + (longest > 0 ? CAPTION_SIZE + 4 : 0);
  const used = Math.min(columns, Math.max(images.length, 1));
  const top = GAP + (title ? TITLE_SIZE + 10 : 0);
  const gridWidth = used * (cellWidth + GAP) + GAP;
  const width = Math.max(gridWidth, textWidth(title, TITLE_SIZE) * 1.05 + 2 * GAP);
  const height = top + Math.ceil(images.length / columns) * rowHeight;

  const drawn = images.map(({ width: w, height: h, caption = "" }, i) => {
    const x = (width - gridWidth) / 2 + GAP + (i % columns) * (cellWidth + GAP);
    const y = top + Math.floor(i / columns) * rowHeight;
    const frame = {
      x: x + (cellWidth - w * scale) / 2,
      y: y + (cellHeight - h * scale) / 2,
      width: w * scale,
      height: h * scale,
    };
    return element(
      "g",
      {},
      caption && `<title>${escapeXml(caption)}</title>`,
      element("image", { ...frame, preserveAspectRatio: "none", style: "image-rendering:pixelated", href: sources[i] }),
      caption &&
        textAt(x + cellWidth / 2, y + cellHeight + CAPTION_SIZE + 3, fitText(caption, cellWidth + GAP - 2, CAPTION_SIZE), {
          size: CAPTION_SIZE,
          anchor: "middle",
        }),
    );
  });
  return picture(
    width,
    height,
    title || "images",
    theme,
    title && textAt(width / 2, 10 + TITLE_SIZE, title, { size: TITLE_SIZE, anchor: "middle", weight: "bold" }),
    ...drawn,
  );
}

function imageUri(image: GridImage, i: number, range: readonly [number, number]): string {
  const { pixels, width, height, caption = "" } = (image ?? {}) as GridImage;
  checkTexts("imageGrid", { [`the caption of image ${i}`]: caption });
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1 || width > 4096 || height > 4096) {
    throw new ArgError(`imageGrid: image ${i} is ${describe(width)} by ${describe(height)}; sizes are whole numbers from 1 to 4096`);
  }
  checkNumbers("imageGrid", `pixels of image ${i}`, pixels);
  const area = width * height;
  const channels = pixels.length === area ? 1 : 3;
  if (pixels.length !== area * channels) {
    throw new ShapeError(
      `imageGrid: image ${i} has ${pixels.length} values; ${width} by ${height} needs ${area} for grey or ${area * 3} for colour`,
    );
  }
  const isBytes = ["Uint8Array", "Uint8ClampedArray"].includes(kindOf(pixels));
  const [black, full] = isBytes ? [0, 255] : range;
  const bytes = new Uint8ClampedArray(pixels.length); // rounds and clamps; NaN is black
  for (let channel = 0; channel < channels; channel++) {
    for (let p = 0; p < area; p++) {
      bytes[p * channels + channel] = (((pixels[channel * area + p] as number) - black) / (full - black)) * 255;
    }
  }
  return pngUri(new Uint8Array(bytes.buffer), width, height, channels);
}
