// Tokens one after the other, each drawn by the scores that a model gives for it.
import { checkFinite, checkPositive, checkWhole, isGiven } from "../checks.js";
import { ArgError, describe, IndexError } from "../errors.js";
import { yieldToEventLoop } from "../eventLoop.js";
import { Module } from "../nn/module.js";
import { div, mul, sub } from "../ops/elementwise/arithmetic.js";
import { ge, gt, lt } from "../ops/elementwise/compare.js";
import { maskedFill, where } from "../ops/elementwise/select.js";
import { scatter } from "../ops/indexing/scatter.js";
import { gather } from "../ops/move/gather.js";
import { unsqueeze } from "../ops/move/shape.js";
import { select } from "../ops/move/slice.js";
import { multinomial } from "../ops/random/draws.js";
import { amin, argmax } from "../ops/reduce/reduce.js";
import { softmax } from "../ops/reduce/softmax.js";
import { cumsum } from "../ops/scan/cumulate.js";
import { sort, topk } from "../ops/sort/sort.js";
import { readOptions } from "../options.js";
import { tensor } from "../tensor/create.js";
import { defaultGenerator, type Generator } from "../tensor/random.js";
import { keep, scope } from "../tensor/scope.js";
import { noGrad } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";
import type { LanguageModel } from "./languageModel.js";

/** Options of `generate`. */
export interface GenerateOptions {
  /** Tokens to be made at most; as many as the model can read, or without end, unless given. */
  maxNewTokens?: number | null;
  /** Divides the scores: below 1 likely tokens become likelier; 0 takes the likeliest token (greedy). 1 unless given. */
  temperature?: number;
  /** Only so many of the likeliest tokens are drawn from; all unless given. */
  topK?: number | null;
  /** Only the likeliest tokens that together have this probability are drawn from, at least one; all unless given. */
  topP?: number | null;
  /** Above 1, tokens that were seen become less likely: their scores are divided by it if positive, multiplied if negative. 1 unless given. */
  repetitionPenalty?: number;
  /** Tokens that end a sequence; they are not given out. None unless given. */
  stopTokens?: readonly number[];
  /** Where the draws come from; the default generator unless given. */
  generator?: Generator;
}

type Settings = Required<GenerateOptions>;

const DEFAULTS: Omit<Settings, "generator"> = {
  maxNewTokens: null,
  temperature: 1,
  topK: null,
  topP: null,
  repetitionPenalty: 1,
  stopTokens: [],
};

/** A prompt, or one per sequence of a batch; a tensor is int32 [T] or [N, T]. */
export type Prompt = readonly number[] | Int32Array;

function checkSettings(options: unknown): Settings {
  const read = readOptions<Settings>("generate", options, { ...DEFAULTS, generator: defaultGenerator });
  if (isGiven(read.maxNewTokens)) checkWhole("generate", "maxNewTokens", read.maxNewTokens, 0);
  checkFinite("generate", "temperature", read.temperature, 0);
  if (isGiven(read.topK)) checkWhole("generate", "topK", read.topK, 1);
  if (isGiven(read.topP)) checkFinite("generate", "topP", read.topP, 0, 1);
  checkPositive("generate", "repetitionPenalty", read.repetitionPenalty);
  if (!Array.isArray(read.stopTokens))
    throw new ArgError(`generate: stopTokens must be a list of tokens, got ${describe(read.stopTokens)}`);
  return read;
}

/** The prompts as lists of tokens, and whether there is only one, without a list around it. */
function readPrompts(given: unknown): { prompts: number[][]; one: boolean } {
  const value = given instanceof Tensor ? given.toArray() : given;
  const isList = (x: unknown): x is ArrayLike<unknown> => Array.isArray(x) || x instanceof Int32Array;
  const one = isList(value) && typeof value[0] === "number";
  const rows: unknown[] = one ? [value] : isList(value) ? Array.from(value) : [];
  if (rows.length === 0 || !rows.every((row) => isList(row) && row.length > 0))
    throw new ArgError(`generate: a prompt is a list of at least one token, several are a list of such lists; got ${describe(given)}`);
  const prompts = rows.map((row) => Array.from(row as ArrayLike<number>, (token) => checkWhole("generate", "each token", token, 0)));
  return { prompts, one };
}

/** Scores [N, V] with those of the tokens of each row's history made smaller. */
function penalised(scores: Tensor, histories: readonly (readonly number[])[], penalty: number): Tensor {
  if (penalty === 1) return scores;
  // A row that is shorter repeats its first token, which changes nothing.
  const longest = Math.max(...histories.map(({ length }) => length));
  const rows = histories.map((history) => Array.from({ length: longest }, (_, i) => history[i] ?? (history[0] as number)));
  const seen = tensor(rows, { dtype: "int32" });
  const old = gather(scores, 1, seen);
  return scatter(scores, 1, seen, where(gt(old, 0), div(old, penalty), mul(old, penalty)));
}

/** Scores [N, V] with -Infinity for the tokens that are not drawn from. */
function narrowed(scores: Tensor, topK: number | null, topP: number | null): Tensor {
  const below = (x: Tensor, least: Tensor): Tensor => maskedFill(x, lt(x, least), Number.NEGATIVE_INFINITY);
  let left = scores;
  const size = scores.shape[1] as number;
  if (topK !== null && topK < size) left = below(left, amin(topk(left, topK).values, 1, { keepdim: true }));
  if (topP === null || topP === 1) return left;
  const { values } = sort(left, 1, { descending: true });
  const probabilities = softmax(values, 1);
  // A token is left out if those in front of it have the probability already; the first never is.
  const before = sub(cumsum(probabilities, 1), probabilities);
  const first = select(values, 1, 0);
  const least = amin(maskedFill(values, ge(before, topP), Number.POSITIVE_INFINITY), 1);
  return below(left, unsqueeze(where(lt(least, Number.POSITIVE_INFINITY), least, first), 1));
}

