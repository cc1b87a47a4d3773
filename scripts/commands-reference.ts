/**
 * Writes docs/guide/commands.md, and the table of commands in README.md, from the definitions of the commands, of which their
 * help is made as well.
 *
 *   npm run docs:commands             writes the files
 *   npm run docs:commands -- --check  fails where a file is not what it would write
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Table {
  readonly title: string;
  readonly rows: readonly (readonly [term: string, text: string])[];
}

interface Command {
  readonly name: string;
  readonly description: string;
  /** What follows its name in the usage line. */
  readonly usage: string;
  readonly tables: readonly Table[];
}

/** What the reference is made of. */
export interface ReferenceSource {
  /** The commands under what they are for. */
  readonly groups: readonly Table[];
  readonly commands: readonly Command[];
}

export const referencePath = join('docs', 'guide', 'commands.md');

export const readmePath = 'README.md';

/** Around the table of commands in README.md. */
const [BEGIN, END] = ['<!-- Written by npm run docs:commands. -->', '<!-- End of what it writes. -->'];

/** README.md as it should be: its text of today with the table of the commands. */
export function readmeWithCommands(text: string, { groups }: ReferenceSource): string {
  const [before, rest] = text.split(`${BEGIN}\n`);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  const rows = table(['', 'command', ''], groups.flatMap(underTitle(referencePath)));
  return [`${before}${BEGIN}`, '', ...rows, '', `${END}${after}`].join('\n');
}

/** The page as it should be. */
export function commandsReference({ groups, commands }: ReferenceSource): string {
  const byName = new Map(commands.map((command) => [command.name, command]));
  const ordered = groups.flatMap(({ rows }) => rows.map(([term]) => byName.get(term.split(' ')[0])!));
  return [
    ...head,
    ...table(['', 'command', ''], groups.flatMap(underTitle(''))),
    '',
    ...common,
    ...table(['option', ''], rowsOf(ordered[0].tables, 'Common options').map(coded)),
    '',
    ...grammar,
    ...ordered.flatMap(section),
  ].join('\n');
}

const head = [
  '<!-- Written by npm run docs:commands from the commands themselves. Change those, then run it again. -->',
  '',
  '# The commands',
  '',
  'Written `db …` here; [the command line](command-line.md) has the spellings that reach your application. `db --help`',
  'lists them, `db <command> --help` says what this page says.',
  '',
];

const common = [
  '## Options of every command',
  '',
  'They may stand before the command as well: `db -d other upgrade`. [JSON for programs](json.md) shows what `--json` prints.',
  '',
];

const grammar = `## Revisions

Wherever a revision is asked for, it may be written as

| | |
| --- | --- |
| \`head\` | the newest revision; an error where there are several |
| \`heads\` | the newest of every branch |
| \`base\` | before the first revision |
| \`current\` | where the database is, which is asked for it (\`show\`, \`edit\`, ends of a \`history\` range) |
| \`ae1027a6b2c4\`, \`ae10\` | an id, or as much of its beginning as no other id shares |
| \`billing\` | a branch label: its branch's own revision |
| \`billing@head\`, \`ae10@head\` | the head of the branch that carries the label, or that the revision is on |
| \`billing@base\` | before the branch: \`downgrade billing@base\` undoes it alone |
| \`billing@ae10\` | a revision that has to be on that branch |
| \`+2\`, \`-1\` | steps from where the database is (\`upgrade\`, \`downgrade\`; \`stamp\` counts down only), or below the head (\`show\`) |
| \`ae10+2\`, \`ae10-1\` | steps from a revision |
| \`billing@+1\`, \`billing@-1\` | steps along one branch |

A range is \`start:end\`. For \`history -r\` both ends are included and either may be left out; with \`--sql\` it says from where to
where the script leads, since the database is not asked.
`.split('\n');

function section({ name, description, usage, tables }: Command): readonly string[] {
  const notes = tables.filter(
    ({ title }) => !['Arguments', 'Options', 'Common options', 'Examples', 'Revisions'].includes(title),
  );
  const symbols = rowsOf(tables, 'Revisions').map(([term]) => `\`${term}\``);
  const options = rowsOf(tables, 'Options');
  return [
    `## ${name}`,
    '',
    `${description}.`,
    '',
    '```sh',
    `db ${name} ${usage}`,
    '```',
    '',
    ...list(rowsOf(tables, 'Arguments')),
    ...(options.length === 0 ? [] : [...table(['option', ''], options.map(coded)), '']),
    ...(symbols.length === 0 ? [] : [`Revisions such as ${symbols.join(', ')}: see [above](#revisions).`, '']),
    ...notes.flatMap(({ title, rows }) => [`${title}:`, '', ...table(['', ''], rows.map(coded)), '']),
    ...examples(rowsOf(tables, 'Examples')),
  ];
}

type Row = Table['rows'][number];

function rowsOf(tables: readonly Table[], title: string): readonly Row[] {
  return tables.find((each) => each.title === title)?.rows ?? [];
}

function list(rows: readonly Row[]): readonly string[] {
  return rows.length === 0 ? [] : [...rows.map(([term, text]) => `- \`${term}\`: ${text}`), ''];
}

function examples(rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([line]) => line.length));
  return ['```sh', ...rows.map(([line, text]) => `${line.padEnd(width)}  # ${text}`), '```', ''];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const lines = [titles, titles.map(() => '---'), ...rows];
  const cellText = (cell: string): string => (cell === '' ? '' : `${cell.replaceAll('|', '\\|')} `);
  return lines.map((cells) => `| ${cells.map(cellText).join('| ')}|`);
}

function coded([term, text]: Row): Row {
  return [`\`${term}\``, text];
}

function underTitle(page: string): (table: Table) => readonly (readonly string[])[] {
  return ({ title, rows }) =>
    rows.map(([term, text], index) => {
      const [name] = term.split(' ');
      return [index === 0 ? title : '', `[\`${term}\`](${page}#${name})`, text];
    });
}

/** The commands as `nest build` compiled them. */
async function builtSource(): Promise<ReferenceSource> {
  const folder = '../dist/libs/nest-migrate/src/cli';
  const { reference } = (await import(`${folder}/reference.js`)) as { reference: () => ReferenceSource };
  return reference();
}

if (import.meta.main) {
  const source = await builtSource();
  const check = process.argv.includes('--check');
  for (const [path, expected] of [
    [referencePath, commandsReference(source)],
    [readmePath, readmeWithCommands(readFileSync(readmePath, 'utf8'), source)],
  ] as const) {
    if (!check) writeFileSync(path, expected);
    else if (readFileSync(path, 'utf8') !== expected) {
      console.error(`${path} is not what the commands say. Run npm run docs:commands.`);
      process.exitCode = 1;
    }
  }
}
