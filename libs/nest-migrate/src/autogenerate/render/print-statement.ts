import {
  Block,
  Code,
  escapeInvisible,
  Lines,
  printKey,
  printNumber,
  printString,
  type SourceRecord,
  type SourceValue,
} from './source-value.js';

/** The line width: a hundred columns, less the two by which the body of a function is indented. */
const WIDTH = 98;
const INDENT = '  ';
/** Joins a list of lines into one text. */
const JOINED = ".join('\\n')";

/**
 * One awaited call, laid out as Prettier does: on one line where it fits; else with its last object or array broken
 * over lines; else with one argument per line.
 *
 * @param callee The called function, such as `op.createTable`.
 * @param depth The indentation of the statement, in steps of two spaces.
 */
export function printStatement(callee: string, args: readonly SourceValue[], depth: number): string {
  const margin = INDENT.repeat(depth);
  const flat = `${margin}await ${callee}(${args.map(printFlat).join(', ')});`;
  if (fits(flat) && !args.some(breaksAlways)) return flat;
  return printWithLastOpened(callee, args, depth) ?? printOnePerLine(callee, args, depth);
}

/** A sentence as line comments that fill the width. Names in it cannot end the comment. */
export function printComment(text: string, depth = 0): string {
  const lines: string[] = [];
  for (const word of escapeInvisible(text).split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && (word === '' || fits(`${line} ${word}`))) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`${INDENT.repeat(depth)}// ${word}`);
  }
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

/** The arguments of a call, one of which is a function with statements. */
interface BlockArguments {
  readonly before: readonly SourceValue[];
  /** The function's only parameter, and its statements for the given depth. */
  readonly work: { readonly parameter: string; readonly statements: (depth: number) => readonly string[] };
  readonly after: readonly SourceValue[];
}

/**
 * One awaited call with such arguments. Prettier puts each argument on its own lines, unless the function is the last of
 * them.
 */
export function printBlock(callee: string, { before, work, after }: BlockArguments): string {
  if (after.length === 0) {
    const head = [...before.map(printFlat), `async (${work.parameter})`].join(', ');
    return `await ${callee}(${head} => {\n${work.statements(1).join('')}});`;
  }
  const argument = (arg: SourceValue): string => `${INDENT}${printValue(arg, 1, INDENT.length + 1)},\n`;
  const body = `${INDENT}async (${work.parameter}) => {\n${work.statements(2).join('')}${INDENT}},\n`;
  return `await ${callee}(\n${before.map(argument).join('')}${body}${after.map(argument).join('')});`;
}

function printWithLastOpened(callee: string, args: readonly SourceValue[], depth: number): string | undefined {
  const last = args.at(-1);
  const others = args.slice(0, -1);
  // Prettier keeps an object or an array there on the line of the call, but not a method call on one
  if (last === undefined || !canOpen(last) || last instanceof Lines || others.some(breaksAlways)) return undefined;
  const neighbour = others.at(-1);
  const alike = Array.isArray(neighbour) === Array.isArray(last) && !(neighbour instanceof Lines);
  if (neighbour !== undefined && canOpen(neighbour) && alike) return undefined;
  const head = [...others.map(printFlat), ''].join(', ');
  const text = `${INDENT.repeat(depth)}await ${callee}(${head}${printOpened(last, depth)});`;
  return fits(text.slice(0, text.indexOf('\n'))) ? text : undefined;
}

function printOnePerLine(callee: string, args: readonly SourceValue[], depth: number): string {
  const margin = INDENT.repeat(depth);
  const inner = INDENT.repeat(depth + 1);
  const lines = args.map((arg) => `${inner}${printValue(arg, depth + 1, inner.length + 1)},\n`);
  return `${margin}await ${callee}(\n${lines.join('')}${margin});`;
}

