import { type CommanderCommand, pathOf } from './commander.js';

/** A term and what it means. */
export type HelpRow = readonly [term: string, text: string];

export interface HelpTable {
  readonly title: string;
  readonly rows: readonly HelpRow[];
}

/** What the help of a command says besides what commander knows of it. */
export interface HelpExtras {
  /** Lines of tables: a title that ends in a colon, then `  term   text`. */
  readonly notes?: readonly string[];
  /** Command lines without the group's name, and what each does. */
  readonly examples?: readonly HelpRow[];
  /** Of a group: its commands under titles. */
  readonly groups?: readonly (readonly [title: string, names: readonly string[]])[];
}

const extras = Symbol('nest-migrate help');

/** Gives a command what its help shall say besides. */
export function describeHelp(command: CommanderCommand, more: HelpExtras): void {
  Object.assign(command, { [extras]: more });
  command.helpOption('-h, --help', 'show this help');
}

function extrasOf(command: CommanderCommand): HelpExtras {
  return (command as CommanderCommand & { readonly [extras]?: HelpExtras })[extras] ?? {};
}

/** What there is to say of a command, in the order in which its help says it. */
export function helpTables(command: CommanderCommand): readonly HelpTable[] {
  const { notes = [], examples = [] } = extrasOf(command);
  const help = command.createHelp();
  const options = help
    .visibleOptions(command)
    .map(({ short, long, flags, description }) => ({ short, long, row: [flags, description] as const }));
  const common = commonOptions(command);
  const isGroup = command.parent === null;
  // those with a letter are what people use most
  const byLetter = options.toSorted((a, b) => Number(b.short !== undefined) - Number(a.short !== undefined));
  const own = isGroup ? [] : byLetter.filter(({ long }) => !common.has(long));
  const shared = options.filter((option) => !own.includes(option));
  const group = (command.parent ?? command).name();
  return [
    {
      title: 'Arguments',
      rows: help.visibleArguments(command).map((each) => [each.name(), each.description] as const),
    },
    ...commandTables(command),
    { title: 'Options', rows: own.map(({ row }) => row) },
    { title: isGroup ? 'Options' : 'Common options', rows: shared.map(({ row }) => row) },
    ...notesTables(notes),
    { title: 'Examples', rows: examples.map(([line, text]) => [`${group} ${line}`, text] as const) },
  ].filter(({ rows }) => rows.length > 0);
}

/** The options that every command has: those of the group and the way to this text. */
function commonOptions({ parent }: CommanderCommand): ReadonlySet<string | undefined> {
  return new Set(['--help', ...(parent?.options ?? []).map(({ long }) => long)]);
}

function commandTables(command: CommanderCommand): readonly HelpTable[] {
  const { groups = [] } = extrasOf(command);
  const grouped = new Set(groups.flatMap(([, names]) => names));
  const rest = command.commands.map((each) => each.name()).filter((name) => !grouped.has(name));
  return [...groups, ['Other commands', rest] as const].map(([title, names]) => ({
    title,
    rows: command.commands
      .filter((each) => names.includes(each.name()))
      .map((each) => [termOf(each), each.description()]),
  }));
}

/** `upgrade [revision]` */
function termOf(command: CommanderCommand): string {
  return `${command.name()} ${command.usage().replace(/^\[options\] ?/, '')}`.trimEnd();
}

function notesTables(lines: readonly string[]): readonly HelpTable[] {
  const tables: { title: string; rows: HelpRow[] }[] = [];
  for (const line of lines) {
    const [, term, text] = /^ {2}(\S.*?) {2,}(\S.*)$/.exec(line) ?? [];
    if (term !== undefined) tables.at(-1)?.rows.push([term, text]);
    else tables.push({ title: line.replace(/:$/, ''), rows: [] });
  }
  return tables;
}

/** The help of a command as text: tables under titles, no wider than told. */
export function helpText(command: CommanderCommand, width: number): string {
  const tables = helpTables(command);
  const all = tables.flatMap(({ rows }) => rows);
  const isGroup = command.parent === null;
  return [
    `Usage: ${pathOf(command)} ${command.usage()}`,
    '',
    ...wrapped(`${command.description()}.`, width),
    ...tables.flatMap(({ title, rows }) => ['', `${title}:`, ...tableLines(rows, isGroup ? all : rows, width)]),
    ...(isGroup ? ['', `${command.name()} help <command> explains one of them.`] : []),
    '',
  ].join('\n');
}

/** On a narrower column of text a word a line would be left. */
const narrowest = 24;

/**
 * A table's lines. A term wider than half the page gets a line of its own.
 *
 * @param aligned The rows that share its left column.
 */
function tableLines(rows: readonly HelpRow[], aligned: readonly HelpRow[], width: number): readonly string[] {
  const widths = aligned.map(([term]) => term.length).filter((each) => each <= width / 2);
  const column = Math.max(0, ...widths) + 4;
  return rows.flatMap((row) => rowLines(row, column, width));
}

function rowLines([term, text]: HelpRow, column: number, width: number): readonly string[] {
  const lines = wrapped(text, Math.max(narrowest, width - column));
  const first = `  ${term}`;
  const indented = lines.map((line) => `${' '.repeat(column)}${line}`);
  if (first.length + 2 > column) return [first, ...indented];
  return [`${first.padEnd(column)}${lines[0] ?? ''}`.trimEnd(), ...indented.slice(1)];
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
