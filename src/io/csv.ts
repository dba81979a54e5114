// Numeric tables from CSV text. Quoting follows RFC 4180; for anything beyond a table of numbers there is papaparse.
import { checkWhole } from "../checks.js";
import { ArgError, describe, FormatError, IndexError } from "../errors.js";
import { readOptions } from "../options.js";
import { quote } from "./bytes.js";

/** How `parseCsv` reads. */
export interface CsvOptions {
  /** Whether the first row holds names. `"auto"` (default): it does if none of its fields is a number and not all are empty. */
  readonly header?: boolean | "auto" | undefined;
  /** Lines to leave out at the start, before the header, whatever is in them; empty ones do not count. 0 when not given. */
  readonly skipRows?: number | undefined;
  /** One character between fields; `","` when not given. */
  readonly delimiter?: string | undefined;
  /** Whether fields may be in double quotes (default). With `false`, a quote is a character like any other, as in inches: `11.0"`. */
  readonly quotes?: boolean | undefined;
  /** The columns wanted, by name or position (from the end when negative), in this order; all when not given. */
  readonly columns?: readonly (string | number)[] | undefined;
  /** What an empty field counts as, for example `NaN`; without it an empty field is an error. */
  readonly empty?: number | undefined;
}

/** A table of numbers. */
export interface CsvTable {
  /** Number of columns. */
  readonly columns: number;
  /** Names of the columns; empty when the text has no header. */
  readonly names: readonly string[];
  /** Number of rows, without the header. */
  readonly rows: number;
  /** `rows * columns` values, row after row. */
  readonly values: Float32Array<ArrayBuffer>;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["inf", Infinity],
  ["infinity", Infinity],
  ["-inf", -Infinity],
  ["-infinity", -Infinity],
]);

/** A field as a number, spaces around it aside; `undefined` if it is none. */
function toNumber(field: string): number | undefined {
  const text = field.trim();
  return NUMBER.test(text) ? Number(text) : SPECIAL.get(text.toLowerCase());
}

type Settled = Required<CsvOptions> & { readonly skipRows: number; readonly delimiter: string; readonly quotes: boolean };

const DEFAULTS = { header: "auto", skipRows: 0, delimiter: ",", quotes: true, columns: undefined, empty: undefined } as Settled;

function checkCsvOptions(given: CsvOptions): Settled {
  const options = readOptions("parseCsv", given, DEFAULTS);
  const { header, skipRows, columns, empty } = options;
  if (header !== "auto" && typeof header !== "boolean") {
    throw new ArgError(`parseCsv: header must be true, false or "auto", got ${describe(header)}`);
  }
  checkWhole("parseCsv", "skipRows", skipRows, 0);
  if (columns !== undefined && !Array.isArray(columns)) {
    throw new ArgError(`parseCsv: columns must be an array of names or positions, got ${describe(columns)}`);
  }
  if (empty !== undefined && !(typeof empty === "number" && fits(empty))) {
    throw new ArgError(`parseCsv: empty must be a number within float32, got ${describe(empty)}`);
  }
  return options;
}

/** Whether float32 can hold a number; infinities and NaN among them. */
const fits = (value: number): boolean => !Number.isFinite(value) || Number.isFinite(Math.fround(value));

/**
 * Reads a table of numbers.
 *
 * text: rows on lines of their own, fields as numbers (`1`, `-2.5e3`, `nan`, `inf`), quoted or not; empty lines do not count.
 * Result: the wanted columns as one Float32Array, ready for `tensor(values, { shape: [rows, columns] })`.
 * Errors: `FormatError` naming row and column for a field that is not a number or is one beyond float32, a row of another length, broken
 * quotes; `IndexError` for a column that is not there, or a name that two columns have; `ArgError` for bytes and for options that do not
 * fit.
 * @example parseCsv("width,height\n2,3\n4,5\n", { columns: ["height"] }).values; // [3, 5]
 */
export function parseCsv(text: string, options: CsvOptions = {}): CsvTable {
  const { header, skipRows, delimiter, quotes, columns, empty } = checkCsvOptions(options);
  const records = splitRecords("parseCsv", text, { delimiter, quotes, skipRows });
  const first = records[0] ?? [];
  const looksNamed = first.every((field) => toNumber(field) === undefined) && first.some((field) => field.trim() !== "");
  const named = header === "auto" ? looksNamed : header;
  const names = named ? first.map((name) => name.trim()) : [];
  const wanted = columns?.map((column) => findColumn(column, names, first.length)) ?? first.map((_, i) => i);
  const start = named ? 1 : 0;
  const rows = Math.max(records.length - start, 0);
  const values = new Float32Array(rows * wanted.length);
  let at = 0;
  for (let r = 0; r < rows; r++) {
    const record = records[start + r] as readonly string[];
    if (record.length !== first.length) {
      throw new FormatError(
        `parseCsv: row ${r + 1} has ${record.length} fields and the first row has ${first.length}; skip rows of another kind with { skipRows }`,
      );
    }
    for (const c of wanted) {
      const field = record[c] as string;
      const value = field.trim() === "" ? empty : toNumber(field);
      // A number is written as one; its value may still be beyond even float64.
      if (value === undefined || (!Number.isFinite(Math.fround(value)) && NUMBER.test(field.trim()))) {
        const hint = r === 0 && header === "auto" && !named ? ", or, if the first row holds names, pass { header: true }" : "";
        throw new FormatError(`${whatIsWrong(field, value, `row ${r + 1}, column ${nameOf(c, names)}`)}${hint}`);
      }
      values[at++] = value;
    }
  }
  return { columns: wanted.length, names: named ? wanted.map((c) => names[c] as string) : [], rows, values };
}

