import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Configuration, type MikroORM, Utils } from '@mikro-orm/core';
import { type EngineSql } from '../engines/sql/engine-sql.js';
import { MigratorMissingError } from '../errors/import.errors.js';
import { errorText } from '../errors/thrown.js';
import { NoSqlError, ReadsError, type Recorded, type Recording, recordedWork } from './class-recording.js';
import {
  type AppliedTable,
  type HistorySource,
  type ImportedMigration,
  type ImportedStatement,
  type ImportedWork,
  type ImportPlace,
} from './imported-history.js';
import { exportsOf, filesIn, packageOf } from './migration-files.js';
import { statementsOfFile } from './sql-file.js';
import { statementsOf } from './sql-of-query.js';

/** A migration of MikroORM, as far as it is used here. */
interface MigrationInstance {
  name?: string;
  up(): unknown;
  down(): unknown;
  isTransactional(): boolean;
  addSql(query: unknown): void;
  getQueries(): readonly unknown[];
  execute(query: unknown, params?: unknown): Promise<unknown>;
  getEntityManager(): unknown;
  getKnex?: () => unknown;
}
type MigrationClass = new (driver: unknown, config: unknown) => MigrationInstance;

/** A class and where it is from. */
interface Found {
  readonly name: string;
  readonly migration: MigrationClass;
  readonly file: string | undefined;
  readonly exportName: string | undefined;
  readonly text: string;
}

type MigrationsOptions = ReturnType<Configuration['getAll']>['migrations'];

/** The files that MikroORM takes for migrations, unless its configuration says otherwise. */
const FILES = /^(?!.*\.d\.[mc]?ts$).*\.(?:js|ts|cjs)$/;

/** The message of a class of MikroORM that has no `down()`. */
const NO_WAY_BACK = 'This migration cannot be reverted';

/** The history of MikroORM's own migrator, of version 6 and 7: from the folder or the list of its configuration. */
export async function mikroOrmHistory(place: ImportPlace): Promise<HistorySource> {
  const { orm, table } = place;
  const options = orm.config.get('migrations');
  const list = place.folder === undefined ? options.migrationsList : undefined;
  const folder = list === undefined ? await folderOf(place, options) : undefined;
  return {
    tool: 'mikro-orm',
    title: 'MikroORM',
    place: folder ?? "the option 'migrationsList'",
    table: tableOf(place, table ?? options.tableName ?? 'mikro_orm_migrations', options),
    readHistory: async () => {
      await migratorOf(place);
      const found = list === undefined ? await inFolder(folder ?? '', place) : inList(list);
      const migrations: ImportedMigration[] = [];
      for (const each of found) migrations.push(await readMigration(each, place, options));
      return migrations;
    },
    readApplied: async (connection, { name, schema }) => {
      const rows = await connection.execute<{ name: string }[]>(
        `select name from ${place.engine.sql.quote(schema, name)} order by id`,
      );
      return rows.map((row) => withoutExtension(row.name));
    },
    runTool: async (scratch, onMigration) => {
      const Migrator = await migratorOf(place);
      // its own snapshot would be overwritten with what the scratch database has
      scratch.config.set('migrations', {
        ...options,
        ...(folder !== undefined && { path: folder, pathTs: folder, migrationsList: undefined }),
        snapshot: false,
        silent: true,
        // what runs outside of a transaction would wait for the one around all of them
        allOrNothing: false,
      } as never);
      sendingEach(scratch, place.engine.sql);
      const migrator = new Migrator(scratch.em);
      migrator.on('migrating', async ({ name }) => onMigration(withoutExtension(name)));
      await migrator.up();
    },
  };
}

type MigratorClass = new (em: MikroORM['em']) => {
  on(event: 'migrating', listener: (event: { readonly name: string }) => Promise<void>): unknown;
  up(): Promise<unknown>;
};

/** @throws MigratorMissingError */
async function migratorOf({ base }: ImportPlace): Promise<MigratorClass> {
  // the application may be somewhere else than its folder: beside this package
  const beside = dirname(fileURLToPath(import.meta.url));
  const found = (await packageOf('@mikro-orm/migrations', base)) ?? (await packageOf('@mikro-orm/migrations', beside));
  if (found?.['Migrator'] === undefined) throw new MigratorMissingError();
  return found['Migrator'] as MigratorClass;
}

