/** The page: what was run, a summary, a table of features and one of changes, and what happened where a row did not hold. */
import { readFileSync } from 'node:fs';
import { reasonsOf } from '../../test/integration/autogenerate/inexpressible.js';
import { type MatrixRow, rowsOf } from '../../test/integration/autogenerate/matrix.js';
import { allEngines, engineNames, type Engine } from '../../test/support/databases.ts';
import { columnsHaveAPlace } from '../../test/support/dumps.ts';
import { type Outcome, verdicts } from './round-trip.ts';

export interface Results {
  /** By table, row, engine and tool. */
  readonly outcomes: Map<string, Outcome>;
  /** Of every engine, and of Alembic. */
  readonly versions: Map<string, string>;
}

const toolNames = { ours: 'nest-migrate', mikroOrm: 'MikroORM', alembic: 'Alembic' } as const;
type ToolName = keyof typeof toolNames;

type Tables = Readonly<Record<string, readonly MatrixRow[]>>;

export function matrixPage(tables: Tables, results: Results): string {
  return [
    ...head(results),
    ...summary(tables, results),
    ...Object.entries(tables).flatMap(([table, rows]) => tableOf(table, rows, results)),
    ...inexpressible(),
    ...happened(tables, results),
  ].join('\n');
}

function head({ versions }: Results): readonly string[] {
  const mikroOrm = (JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> })
    .dependencies['@mikro-orm/sql'];
  const placed = allEngines.filter((engine) => columnsHaveAPlace[engine]).map((engine) => engineNames[engine]);
  const engines = allEngines.map((engine) => `${engineNames[engine]} ${versions.get(engine) ?? ''}`).join(', ');
  return [
    '<!-- Written by npm run docs:matrix, which ran every row. Do not edit. -->',
    '',
    '# What autogenerate makes of what entities can say',
    '',
    `Run on ${new Date().toISOString().slice(0, 10)}: ${engines}; MikroORM ${mikroOrm}; ${versions.get('alembic') ?? 'no Alembic'}.`,
    '',
    'Each row is a feature that an entity has (version 1 is an empty database), or a change between two versions of',
    'entities, mostly of a table that holds rows. The same rows run in `test/integration/autogenerate` on every change of',
    'the library. Each tool makes version 1 itself; then the rows are inserted, the schema is dumped (`pg_dump',
    "--schema-only`, PGlite's catalogue, `show create`, `sqlite_master`), and the tool writes and applies what leads to",
    'version 2, is asked what is still to do, goes back, and forth again.',
    '',
    '- **nest-migrate**: the operations of `migrate`, rendered, and run as a revision is.',
    '- **MikroORM**: `getUpdateSchemaMigrationSQL()`, as `migration:create` calls it, each statement executed as it came.',
    '- **Alembic**: `produce_migrations` with `compare_type` and `compare_server_default`, rendered as Python and run; with',
    '  `render_as_batch` on SQLite. The row is declared in SQLAlchemy in `scripts/autogenerate-matrix/alembic/`, as a person',
    '  would say the same there. Where SQLAlchemy has no such thing, or nobody wrote it down, the cell is empty: that is no',
    '  failure.',
    '',
    '| in the tables | |',
    '| --- | --- |',
    ...Object.entries(verdicts).map(([verdict, text]) => `| ${label(verdict as Outcome['verdict'])} | ${text} |`),
    '| – | the engine, or MikroORM on it, cannot express the row |',
    '| (empty) | not run: for Alembic, not declared |',
    '',
    `Counters are ignored. Where a column stands in its table is compared on ${placed.length === 0 ? 'no engine' : placed.join(', ')}; elsewhere`,
    'columns are compared by name.',
    '',
  ];
}

function label(verdict: Outcome['verdict']): string {
  return verdict === 'ok' ? 'ok' : `**${verdict}**`;
}

/** The tools that ran on an engine. */
function toolsOn(engine: Engine, { outcomes }: Results): readonly ToolName[] {
  const ran = new Set([...outcomes.keys()].map((key) => key.split('/').slice(-2).join('/')));
  return (Object.keys(toolNames) as ToolName[]).filter((tool) => ran.has(`${engine}/${tool}`));
}

