/**
 * A sample of the matrix of dependencies through this library, MikroORM's own generator and Alembic, judged alike: the
 * result is a fresh database of version 2, nothing is left to do, the way back, and both revisions on an empty database.
 * Writes `tools-on-dependencies.json`, from which `npm run docs:dependencies` publishes.
 *
 *     npm run docs:dependencies-of-tools -- --python <interpreter with alembic, sqlalchemy, psycopg2-binary>
 *     npm run docs:dependencies-of-tools -- --tool nest-migrate   # the others keep what the file says of them
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench, type Outcome, withRole } from '../../test/dependencies/bench.js';
import { type Cell, pairCells, sampleOf, singleCells } from '../../test/dependencies/cells.js';
import { type Description, entitiesOf } from '../../test/dependencies/description.js';
import { LiveDatabase } from '../../test/integration/autogenerate/live-database.js';
import { type Engine, SERVERS_VARIABLE } from '../../test/support/databases.ts';
import { startServers, stopServers } from '../../test/support/servers/start-servers.ts';
import { Alembic } from './alembic.ts';
import { judged, type Verdict } from './judge.ts';
import { type Tool } from './round-trip.ts';
import { sqlAlchemyTables } from './sqlalchemy-tables.ts';
import { type ToolCounts, type ToolsOnDependencies } from './tool-counts.ts';
import { mikroOrm } from './tools.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    size: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    tool: { type: 'string' },
  },
});
const engine: Engine = 'postgres';
const [size, seed] = [Number(values.size), Number(values.seed)];
const file = join(import.meta.dirname, 'tools-on-dependencies.json');
const runs = (tool: 'nest-migrate' | 'MikroORM' | 'Alembic'): boolean =>
  values.tool === undefined || values.tool === tool;

const servers = await startServers({}, ['postgres']);
process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
try {
  const all = [...singleCells(engine), ...pairCells(engine, seed)];
  const cells = sampleOf(all, size, seed).filter(({ name }) => values.only === undefined || name.includes(values.only));
  const verdicts = new Map<string, readonly Verdict[]>();
  if (runs('nest-migrate')) verdicts.set('nest-migrate', await byBench(cells));
  const database = await LiveDatabase.create(engine);
  await withRole(database);
  const alembic = values.python === undefined || !runs('Alembic') ? undefined : new Alembic(values.python, database);
  try {
    if (runs('MikroORM')) verdicts.set('MikroORM', await through(database, mikroOrm(database), cells, entitiesOf));
    if (alembic !== undefined) {
      const name = await alembic.versions();
      verdicts.set(name, await through(database, alembic.described, cells, sqlAlchemyTables));
    }
  } finally {
    await alembic?.end();
    await database.close();
  }
  const tools = [...verdicts].map(([tool, outcomes]) => ({ tool, ...counts(cells, outcomes) }));
  if (values.only === undefined) {
    const before = JSON.parse(readFileSync(file, 'utf8')) as ToolsOnDependencies;
    const isSame = before.engine === engine && before.seed === seed && before.cells === cells.length;
    const kept = values.tool !== undefined && isSame ? before.tools : [];
    const renewed = kept.map((old) => tools.find(({ tool }) => tool === old.tool) ?? old);
    const told: ToolsOnDependencies = {
      ...{ engine, seed, cells: cells.length },
      tools: [...renewed, ...tools.filter((one) => !renewed.includes(one))],
    };
    writeFileSync(file, `${JSON.stringify(told, null, 2)}\n`);
  }
  process.stdout.write(`${JSON.stringify(tools, null, 2)}\n`);
} finally {
  await stopServers(servers);
}

async function byBench(sample: readonly Cell[]): Promise<readonly Verdict[]> {
  const bench = await Bench.create(engine);
  try {
    const outcomes: Verdict[] = [];
    for (let start = 0; start < sample.length; start += 60) {
      outcomes.push(...(await bench.run(sample.slice(start, start + 60))));
    }
    return outcomes;
  } finally {
    await bench.close();
  }
}

async function through<Version>(
  database: LiveDatabase,
  tool: Tool<Version>,
  sample: readonly Cell[],
  say: (schema: Description) => Version,
): Promise<readonly Verdict[]> {
  const outcomes: Verdict[] = [];
  for (const cell of sample) {
    const outcome = await judged(database, tool, cell, say);
    outcomes.push(outcome);
    if (outcome?.verdict !== 'holds') {
      const { verdict = 'not said', stage = '', text = '' } = outcome ?? {};
      process.stderr.write(`${cell.name}: ${verdict} ${stage} ${text.slice(0, 300).replaceAll('\n', ' ')}\n`);
    }
  }
  return outcomes;
}

/** How many cells there are of each verdict, among those whose things are all declared and among the others. */
function counts(
  sample: readonly Cell[],
  outcomes: readonly Verdict[],
): Omit<ToolsOnDependencies['tools'][number], 'tool'> {
  const isDeclared = ({ dependents }: Cell): boolean => dependents.every(({ declared }) => declared);
  const count = (declared: boolean): ToolCounts => {
    const mine = outcomes.filter((_outcome, index) => isDeclared(sample[index]) === declared);
    const of = (verdict: Outcome['verdict']): number => mine.filter((one) => one?.verdict === verdict).length;
    return {
      holds: of('holds'),
      fails: of('fails'),
      leftAlone: of('left alone'),
      notPossible: of('not possible'),
      notSaid: mine.filter((one) => one === undefined).length,
    };
  };
  const stages: Record<string, number> = {};
  for (const outcome of outcomes) {
    if (outcome?.verdict === 'fails') stages[outcome.stage ?? ''] = (stages[outcome.stage ?? ''] ?? 0) + 1;
  }
  return { declared: count(true), undeclared: count(false), stages };
}
