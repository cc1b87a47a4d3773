/**
 * Writes docs/autogenerate-matrix.md: every row of the test suite's matrix through this library, through MikroORM's own
 * schema generator and, where the row is declared in SQLAlchemy as well, through Alembic.
 *
 *     npm run docs:matrix -- --python <interpreter with alembic, sqlalchemy, psycopg2-binary>
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { changes, features, type MatrixRow, rowsOf } from '../../test/integration/autogenerate/matrix.js';
import { type Entities, LiveDatabase } from '../../test/integration/autogenerate/live-database.js';
import { allEngines, type Engine, SERVERS_VARIABLE } from '../../test/support/databases.ts';
import { startServers, stopServers } from '../../test/support/servers/start-servers.ts';
import { Alembic, type AlembicVersion } from './alembic.ts';
import { matrixPage, type Results } from './page.ts';
import { type Outcome, roundTrip, type Trip } from './round-trip.ts';
import { sectionOf, withSection } from './section.ts';
import { mikroOrm, ours } from './tools.ts';

const { values } = parseArgs({
  options: { python: { type: 'string' }, only: { type: 'string' }, engine: { type: 'string', multiple: true } },
});

/** Beside this library. PGlite has one session, which is taken; Alembic runs where its usual driver needs nothing more. */
const tools: Readonly<Record<Engine, readonly ('mikroOrm' | 'alembic')[]>> = {
  postgres: ['mikroOrm', 'alembic'],
  pglite: [],
  mysql: ['mikroOrm'],
  mariadb: ['mikroOrm'],
  sqlite: ['mikroOrm', 'alembic'],
};

type Row = MatrixRow & Trip<() => Entities>;

const tables: Readonly<Record<string, readonly Row[]>> = {
  features: features.map(({ entities, ...row }) => ({ ...row, before: () => [], after: entities })),
  changes,
};

const servers = await startServers({ onProgress: (line) => process.stderr.write(`${line}\n`) });
process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
try {
  const results: Results = { outcomes: new Map(), versions: new Map() };
  const chosen = allEngines.filter((engine) => values.engine?.includes(engine) !== false);
  await Promise.all(chosen.map((engine) => runEngine(engine, results)));
  if (values.engine === undefined && values.only === undefined) {
    const page = join('docs', 'autogenerate-matrix.md');
    const kept = sectionOf(readFileSync(page, 'utf8'));
    const written = matrixPage(tables, results);
    writeFileSync(page, kept === '' ? written : withSection(written, kept));
  }
} finally {
  await stopServers(servers);
}

async function runEngine(engine: Engine, results: Results): Promise<void> {
  const database = await LiveDatabase.create(engine);
  const alembic =
    values.python !== undefined && tools[engine].includes('alembic') ? new Alembic(values.python, database) : undefined;
  try {
    results.versions.set(engine, await database.version());
    if (alembic !== undefined) results.versions.set('alembic', await alembic.versions());
    const declared = (await alembic?.rows()) ?? new Set<string>();
    for (const [table, rows] of Object.entries(tables)) {
      for (const row of rowsOf(rows, engine)) {
        if (values.only !== undefined && !row.name.includes(values.only)) continue;
        const { before, after, ...rest } = row;
        const trip = (): Trip<Entities> => ({ ...rest, before: before(), after: after() });
        const record = (tool: string, outcome: Outcome): void => {
          results.outcomes.set(`${table}/${row.name}/${engine}/${tool}`, outcome);
          if (outcome.verdict !== 'ok') {
            process.stdout.write(
              `${engine} ${tool} ${table}: ${row.name}: ${outcome.verdict} ${outcome.reason?.slice(0, 300) ?? ''}\n`,
            );
          }
        };
        record('ours', await judged(() => roundTrip(database, ours(database), trip())));
        if (tools[engine].includes('mikroOrm')) {
          record('mikroOrm', await judged(() => roundTrip(database, mikroOrm(database), trip())));
        }
        if (alembic !== undefined && declared.has(`${table}/${row.name}`)) {
          const side = (side: AlembicVersion['side']): AlembicVersion => ({ row: `${table}/${row.name}`, side });
          const told = { ...rest, before: side('before'), after: side('after') };
          record('alembic', await judged(() => roundTrip(database, alembic.tool, told)));
        }
      }
    }
  } finally {
    await alembic?.end();
    await database.close();
  }
}

/** A connection that broke says nothing about a tool: once more, and then it is nobody's verdict. */
async function judged(trip: () => Promise<Outcome>): Promise<Outcome> {
  const broken = /connection terminated|ECONNRESET|server closed the connection/i;
  const outcome = await trip();
  if (!broken.test(outcome.reason ?? '')) return outcome;
  const second = await trip();
  if (broken.test(second.reason ?? '')) throw new Error(second.reason);
  return second;
}
