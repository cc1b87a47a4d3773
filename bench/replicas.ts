/**
 * How long it takes until 32 processes that boot together are all up, with `onBootstrap: 'upgrade'`: on an empty database with
 * ten revisions, on one at head, and where one of them is killed while it holds the lock. Whole processes of the compiled test
 * application, beside the same 32 with `onBootstrap: 'off'`, since on few cores most of it is 32 times Node starting.
 *
 *     npm run bench:replicas
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { buildApplications, TestApplication } from '../test/support/application.ts';
import { createDatabase, SERVERS_VARIABLE, type TestDatabase } from '../test/support/databases.ts';
import { engineNames, serverEngines, type ServerEngine } from '../test/support/engines.ts';
import { queryDatabase } from '../test/support/inspect.ts';
import { temporaryFolder } from '../test/support/projects.ts';
import { startServers, stopServers } from '../test/support/servers/start-servers.ts';

const REPLICAS = 32;
const REVISIONS = 10;

function revisionId(index: number): string {
  return `aaaa${index.toString().padStart(8, '0')}`;
}

/** Revisions that make a table each and note that they ran; the second takes a while. */
function writeRevisions(versions: string): void {
  mkdirSync(versions, { recursive: true });
  for (let index = 1; index <= REVISIONS; index += 1) {
    const log = `await op.createTable('run_log', { columns: { note: { type: 'string', length: 40 } } });`;
    writeFileSync(
      join(versions, `${revisionId(index)}.ts`),
      `import type { Operations } from 'nest-migrate';

export const revision = '${revisionId(index)}';
export const downRevision = ${index === 1 ? 'null' : `'${revisionId(index - 1)}'`};
export const branchLabels = null;
export const dependsOn = null;
export const message = 'revision ${index}';
export const createDate = null;

export async function upgrade(op: Operations): Promise<void> {
  ${index === 1 ? log : ''}
  ${index === 2 ? "await op.execute(op.dialect === 'postgres' ? 'select pg_sleep(2)' : 'do sleep(2)', [], { repeatable: true });" : ''}
  await op.createTable('t${index}', { columns: { id: { type: 'integer', primary: true } } });
  await op.bulkInsert('run_log', [{ note: '${revisionId(index)}' }]);
}

export async function downgrade(op: Operations): Promise<void> {
  await op.dropTable('t${index}');
}
`,
    );
  }
}

interface Booted {
  readonly ms: number;
  readonly up: number;
}

async function boot(application: TestApplication, mode: 'off' | 'upgrade', killHolder = false): Promise<Booted> {
  const started = performance.now();
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, () => application.boot({ ON_BOOTSTRAP: mode, EAGER: 'no' })),
  );
  if (killHolder) {
    // in the middle of a revision, so it has the lock
    const holder = await Promise.any(
      replicas.map(async (replica) => {
        await replica.waitForOutput(/Running upgrade aaaa00000001 -> aaaa00000002/, { timeout: 180_000 });
        return replica;
      }),
    );
    holder.kill('SIGKILL');
  }
  const results = await Promise.all(replicas.map((replica) => replica.exited));
  return { ms: performance.now() - started, up: results.filter(({ code }) => code === 0).length };
}

async function checkOnce(database: TestDatabase): Promise<void> {
  const rows = await queryDatabase(database, 'select note from run_log');
  if (rows.length !== REVISIONS) throw new Error(`${rows.length} revisions ran, and not ${REVISIONS}`);
}

const servers = await startServers({ onProgress: (line) => process.stderr.write(`${line}\n`) });
try {
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
  await buildApplications();
  process.stdout.write(`Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB\n`);
  process.stdout.write(
    `| ${REPLICAS} processes on | off | empty database | at head | one killed with the lock |\n| --- | ---: | ---: | ---: | ---: |\n`,
  );
  for (const engine of serverEngines) await measure(engine);
} finally {
  await stopServers(servers);
}

async function measure(engine: ServerEngine): Promise<void> {
  const folder = await temporaryFolder('replicas');
  const [database, other] = [await createDatabase(engine), await createDatabase(engine)];
  const application = new TestApplication(folder.path, database.env, { processes: true });
  await application.succeed(['init']);
  writeRevisions(application.versions);
  const told = ({ ms, up }: Booted): string => `${(ms / 1000).toFixed(1)} s, ${up} up`;
  const off = await boot(application, 'off');
  const empty = await boot(application, 'upgrade');
  await checkOnce(database);
  const atHead = await boot(application, 'upgrade');
  await checkOnce(database);
  const killed = await boot(new TestApplication(folder.path, other.env, { processes: true }), 'upgrade', true);
  await checkOnce(other);
  process.stdout.write(
    `| ${engineNames[engine]} | ${told(off)} | ${told(empty)} | ${told(atHead)} | ${told(killed)} |\n`,
  );
  await database.drop();
  await other.drop();
  await folder.remove();
}