function outcomesOf(table: string, engine: Engine, tool: ToolName, { outcomes }: Results): readonly Outcome[] {
  return [...outcomes]
    .filter(([key]) => key.startsWith(`${table}/`) && key.endsWith(`/${engine}/${tool}`))
    .map(([, outcome]) => outcome);
}

function summary(tables: Tables, results: Results): readonly string[] {
  const counted = (table: string, engine: Engine, tool: ToolName): string => {
    const all = outcomesOf(table, engine, tool, results);
    return `${all.filter(({ verdict }) => verdict === 'ok').length} of ${all.length}`;
  };
  return [
    '| rows that hold | | features | changes |',
    '| --- | --- | ---: | ---: |',
    ...allEngines.flatMap((engine) =>
      toolsOn(engine, results).map(
        (tool, index) =>
          `| ${index === 0 ? engineNames[engine] : ''} | ${toolNames[tool]} | ${Object.keys(tables)
            .map((table) => counted(table, engine, tool))
            .join(' | ')} |`,
      ),
    ),
    '',
  ];
}

function tableOf(table: string, rows: readonly MatrixRow[], results: Results): readonly string[] {
  const columns = allEngines.flatMap((engine) => toolsOn(engine, results).map((tool) => ({ engine, tool })));
  const offered = new Map(allEngines.map((engine) => [engine, new Set(rowsOf(rows, engine).map(({ name }) => name))]));
  const cell = (name: string, engine: Engine, tool: ToolName): string => {
    const outcome = results.outcomes.get(`${table}/${name}/${engine}/${tool}`);
    if (outcome !== undefined) return label(outcome.verdict);
    return offered.get(engine)?.has(name) === true ? '' : '–';
  };
  const names = [...new Set(rows.map(({ name }) => name))];
  return [
    `## ${table === 'features' ? 'Features' : 'Changes'}`,
    '',
    `| | ${columns.map(({ engine, tool }) => `${engineNames[engine]} ${toolNames[tool]}`).join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...names.map(
      (name) => `| ${code(name)} | ${columns.map(({ engine, tool }) => cell(name, engine, tool)).join(' | ')} |`,
    ),
    '',
  ];
}

function inexpressible(): readonly string[] {
  return [
    '## What an engine cannot express',
    '',
    ...Object.entries(reasonsOf('sqlite')).map(([name, reason]) => `- SQLite, ${code(name)}: ${reason}.`),
    '',
    'All other cells with – are of types, expressions or kinds of index that another engine has by its own name.',
    '',
  ];
}

function happened(tables: Tables, results: Results): readonly string[] {
  const lines = (['ours', 'alembic', 'mikroOrm'] as const).flatMap((tool) => [
    `### ${toolNames[tool]}`,
    '',
    ...allEngines.flatMap((engine) =>
      Object.keys(tables).flatMap((table) =>
        [...results.outcomes]
          .filter(
            ([key, { verdict }]) =>
              key.startsWith(`${table}/`) && key.endsWith(`/${engine}/${tool}`) && verdict !== 'ok',
          )
          .map(([key, { verdict, reason }]) => {
            const name = key.slice(table.length + 1, -`/${engine}/${tool}`.length);
            return `- ${engineNames[engine]}, ${code(name)}: ${verdict}${reason === undefined ? '' : `: ${code(short(reason))}`}`;
          }),
      ),
    ),
    '',
  ]);
  return ['## Where a row did not hold', '', ...lines];
}

function short(reason: string): string {
  const line = reason
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/test_\d+_[0-9a-f]{8}/g, '<database>')
    .trim();
  return line.length > 160 ? `${line.slice(0, 157)}…` : line;
}

/** As code, where Markdown would read signs of its own in it. */
function code(text: string): string {
  if (!/[`|*_<>\\[\]~]/.test(text)) return text;
  const mark = text.includes('`') ? '``' : '`';
  const gap = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${mark}${gap}${text.replaceAll('|', '\\|')}${gap}${mark}`;
}