/** The token of each row, drawn by its scores [N, V]. */
function draw(scores: Tensor, histories: readonly (readonly number[])[], settings: Settings): number[] {
  const { temperature, topK, topP, repetitionPenalty, generator } = settings;
  const fair = penalised(scores, histories, repetitionPenalty);
  if (temperature === 0) return Array.from(argmax(fair, 1).toTypedArray() as Int32Array);
  const probabilities = softmax(narrowed(div(fair, temperature), topK, topP), 1);
  return Array.from(multinomial(probabilities, 1, { generator }).toTypedArray() as Int32Array);
}

/** Disposes of the tensors and caches of a state. */
function letGo(state: unknown): void {
  if (Array.isArray(state)) state.forEach(letGo);
  else (state as { dispose?: () => void } | null | undefined)?.dispose?.();
}

/** Switches a model to evaluation; returns what switches it back. */
function evaluating(model: unknown): () => void {
  const training = model instanceof Module ? model.modules().filter((module) => module.training) : [];
  for (const module of training) module.training = false;
  return () => {
    for (const module of training) module.training = true;
  };
}

/** The tokens of each step: one per sequence, `null` where a sequence has ended or its prompt is not read yet. */
async function* steps(model: LanguageModel, prompts: readonly number[][], settings: Settings): AsyncGenerator<(number | null)[]> {
  const histories = prompts.map((prompt) => [...prompt]);
  const lengths = prompts.map(({ length }) => length);
  const ended = prompts.map(() => false);
  const made = prompts.map(() => 0);
  const room = (model.maxLength ?? Number.POSITIVE_INFINITY) - Math.max(...lengths);
  const most = settings.maxNewTokens ?? room;
  if (room < 0 || most > room)
    throw new IndexError(
      `generate: the model reads at most ${model.maxLength} tokens; a prompt has ${Math.max(...lengths)}` +
        `${isGiven(settings.maxNewTokens) ? `, and ${most} are to follow` : ""}`,
    );
  if (most === 0) return;
  // Prompts of different lengths are read together up to the shortest one; then the longer ones give their own tokens.
  let seen = Math.min(...lengths);
  let input = histories.map((history) => history.slice(0, seen));
  let state: unknown;
  const train = evaluating(model);
  try {
    while (ended.includes(false)) {
      const next = noGrad(() =>
        scope(() => {
          const [logits, after] = model.decode(tensor(input, { dtype: "int32" }), state);
          state = keep(after, state);
          return draw(select(logits, 1, -1), histories, settings);
        }),
      );
      const given = next.map((token, row): number | null => {
        const history = histories[row] as number[];
        if (ended[row] || seen < (lengths[row] as number)) return null;
        if (settings.stopTokens.includes(token)) {
          ended[row] = true;
          return null;
        }
        history.push(token);
        made[row] = (made[row] as number) + 1;
        ended[row] = made[row] === most;
        return token;
      });
      // A sequence that has ended goes on with its last token, which nobody sees.
      input = histories.map((history) => [(history[seen] ?? history.at(-1)) as number]);
      seen++;
      if (given.some((token) => token !== null)) yield given;
      await yieldToEventLoop();
    }
  } finally {
    train();
    letGo(state);
  }
}

/**
 * Tokens that a model makes up behind a prompt, one after the other, as an async iterator: for each token the model gives scores, which are
 * changed by `repetitionPenalty`, divided by `temperature`, narrowed by `topK` and then `topP`, and made to probabilities to draw from.
 * prompt: a list of tokens, or int32 [T] -> numbers; a list of prompts, which may have different lengths, or int32 [N, T] -> for each step a list with a token per prompt,
 * `null` for a prompt that has ended or is still being read. A module is in evaluation meanwhile (no dropout). The state of the model (caches,
 * or the state of a recurrent network) is let go at the end, also if the caller breaks off. The same seed gives the same tokens.
 * Gradient: none is recorded.
 * Errors: `ArgError` for a prompt without tokens and options outside their range, `IndexError` for more tokens than the model can read or a
 * token outside the vocabulary.
 * Source: temperature and penalty: Keskar et al., 2019; top-k: Fan et al., 2018; top-p: Holtzman et al., 2019.
 * @example
 * const net = new LSTMLanguageModel(20, { hiddenSize: 8 });
 * for await (const token of generate(net, [1, 2], { maxNewTokens: 3, topK: 5 })) console.log(token);
 */
export function generate(model: LanguageModel, prompt: Prompt, options?: GenerateOptions): AsyncGenerator<number>;
export function generate(model: LanguageModel, prompts: readonly Prompt[], options?: GenerateOptions): AsyncGenerator<(number | null)[]>;
export function generate(
  model: LanguageModel,
  prompt: Prompt | readonly Prompt[] | Tensor,
  options?: GenerateOptions,
): AsyncGenerator<number> | AsyncGenerator<(number | null)[]>;
export function generate(
  model: LanguageModel,
  prompt: Prompt | readonly Prompt[] | Tensor,
  options?: GenerateOptions,
): AsyncGenerator<number> | AsyncGenerator<(number | null)[]> {
  if (typeof (model as Partial<LanguageModel> | null)?.decode !== "function")
    throw new ArgError(`generate: takes a model with decode(tokens, state), got ${describe(model)}`);
  const settings = checkSettings(options);
  const { prompts, one } = readPrompts(prompt);
  const all = steps(model, prompts, settings);
  return one ? single(all) : all;
}

/** The tokens of the only sequence. */
async function* single(all: AsyncGenerator<(number | null)[]>): AsyncGenerator<number> {
  for await (const [token] of all) yield token as number;
}
