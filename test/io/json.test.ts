import { describe, expect, it } from "vitest";
import { parseJson } from "../../src/io/safetensors/json.js";

describe("parseJson", () => {
  it.each([
    [
      '{"a":{"shape":[2,3],"n":"x"}}',
      new Map([
        [
          "a",
          new Map<string, unknown>([
            ["shape", [2, 3]],
            ["n", "x"],
          ]),
        ],
      ]),
    ],
    [
      '{"__proto__":[],"constructor":"\\u00e9\\""}',
      new Map<string, unknown>([
        ["__proto__", []],
        ["constructor", 'é"'],
      ]),
    ],
    [" {\t} \n", new Map()],
    ["[0, -1,\r\n10]", [0, -1, 10]],
  ])("reads %s", (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it.each([
    ["", "expected text"],
    ['{"a":1,"a":2}', '"a" appears twice at character 7'],
    ['{"a":1,"\\u0061":2}', "appears twice"],
    ["[1e3]", "expected text, a whole number"],
    ["[1.0]", "expected text, a whole number"],
    ["[01]", "expected text, a whole number"],
    ["[1,]", "expected text"],
    ["[1 2]", 'expected "," or "]"'],
    ["[1", 'expected "," or "]"'],
    ["[true]", "expected text"],
    ['{"a" 1}', 'expected ":"'],
    ["{a:1}", "expected a name in quotes"],
    ['{"a":1}x', "something behind the end"],
    ['{"a', "without a closing quote"],
    ['{"a\\', "without a closing quote"],
    ['["\\x"]', "broken escape"],
    ['["\n"]', "control character"],
    ["[[[[]]]]", "nested deeper than 3"],
    ["[".repeat(100_000), "nested deeper than 3"],
  ])("refuses %.20s", (text, message) => {
    expect(() => parseJson(text)).toThrow(message);
  });

  it("agrees with JSON.parse on what both allow", () => {
    const value = { name: { dtype: "F32", shape: [1, 2, 3], data_offsets: [0, 24] }, 'a\\b"\u2028': { s: [] } };
    const plain = (v: unknown): unknown =>
      v instanceof Map ? Object.fromEntries([...v].map(([key, item]) => [key, plain(item)])) : Array.isArray(v) ? v.map(plain) : v;
    expect(plain(parseJson(JSON.stringify(value, null, 2)))).toEqual(value);
  });
});
