// The goals as data: a sentence, and the checks that it consists of. Each work names its goal (works/).

/**
 * Lane `of` does at least `least` times as much work as lane `than` in the same time.
 * @typedef {{ of: string, than: string, least: number, text: string }} Check
 * @typedef {{ text: string, checks: readonly Check[] }} Goal
 */

/** @type {(text: string, ...checks: Check[]) => Goal} */
const goal = (text, ...checks) => ({ text, checks });

const NAMES = { tfjs: "tfjs-wasm", ortWeb: "ort-web", ortNode: "ort-node", jax: "jax-js", torch: "PyTorch" };

/** @type {(least: number, than: string) => Check} */
const times = (least, than) => ({ of: "relaxed", than, least, text: `${least}x ${NAMES[than]}` });
const aheadOf = (...peers) => peers.map((than) => ({ of: "relaxed", than, least: 1, text: `ahead of ${NAMES[than]}` }));

/** @type {(least: number, than: string, of?: string) => Check} */
const share = (least, than, of = "relaxed") => ({ of, than, least, text: `${of === "relaxed" ? "" : `${of} `}${least} of ${than}` });

/** @type {(factor: number, than: string) => Check} */
const within = (factor, than) => ({ of: "relaxed", than, least: 1 / factor, text: `within ${factor}x of ${NAMES[than] ?? than}` });

const WASM_PEERS = ["tfjs", "ortWeb", "jax"];

export const goals = {
  largeMatmul: goal(
    "at least 0.93 of the roof relaxed and 0.88 baseline; at least 1.3x tfjs-wasm and 1.5x onnxruntime-web and jax-js",
    share(0.93, "roof"),
    share(0.88, "roof", "baseline"),
    times(1.3, "tfjs"),
    times(1.5, "ortWeb"),
    times(1.5, "jax"),
  ),
  smallMatmul: (least) => goal(`at least ${least} of the roof; ahead of each wasm peer`, share(least, "roof"), ...aheadOf(...WASM_PEERS)),
  vector: goal("at least 1.2x tfjs-wasm", times(1.2, "tfjs")),
  threeRows: goal("at least 1.2x tfjs-wasm and 0.9 of the roof", times(1.2, "tfjs"), share(0.9, "roof")),
  transposed: goal("within 5% of the plain one", share(0.95, "plain")),
  hugeMatmul: goal("2048 not below 0.95 of 1024", share(0.95, "1024 cubed")),
  int8: goal(
    "relaxed at least 3x and baseline at least 1.4x the float32 product of the same build",
    share(3, "float32"),
    share(1.4, "baseline float32", "baseline"),
  ),

  winogradConv: goal("at least 3x onnxruntime-web", times(3, "ortWeb")),
  fastConv: (least) => goal(`at least ${least}x onnxruntime-web in fast mode`, times(least, "ortWeb")),
  otherConv: goal("at least 1.6x onnxruntime-web", times(1.6, "ortWeb")),
  depthwise: goal("at least 3.5x onnxruntime-web, ahead of native onnxruntime-node", times(3.5, "ortWeb"), ...aheadOf("ortNode")),
  inputGradient: goal("within 1.25x of the forward of the same layer", within(1.25, "forward")),
  weightGradient: goal("at 0.8 of the roof or better", share(0.8, "roof")),

  elementwise: goal("at least 3.5x onnxruntime-web", times(3.5, "ortWeb")),
  elementwiseNearNative: goal(
    "at least 3.5x onnxruntime-web and within 1.3x of native onnxruntime-node",
    times(3.5, "ortWeb"),
    within(1.3, "ortNode"),
  ),
  accurateTanh: goal("at least 2x onnxruntime-web, being the accurate tanh", times(2, "ortWeb")),
  nearCopy: (factor) => goal(`within ${factor}x of a plain copy of the same bytes`, within(factor, "copy")),

  aheadOf: (...peers) => goal(`ahead of ${peers.map((peer) => NAMES[peer]).join(" and ")}`, ...aheadOf(...peers)),

  causalAttention: goal("ahead of native PyTorch on one thread", ...aheadOf("torch")),
  attention: goal("within 1.4x of native PyTorch on one thread", within(1.4, "torch")),

  trainMLP: goal("at least 8x tfjs-wasm; within 2x of native PyTorch on one thread", times(8, "tfjs"), within(2, "torch")),
  trainCNN: goal("within 1.2x of native PyTorch on one thread", within(1.2, "torch")),
  recurrent: goal("at least 8x tfjs-wasm; within 1.1x of native PyTorch on one thread", times(8, "tfjs"), within(1.1, "torch")),
  characters: goal("within 1.15x of native PyTorch on one thread", within(1.15, "torch")),
  cell: goal("at least 6x native PyTorch", times(6, "torch")),
  largerBatch: goal("time per sample not above that at batch 64", share(1, "batch 64")),
};
