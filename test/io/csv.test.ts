import { describe, expect, it } from "vitest";
import { ArgError, FormatError, IndexError } from "../../src/errors.js";
import { parseCsv, parseCsvRecords } from "../../src/io/index.js";

describe("parseCsvRecords", () => {
  it.each([
    ["", []],
    ["\n\r\n", []],
    [
      "a,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "a,b\r\n1,2\r\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "a,b\r1,2\r",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["\ufeffa,b", [["a", "b"]]],
    [
      "a,\n,b\n,",
      [
        ["a", ""],
        ["", "b"],
        ["", ""],
      ],
    ],
    ['""', [[""]]],
    ['"a,b","c\nd","say ""hi"""', [["a,b", "c\nd", 'say "hi"']]],
    ['"a"\r\n"b"', [["a"], ["b"]]],
    ["1\n\n2", [["1"], ["2"]]],
  ])("%j", (text, records) => {
    expect(parseCsvRecords(text)).toEqual(records);
  });

  it.each([
    ['"a', "record 1, field 1: a quote is opened and never closed"],
    ['a,b\n1,"2"x', 'record 2, field 2: "x" follows a closing quote'],
    ['a"b', "a quote inside a field without quotes"],
  ])("refuses %j", (text, message) => {
    expect(() => parseCsvRecords(text)).toThrow(FormatError);
    expect(() => parseCsvRecords(text)).toThrow(message);
  });

  it("asks for text", () => {
    expect(() => parseCsv(new Uint8Array(3) as unknown as string)).toThrow("parseCsv: expected text, got object; decode bytes");
    expect(() => parseCsvRecords(null as unknown as string)).toThrow(ArgError);
  });

  it("any record survives being written and read", () => {
    let seed = 7;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 16) % n;
    };
    for (let round = 0; round < 300; round++) {
      const columns = 1 + random(4);
      const field = (): string => Array.from({ length: random(5) }, () => 'a1,;"\n\r ü'[random(9)]).join("");
      const records = Array.from({ length: 1 + random(4) }, () => Array.from({ length: columns }, field));
      const text = records.map((record) => record.map((f) => `"${f.replaceAll('"', '""')}"`).join(";")).join("\r\n");
      expect(parseCsvRecords(text, { delimiter: ";" })).toEqual(records);
    }
  });
});

