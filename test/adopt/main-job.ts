/** What every application is put through, in the order in which its developers would. */
import { queryDatabase } from '../support/inspect.ts';
import { type TestDatabase } from '../support/databases.ts';
import { type AdoptedApplication } from './adopted-application.ts';

export interface MainJob {
  readonly database: TestDatabase;
  /** The table whose entity changes. */
  readonly table: string;
  /** The column that the change adds. */
  readonly column: string;
  /** Where the revisions are; `migrations` unless told. */
  readonly directory?: string;
  /** Arguments of `nest build`. */
  readonly build?: readonly string[];
  /** Edits the entity. */
  changeEntity(): Promise<void>;
  /** Edits the module: `onBootstrap: 'upgrade'`. */
  upgradeOnBoot(): Promise<void>;
}

/** For what a person would look at; the message is what they would see. */
export function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** The columns of a table, in their order; empty where there is none. Asked from outside, through this repository. */
export async function columnsOf(database: TestDatabase, table: string): Promise<readonly string[]> {
  const rows = await queryDatabase(
    database,
    `select column_name as name from information_schema.columns where table_name = '${table}' order by ordinal_position`,
  );
  return rows.map((row) => String(row['name']));
}

async function expectColumn(job: MainJob, expected: 'absent' | 'present'): Promise<void> {
  const columns = await columnsOf(job.database, job.table);
  expectThat(columns.length > 0, `There is no table ${job.table}.`);
  expectThat(
    columns.includes(job.column) === (expected === 'present'),
    `Column ${job.column} is not ${expected}: ${job.table} has ${columns.join(', ')}.`,
  );
}

/** `init`, then the first revision, written from the entities and applied. */
export async function firstRevision(application: AdoptedApplication, job: MainJob): Promise<void> {
  await application.step('npm run db -- init', () => application.npmDb('init'));
  await application.step('npm run db -- migrate', async () => {
    const { stdout } = await application.npmDb('migrate', '-m', 'first tables');
    expectThat(/_first_tables\.ts\s*$/.test(stdout), `migrate does not name the revision's file:\n${stdout}`);
  });
  await application.step('npm run db -- upgrade', async () => {
    const { stderr } = await application.npmDb('upgrade');
    expectThat(/Running upgrade .*-> \w+, first tables/.test(stderr), `upgrade does not say what it runs:\n${stderr}`);
    await expectColumn(job, 'absent');
  });
}

/** An entity changes: the second revision, there and back. */
export async function secondRevision(application: AdoptedApplication, job: MainJob): Promise<void> {
  await application.step('change an entity and build', async () => {
    await job.changeEntity();
    await application.build(...(job.build ?? []));
  });
  await application.step('db migrate', () => application.db('migrate', '-m', `add ${job.column}`));
  await application.step('db upgrade', async () => {
    await application.db('upgrade');
    await expectColumn(job, 'present');
  });
  await application.step('db migrate finds nothing more', async () => {
    const { stdout, stderr } = await application.db('migrate', '-m', 'nothing');
    expectThat(/No changes in schema detected/.test(stdout + stderr), `migrate says:\n${stdout}${stderr}`);
    const scripts = await application.revisions(job.directory);
    expectThat(scripts.length === 2, `There are ${scripts.length} revisions: ${scripts.join(', ')}`);
  });
  await application.step('db downgrade -1', async () => {
    await application.db('downgrade', '-1');
    await expectColumn(job, 'absent');
  });
}

/** The downgraded database is upgraded by the application's own start. */
export async function upgradeOnBoot(
  application: AdoptedApplication,
  job: MainJob,
  talk: () => Promise<void>,
): Promise<void> {
  await application.step("onBootstrap: 'upgrade', and build", async () => {
    await job.upgradeOnBoot();
    await application.build(...(job.build ?? []));
  });
  await application.step(`node ${application.main}`, talk);
  await application.step('the boot has upgraded', async () => {
    await expectColumn(job, 'present');
    const { stdout } = await application.db('current');
    expectThat(/\(head\)/.test(stdout), `current says:\n${stdout}`);
  });
  await application.step('npx nest-migrate heads', async () => {
    const { directory = 'migrations' } = job;
    const { stdout } = await application.program('heads', '--check', '-d', directory);
    expectThat(/^\w+ \(head\)\n$/.test(stdout), `heads says:\n${stdout}`);
  });
  await application.step('npx nest-migrate current starts the built application', async () => {
    const { stdout } = await application.program('current');
    expectThat(/\(head\)/.test(stdout), `current says:\n${stdout}`);
  });
}