const nameOf = (column: number, names: readonly string[]): string => {
  const name = names[column];
  return name === undefined ? String(column) : quote(name);
};

function whatIsWrong(field: string, value: number | undefined, where: string): string {
  if (field.trim() === "") return `parseCsv: ${where} is empty; pass { empty: NaN } to read missing values as NaN`;
  if (value !== undefined)
    return `parseCsv: ${where} is ${quote(field)}, which float32 cannot hold; scale the column, or leave it out with { columns: [...] }`;
  return `parseCsv: ${where} is ${quote(field)}, not a number; choose the numeric columns with { columns: [...] }`;
}

function findColumn(column: string | number, names: readonly string[], count: number): number {
  if (typeof column === "string") {
    const at = names.indexOf(column);
    if (at >= 0 && names.indexOf(column, at + 1) < 0) return at;
    if (at >= 0) throw new IndexError(`parseCsv: more than one column is called ${quote(column)}; choose it by its position`);
    const known = names.length > 0 ? `the names are ${names.map(quote).join(", ")}` : "the text has no header; use positions";
    throw new IndexError(`parseCsv: there is no column ${quote(column)}; ${known}`);
  }
  if (typeof column !== "number") throw new ArgError(`parseCsv: columns are names or positions, got ${describe(column)}`);
  const at = column < 0 ? column + count : column;
  if (Number.isInteger(at) && at >= 0 && at < count) return at;
  throw new IndexError(`parseCsv: column ${column} is outside the ${count} columns`);
}

/**
 * Splits CSV text into rows of fields, for tables that are not all numbers.
 *
 * text: fields separated by `delimiter`, rows by LF, CR or CRLF. A field in double quotes may hold delimiters and line
 * breaks, and `""` for a quote; with `{ quotes: false }` quotes are characters like any other. A byte order mark and empty lines are skipped.
 * Errors: `FormatError` naming the row for broken quotes, `ArgError` for bytes and for options that do not fit.
 * Source: RFC 4180.
 * @example parseCsvRecords('id,name\n1,"Smith, J."'); // [["id", "name"], ["1", "Smith, J."]]
 */
export function parseCsvRecords(text: string, options: Pick<CsvOptions, "delimiter" | "quotes"> = {}): string[][] {
  const { delimiter, quotes } = readOptions("parseCsvRecords", options, { delimiter: ",", quotes: true } as Pick<
    Settled,
    "delimiter" | "quotes"
  >);
  return splitRecords("parseCsvRecords", text, { delimiter, quotes, skipRows: 0 });
}

/** The position behind the first `count` lines that are not empty. Quotes mean nothing there: notes above a table are no CSV. */
function behindLines(text: string, start: number, count: number): number {
  const lines = /[^\r\n]+(\r\n|\r|\n|$)/g;
  lines.lastIndex = start;
  for (let i = 0; i < count; i++) if (!lines.test(text)) return text.length;
  return count === 0 ? start : lines.lastIndex;
}

function splitRecords(
  op: string,
  text: string,
  { delimiter, quotes, skipRows }: Pick<Settled, "delimiter" | "quotes" | "skipRows">,
): string[][] {
  if (typeof text !== "string") {
    throw new ArgError(`${op}: expected text, got ${typeof text}; decode bytes with new TextDecoder().decode(bytes)`);
  }
  if (typeof delimiter !== "string") throw new ArgError(`${op}: the delimiter must be one character, got ${describe(delimiter)}`);
  if (delimiter.length !== 1 || '"\r\n'.includes(delimiter)) {
    throw new ArgError(`${op}: the delimiter must be one character, no quote or line break, got ${quote(delimiter)}`);
  }
  const records: string[][] = [];
  let record: string[] = [];
  const fail = (what: string): never => {
    throw new FormatError(`${op}: record ${records.length + 1 + skipRows}, field ${record.length + 1}: ${what}`);
  };
  const ends = (char: string | undefined): boolean => char === undefined || char === delimiter || char === "\n" || char === "\r";
  let at = behindLines(text, text.startsWith("\ufeff") ? 1 : 0, skipRows);
  while (at < text.length) {
    let field: string;
    const quoted = quotes && text[at] === '"';
    if (quoted) {
      const start = at + 1;
      for (at = start; ; at += 2) {
        at = text.indexOf('"', at);
        if (at < 0) return fail("a quote is opened and never closed");
        if (text[at + 1] !== '"') break;
      }
      field = text.slice(start, at++).replaceAll('""', '"');
      if (!ends(text[at])) return fail(`${quote(text[at] as string)} follows a closing quote; a quote inside is written twice`);
    } else {
      const start = at;
      while (!ends(text[at])) at++;
      field = text.slice(start, at);
      if (quotes && field.includes('"')) {
        return fail("a quote inside a field without quotes around it; pass { quotes: false } to read quotes as they are");
      }
    }
    const mark = text[at++];
    record.push(field);
    if (mark === delimiter && at < text.length) continue;
    if (mark === delimiter) record.push("");
    if (mark === "\r" && text[at] === "\n") at++;
    if (quoted || record.length > 1 || field !== "") records.push(record);
    record = [];
  }
  return records;
}
