/**
 * Processes that die while they upgrade, killed by signal 9 at every write to the database: before it, after it, and a
 * moment later. Whatever the moment, another `db upgrade` reaches head, and everything has taken effect once.
 *
 * A few moments in every run; `npm run test:crash` takes all of them, at least 200 an engine.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { createDatabase, serverOf, type TestDatabase } from '../support/databases.ts';
import { dumpOf } from '../support/dumps.ts';
import { engineNames, type ServerEngine, serverEngines } from '../support/engines.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { openDatabase } from '../support/scripts.ts';
import { type Server, startPgbouncer } from '../support/servers/index.ts';

/** How many moments an engine gets; they are spread over all that there are. */
const POINTS = Number(process.env['CRASH_POINTS'] ?? 4);
/** Other moments in other runs. */
const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e6));
/** Only these, as they are told when they fail: CRASH_AT=12:after,30:later */
const ONLY = process.env['CRASH_AT']?.split(',');
const MOMENTS = ['before', 'after', 'later'] as const;
const preload = `--import ${pathToFileURL(resolve(import.meta.dirname, '..', 'support', 'kill-at-write.mjs')).href}`;

/** Statements of every kind; what is done twice, or not at all, is seen in the rows. */
const revisions: readonly { readonly id: string; readonly upgrade: string }[] = [
  {
    id: 'aaaa0001',
    upgrade: `
  await op.createTable('ledger', {
    columns: { id: { type: 'integer', primary: true }, n: { type: 'integer' }, note: { type: 'string', length: 40 } },
    checks: [{ name: 'ledger_sane', expression: 'n > -1000' }],
  });
  await op.createTable('counter', { columns: { id: { type: 'integer', primary: true }, hits: { type: 'integer' } } });
  await op.bulkInsert('ledger', [{ id: 1, n: 1, note: 'one' }, { id: 2, n: 2, note: 'two' }, { id: 3, n: 3, note: 'three' }]);
  await op.bulkInsert('counter', [{ id: 1, hits: 0 }]);
  await op.execute('update counter set hits = hits + 1');`,
  },
  {
    id: 'aaaa0002',
    upgrade: `
  await op.addColumn('ledger', 'extra', { type: 'integer', default: 7 });
  await op.execute('update ledger set n = n + 1, extra = extra + n');
  await op.createIndex('ledger', ['note'], { name: 'ledger_note' });
  if (op.dialect === 'postgres') {
    await op.autocommitBlock(async (block) => {
      await block.createIndex('ledger', ['n'], { name: 'ledger_n', concurrently: true });
      await block.execute('update counter set hits = hits + 10');
      await block.createIndex('ledger', ['extra'], { name: 'ledger_extra', concurrently: true });
    });
  }
  await op.alterColumn('ledger', 'note', { length: 80, nullable: true }, { existing: { type: 'string', length: 40 } });
  await op.execute('update counter set hits = hits + 100');
  await op.renameColumn('ledger', 'extra', 'more');
  await op.createUniqueConstraint('ledger', ['n', 'more'], { name: 'ledger_n_more' });
  await op.renameIndex('ledger', 'ledger_note', 'ledger_by_note');`,
  },
  {
    id: 'aaaa0003',
    upgrade: `
  await op.createTable('audit', {
    columns: { id: { type: 'integer', primary: true }, ledger_id: { type: 'integer' }, n: { type: 'integer' } },
  });
  await op.execute('insert into audit (id, ledger_id, n) select id, id, n from ledger');
  await op.createForeignKey('audit', 'ledger_id', 'ledger', 'id', { name: 'audit_ledger' });
  await op.transaction(async ({ em }) => {
    await em.execute('update counter set hits = hits + 1000');
    await em.execute('update ledger set n = n * 2');
  });
  await op.createView('totals', 'select sum(n) as total from ledger');
  await op.dropConstraint('ledger', 'ledger_sane', { type: 'check' });
  await op.renameTable('counter', 'hit');
  await op.execute('update hit set hits = hits + 10000');`,
  },
];

async function writeHistory(application: TestApplication): Promise<void> {
  await application.succeed(['init']);
  await mkdir(application.versions, { recursive: true });
  for (const [index, { id, upgrade }] of revisions.entries()) {
    const down = index === 0 ? 'null' : `'${revisions[index - 1]?.id}'`;
    await writeFile(
      join(application.versions, `${id}.ts`),
      `import type { Operations } from 'nest-migrate';

export const revision = '${id}';
export const downRevision = ${down};
export const branchLabels = null;
export const dependsOn = null;
export const message = 'crash test';
export const createDate = null;

export async function upgrade(op: Operations): Promise<void> {${upgrade}
}

export async function downgrade(op: Operations): Promise<void> {
  void op;
}
`,
    );
  }
}

