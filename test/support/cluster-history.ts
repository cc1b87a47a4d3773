/** A database on a cluster with revisions in which what runs twice is seen: it multiplies. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WAIT_LIMIT } from './limits.ts';
import { temporaryFolder, type TemporaryFolder } from './projects.ts';
import { revision, type RevisionCode } from './revision-file.ts';
import { type Login, query } from './servers/query.ts';

/** What the runner of a test sets: how long a statement and a file take, in seconds and milliseconds. */
interface Pace {
  readonly slowness?: number;
  readonly loadDelay?: number;
}

const revisions: Readonly<Record<string, RevisionCode>> = {
  aaaa: async (op) => {
    await op.createTable('account', { columns: { id: { type: 'integer', primary: true }, cents: { type: 'bigint' } } });
    await op.bulkInsert('account', [{ id: 1, cents: 1 }]);
  },
  bbbb: async (op) => {
    const { slowness = 0.2 } = globalThis as Pace;
    await op.execute(`update account set cents = cents * 10 where sleep(${slowness}) = 0`);
    await op.transaction(async ({ em }) => {
      await em.execute('update account set cents = cents * 10');
    });
  },
  cccc: async (op) => {
    await op.addColumn('account', 'note', { type: 'string', length: 20, nullable: true });
    await op.execute('update account set cents = cents * 10');
  },
};

/** What stands behind each revision: the file itself takes its time to load. */
const SLOW_TO_LOAD = 'await new Promise((loaded) => setTimeout(loaded, globalThis.loadDelay ?? 0));\n';

/** What there is to see of such a database. */
export interface ClusterContents {
  readonly cents: unknown;
  readonly rows: readonly unknown[];
  /** What the history says was applied, in order. */
  readonly applied: readonly unknown[];
  readonly notes: unknown;
  /** Who has the lock. */
  readonly owners: readonly unknown[];
}

export class ClusterHistory {
  readonly atHead: ClusterContents = {
    cents: '1000',
    rows: ['cccc'],
    applied: ['aaaa', 'bbbb', 'cccc'],
    notes: '0',
    owners: [null, null],
  };

  private constructor(
    readonly database: string,
    private readonly login: Login,
    private readonly folder: TemporaryFolder,
  ) {}

  static async begin(login: Login, database: string): Promise<ClusterHistory> {
    const folder = await temporaryFolder('cluster');
    await mkdir(join(folder.path, 'versions'));
    await writeFile(join(folder.path, 'package.json'), '{ "type": "module" }\n');
    let down: string | null = null;
    for (const [id, upgrade] of Object.entries(revisions)) {
      const text = revision({ id, down, message: 'cluster', upgrade }) + SLOW_TO_LOAD;
      await writeFile(join(folder.path, 'versions', `${id}.ts`), text);
      down = id;
    }
    await query(login, `create database ${database}`);
    const history = new ClusterHistory(database, login, folder);
    return history;
  }

  get directory(): string {
    return this.folder.path;
  }

  /** Settles once a member has the database: what is committed on one is there on the others a little later. */
  async reaches(login: Login): Promise<void> {
    const find = 'select schema_name from information_schema.schemata where schema_name = ?';
    for (const deadline = Date.now() + WAIT_LIMIT; Date.now() < deadline; await sleep(20)) {
      if ((await query(login, find, [this.database])).length === 1) return;
    }
    throw new Error(`The member on port ${login.port} does not get the database ${this.database}.`);
  }

  /** What a member has; one that comes back may have to catch up first. */
  async seenBy(login: Login): Promise<ClusterContents> {
    const expected = JSON.stringify(this.atHead);
    for (const deadline = Date.now() + WAIT_LIMIT; Date.now() < deadline; await sleep(100)) {
      // of one that is far behind, a table is missing
      const seen = await this.#look(login).catch(() => undefined);
      if (seen !== undefined && JSON.stringify(seen) === expected) return seen;
    }
    return this.#look(login);
  }

  async #look(login: Login): Promise<ClusterContents> {
    const ask = (sql: string): ReturnType<typeof query> => query(login, sql, [], this.database);
    const [account] = await ask('select cents from account');
    const rows = await ask('select version_num as value from nest_migrate_version');
    const applied = await ask('select revision as value from nest_migrate_history order by id');
    const [notes] = await ask('select count(*) as value from nest_migrate_journal');
    const owners = await ask('select owner as value from nest_migrate_lock');
    const values = (found: Awaited<ReturnType<typeof query>>): unknown[] => found.map(({ value }) => value);
    return {
      cents: String(account?.['cents']),
      rows: values(rows),
      applied: values(applied),
      notes: String(notes?.['value']),
      owners: values(owners),
    };
  }

  /** What the revisions that multiply have made of one cent. */
  async cents(): Promise<number> {
    const [account] = await query(this.login, 'select cents from account', [], this.database);
    return Number(account?.['cents']);
  }

  async remove(): Promise<void> {
    await query(this.login, `drop database if exists ${this.database}`).catch(() => undefined);
    await this.folder.remove();
  }
}
