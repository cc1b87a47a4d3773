import { join } from 'node:path';
import { NoSqlError, ReadsError, type Recorded, recordedWork } from './class-recording.js';
import { type HistorySource, type ImportedMigration, type ImportedWork, type ImportPlace } from './imported-history.js';
import { exportsWithTypesOf, filesIn } from './migration-files.js';
import { statementsOf } from './sql-of-query.js';

/** A migration of TypeORM, as far as it is used here. */
interface TypeOrmMigration {
  readonly name?: string;
  readonly transaction?: boolean;
  up(queryRunner: unknown): Promise<unknown>;
  down(queryRunner: unknown): Promise<unknown>;
}
type TypeOrmClass = new () => TypeOrmMigration;

const FILES = /^(?!.*\.d\.[mc]?ts$).*\.[mc]?[jt]s$/;

/** The history of TypeORM, as far as its migrations are SQL: classes that call `queryRunner.query()`. */
export function typeOrmHistory(place: ImportPlace): HistorySource {
  const { fs, base, engine, table } = place;
  const folder = place.folder ?? join(base, 'src', 'migrations');
  return {
    tool: 'typeorm',
    title: 'TypeORM',
    place: folder,
    table: { name: table ?? 'migrations' },
    readHistory: async () => {
      const migrations: (ImportedMigration & { readonly stamp: number })[] = [];
      for (const { path } of await filesIn(folder, FILES, fs)) {
        const text = await fs.readText(path);
        for (const migration of Object.values(await exportsWithTypesOf(path, 'typeorm', fs)).filter(isMigration)) {
          const instance = new migration();
          const name = instance.name ?? migration.name;
          const work = async (direction: 'up' | 'down'): Promise<ImportedWork> =>
            recordedWork({
              direction,
              text,
              callable: {
                because: 'only TypeORM could run it',
                cure: 'Write what it does as SQL, or as a revision of its own.',
              },
              run: async (recorded) => void (await new migration()[direction](queryRunner(recorded, place))),
            });
          const isTransactional = instance.transaction !== false;
          const stamp = Number(/\d{10,}$/.exec(name)?.[0] ?? Number.MAX_SAFE_INTEGER);
          migrations.push({ name, file: path, isTransactional, up: await work('up'), down: await work('down'), stamp });
        }
      }
      // TypeORM runs them by the number behind their name, whatever the file is called
      return migrations.sort((a, b) => a.stamp - b.stamp).map(({ stamp: _, ...migration }) => migration);
    },
    readApplied: async (connection, { name, schema }) => {
      const rows = await connection.execute<{ name: string }[]>(
        `select name from ${engine.sql.quote(schema, name)} order by id`,
      );
      return rows.map((row) => row.name);
    },
  };
}

function isMigration(value: unknown): value is TypeOrmClass {
  const { prototype } = Object(value) as { readonly prototype?: Partial<TypeOrmMigration> };
  return typeof value === 'function' && typeof prototype?.up === 'function' && typeof prototype.down === 'function';
}

/** A query runner that notes SQL. */
function queryRunner(recorded: Recorded, { engine }: ImportPlace): unknown {
  const query = async (sql: unknown, params?: unknown): Promise<unknown> => {
    recorded.statements.push(...withNumbers(statementsOf(sql, engine.sql), params, engine));
    return recorded.rows(() => new ReadsError('uses what queryRunner.query() returns', /\bquery\s*\(/));
  };
  return recorded.guard({ query }, ['query'], (member) => noSql(member));
}

function noSql(member: string): NoSqlError {
  return new NoSqlError(
    `calls queryRunner.${member}(), which is no SQL`,
    'Write its SQL in its place: TypeORM logs it where it runs.',
    new RegExp(`\\.\\s*${member}\\b`),
  );
}

/** SQL with the parameters that the driver numbers. */
function withNumbers(
  statements: ReturnType<typeof statementsOf>,
  params: unknown,
  { sql }: ImportPlace['engine'],
): ReturnType<typeof statementsOf> {
  if (!Array.isArray(params) || params.length === 0) return statements;
  return statements.flatMap((statement) => statementsOf({ sql: statement.sql, parameters: params }, sql));
}
