import { join } from 'node:path';
import { NoSqlError, ReadsError, type Recorded, recordedWork } from './class-recording.js';
import { type HistorySource, type ImportedMigration, type ImportedWork, type ImportPlace } from './imported-history.js';
import { exportsWithTypesOf, filesIn } from './migration-files.js';
import { statementsOf } from './sql-of-query.js';

/** A module of Knex, as far as it is used here. */
interface KnexMigration {
  readonly up?: (knex: unknown) => unknown;
  readonly down?: (knex: unknown) => unknown;
  readonly config?: { readonly transaction?: boolean };
}

const FILES = /^(?!.*\.d\.[mc]?ts$).*\.[mc]?[jt]s$/;

/** The history of Knex, as far as its migrations are SQL: modules that call `knex.raw()` or `knex.schema.raw()`. */
export function knexHistory(place: ImportPlace): HistorySource {
  const { fs, base, engine, table } = place;
  const folder = place.folder ?? join(base, 'migrations');
  return {
    tool: 'knex',
    title: 'Knex',
    place: folder,
    table: { name: table ?? 'knex_migrations' },
    readHistory: async () => {
      const migrations: ImportedMigration[] = [];
      for (const { name: file, path } of await filesIn(folder, FILES, fs)) {
        const name = withoutEnding(file);
        const module = (await exportsWithTypesOf(path, 'knex', fs)) as KnexMigration;
        if (typeof module.up !== 'function') continue;
        const text = await fs.readText(path);
        const work = async (direction: 'up' | 'down'): Promise<ImportedWork> => {
          const { [direction]: body } = module;
          if (body === undefined) return { kind: 'irreversible', reason: `the migration ${name} had no way back` };
          return recordedWork({
            direction,
            text,
            callable: {
              because: 'only Knex could run it',
              cure: 'Write what it does as SQL, or as a revision of its own.',
            },
            run: async (recorded) => void (await body(knexOf(recorded, place))),
          });
        };
        const isTransactional = module.config?.transaction !== false;
        migrations.push({ name, file: path, isTransactional, up: await work('up'), down: await work('down') });
      }
      return migrations;
    },
    readApplied: async (connection, { name, schema }) => {
      const rows = await connection.execute<{ name: string }[]>(
        `select name from ${engine.sql.quote(schema, name)} order by id`,
      );
      return rows.map((row) => withoutEnding(row.name));
    },
  };
}

/** The table has the ending, which is another one where the files are compiled. */
function withoutEnding(file: string): string {
  return file.replace(/\.[mc]?[jt]s$/, '');
}

/** A knex that notes SQL: `knex.raw()`, and `knex.schema.raw()`, which can be called one after the other. */
function knexOf(recorded: Recorded, { engine }: ImportPlace): unknown {
  const note = (sql: unknown, params: unknown): void =>
    void recorded.statements.push(...statementsOf(sql, engine.sql, params === undefined ? [] : [params].flat()));
  const raw = (sql: unknown, params?: unknown): unknown => {
    note(sql, params);
    return recorded.rows(() => new ReadsError('uses what knex.raw() returns', /\braw\s*\(/));
  };
  const schema: object = recorded.guard(
    {
      raw: (sql: unknown, params?: unknown) => {
        note(sql, params);
        return schema;
      },
    },
    ['raw'],
    (member) => noSql(`knex.schema.${member}()`, member),
  );
  const members = recorded.guard({ raw, schema }, ['raw', 'schema'], (member) => noSql(`knex.${member}`, member));
  return new Proxy(() => undefined, {
    apply: () => recorded.stop(noSql('knex() as a builder', 'knex')),
    get: (_, property) => Reflect.get(members, property) as unknown,
  });
}

function noSql(what: string, member: string): NoSqlError {
  return new NoSqlError(
    `calls ${what}, which is no SQL`,
    'Write its SQL in its place, by knex.raw(): its toString() has it.',
    new RegExp(`\\b${member}\\s*\\(`),
  );
}
