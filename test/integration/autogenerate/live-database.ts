/** A database that entities are compared with and revisions applied to, the way a user's revision would be. */
import { citext } from '@electric-sql/pglite/contrib/citext';
import { hstore } from '@electric-sql/pglite/contrib/hstore';
import { ltree } from '@electric-sql/pglite/contrib/ltree';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { vector } from '@electric-sql/pglite-pgvector';
import { basename } from 'node:path';
import { type EntityClass, type EntitySchema, Routine } from '@mikro-orm/core';
import { type AbstractSqlConnection, MikroORM } from '@mikro-orm/sql';
import {
  type CompareOptions,
  compareSchema,
  readDatabaseSchema,
  type SchemaComparison,
  type AlterationBatch,
} from '../../../libs/nest-migrate/src/autogenerate/compare-schema.js';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { type Engine as Dialect } from '../../../libs/nest-migrate/src/engines/engine.js';
import { type OnlineSources, type OnlineWriter } from '../../../libs/nest-migrate/src/engines/online/online.js';
import { type Backfill } from '../../../libs/nest-migrate/src/operations/backfill.js';
import { type Statement } from '../../../libs/nest-migrate/src/engines/ddl/statement.js';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { type Fingerprint, fingerprint } from '../../../libs/nest-migrate/src/rehearsal/fingerprint.js';
import { type SchemaModel } from '../../../libs/nest-migrate/src/schema/schema-model.js';
import { createDatabase, type Engine, type ServerCoordinates, type TestDatabase } from '../../support/databases.js';
import { catalogueOf, schemaOf } from '../../support/dumps.js';
import { isTurn } from '../../support/turns.js';
import { sessionOn, statementsFor, statementsTogether } from '../../support/statements.js';
import { type RenderedStep, runBody, runRendered } from '../../unit/autogenerate/run-rendered.js';
import { type Contents, contentsOf } from './rows.js';

/** What the application declares: MikroORM takes routines apart from entities. */
export type Entities = readonly (EntityClass<object> | EntitySchema | Routine)[];
type Options = Parameters<typeof MikroORM.init>[0];

export class LiveDatabase {
  /** What of a difference is one batch. */
  private readonly batches = new WeakMap<readonly Operation[], readonly AlterationBatch[]>();

  private constructor(
    readonly engine: Engine,
    private readonly database: TestDatabase,
    private readonly orm: MikroORM,
  ) {}

  /**
   * @param config of the application whose revisions run.
   * @param server another one than the run's.
   */
  static async create(
    engine: Engine,
    config: Partial<Options> = {},
    server?: ServerCoordinates,
  ): Promise<LiveDatabase> {
    const database = await createDatabase(engine, { server });
    // those that a server has in its folders
    const extensions = { citext, hstore, ltree, pg_trgm, vector };
    const driverOptions = engine === 'pglite' ? { driverOptions: { extensions } } : {};
    const options = { pool: { min: 0, max: 1 }, ...driverOptions, ...config };
    const orm = await connect(database, [], options);
    // PGlite starts when it is asked something, and jest refuses what it imports then outside of tests and hooks
    await orm.em.getConnection().execute('select 1');
    return new LiveDatabase(engine, database, orm);
  }

  get name(): string {
    return this.database.name;
  }

  get connection(): AbstractSqlConnection {
    return this.orm.em.getConnection();
  }

  /** The entities' side is an ORM that never connects: whatever asked its pool for a connection would fail. */
  async compare(
    entities: Entities,
    { config = {}, ...options }: { readonly config?: Partial<Options> } & Partial<CompareOptions> = {},
  ): Promise<SchemaComparison> {
    const orm = await connect(this.database, entities, config, 'offline');
    const comparison = await compareSchema({ connection: this.connection, ignoreTables: [], ...options, orm });
    for (const direction of ['upgrade', 'downgrade'] as const) {
      this.batches.set(comparison[direction], comparison.batches[direction]);
    }
    return comparison;
  }

  /** Has MikroORM discover entities, which it may refuse. */
  async discover(entities: Entities): Promise<void> {
    await connect(this.database, entities, {}, 'offline');
  }