/** The folder that the migrator would read here; where it is empty, the one of its other form. */
async function folderOf({ orm, folder, fs }: ImportPlace, { path, pathTs }: MigrationsOptions): Promise<string> {
  if (folder !== undefined) return folder;
  const { config } = orm;
  const base = config.get('baseDir');
  const absolute = (one: string): string => (isAbsolute(one) ? one : resolve(base, one));
  const prefersTs = config.get('preferTs', Utils.detectTypeScriptSupport());
  const candidates =
    path === undefined && pathTs === undefined
      ? ['./migrations', './src/migrations', './dist/migrations', './build/migrations']
      : prefersTs
        ? [pathTs, path]
        : [path, pathTs];
  const folders = candidates.filter((one) => one !== undefined).map(absolute);
  for (const one of folders) if ((await filesIn(one, FILES, fs)).length > 0) return one;
  return folders[0] ?? absolute('./migrations');
}

function tableOf({ orm }: ImportPlace, text: string, { schema: own }: MigrationsOptions): AppliedTable {
  const [first = '', second] = text.split('.');
  const home = orm.config.get('schema', orm.driver.getPlatform().getDefaultSchemaName());
  return { name: second ?? first, schema: own ?? (second === undefined ? home : first) };
}

function withoutExtension(name: string): string {
  return name.replace(/\.[jt]s$/, '');
}

async function inFolder(folder: string, { fs }: ImportPlace): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const { name, path } of await filesIn(folder, FILES, fs)) {
    const [exported] = Object.entries(await exportsOf(path)).filter(([, value]) => isMigration(value));
    if (exported === undefined) continue;
    const [exportName, migration] = exported as [string, MigrationClass];
    found.push({ name: withoutExtension(name), migration, file: path, exportName, text: await fs.readText(path) });
  }
  return found;
}

function inList(list: NonNullable<MigrationsOptions['migrationsList']>): readonly Found[] {
  return list.map((entry) => {
    const migration = (typeof entry === 'function' ? entry : entry.class) as unknown as MigrationClass;
    const given = typeof entry === 'function' ? undefined : entry.name;
    const name = given ?? new migration(undefined, undefined).name ?? migration.name;
    return { name: withoutExtension(name), migration, file: undefined, exportName: undefined, text: '' };
  });
}

/** The base class is not compared: the application may have a copy of its own of it. */
function isMigration(value: unknown): value is MigrationClass {
  const { prototype } = Object(value) as { readonly prototype?: Partial<MigrationInstance> };
  return typeof value === 'function' && typeof prototype?.up === 'function' && typeof prototype.addSql === 'function';
}

async function readMigration(
  { name, migration, file, exportName, text }: Found,
  place: ImportPlace,
  { transactional = true, disableForeignKeys = false }: MigrationsOptions,
): Promise<ImportedMigration> {
  const isTransactional = transactional && new migration(undefined, undefined).isTransactional();
  const knex = text.includes('getKnex') ? await knexFor(place) : undefined;
  const callable: Recording['callable'] = !isTransactional
    ? {
        because: 'a class that runs outside of a transaction cannot be called',
        cure: 'Write what it does as a revision of its own, or let it run in a transaction.',
      }
    : file === undefined
      ? {
          because: 'the class has no file that a revision could import',
          cure: 'Name the folder of its file: the argument of the command.',
        }
      : true;
  const work = async (direction: 'up' | 'down'): Promise<ImportedWork> => {
    const recorded = await recordedWork({
      direction,
      text,
      callable,
      refusal: (error) => (direction === 'down' ? errorText(error) : undefined),
      run: (recording) => record(migration, direction, { place, recording, knex }),
    });
    if (recorded.kind === 'irreversible' && recorded.reason === NO_WAY_BACK) {
      return { kind: 'irreversible', reason: `the migration ${name} had no way back` };
    }
    return recorded.kind === 'sql' && disableForeignKeys ? withoutForeignKeys(recorded, place) : recorded;
  };
  return { name, file, exportName, isTransactional, up: await work('up'), down: await work('down') };
}

