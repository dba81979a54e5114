// U-Net: an image to an image of the same size, for segmentation and, with the time of each image, for diffusion.
import { checkWhole } from "../checks.js";
import { ArgError, describe, ShapeError } from "../errors.js";
import { SiLU } from "../nn/activation.js";
import { Sequential } from "../nn/containers.js";
import { Conv2d, ConvTranspose2d } from "../nn/conv.js";
import { GroupNorm } from "../nn/groupNorm.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { silu } from "../ops/elementwise/activation.js";
import { add, mul } from "../ops/elementwise/arithmetic.js";
import { float } from "../ops/elementwise/cast.js";
import { cos, sin } from "../ops/math/unary.js";
import { cat } from "../ops/move/join.js";
import { reshape, unsqueeze } from "../ops/move/shape.js";
import { maxPool2d } from "../ops/pool/pool2d.js";
import { readOptions } from "../options.js";
import { tensor } from "../tensor/create.js";
import { formatSpec } from "../tensor/shape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";

/** Channels of a group that is normalised together. */
const GROUP = 8;

/** Two convolutions of 3 x 3, each normalised; between them the time is added, if there is one. */
class DoubleConv extends Module {
  readonly conv1: Conv2d;
  readonly norm1: GroupNorm;
  readonly conv2: Conv2d;
  readonly norm2: GroupNorm;
  readonly time: Linear | null;

  constructor(inChannels: number, outChannels: number, timeFeatures: number) {
    super();
    this.conv1 = new Conv2d(inChannels, outChannels, 3, { padding: 1 });
    this.norm1 = new GroupNorm(outChannels / GROUP, outChannels);
    this.conv2 = new Conv2d(outChannels, outChannels, 3, { padding: 1 });
    this.norm2 = new GroupNorm(outChannels / GROUP, outChannels);
    this.time = timeFeatures > 0 ? new Linear(timeFeatures, outChannels) : null;
  }

  forward(x: Tensor, time: Tensor | null): Tensor {
    let y = silu(this.norm1.call(this.conv1.call(x)));
    if (this.time && time) y = add(y, reshape(this.time.call(time), [-1, y.shape[1] as number, 1, 1]));
    return silu(this.norm2.call(this.conv2.call(y)));
  }
}

/** Options of `UNet`. */
export interface UNetOptions {
  /** Channels of the input; 1 unless given. */
  inChannels?: number;
  /** Channels of the result; 1 unless given. */
  outChannels?: number;
  /** Channels of the levels, from the largest image to the smallest, multiples of 8; [32, 64, 128, 256] unless given. */
  channels?: readonly number[];
  /** Features of the time, an even number; 0, for a network without time, unless given. */
  timeFeatures?: number;
}

/**
 * A U-Net: levels of two convolutions each, every level with half the height and width of the one before, and the same way back, where each
 * level also gets what the level of its size gave on the way down. x: float32 [N, inChannels, H, W], H and W multiples of 2^(levels - 1)
 * -> [N, outChannels, H, W]. With `timeFeatures`, a second input t, [N] of any dtype, says how far a diffusion has come.
 * State dict: down.0.conv1, down.0.norm1, ..., up.0 (transposed convolutions), merge.0, last, and time.0, time.2 with `timeFeatures`.
 * Gradient: that of the layers.
 * Errors: `ArgError` for channels that are no multiples of 8, `ShapeError` for images that cannot be halved so often, and for a time that is
 * missing, too much, or not [N].
 * Source: Ronneberger et al., 2015; group normalisation, SiLU and the time as in Ho et al., 2020, Denoising Diffusion Probabilistic Models.
 * @example new UNet({ channels: [8, 16] }).call(randn([1, 1, 16, 16])).shape; // [1, 1, 16, 16]
 * @example new UNet({ channels: [8, 16], timeFeatures: 16 }).call(randn([2, 1, 16, 16]), tensor([3, 40])).shape; // [2, 1, 16, 16]
 */