  /** For another program that is to connect. */
  get env(): Readonly<Record<string, string>> {
    return this.database.env;
  }

  /** Of the engine. */
  async version(): Promise<string> {
    const [row] = await this.connection.execute<{ version: string }[]>(
      this.engine === 'sqlite' ? 'select sqlite_version() as version' : 'select version() as version',
    );
    return /\d+(\.\d+)+/.exec(row?.version ?? '')?.[0] ?? '';
  }

  /**
   * The schema as the engine's own tools tell it. `pg_dump` costs the processor ten times what a query of the catalogue
   * does: it tells the schemas of one spec file in four, of others the next day.
   */
  async schema(): Promise<string> {
    const open = { database: this.database, orm: this.orm };
    return this.engine === 'postgres' && !isDumpsTurn() ? catalogueOf(open) : schemaOf(open);
  }

  /** The schema as the library tells it. */
  async fingerprint(): Promise<Fingerprint> {
    return fingerprint(this.orm);
  }

  /** The schema as the comparison reads it. */
  async read(): Promise<SchemaModel> {
    return readDatabaseSchema({ orm: this.orm, connection: this.connection, ignoreTables: [] });
  }

  /** The rows of all tables. */
  async contents(): Promise<Contents> {
    return contentsOf(this.connection, engineFor(this.orm));
  }

  /** The upgrade as a revision says it. */
  async difference(entities: Entities, options?: Parameters<LiveDatabase['compare']>[1]): Promise<string> {
    return renderOperations((await this.compare(entities, options)).upgrade);
  }

  /** Applies what `entities` want. */
  async build(entities: Entities): Promise<void> {
    await this.apply((await this.compare(entities)).upgrade);
  }

  /** Makes the schema of `entities` with MikroORM's own generator. */
  async createAsMikroOrm(entities: Entities): Promise<void> {
    const orm = await connect(this.database, entities, {}, 'offline');
    await this.executeAsMikroOrm(statementsOf(await orm.schema.getCreateSchemaSQL({ wrap: false })));
  }

  /** What MikroORM's own generator would have a migration do. */
  async mikroOrmMigration(
    entities: Entities,
  ): Promise<{ readonly up: readonly string[]; readonly down: readonly string[] }> {
    const orm = await connect(this.database, entities, { pool: { min: 0, max: 1 } });
    try {
      const { up, down } = await orm.schema.getUpdateSchemaMigrationSQL({ wrap: false });
      return { up: statementsOf(up), down: statementsOf(down) };
    } finally {
      await orm.close(true);
    }
  }

  /** In one transaction where the engine has transactions for that, as MikroORM's migrator does. */
  async executeAsMikroOrm(statements: readonly string[]): Promise<void> {
    if (!engineFor(this.orm).capabilities.transactionalDdl) return this.execute(...statements);
    await this.inTransaction(() => this.execute(...statements));
  }

  /** A connection of somebody who may read all tables and nothing else. */
  async withReader<T>(
    work: (connection: AbstractSqlConnection) => Promise<T>,
    grants: (user: string, database: string) => readonly string[] = () => [],
  ): Promise<T> {
    const name = `reader_${process.pid}`;
    const database = this.database.name;
    if (this.engine === 'postgres') {
      await this.execute(
        `create role ${name} login password 'reader'`,
        `alter role ${name} set default_transaction_read_only = on`,
        `revoke temporary on database "${database}" from public`,
        `grant usage on schema public to ${name}`,
        `grant select on all tables in schema public to ${name}`,
      );
    } else {
      await this.execute(
        `create user ${name}@'%' identified by 'reader'`,
        `grant select on \`${database}\`.* to ${name}@'%'`,
      );
    }
    await this.execute(...grants(this.engine === 'postgres' ? name : `${name}@'%'`, database));
    const orm = await connect(this.database, [], { user: name, password: 'reader', pool: { min: 0, max: 1 } });
    try {
      return await work(orm.em.getConnection());
    } finally {
      await orm.close(true);
      const drop =
        this.engine === 'postgres' ? [`drop owned by ${name}`, `drop role ${name}`] : [`drop user ${name}@'%'`];
      await this.execute(...drop);
    }
  }

