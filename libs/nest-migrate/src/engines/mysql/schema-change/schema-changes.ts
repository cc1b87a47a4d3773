import { createHash } from 'node:crypto';
import { type SchemaChanges } from '../../schema-change/changed-by-program.js';
import { unquoteIdentifier } from '../../sql/quoting.js';
import { mysqlSql } from '../lexical-rules.js';
import { ofThisMoment } from '../of-this-moment.js';

/** A name as it stands in a statement. */
const NAME = '(?:`(?:[^`]|``)+`|[\\w$]+)';
const ALTER_TABLE = new RegExp(`^\\s*alter\\s+table\\s+(?:(${NAME})\\s*\\.\\s*)?(${NAME})\\s+([^]+?)\\s*;?\\s*$`, 'i');
/** The author has said how the server has to do it. */
const ASSERTED = /^(?:algorithm|lock)\s*=?\s*\w+\s*(?:,|$)|,\s*(?:algorithm|lock)\s*=?\s*\w+$/i;
/** A new name of the table changes the catalogue alone, and a program cannot do it. */
const RENAMED = /^rename\s+(?!column\b|index\b|key\b)/i;

/** Refusals of an algorithm, of one more version of rows, and of an algorithm where partitions are changed. */
const REFUSED = new Set([1064, 1221, 1235, 1800, 1845, 1846, 4092]);

/** The most underscores that pt-online-schema-change puts before the name of a table. */
const MOST_UNDERSCORES = 10;

/** How pt-online-schema-change changes tables of MySQL and MariaDB. */
export const mysqlSchemaChanges: SchemaChanges = {
  changeIn(sql) {
    const [, schema, table, clauses] = ALTER_TABLE.exec(sql) ?? [];
    if (table === undefined || clauses === undefined) return undefined;
    // `if exists` would be read as a name
    if (/^(?:if|online|ignore)$/i.test(table) || ASSERTED.test(clauses) || RENAMED.test(clauses)) return undefined;
    return { ...(schema !== undefined && { schema: unquoted(schema) }), table: unquoted(table), clauses };
  },

  instant: ({ schema, table, clauses }) =>
    `alter table ${schema === undefined ? '' : `${mysqlSql.quote(undefined, schema)}.`}${mysqlSql.quote(undefined, table)} algorithm = instant, ${clauses}`,

  isRefused: (error) => REFUSED.has(Number((error as { readonly errno?: unknown } | null)?.errno)),

  async look(session, change) {
    const [found] = await ofThisMoment(session, () =>
      session.query<{ place: string; number: string | number | null; bytes: string | number | null }>(
        `select table_schema as place, table_rows as number, data_length + index_length as bytes
           from information_schema.tables where table_schema = coalesce(?, database()) and table_name = ?`,
        [change.schema ?? null, change.table],
      ),
    );
    if (found === undefined) return undefined;
    const { place: schema, number, bytes } = found;
    const about = [schema, change.table];
    const keys = await session.query(
      `select 1 from information_schema.key_column_usage where referenced_table_name is not null
          and ((table_schema = ? and table_name = ?) or (referenced_table_schema = ? and referenced_table_name = ?)) limit 1`,
      [...about, ...about],
    );
    const checks = await session.query(
      `select 1 from information_schema.table_constraints
        where table_schema = ? and table_name = ? and constraint_type = 'CHECK' limit 1`,
      about,
    );
    const isKey = keys.length > 0 || /\bforeign\s+key\b/i.test(change.clauses);
    const obstacle = isKey
      ? 'it has foreign keys, which that would give other names'
      : checks.length > 0
        ? 'it has checks, which that would give other names'
        : undefined;
    return { schema, rows: Number(number), bytes: Number(bytes), ...(obstacle !== undefined && { obstacle }) };
  },

  async left(session, { schema: given, table }) {
    const [{ place: schema } = { place: '' }] = await session.query<{ place: string }>(
      'select coalesce(?, database()) as place',
      [given ?? null],
    );
    const beside = (end: string): readonly string[] =>
      Array.from({ length: MOST_UNDERSCORES }, (_, index) => `${'_'.repeat(index + 1)}${table}_${end}`);
    const [before, after] = [beside('old'), beside('new')];
    const tables = await session.query<{ name: string }>(
      `select table_name as name from information_schema.tables
        where table_schema = ? and table_name in (${[...before, ...after].map(() => '?').join(', ')}) order by 1`,
      [schema, ...before, ...after],
    );
    const triggers = await session.query<{ name: string }>(
      `select trigger_name as name from information_schema.triggers
        where trigger_schema = ? and event_object_table = ? and trigger_name like 'pt\\_osc\\_%' order by 1`,
      [schema, table],
    );
    if (tables.length === 0 && triggers.length === 0) return undefined;
    return {
      names: [...triggers, ...tables].map(({ name }) => name),
      removal: [
        // first what writes into the copy
        ...triggers.map(({ name }) => `drop trigger if exists ${mysqlSql.quote(schema, name)}`),
        ...tables.map(({ name }) => `drop table if exists ${mysqlSql.quote(schema, name)}`),
      ],
      isChanged: tables.some(({ name }) => before.includes(name)),
    };
  },

  lockOf: (schema, table) =>
    `nest_migrate_change_${createHash('sha256')
      .update(JSON.stringify([schema, table]))
      .digest('hex')
      .slice(0, 32)}`,

  takes: (lock) => `select get_lock(${mysqlSql.text(lock)}, 0)`,

  async holder(session, lock) {
    const [row] = await session.query<{ id: string | number | null }>('select is_used_lock(?) as id', [lock]);
    return row?.id == null ? null : String(row.id);
  },
};

function unquoted(name: string): string {
  return name.startsWith('`') ? unquoteIdentifier(name) : name;
}
