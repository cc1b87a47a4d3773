/**
 * How long `db heads`, `db current` and a boot with nothing to upgrade take, over 1, 100 and 2,000 revisions: whole
 * processes of the compiled test application with the library as it is packed, on PostgreSQL. Beside them stands the same application booting without
 * any migrations, since most of every figure is Node, Nest and MikroORM starting, and booting without any but with one
 * statement of its own: the driver that is loaded and the connection that is opened for it are no cost of looking whether
 * something waits. `db current` is there once more with NODE_COMPILE_CACHE, whose first round, which fills the cache, does
 * not count.
 *
 *     npm run bench
 *     npm run bench -- 1,100 3
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { usePackedLibrary } from './packed-library.ts';
import { buildApplications, TestApplication } from '../test/support/application.ts';
import { createDatabase, SERVERS_VARIABLE } from '../test/support/databases.ts';
import { temporaryFolder } from '../test/support/projects.ts';
import { starters } from '../test/support/servers/start-servers.ts';

const [sizes = '1,100,2000', rounds = '7'] = process.argv.slice(2);
const SIZES = sizes.split(',').map(Number);
const ROUNDS = Number(rounds);

function revisionId(index: number): string {
  return index.toString(16).padStart(12, '0');
}

/** A line of revisions, of which only the first does anything: what is measured is finding that nothing waits. */
function writeRevisions(versions: string, count: number): void {
  mkdirSync(versions, { recursive: true });
  for (let index = 1; index <= count; index += 1) {
    const down = index === 1 ? 'null' : `'${revisionId(index - 1)}'`;
    writeFileSync(
      join(versions, `${revisionId(index)}_revision_${index}.ts`),
      `/**
 * revision ${index}
 *
 * Revision ID: ${revisionId(index)}
 */
import type { Operations } from 'nest-migrate';

export const revision = '${revisionId(index)}';
export const downRevision = ${down};
export const branchLabels = null;
export const dependsOn = null;
export const message = 'revision ${index}';
export const createDate = '2026-11-20T10:00:00+00:00';

export async function upgrade(op: Operations): Promise<void> {
  await op.execute('select 1');
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute('select 1');
}
`,
    );
  }
}

async function time(work: () => Promise<{ code: number | null; stderr: string }>): Promise<number> {
  const started = performance.now();
  const { code, stderr } = await work();
  if (code !== 0) throw new Error(`a measured process ended with ${code}: ${stderr}`);
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const servers = [await starters.postgres({ onProgress: (line) => process.stderr.write(`${line}\n`) })];
try {
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
  await buildApplications();
  usePackedLibrary();
  process.stdout.write(`Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB\n`);
  process.stdout.write(
    '| revisions | db heads | db current | db current, compiled code kept | boot, nothing to upgrade | boot, onBootstrap off, one statement | boot, onBootstrap off |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n',
  );
  for (const size of SIZES) {
    const folder = await temporaryFolder('bench');
    const database = await createDatabase('postgres');
    const application = new TestApplication(folder.path, database.env, { processes: true });
    await application.succeed(['init']);
    writeRevisions(application.versions, size);
    await application.succeed(['stamp', 'head']);
    // else the tests' own cache would count
    const plain = { NODE_COMPILE_CACHE: undefined };
    const tasks = [
      () => application.dbProcess(['heads'], plain),
      () => application.dbProcess(['current'], plain),
      () => application.dbProcess(['current'], { NODE_COMPILE_CACHE: join(folder.path, 'compiled') }),
      async () => (await application.boot({ ON_BOOTSTRAP: 'upgrade', ...plain })).exited,
      async () => (await application.boot({ ON_BOOTSTRAP: 'off', CONNECTS: 'yes', ...plain })).exited,
      async () => (await application.boot({ ON_BOOTSTRAP: 'off', ...plain })).exited,
    ];
    const figures: number[][] = tasks.map(() => []);
    // in turn, so that a machine that slows down slows all of them
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [index, task] of tasks.entries()) {
        const took = await time(task);
        if (round > 0) figures[index].push(took);
      }
    }
    const cells = figures.map(
      (values) =>
        `${Math.round(median(values))} ms (${Math.round(Math.min(...values))}–${Math.round(Math.max(...values))})`,
    );
    process.stdout.write(`| ${size} | ${cells.join(' | ')} |\n`);
    await database.drop();
    await folder.remove();
  }
} finally {
  await Promise.all(servers.map((server) => server.stop()));
}
