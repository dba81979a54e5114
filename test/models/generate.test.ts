// Generation: what is drawn, when it ends, and what it leaves behind.
import { Generator, manualSeed, memory, type Tensor, tensor } from "simdgrad";
import * as models from "simdgrad/models";
import { describe, expect, test } from "vitest";

async function all<T>(tokens: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const token of tokens) list.push(token);
  return list;
}

/** The same scores for every token, whatever came before. */
const fixed = (scores: readonly number[]): models.LanguageModel<null> => ({
  decode: (tokens) => {
    const [n, length] = tokens.shape as [number, number];
    return [tensor(Array.from({ length: n }, () => Array.from({ length }, () => [...scores]))), null];
  },
});

const SCORES = [1, 3, 2, 0];

function modelsOf(): Record<string, models.LanguageModel & { call(tokens: Tensor): Tensor }> {
  manualSeed(5);
  return {
    GPT: new models.GPT(11, { blockSize: 16, numLayers: 2, numHeads: 2, embedDim: 8, dropout: 0.5 }),
    Llama: new models.Llama(11, { maxLength: 16, dim: 8, hiddenDim: 12, numLayers: 2, numHeads: 2, numKvHeads: 1 }),
    LSTMLanguageModel: new models.LSTMLanguageModel(11, { hiddenSize: 8, dropout: 0.5 }),
  };
}

describe.each(Object.keys(modelsOf()))("%s", (name) => {
  const model = () => modelsOf()[name] as ReturnType<typeof modelsOf>[string];

  test("greedy tokens are those of the scores of the whole text, without a state", async () => {
    const net = model();
    const given = await all(models.generate(net, [1, 2, 3], { temperature: 0, maxNewTokens: 8 }));
    (net as unknown as { eval(): void }).eval();
    const text = [1, 2, 3];
    for (const token of given) {
      const scores = net.call(tensor([text], { dtype: "int32" })).select(1, -1);
      expect(scores.argmax(1).item()).toBe(token);
      text.push(token);
    }
    expect(given.length).toBe(8);
  });

  test("prompts of different lengths in a batch give what each gives alone", async () => {
    const net = model();
    const prompts = [[1, 2, 3, 4], [5], [6, 7]];
    const steps = await all(models.generate(net, prompts, { temperature: 0, maxNewTokens: 5 }));
    for (const [row, prompt] of prompts.entries()) {
      const alone = await all(models.generate(net, prompt, { temperature: 0, maxNewTokens: 5 }));
      expect(steps.map((step) => step[row]).filter((token) => token !== null)).toEqual(alone);
    }
  });

  test("leaves nothing behind: at the end, when the caller breaks off, and after an error; the model trains on", async () => {
    const net = model();
    const before = memory().liveTensors;
    await all(models.generate(net, [[1], [2, 3]], { maxNewTokens: 4, topK: 3, topP: 0.9, repetitionPenalty: 1.2 }));
    expect(memory().liveTensors).toBe(before);
    for await (const _ of models.generate(net, [1])) break;
    expect(memory().liveTensors).toBe(before);
    await expect(all(models.generate(net, [1, 99], { maxNewTokens: 4 }))).rejects.toThrow("99");
    expect(memory().liveTensors).toBe(before);
    expect((net as unknown as { training: boolean }).training).toBe(true);
  });
});

test("the same seed gives the same tokens", async () => {
  const draw = (seed: number) => all(models.generate(fixed(SCORES), [0], { maxNewTokens: 30, generator: new Generator(seed) }));
  expect(await draw(1)).toEqual(await draw(1));
  expect(await draw(1)).not.toEqual(await draw(2));
});

