// Numeric tables from CSV text. Quoting follows RFC 4180; for anything beyond a table of numbers there is papaparse.
import { ArgError, FormatError, IndexError } from "../errors.js";
import { quote } from "./bytes.js";

/** How `parseCsv` reads. */
export interface CsvOptions {
  /** Whether the first row holds names. `"auto"` (default): it does if none of its fields is a number. */
  readonly header?: boolean | "auto";
  /** Rows to leave out at the start, before the header; 0 when not given. */
  readonly skipRows?: number;
  /** One character between fields; `","` when not given. */
  readonly delimiter?: string;
  /** The columns wanted, by name or position (from the end when negative), in this order; all when not given. */
  readonly columns?: readonly (string | number)[];
  /** What an empty field counts as, for example `NaN`; without it an empty field is an error. */
  readonly empty?: number;
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
  ["inf", Number.POSITIVE_INFINITY],
  ["infinity", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["-infinity", Number.NEGATIVE_INFINITY],
]);

/** A field as a number, spaces around it aside; `undefined` if it is none. */
function toNumber(field: string): number | undefined {
  const text = field.trim();
  return NUMBER.test(text) ? Number(text) : SPECIAL.get(text.toLowerCase());
}

/**
 * Reads a table of numbers.
 *
 * text: rows on lines of their own, fields as numbers (`1`, `-2.5e3`, `nan`, `inf`), quoted or not; empty lines do not count.
 * Result: the wanted columns as one Float32Array, ready for `tensor(values, { shape: [rows, columns] })`.
 * Errors: `FormatError` naming row and column for a field that is no number, a row of another length, broken quotes;
 * `IndexError` for a column that is not there; `ArgError` for bytes, a bad delimiter or `skipRows`.
 * @example const { values, rows, columns } = parseCsv(text, { columns: ["sepal_length", "sepal_width"] });
 */
export function parseCsv(text: string, { header = "auto", skipRows = 0, delimiter = ",", columns, empty }: CsvOptions = {}): CsvTable {
  if (!Number.isInteger(skipRows) || skipRows < 0) {
    throw new ArgError(`parseCsv: skipRows must be a whole number of at least 0, got ${skipRows}`);
  }
  const records = splitRecords("parseCsv", text, delimiter).slice(skipRows);
  const first = records[0] ?? [];
  const named = header === "auto" ? first.length > 0 && first.every((field) => toNumber(field) === undefined) : header;
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
      if (value === undefined) throw new FormatError(noNumber(field, r, names[c] ?? c));
      values[at++] = value;
    }
  }
  return { columns: wanted.length, names: named ? wanted.map((c) => names[c] as string) : [], rows, values };
}

function noNumber(field: string, row: number, column: string | number): string {
  const where = `row ${row + 1}, column ${typeof column === "string" ? quote(column) : column}`;
  if (field.trim() === "") return `parseCsv: ${where} is empty; pass { empty: NaN } to read missing values as NaN`;
  return `parseCsv: ${where} is ${quote(field)}, not a number; choose the numeric columns with { columns: [...] }`;
}

function findColumn(column: string | number, names: readonly string[], count: number): number {
  if (typeof column === "string") {
    const at = names.indexOf(column);
    if (at >= 0) return at;
    const known = names.length > 0 ? `the names are ${names.map(quote).join(", ")}` : "the text has no header; use positions";
    throw new IndexError(`parseCsv: there is no column ${quote(column)}; ${known}`);
  }
  const at = column < 0 ? column + count : column;
  if (Number.isInteger(at) && at >= 0 && at < count) return at;
  throw new IndexError(`parseCsv: column ${column} is outside the ${count} columns`);
}

/**
 * Splits CSV text into rows of fields, for tables that are not all numbers.
 *
 * text: fields separated by `delimiter`, rows by LF, CR or CRLF. A field in double quotes may hold delimiters and line
 * breaks, and `""` for a quote. A byte order mark and empty lines are skipped.
 * Errors: `FormatError` naming the row for broken quotes, `ArgError` for a bad delimiter.
 * Source: RFC 4180.
 * @example parseCsvRecords('id,name\n1,"Smith, J."'); // [["id", "name"], ["1", "Smith, J."]]
 */
export function parseCsvRecords(text: string, { delimiter = "," }: Pick<CsvOptions, "delimiter"> = {}): string[][] {
  return splitRecords("parseCsvRecords", text, delimiter);
}

function splitRecords(op: string, text: string, delimiter: string): string[][] {
  if (typeof text !== "string") {
    throw new ArgError(`${op}: expected text, got ${typeof text}; decode bytes with new TextDecoder().decode(bytes)`);
  }
  if (delimiter.length !== 1 || '"\r\n'.includes(delimiter)) {
    throw new ArgError(`${op}: the delimiter must be one character, no quote or line break, got ${quote(delimiter)}`);
  }
  const records: string[][] = [];
  let record: string[] = [];
  const fail = (what: string): never => {
    throw new FormatError(`${op}: record ${records.length + 1}, field ${record.length + 1}: ${what}`);
  };
  const ends = (char: string | undefined): boolean => char === undefined || char === delimiter || char === "\n" || char === "\r";
  let at = text.startsWith("\ufeff") ? 1 : 0;
  while (at < text.length) {
    let field: string;
    const quoted = text[at] === '"';
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
      if (field.includes('"')) return fail("a quote inside a field without quotes around it");
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