const places = [
  ...serverEngines.map((engine) => ({ engine, place: engineNames[engine] })),
  { engine: 'postgres', place: 'PgBouncer' },
] as const;

describe.each(places)('a process that is killed while it upgrades by way of $place', ({ engine, place }) => {
  let folder: TemporaryFolder;
  let expected: string;
  let writes: number;
  let count = 0;
  let pooler: Server | undefined;
  // behind a pooler the lock and the statements have connections of their own
  const environmentOf = ({ env }: TestDatabase): Readonly<Record<string, string>> =>
    pooler === undefined ? env : { ...env, DB_PORT: String(pooler.port), LOCK: 'transaction' };

  beforeAll(async () => {
    folder = await temporaryFolder('crash');
    if (place === 'PgBouncer') pooler = await startPgbouncer(serverOf('postgres'));
    const database = await createDatabase(engine);
    const application = new TestApplication(folder.path, environmentOf(database));
    await writeHistory(application);
    const counted = join(folder.path, 'writes');
    await application.succeed(['upgrade'], { NODE_OPTIONS: preload, COUNT_WRITES: counted });
    writes = Number(await readFile(counted, 'utf8'));
    expected = await contentsOf(database);
    await database.drop();
  }, 120_000);
  afterAll(async () => {
    await folder.remove();
    await pooler?.stop();
    process.stderr.write(`Kill points on ${place}: ${count} of ${writes * MOMENTS.length} (CRASH_SEED=${SEED})\n`);
  });

  it(
    'leaves a database that the next upgrade brings to head, with everything done once',
    async () => {
      const all = Array.from({ length: writes }, (_, index) =>
        MOMENTS.map((moment) => `${index + 1}:${moment}`),
      ).flat();
      const step = Math.max(1, all.length / POINTS);
      const chosen = Array.from(
        { length: Math.min(POINTS, all.length) },
        (_, index) => all[Math.floor(index * step + (SEED % Math.max(1, Math.floor(step)))) % all.length],
      );
      const points = [...(ONLY ?? chosen)];
      const chances = points.length;
      const failures: string[] = [];
      const next = async (): Promise<void> => {
        for (let point = points.shift(); point !== undefined; point = points.shift()) {
          const { isKilled, failure } = await killedAt(point, { engine, folder, expected, environmentOf });
          if (failure !== undefined) failures.push(`${point}: ${failure}`);
          if (isKilled) count += 1;
        }
      };
      await Promise.all([next(), next()]);
      expect(failures).toEqual([]);
      // a process may have ended in the two milliseconds after its last write, or have had fewer to make
      expect(count).toBeGreaterThanOrEqual(Math.floor(chances * 0.95) - 1);
    },
    60_000 + POINTS * 10_000,
  );
});

/** Whether a process was killed, and what is wrong once another has gone on; nothing where all is well. */
async function killedAt(
  point: string,
  {
    engine,
    folder,
    expected,
    environmentOf,
  }: {
    readonly engine: ServerEngine;
    readonly folder: TemporaryFolder;
    readonly expected: string;
    readonly environmentOf: (database: TestDatabase) => Readonly<Record<string, string>>;
  },
): Promise<{ readonly isKilled: boolean; readonly failure?: string }> {
  const database = await createDatabase(engine);
  try {
    const application = new TestApplication(folder.path, environmentOf(database));
    const killed = await application.db(['upgrade'], { NODE_OPTIONS: preload, KILL_AT: point });
    const isKilled = killed.signal === 'SIGKILL';
    if (!isKilled && killed.code !== 0) return { isKilled, failure: `ended with ${killed.code}: ${killed.stderr}` };
    const again = await application.db(['upgrade']);
    if (again.code !== 0) {
      return { isKilled, failure: `the next upgrade ended with ${again.code}: ${again.stderr}` };
    }
    const current = await application.db(['current']);
    if (current.stdout !== 'aaaa0003 (head)\n') return { isKilled, failure: `is at ${current.stdout}` };
    const contents = await contentsOf(database);
    if (contents === expected) return { isKilled };
    return { isKilled, failure: `is another database: ${difference(expected, contents)}` };
  } finally {
    await database.drop();
  }
}

async function contentsOf(database: TestDatabase): Promise<string> {
  const open = await openDatabase(database);
  try {
    // how often the history was begun is seen in its sequence, which no rollback takes back
    return (await dumpOf(open)).replace(/^.*_history_id_seq', \d+.*$/gm, '');
  } finally {
    await open.orm.close(true);
  }
}

/** The lines that only one of two texts has. */
function difference(expected: string, actual: string): string {
  const [before, after] = [expected.split('\n'), actual.split('\n')];
  const lost = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const found = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return ['', ...lost, ...found].join('\n');
}