export class UNet extends Module {
  /** The levels on the way down, the first one with the whole image. */
  readonly down: readonly Module[];
  /** What doubles height and width, for each level but the last. */
  readonly up: readonly ConvTranspose2d[];
  /** The levels on the way back. */
  readonly merge: readonly Module[];
  /** The last convolution, 1 x 1. */
  readonly last: Conv2d;
  /** The dense layers of the time, or `null`. */
  readonly time: Sequential | null;
  readonly #timeFeatures: number;

  constructor(options?: UNetOptions) {
    super();
    const { inChannels, outChannels, channels, timeFeatures } = readOptions<Required<UNetOptions>>("UNet", options, {
      inChannels: 1,
      outChannels: 1,
      channels: [32, 64, 128, 256],
      timeFeatures: 0,
    });
    if (!Array.isArray(channels) || channels.length === 0 || channels.some((c) => !(c > 0 && c % GROUP === 0)))
      throw new ArgError(`UNet: channels must be a list of multiples of ${GROUP}, got ${describe(channels)}`);
    if (checkWhole("UNet", "timeFeatures", timeFeatures, 0) % 2 === 1)
      throw new ArgError(`UNet: timeFeatures must be even, got ${timeFeatures}`);
    const width = 4 * timeFeatures;
    const pairs = channels.slice(1).map((below, i) => [channels[i] as number, below] as const);
    this.down = channels.map((c, i) => new DoubleConv(i === 0 ? inChannels : (channels[i - 1] as number), c, width));
    this.up = pairs.map(([above, below]) => new ConvTranspose2d(below, above, 2, { stride: 2 }));
    this.merge = pairs.map(([above]) => new DoubleConv(2 * above, above, width));
    this.last = new Conv2d(channels[0] as number, outChannels, 1);
    this.time = timeFeatures > 0 ? new Sequential(new Linear(timeFeatures, width), new SiLU(), new Linear(width, width)) : null;
    this.#timeFeatures = timeFeatures;
  }

  /** Sines and cosines of the times, through two dense layers. */
  #timeOf(x: Tensor, t: Tensor | null | undefined): Tensor | null {
    const wanted = this.time ? `[${x.shape[0]}]` : "absent";
    if (t) checkAlive("UNet", t, "t");
    if (!this.time !== !t || (t && (t.ndim !== 1 || t.shape[0] !== x.shape[0])))
      throw new ShapeError(`UNet: the time must be ${wanted}, got ${t ? formatSpec(t) : "none"}`);
    if (!this.time || !t) return null;
    const half = this.#timeFeatures / 2;
    const angles = mul(unsqueeze(float(t), 1), tensor(Array.from({ length: half }, (_, i) => 10000 ** (-i / half))));
    return silu(this.time.call(cat([sin(angles), cos(angles)], 1)));
  }

  forward(x: Tensor, t?: Tensor | null): Tensor {
    const time = this.#timeOf(x, t);
    const levels = this.down.length;
    const unit = 2 ** (levels - 1);
    const [height, width] = x.shape.slice(-2);
    if (x.ndim !== 4 || (height as number) % unit !== 0 || (width as number) % unit !== 0)
      throw new ShapeError(`UNet: x must be [N, C, H, W] with H and W multiples of ${unit}, got ${formatSpec(x)}`);
    const seen: Tensor[] = [];
    let y = x;
    for (const [i, down] of this.down.entries()) {
      y = down.call(i === 0 ? y : maxPool2d(y, 2), time) as Tensor;
      seen.push(y);
    }
    for (let i = levels - 2; i >= 0; i--) {
      const grown = (this.up[i] as ConvTranspose2d).call(y);
      y = (this.merge[i] as Module).call(cat([seen[i] as Tensor, grown], 1), time) as Tensor;
    }
    return this.last.call(y);
  }
}