describe("parseCsv", () => {
  it("reads a table with a header, and one without", () => {
    expect(parseCsv("x, y\n1,2.5\n-3,4e2\n")).toEqual({
      columns: 2,
      names: ["x", "y"],
      rows: 2,
      values: Float32Array.of(1, 2.5, -3, 400),
    });
    expect(parseCsv("1,2\n3,4")).toEqual({ columns: 2, names: [], rows: 2, values: Float32Array.of(1, 2, 3, 4) });
    expect(parseCsv("1,2\n3,4", { header: true })).toEqual({
      columns: 2,
      names: ["1", "2"],
      rows: 1,
      values: Float32Array.of(3, 4),
    });
    expect(parseCsv("")).toEqual({ columns: 0, names: [], rows: 0, values: new Float32Array(0) });
    expect(parseCsv("a,b\n")).toEqual({ columns: 2, names: ["a", "b"], rows: 0, values: new Float32Array(0) });
  });

  it("reads the numbers people write", () => {
    const { values } = parseCsv('"1", +2 ,.5,3.,1E-2,nan,-inf,Infinity', { header: false });
    expect(values).toEqual(Float32Array.of(1, 2, 0.5, 3, 0.01, Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY));
  });

  it("chooses columns by name and position, in the order asked for", () => {
    const text = "id;name;value\n1;ann;0.5\n2;bob;0.25";
    expect(parseCsv(text, { delimiter: ";", columns: ["value", 0] })).toEqual({
      columns: 2,
      names: ["value", "id"],
      rows: 2,
      values: Float32Array.of(0.5, 1, 0.25, 2),
    });
    expect(parseCsv(text, { delimiter: ";", columns: [-1] }).values).toEqual(Float32Array.of(0.5, 0.25));
  });

  it("leaves out rows at the start", () => {
    expect(parseCsv("150,4,setosa\na,b\n1,2", { skipRows: 1 })).toEqual({
      columns: 2,
      names: ["a", "b"],
      rows: 1,
      values: Float32Array.of(1, 2),
    });
    expect(parseCsv("1\n2", { skipRows: 5 }).rows).toBe(0);
  });

  const table = { columns: 2, names: ["a", "b"], rows: 1, values: Float32Array.of(1, 2) };
  it.each([
    ["an inch mark", 'telescope 11.0" of 2021\na,b\n1,2\n', 1],
    ["an open quote", '"an open quote\na,b\n1,2\n', 1],
    ["quotes and commas", '# the "best", data\r\na,b\r\n1,2\r\n', 1],
    ["empty lines between", '"one\n\n\ntwo"\n\na,b\n1,2\n', 2],
    ["a byte order mark", '\ufeff"note\ra,b\r1,2', 1],
  ])("leaves out lines whatever is in them: %s", (_, text, skipRows) => {
    expect(parseCsv(text, { skipRows })).toEqual(table);
  });

  it("reads quotes as they are where told", () => {
    expect(parseCsvRecords('h1\th2\na1\ta2"\n', { delimiter: "\t", quotes: false })).toEqual([
      ["h1", "h2"],
      ["a1", 'a2"'],
    ]);
    expect(parseCsvRecords('"a", "b"\n', { quotes: false })).toEqual([['"a"', ' "b"']]);
    expect(parseCsv('size",n\n1,2', { quotes: false }).names).toEqual(['size"', "n"]);
    expect(() => parseCsvRecords('"a", "b"\n')).toThrow("pass { quotes: false } to read quotes as they are");
  });

  it.each(["1e39", "-3.5e38", "1e400", "1".repeat(50)])("refuses %s, which float32 cannot hold", (field) => {
    expect(() => parseCsv(`a,b\n1,${field}`)).toThrow(FormatError);
    expect(() => parseCsv(`a,b\n1,${field}`)).toThrow(`row 1, column "b" is "${field}", which float32 cannot hold`);
  });

  it("takes a first row of missing values for data", () => {
    const read = parseCsv(",,\n1,2,3\n", { empty: Number.NaN });
    expect([read.rows, read.names, [...read.values]]).toEqual([2, [], [NaN, NaN, NaN, 1, 2, 3]]);
    expect(parseCsv(",b\n1,2").names).toEqual(["", "b"]);
  });

  it("advises a header where the names may be numbers", () => {
    expect(() => parseCsv("id,2019,2020\n1,2,3\n")).toThrow("if the first row holds names, pass { header: true }");
    expect(parseCsv("id,2019,2020\n1,2,3\n", { header: true }).names).toEqual(["id", "2019", "2020"]);
    expect(() => parseCsv("1,2\n3,x")).not.toThrow("header: true");
  });

  it("refuses a name that two columns have", () => {
    expect(() => parseCsv("a,a\n1,2", { columns: ["a"] })).toThrow(IndexError);
    expect(() => parseCsv("a,a\n1,2", { columns: ["a"] })).toThrow('more than one column is called "a"');
    expect(parseCsv("a,a\n1,2", { columns: [1] }).values).toEqual(Float32Array.of(2));
  });

  it.each<[object, string]>([
    [{ seperator: ";" }, 'there is no option "seperator", only header, skipRows, delimiter'],
    [{ header: "yes" }, 'header must be true, false or "auto", got "yes"'],
    [{ columns: "a" }, 'columns must be an array of names or positions, got "a"'],
    [{ columns: [null] }, "columns are names or positions, got null"],
    [{ empty: "0" }, 'empty must be a number within float32, got "0"'],
    [{ delimiter: 3 }, "the delimiter must be one character, got 3"],
    [{ quotes: "no" }, 'quotes must be true or false, got "no"'],
  ])("refuses the options %j", (options, message) => {
    expect(() => parseCsv("a\n1", options as never)).toThrow(ArgError);
    expect(() => parseCsv("a\n1", options as never)).toThrow(message);
  });

  it("takes undefined as not given", () => {
    expect(parseCsv("a,b\n1,2", { header: undefined, skipRows: undefined, delimiter: undefined, quotes: undefined })).toEqual(table);
  });

  it("takes empty fields as told", () => {
    expect(parseCsv("1,\n,2", { empty: Number.NaN }).values).toEqual(Float32Array.of(1, Number.NaN, Number.NaN, 2));
    expect(() => parseCsv("a,b\n1,2\n1,")).toThrow('row 2, column "b" is empty; pass { empty: NaN }');
  });

  it.each([
    ["a,b\n1,2\n3,x", {}, FormatError, 'row 2, column "b" is "x", not a number'],
    ["1,0x10", {}, FormatError, 'row 1, column 1 is "0x10"'],
    ["a,b\n1,1_000", {}, FormatError, "not a number"],
    ["1,2\n3", {}, FormatError, "row 2 has 1 fields and the first row has 2"],
    ["a,b\n1,2", { columns: ["c"] }, IndexError, 'no column "c"; the names are "a", "b"'],
    ["1,2", { columns: ["c"] }, IndexError, "no header"],
    ["1,2", { columns: [2] }, IndexError, "column 2 is outside the 2 columns"],
    ["1,2", { delimiter: '"' }, ArgError, "delimiter"],
    ["1,2", { delimiter: ", " }, ArgError, "delimiter"],
    ["1,2", { skipRows: -1 }, ArgError, "skipRows"],
  ])("refuses %j %j", (text, options, kind, message) => {
    expect(() => parseCsv(text, options)).toThrow(kind);
    expect(() => parseCsv(text, options)).toThrow(message);
  });
});