/** Runs a class whose driver leads nowhere. */
async function record(
  migration: MigrationClass,
  direction: 'up' | 'down',
  { place, recording, knex }: { readonly place: ImportPlace; readonly recording: Recorded; readonly knex: unknown },
): Promise<void> {
  const { driver } = place.orm;
  const { sql } = place.engine;
  const reads = (what: string, member: string): ReadsError =>
    new ReadsError(what, new RegExp(`\\bthis\\s*\\.${member}\\b`));
  const config = recording.guard({}, [], () => reads('reads the configuration', 'config'));
  const guarded = recording.guard(driver, ['getPlatform'], () => reads('works with the driver', 'driver'));
  const instance = new migration(guarded, config);
  const added: ImportedStatement[] = [];
  const executed: ImportedStatement[] = [];
  instance.execute = async (query, params) => {
    executed.push(...statementsOf(query, sql, params).flatMap((one) => each(one, sql)));
    return recording.rows(() => reads('uses what this.execute() returns', 'execute'));
  };
  instance.getEntityManager = () => recording.stop(reads('works with an EntityManager', 'getEntityManager'));
  instance.getKnex ??= () =>
    knex ??
    recording.stop(
      new NoSqlError(
        'calls this.getKnex(), which is gone since MikroORM 7',
        'Install knex for the time of the import, or write the SQL into this.addSql().',
        /\bgetKnex\b/,
      ),
    );
  // what it adds runs when the function is done
  await instance[direction]();
  for (const query of instance.getQueries()) {
    added.push(...statementsOf(query, sql).flatMap((one) => each(one, sql)));
  }
  recording.statements.push(...executed, ...added);
}

/**
 * The statements of a text: a server of PostgreSQL takes several at once, PGlite and a prepared statement do not. One alone
 * stays as it was written.
 */
function each(statement: ImportedStatement, sql: EngineSql): readonly ImportedStatement[] {
  if (statement.params.length > 0) return [statement];
  const statements = statementsOfFile(statement.sql, sql);
  return statements.length === 1 ? [statement] : statements;
}

/** The member of MikroORM's drivers through which its migrator and its migrations send SQL. */
interface SendingDriver {
  execute(query: unknown, params?: readonly unknown[], ...others: unknown[]): Promise<unknown>;
}

/** Lets a driver send the statements of a text one by one. */
function sendingEach(orm: MikroORM, sql: EngineSql): void {
  const driver = orm.driver as unknown as SendingDriver;
  const send = driver.execute.bind(driver);
  driver.execute = async (query, params, ...others) => {
    if (typeof query !== 'string' || (params ?? []).length > 0) return send(query, params, ...others);
    let last: unknown = [];
    for (const one of each({ sql: query, params: [] }, sql)) last = await send(one.sql, params, ...others);
    return last;
  };
}

/** Knex of the application, which MikroORM 6 handed to migrations: its builders make SQL without a connection. */
async function knexFor({ base, engine }: ImportPlace): Promise<unknown> {
  const { knex, default: whole } = (await packageOf('knex', base)) ?? {};
  const create = (knex ?? whole) as ((options: object) => unknown) | undefined;
  const clients: Readonly<Record<string, string>> = { postgres: 'pg', sqlite: 'better-sqlite3' };
  return create?.({ client: clients[engine.name] ?? 'mysql2', useNullAsDefault: true });
}

/** The statements between those with which the migrator switches foreign keys off and on again. */
function withoutForeignKeys(work: Extract<ImportedWork, { kind: 'sql' }>, { orm }: ImportPlace): ImportedWork {
  const helper = orm.driver.getPlatform().getSchemaHelper();
  const off = helper?.disableForeignKeysSQL() ?? '';
  const on = helper?.enableForeignKeysSQL() ?? '';
  if (work.statements.length === 0 || off === '') return work;
  const statement = (sql: string): ImportedStatement => ({ sql: sql.replace(/;\s*$/, ''), params: [] });
  return { kind: 'sql', statements: [statement(off), ...work.statements, statement(on)] };
}

/** Whether an ORM's configuration says where migrations are. */
export function namesMigrations({ config }: MikroORM): boolean {
  const { path, pathTs, migrationsList } = config.get('migrations');
  return path !== undefined || pathTs !== undefined || migrationsList !== undefined;
}