  /**
   * Renders the operations, runs the text as a revision, and executes what comes out, statement by statement: in one
   * transaction where the engine has transactions for that.
   *
   * @param from where statements come from that depend on what a table is: the database, or the revision, as in a script.
   */
  async apply(operations: readonly Operation[], from: 'database' | 'revision' = 'database'): Promise<void> {
    const dialect = engineFor(this.orm);
    if (!dialect.capabilities.transactionalDdl) return this.run(operations, dialect, from);
    // as a run does before each revision
    if (dialect.name === 'sqlite') await this.execute('pragma foreign_keys = off');
    await this.inTransaction(() => this.run(operations, dialect, from));
  }

  /** Another session of the same database, for the caller to close. */
  async another(): Promise<MikroORM> {
    return connect(this.database, [], { pool: { min: 0, max: 1 } });
  }

  /** The statements of one step, for the tables as they are. */
  statementsOf(step: RenderedStep): AsyncGenerator<Statement> {
    return statementsFor(engineFor(this.orm), this.connection, ...step.operations);
  }

  /** Writes operations so that requests go on meanwhile, for the database as it is. */
  async online(
    operations: readonly Operation[],
    onScratch: OnlineSources['onScratch'] = () => Promise.reject(new TypeError('it needs a scratch database')),
  ): Promise<OnlineWriter | undefined> {
    const sources: OnlineSources = { onDatabase: (work) => work(this.connection), onScratch };
    return engineFor(this.orm).online?.(sources, [operations]);
  }

  /** Runs the body of a function, in transactions and outside of them as a run does. */
  async runText(source: string): Promise<void> {
    const dialect = engineFor(this.orm);
    await this.inTransaction(() =>
      runBody(source, dialect.name, {
        take: (step) => this.take(step, dialect),
        fill: (backfill) => this.fill(backfill),
        outside: async (block) => {
          await this.execute('commit');
          await block();
          await this.execute('begin');
        },
      }),
    );
  }

  /** What a backfill does in the end. */
  async fill({ table, where = 'true', work }: Backfill<unknown>): Promise<void> {
    const set = Object.entries('set' in work ? work.set : {}).map(([column, value]) => `"${column}" = ${value}`);
    await this.execute(`update "${table}" set ${set.join(', ')} where ${where}`);
  }

  private async inTransaction(work: () => Promise<void>): Promise<void> {
    await this.execute('begin');
    try {
      await work();
      await this.execute('commit');
    } catch (error) {
      await this.execute('rollback');
      throw error;
    }
  }

  private async run(operations: readonly Operation[], dialect: Dialect, from: 'database' | 'revision'): Promise<void> {
    for (const step of await this.steps(operations)) await this.take(step, dialect, from);
  }

  /** What a revision with these operations asks for, one after the other. */
  async steps(operations: readonly Operation[]): Promise<readonly RenderedStep[]> {
    const source = renderOperations(operations, undefined, this.batches.get(operations));
    return runRendered(source, engineFor(this.orm).name);
  }

  /** Executes the statements of one step. */
  async take(
    step: RenderedStep,
    dialect: Dialect = engineFor(this.orm),
    from: 'database' | 'revision' = 'database',
  ): Promise<void> {
    const statements =
      from === 'database'
        ? statementsFor(dialect, this.connection, ...step.operations)
        : (dialect.ddl.statementsFrom?.(step.existing, step.operations) ??
          statementsTogether(dialect, step.operations));
    for await (const { sql, unchecked = false } of statements) {
      const send = (): Promise<unknown> => this.connection.execute(sql);
      try {
        await (unchecked ? dialect.session.unchecked?.(sessionOn(this.connection), send) : send());
      } catch (error) {
        throw new Error(`${sql}\n${(error as Error).message}`, { cause: error });
      }
    }
  }

  async execute(...statements: readonly string[]): Promise<void> {
    for (const sql of statements) await this.connection.execute(sql);
  }