describe("how often tokens are drawn", () => {
  const N = 4000;
  /** Shares of the tokens among many draws. */
  async function shares(options: models.GenerateOptions, scores: readonly number[] = SCORES): Promise<number[]> {
    const prompts = Array.from({ length: N }, () => [3]);
    const [drawn] = await all(models.generate(fixed(scores), prompts, { maxNewTokens: 1, generator: new Generator(7), ...options }));
    return scores.map((_, token) => (drawn as number[]).filter((x) => x === token).length / N);
  }
  const expected = (scores: readonly number[]): number[] => {
    const powers = scores.map((x) => Math.exp(x));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((p) => p / sum);
  };
  // Five deviations of the share of a token among N draws.
  const near = (given: readonly number[], wanted: readonly number[]): void =>
    wanted.forEach((p, i) => {
      expect(Math.abs((given[i] as number) - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / N));
    });
  const NEVER = Number.NEGATIVE_INFINITY;

  test("by the softmax of the scores", async () => near(await shares({}), expected(SCORES)));
  test("temperature", async () => near(await shares({ temperature: 0.5 }), expected(SCORES.map((x) => 2 * x))));
  test("topK", async () => near(await shares({ topK: 2 }), expected([NEVER, 3, 2, NEVER])));
  test("topK above the vocabulary", async () => near(await shares({ topK: 9 }), expected(SCORES)));
  // The probabilities in order are 0.64, 0.24, 0.09, 0.03.
  test("topP", async () => near(await shares({ topP: 0.7 }), expected([NEVER, 3, 2, NEVER])));
  test("topP keeps at least one", async () => near(await shares({ topP: 0 }), expected([NEVER, 3, NEVER, NEVER])));
  test("temperature comes before topP", async () =>
    near(await shares({ topP: 0.7, temperature: 0.5 }), expected([NEVER, 3, NEVER, NEVER])));
  test("repetitionPenalty divides positive scores and multiplies others", async () => {
    near(await shares({ repetitionPenalty: 2 }, [1, 3, 2, 4]), expected([1, 3, 2, 2]));
    near(await shares({ repetitionPenalty: 2 }, [1, 3, 2, -1]), expected([1, 3, 2, -2]));
  });
});

describe("when it ends", () => {
  test("at stop tokens, which are not given", async () => {
    let step = 0;
    const counting: models.LanguageModel<null> = {
      decode: (tokens) => {
        step++;
        const row = [0, 0, 0, 0].map((_, token) => (token === step ? 9 : 0));
        return [tensor(Array.from({ length: tokens.shape[0] as number }, () => [row])), null];
      },
    };
    expect(await all(models.generate(counting, [0], { temperature: 0, stopTokens: [3] }))).toEqual([1, 2]);
  });
  test("when the model can read no more", async () => {
    const net = new models.GPT(5, { blockSize: 6, numLayers: 1, numHeads: 1, embedDim: 4 });
    expect((await all(models.generate(net, [1, 2]))).length).toBe(4);
    await expect(all(models.generate(net, [1, 2], { maxNewTokens: 5 }))).rejects.toThrow(
      "generate: the model reads at most 6 tokens; a prompt has 2, and 5 are to follow",
    );
  });
  test("at once, if nothing is wanted", async () => {
    expect(await all(models.generate(fixed(SCORES), [0], { maxNewTokens: 0 }))).toEqual([]);
  });
});

test("a decoder goes on from a memory", async () => {
  manualSeed(3);
  const net = new models.Seq2SeqTransformer(9, 7, {
    ...{ embedDim: 8, numHeads: 2, numEncoderLayers: 1, numDecoderLayers: 2, dimFeedforward: 8, dropout: 0 },
  }).eval();
  const src = tensor([[1, 2, 3]], { dtype: "int32" });
  const given = await all(models.generate(net.decoderFor(net.encode(src)), [1], { temperature: 0, maxNewTokens: 6 }));
  const text = [1];
  for (const token of given) {
    expect(
      net
        .call(src, tensor([text], { dtype: "int32" }))
        .select(1, -1)
        .argmax(1)
        .item(),
    ).toBe(token);
    text.push(token);
  }
});

test.each([
  ["a prompt is a list of at least one token", [], {}],
  ["a prompt is a list of at least one token", [[1], []], {}],
  ["temperature", [1], { temperature: -1 }],
  ["topK", [1], { topK: 0 }],
  ["topP", [1], { topP: 2 }],
  ["repetitionPenalty", [1], { repetitionPenalty: 0 }],
  ["maxNewTokens", [1], { maxNewTokens: 1.5 }],
  ["topk", [1], { topk: 3 }],
  ["stopTokens must be a list", [1], { stopTokens: 3 }],
])("refuses: %s", (message, prompt, options) => {
  expect(() => models.generate(fixed(SCORES), prompt as number[], options as object)).toThrow(message);
});
