/** A small application whose tables of the tool hold what others have written, and all that the server receives of it. */
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { engineFor } from '../../libs/nest-migrate/src/engines/detect.js';
import { boot } from '../../libs/nest-migrate/src/commands/boot.js';
import { type CommandContext } from '../../libs/nest-migrate/src/commands/command-context.js';
import { databaseOf } from '../../libs/nest-migrate/src/commands/database-of.js';
import { commandContext } from '../../libs/nest-migrate/src/commands/connection.js';
import { type MigrationModuleOptions } from '../../libs/nest-migrate/src/commands/options.js';
import { createDatabase, type CreateDatabaseOptions, type Engine, type Row } from './databases.ts';
import { startRecording } from './recording-proxy.ts';
import { scenario, type Scenario, type ScenarioOptions } from './scenario.ts';

/** Text that breaks out of whatever it is put into, but for a literal; short enough for no column but a wide one. */
export const HOSTILE = `n-x\\'"\`; create table pwned (n int); -- ?? ? $1 :x`;
/** With a letter that base64 does not have: the proof of a password, which is random, would hold the mark at times. */
const MARK = 'n-x';

export type OwnTable =
  | 'nest_migrate_version'
  | 'nest_migrate_journal'
  | 'nest_migrate_history'
  | 'nest_migrate_lock'
  | 'nest_migrate_schema';

export class Planted {
  private constructor(
    readonly at: Scenario,
    private readonly takeSent: () => string,
    private readonly ending: () => Promise<void>,
    private readonly options: MigrationModuleOptions,
  ) {}

  static async start(
    engine: Engine,
    {
      module = {},
      revisions,
      server,
    }: Pick<ScenarioOptions, 'module' | 'revisions'> & Pick<CreateDatabaseOptions, 'server'>,
  ): Promise<Planted> {
    const database = await createDatabase(engine, server && { server });
    const { host, port } = database.options;
    if (host === undefined || port === undefined) {
      // an embedded engine is a part of this process: what it receives is what the ORM logs
      const log: string[] = [];
      const options = {
        ...database.options,
        debug: ['query'],
        colors: false,
        logger: (line: string) => log.push(line),
      };
      const at = await scenario(engine, { module, revisions, database: { ...database, options } });
      return new Planted(
        at,
        () => log.splice(0).join('\n'),
        () => database.drop(),
        module,
      );
    }
    const proxy = await startRecording({ host, port });
    const options = { ...database.options, host: '127.0.0.1', port: proxy.port };
    const at = await scenario(engine, { module, revisions, database: { ...database, options } });
    const ending = async (): Promise<void> => {
      await proxy.close();
      await database.drop();
    };
    return new Planted(at, () => proxy.take(), ending, module);
  }

  async end(): Promise<void> {
    await this.at.end();
    await this.ending();
  }

  get #connection(): AbstractSqlConnection {
    return this.at.orm.em.getConnection() as AbstractSqlConnection;
  }

  async sql(text: string): Promise<readonly Row[]> {
    return this.#connection.execute<Row[]>(text);
  }

  /** A value as the engine reads it. */
  literal(value: string): string {
    return engineFor(this.at.orm as never).ddl.format('?', [value]);
  }

  context(options: MigrationModuleOptions = {}): CommandContext {
    const host = {
      ...{ cwd: this.at.folder.path, env: {}, execPath: process.execPath, pid: process.pid },
      ...{ hostname: 'here', user: 'me', activity: 'a test' },
    };
    const directory = `${this.at.folder.path}/migrations`;
    return commandContext(this.at.orm as never, {
      ...{ options: { directory, ...this.options, ...options }, host },
      ...{ services: { reason: 'it is a test', cure: '' }, call: { command: 'boot', xArguments: {} } },
    });
  }

  /** What an application does at its start, without one around. */
  async boot(options: MigrationModuleOptions): Promise<void> {
    await boot(this.context(options));
  }

  /** Makes sure of the journal, which is there from the first time that it is needed. */
  async makeJournal(): Promise<void> {
    const database = databaseOf(this.context());
    await database.pin((session) => database.journal.ensure(session));
  }

  async columnsOf(table: OwnTable): Promise<readonly string[]> {
    const isSqlite = this.at.database.engine === 'sqlite';
    const query = isSqlite
      ? `select name from pragma_table_info('${table}')`
      : `select column_name as name from information_schema.columns where table_name = '${table}'
          and table_schema not in ('pg_catalog', 'information_schema')
          ${['mysql', 'mariadb'].includes(this.at.database.engine) ? 'and table_schema = database()' : ''}`;
    return (await this.sql(query)).map(({ name }) => String(name));
  }

  /** Makes all columns of a table texts without a limit, which take anything. */
  async loosen(table: OwnTable): Promise<void> {
    const rows = await this.sql(`select * from ${table}`);
    const names = await this.columnsOf(table);
    const type = ['mysql', 'mariadb'].includes(this.at.database.engine) ? 'longtext' : 'text';
    await this.sql(`drop table ${table}`);
    await this.sql(`create table ${table} (${names.map((name) => `${name} ${type}`).join(', ')})`);
    for (const row of rows) {
      const values = names.map((name) => (row[name] == null ? 'null' : this.literal(textOf(row[name]))));
      await this.sql(`insert into ${table} values (${values.join(', ')})`);
    }
  }

  /**
   * What the server has received since this was asked last that holds planted text where it is no literal. What the test
   * itself has sent has none that is not.
   */
  strayText(): readonly string[] {
    const sent = this.takeSent();
    const left = sent.replaceAll(this.literal(HOSTILE), "''");
    return left
      .split(MARK)
      .slice(1)
      .map((after, index) => `${left.split(MARK)[index]?.slice(-80) ?? ''}${MARK}${after.slice(0, 40)}`);
  }
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