/** @param used The number of characters of the line that are taken: those before the value, and the comma after it. */
function printValue(value: SourceValue, depth: number, used: number): string {
  const flat = printFlat(value);
  if (!canOpen(value) || (used + widthOf(flat) <= WIDTH && !breaksAlways(value))) return flat;
  if (value instanceof Lines) {
    // only the argument of `join` does not fit, so the argument is broken over lines
    const start = `${printFlat(value.lines)}${JOINED.slice(0, JOINED.indexOf('(') + 1)}`;
    const [margin, inner] = [INDENT.repeat(depth), INDENT.repeat(depth + 1)];
    if (used - 1 + widthOf(start) <= WIDTH) return `${start}\n${inner}'\\n',\n${margin})`;
  }
  return printOpened(value, depth);
}

function printOpened(value: SourceValue, depth: number): string {
  const margin = INDENT.repeat(depth);
  const inner = INDENT.repeat(depth + 1);
  if (value instanceof Lines) return `${printOpened(value.lines, depth)}${JOINED}`;
  const entries = entriesOf(value);
  if (entries !== undefined) {
    const lines = entries.map(([key, item]) => {
      const start = `${inner}${printKey(key)}:`;
      const line = `${start} ${printValue(item, depth + 1, start.length + 2)},\n`;
      // a value that cannot be broken moves to the next line, unless that would save almost nothing
      const moves = !fits(line.trimEnd()) && isWord(item) && widthOf(printKey(key)) > 4;
      return moves ? `${start}\n${inner}${INDENT}${printFlat(item)},\n` : line;
    });
    return `{\n${lines.join('')}${margin}}`;
  }
  const lines = itemsOf(value).map((item) => `${inner}${printValue(item, depth + 1, inner.length + 1)},\n`);
  return `[\n${lines.join('')}${margin}]`;
}

function printFlat(value: SourceValue): string {
  if (typeof value === 'string') return printString(value);
  if (typeof value === 'number') return printNumber(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (value instanceof Code) return value.text;
  if (value instanceof Lines) return `${printFlat(value.lines)}${JOINED}`;
  const entries = entriesOf(value);
  if (entries === undefined) return `[${itemsOf(value).map(printFlat).join(', ')}]`;
  if (entries.length === 0) return '{}';
  return `{ ${entriesAsText(entries)} }`;
}

/** Whether a value stays on one line, however long it is. A template is not moved to another line. */
function isWord(value: SourceValue): boolean {
  if (typeof value === 'string') return !printString(value).startsWith('`');
  return typeof value === 'number' || (value instanceof Code && /^-?\d+n$/.test(value.text));
}

/** The content of an object literal, without the braces, on one line. */
export function printEntries(record: SourceRecord): string {
  return entriesAsText(entriesOf(record) ?? []);
}

function entriesAsText(entries: readonly (readonly [string, SourceValue])[]): string {
  return entries.map(([key, item]) => `${printKey(key)}: ${printFlat(item)}`).join(', ');
}

function canOpen(value: SourceValue): boolean {
  return value instanceof Lines || (entriesOf(value) ?? itemsOf(value)).length > 0;
}

/**
 * Whether a value always takes several lines: a block, or an array of several objects with several keys each, as in
 * Prettier.
 */
function breaksAlways(value: SourceValue): boolean {
  const entries = entriesOf(value);
  if (entries !== undefined) {
    return (value instanceof Block && entries.length > 0) || entries.some(([, item]) => breaksAlways(item));
  }
  const items = itemsOf(value);
  return (items.length > 1 && items.every((item) => (entriesOf(item)?.length ?? 0) > 1)) || items.some(breaksAlways);
}

/** The keys and values of an object literal; `undefined` for any other value. */
function entriesOf(value: SourceValue): readonly [string, SourceValue][] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (value instanceof Code || value instanceof Lines) return undefined;
  const record = value instanceof Block ? value.record : (value as SourceRecord);
  return Object.entries(record).filter((entry): entry is [string, SourceValue] => entry[1] !== undefined);
}

/** The items of an array literal; none for any other value. */
function itemsOf(value: SourceValue): readonly SourceValue[] {
  return Array.isArray(value) ? (value as readonly SourceValue[]) : [];
}

function fits(line: string): boolean {
  return widthOf(line) <= WIDTH;
}

/** The width in characters, not in UTF-16 code units. A character that takes two columns counts as one. */
function widthOf(text: string): number {
  return [...text].length;
}
