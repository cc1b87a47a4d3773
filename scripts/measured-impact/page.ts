/** The page: what each verb does on each engine, and what other tools say of PostgreSQL's statements. */
import { type MeasuredStatement, type TableImpact } from '../../libs/nest-migrate/src/engines/impact/impact.ts';
import { type MeasuredCase } from '../../test/integration/impact/measured-cases.ts';
import { type Said, toolVersions } from './other-tools.ts';

/** The cases of one engine. */
export interface MeasuredEngine {
  readonly title: string;
  readonly cases: readonly MeasuredCase[];
}

/** A statement of PostgreSQL and what is said of it. */
export interface Compared {
  readonly one: MeasuredCase;
  readonly statement: MeasuredStatement;
  readonly squawk: Said;
  readonly pgfence: Said;
}

const HEAD = (engines: readonly MeasuredEngine[], date: string): string => `\
<!-- Written by npm run docs:impact, which measured every row. Do not edit. -->

# What each verb does to a database

Measured on ${date}: ${engines.map(({ title }) => title).join(', ')}.

Each row is a verb of \`op\` on tables of its own: \`book\` with a primary key, a unique constraint, an index, a check and a foreign
key to \`author\`, and \`log\` without any. A cell has a line for each table that was there before: its lock, and how the time grows.

- **metadata**: it does not, however many rows there are; **scan**: the rows, or an index, are read; **rewrite**: the table is
  written again.
- PostgreSQL: the strongest lock on the table or one of its indexes. AccessExclusive stops reads and writes; ShareRowExclusive, Share
  and Exclusive stop writes; RowExclusive stops the rows that it changes.
- MySQL and MariaDB: the cheapest algorithm and lock that the server takes. NONE stops nothing, SHARED stops writes. Each alteration,
  and each EXCLUSIVE, also needs a moment in which no other transaction has used the table.
- SQLite: the lock on the whole file. Writers always wait; readers wait for EXCLUSIVE, unless the file has a write-ahead log.

How it is measured, and the second session that checks each cell, is in \`test/integration/impact\`.
`;

export function impactPage(engines: readonly MeasuredEngine[], compared: readonly Compared[], date: string): string {
  return [HEAD(engines, date), verbTable(engines), toolTable(compared)].join('\n');
}

function verbTable(engines: readonly MeasuredEngine[]): string {
  const rows = new Map<string, Map<string, string>>();
  for (const { title, cases } of engines) {
    for (const one of cases) {
      const row = `\`${one.kind}\` | ${one.name}`;
      const cells = rows.get(row) ?? new Map<string, string>();
      cells.set(title, one.statements.flatMap(({ impact, sql }) => cellOf(one, impact, sql)).join('<br>') || 'nothing');
      rows.set(row, cells);
    }
  }
  const titles = engines.map(({ title }) => title);
  return [
    `| verb | | ${titles.join(' | ')} |`,
    `| --- | --- | ${titles.map(() => '---').join(' | ')} |`,
    ...[...rows].map(([row, cells]) => `| ${row} | ${titles.map((title) => cells.get(title) ?? '').join(' | ')} |`),
    '',
  ].join('\n');
}

function cellOf(
  { prefix }: MeasuredCase,
  { tables, algorithm, source }: MeasuredStatement['impact'],
  sql: string,
): readonly string[] {
  const [altered] = tables;
  const existing = tables.filter(({ isNew }) => !isNew);
  if (source === 'unknown') return [`not known: \`${sql.slice(0, 20)}\``];
  return existing.map((impact) => {
    const name = impact.table.replace(prefix, '');
    const how = [...(algorithm === null || impact !== altered ? [] : [algorithm]), lockOf(impact)].join(' ');
    return `${name}: ${how}, ${impact.work}${impact.rows === null ? '' : `, locks ${impact.rows} rows`}`;
  });
}

function lockOf({ lock }: TableImpact): string {
  return lock?.replace(/Lock$/, '') ?? 'no lock';
}

/** PostgreSQL's documentation writes ACCESS EXCLUSIVE for AccessExclusiveLock. */
function documented(lock: string): string {
  return lock
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

function toolTable(compared: readonly Compared[]): string {
  const told = compared.filter(({ statement }) => statement.impact.tables.some(({ isNew }) => !isNew));
  const stops = told.filter(({ statement }) => stopsOthers(statement));
  const named = told.filter(({ pgfence }) => pgfence.locks.length > 0);
  const wrong = named.filter(({ pgfence, statement }) => {
    const locks = statement.impact.tables.map(({ lock }) => documented(lock ?? ''));
    return !pgfence.locks.some((lock) => locks.includes(lock));
  });
  const silent = (tool: 'squawk' | 'pgfence'): readonly Compared[] =>
    stops.filter((one) => one[tool].rules.length === 0);
  const calm = (tool: 'squawk' | 'pgfence'): readonly Compared[] =>
    told.filter((one) => !stopsOthers(one.statement) && one[tool].rules.length > 0);
  const list = (some: readonly Compared[]): string =>
    some.map(({ one }) => `\`${one.kind}\` (${one.name})`).join(', ') || 'none';
  return [
    '## The same statements, by squawk and pgfence',
    '',
    `squawk ${toolVersions.squawk} and pgfence ${toolVersions.pgfence} (\`@flvmnt/pgfence\`) read each statement of PostgreSQL 15 as a file of its own.`,
    'What they ask for around a statement (timeouts, `if not exists`) is left out.',
    '',
    `- ${stops.length} of ${told.length} statements make reads or writes wait while rows are read or written. squawk says nothing of ${silent('squawk').length}: ${list(silent('squawk'))}.`,
    `  pgfence says nothing of ${silent('pgfence').length}: ${list(silent('pgfence'))}.`,
    `- pgfence names a lock for ${named.length} statements, and for ${wrong.length} not one that was taken: ${list(wrong)}.`,
    `- Both also warn where a statement stops no request for long. That is not measured here: it is about the release that still runs, or data`,
    `  that is lost, which rules tell and no measurement. squawk: ${list(calm('squawk'))}. pgfence: ${list(calm('pgfence'))}.`,
    '',
    '| verb | | measured | squawk | pgfence |',
    '| --- | --- | --- | --- | --- |',
    ...told.map(({ one, statement, squawk, pgfence }) => {
      const said = [...pgfence.locks, ...pgfence.rules.map((rule) => `\`${rule}\``)].join('<br>');
      const cells = [
        cellOf(one, statement.impact, statement.sql).join('<br>'),
        squawk.rules.map((rule) => `\`${rule}\``).join('<br>'),
        said,
      ];
      return `| \`${one.kind}\` | ${one.name} | ${cells.join(' | ')} |`;
    }),
    '',
  ].join('\n');
}

function stopsOthers({ impact }: MeasuredStatement): boolean {
  const takesTime = impact.tables.some(({ work }) => work !== 'metadata');
  return takesTime && impact.tables.some(({ blocks }) => blocks.reads || blocks.writes);
}
