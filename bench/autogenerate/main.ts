/**
 * How long it takes to find that nothing has changed, over 50, 500 and 1,000 tables on PostgreSQL, MySQL and MariaDB: this
 * library, MikroORM's own generator on the same database and entities, and on PostgreSQL Alembic on the same tables declared
 * in SQLAlchemy. In turn, in one run, each with its connection open and its models read.
 *
 *     npm run bench:autogenerate -- --python <interpreter with alembic, sqlalchemy, psycopg2-binary>
 */
import { spawn } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { defineEntity, type EntitySchema, p } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/sql';
import { compareSchema } from '../../libs/nest-migrate/src/autogenerate/compare-schema.js';
import { createDatabase, SERVERS_VARIABLE, type TestDatabase } from '../../test/support/databases.ts';
import { engineNames, type ServerEngine } from '../../test/support/engines.ts';
import { startServers, stopServers } from '../../test/support/servers/start-servers.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    sizes: { type: 'string', default: '50,500,1000' },
    engines: { type: 'string', default: 'postgres,mysql,mariadb' },
  },
});
const ROUNDS = 7;

/** Tables as applications have them: each refers to the one before, and has a bit of everything. */
function entities(engine: ServerEngine, count: number): readonly EntitySchema[] {
  const made: EntitySchema[] = [];
  for (let index = 0; index < count; index += 1) {
    const previous = made[index - 1];
    made.push(
      defineEntity({
        name: `Item${index}`,
        tableName: `item_${index}`,
        comment: `about item ${index}`,
        indexes: [{ name: `item_${index}_title`, properties: ['title'] }, ...expressionIndex(engine, index)],
        checks: [{ name: `item_${index}_price`, expression: 'price >= 0 and price < 100000' }],
        properties: {
          id: p.integer().primary(),
          title: p.string().length(120),
          slug: p.string().length(80).unique(),
          status: p.enum(['draft', 'published', 'withdrawn']).default('draft'),
          price: p.decimal().precision(10).scale(2).default('0.00'),
          active: p.boolean().default(true),
          createdAt: p.datetime().defaultRaw('now()'),
          meta: p.json().nullable(),
          note: p.text().nullable(),
          ...(previous && { previous: () => p.manyToOne(previous as never).nullable() }),
        },
      } as never) as never,
    );
  }
  return made;
}

/** MariaDB has none. */
function expressionIndex(
  engine: ServerEngine,
  index: number,
): readonly { readonly name: string; readonly expression: string }[] {
  if (engine === 'mariadb') return [];
  const name = `item_${index}_lower`;
  const expression =
    engine === 'mysql'
      ? `create index \`${name}\` on \`item_${index}\` ((lower(\`slug\`)))`
      : `create index "${name}" on "item_${index}" (lower("slug"))`;
  return [{ name, expression }];
}

type Task = () => Promise<void>;

async function measured(tasks: Readonly<Record<string, Task>>): Promise<Readonly<Record<string, readonly number[]>>> {
  const figures: Record<string, number[]> = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, task] of Object.entries(tasks)) {
      const started = performance.now();
      await task();
      if (round > 0) figures[name]?.push(performance.now() - started);
    }
  }
  return figures;
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
}

function cell(list: readonly number[] | undefined): string {
  if (list === undefined) return '';
  return `${Math.round(median(list))} ms (${Math.round(Math.min(...list))}–${Math.round(Math.max(...list))})`;
}

/** Alembic, in a process of its own that compares whenever it is told to. */
async function alembic(
  python: string,
  database: TestDatabase,
  count: number,
): Promise<{ readonly compare: Task; readonly version: string; readonly end: () => void }> {
  const child = spawn(
    python,
    ['-B', join(import.meta.dirname, 'alembic_compare.py'), database.url ?? '', String(count)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  const version = await line();
  return {
    version,
    compare: async () => {
      child.stdin.write('compare\n');
      const answer = await line();
      if (answer !== '0') throw new Error(`Alembic finds ${answer} differences in its own tables`);
    },
    end: () => child.stdin.end(),
  };
}

const engines = values.engines.split(',') as readonly ServerEngine[];
const servers = await startServers({ onProgress: (line) => process.stderr.write(`${line}\n`) }, engines);
try {
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
  process.stdout.write(`Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB\n`);
  process.stdout.write(
    '| | tables | nest-migrate | round trips | MikroORM | Alembic | to MikroORM |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n',
  );
  const sizes = values.sizes.split(',').map(Number);
  for (const { engine, size } of engines.flatMap((engine) => sizes.map((size) => ({ engine, size })))) {
    const database = await createDatabase(engine);
    const theirs = await createDatabase(engine);
    const orm = await MikroORM.init({
      ...database.options,
      entities: [...entities(engine, size)],
      preferEnvVars: false,
    } as never);
    await orm.schema.create();
    const connection = orm.em.getConnection();
    const counted = Object.create(connection) as typeof connection;
    let roundTrips = 0;
    counted.execute = ((...args: Parameters<typeof connection.execute>) => {
      roundTrips += 1;
      return connection.execute(...args);
    }) as typeof connection.execute;
    const other =
      values.python === undefined || engine !== 'postgres' ? undefined : await alembic(values.python, theirs, size);
    if (other !== undefined) process.stderr.write(`${other.version}\n`);
    const figures = await measured({
      ours: async () => {
        roundTrips = 0;
        const { upgrade } = await compareSchema({ orm, connection: counted, ignoreTables: [] });
        if (upgrade.length > 0)
          throw new Error(`finds ${upgrade.length} differences, such as ${JSON.stringify(upgrade[0])}`);
      },
      mikroOrm: async () => {
        await orm.schema.getUpdateSchemaMigrationSQL({ wrap: false });
      },
      ...(other && { alembic: other.compare }),
    });
    other?.end();
    const ratio = median(figures['ours'] ?? []) / median(figures['mikroOrm'] ?? [1]);
    const row = [
      engineNames[engine],
      String(size),
      cell(figures['ours']),
      String(roundTrips),
      cell(figures['mikroOrm']),
      cell(figures['alembic']),
      ratio.toFixed(2),
    ];
    process.stdout.write(`| ${row.join(' | ')} |\n`);
    await orm.close(true);
    await database.drop();
    await theirs.drop();
  }
} finally {
  await stopServers(servers);
}