  /**
   * Removes everything, also what a failed test left behind.
   *
   * @param extensions to be there, each with a schema and a dot in front where that is not the usual one.
   */
  async reset(extensions: readonly string[] = []): Promise<void> {
    await this.empty();
    const quoted = (name: string): string => engineFor(this.orm).sql.quote(name);
    for (const extension of extensions) {
      const [name = '', schema] = extension.split('.').toReversed();
      if (schema !== undefined) await this.execute(`create schema if not exists ${quoted(schema)}`);
      await this.execute(`create extension ${quoted(name)} schema ${quoted(schema ?? 'public')}`);
    }
  }

  private async empty(): Promise<void> {
    const quoted = (name: string): string => engineFor(this.orm).sql.quote(name);
    if (this.engine === 'sqlite') {
      const objects = await this.connection.execute<{ type: string; name: string }[]>(
        `select replace(type, 'virtual', 'table') as type, name from pragma_table_list
          where schema = 'main' and type <> 'shadow' and name not like 'sqlite\\_%' escape '\\'`,
      );
      await this.execute('pragma foreign_keys = off');
      for (const { type, name } of objects) await this.execute(`drop ${type} ${quoted(name)}`);
      return;
    }
    if (this.engine === 'postgres' || this.engine === 'pglite') {
      const schemas = await this.connection.execute<{ name: string }[]>(
        `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`,
      );
      for (const { name } of schemas) await this.execute(`drop schema ${quoted(name)} cascade`);
      await this.execute('create schema public');
      return;
    }
    const tables = await this.connection.execute<{ name: string; kind: string }[]>(
      'select table_name as name, table_type as kind from information_schema.tables where table_schema = database()',
    );
    await this.execute('set foreign_key_checks = 0');
    for (const { name, kind } of tables)
      await this.execute(`drop ${kind === 'VIEW' ? 'view' : 'table'} ${quoted(name)}`);
    await this.execute('set foreign_key_checks = 1');
    const routines = await this.connection.execute<{ name: string; kind: string }[]>(
      'select routine_name as name, routine_type as kind from information_schema.routines where routine_schema = database()',
    );
    for (const { name, kind } of routines) await this.execute(`drop ${kind} \`${name}\``);
  }

  async close(): Promise<void> {
    await this.orm.close(true);
    await this.database.drop();
  }
}

async function connect(
  database: TestDatabase,
  entities: Entities,
  options: Partial<Options>,
  mode: 'online' | 'offline' = 'online',
): Promise<MikroORM> {
  const orm = (await MikroORM.init({
    ...database.options,
    entities: entities.filter((one) => !Routine.is(one)),
    routines: entities.filter((one) => Routine.is(one)),
    discovery: { warnWhenNoEntities: false },
    preferEnvVars: false,
    logger: () => undefined,
    ...options,
  } as Options)) as MikroORM;
  if (mode === 'online') await orm.connect();
  return orm;
}

/** A script of MikroORM's, split as its migrator splits it, not within quotes or dollars; what is left by quotes that do not match is kept. */
function statementsOf(script: string): readonly string[] {
  const statements: string[] = [];
  let rest = '';
  for (const part of script.split(/;\n/)) {
    rest += rest === '' ? part : `;\n${part}`;
    const outside = rest.replace(/\$(\w*)\$[^]*?\$\1\$/g, '');
    if (/\$\w*\$/.test(outside) || outside.split("'").length % 2 === 0) continue;
    if (rest.trim() !== '') statements.push(rest.trim());
    rest = '';
  }
  if (rest.trim() !== '') statements.push(rest.trim());
  return statements;
}

/** Whether `pg_dump` tells the schemas of this spec file today; outside of jest it always does. */
function isDumpsTurn(): boolean {
  const { expect } = globalThis as { readonly expect?: { getState(): { readonly testPath?: string } } };
  const path = expect?.getState().testPath;
  if (path === undefined) return true;
  const number = [...basename(path)].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return isTurn(number, 'pg_dump', ['pg_dump', 'catalogue', 'catalogue', 'catalogue']);
}

/** A schema without the order of its lines: a column that is added where columns can't be put anywhere comes last. */
export function inAnyOrder(schema: string): string {
  return schema.split('\n').sort().join('\n');
}
