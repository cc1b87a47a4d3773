/** What a database says of its own schema, as text that two moments can be compared by. */
import { expect } from '@jest/globals';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { type Engine as Dialect } from '../../../libs/nest-migrate/src/engines/engine.js';
import { type Operation, type Postcondition } from '../../../libs/nest-migrate/src/operations/operation.js';
import { sqliteDump } from '../../support/sqlite-dump.js';
import { statementsFor } from '../../support/statements.js';

type Row = Record<string, unknown>;

export class Catalogue {
  constructor(
    private readonly em: SqlEntityManager,
    private readonly dialect: Dialect,
  ) {}

  async rows(sql: string): Promise<Row[]> {
    return (await this.em.getConnection().execute<Row[]>(sql)) ?? [];
  }

  /** Runs an operation; what tells of each statement that it took effect must tell before that it did not. */
  async apply(operation: Operation): Promise<void> {
    const connection = this.em.getConnection();
    for await (const statement of statementsFor(this.dialect, connection, operation)) {
      const { sql, effect, postcondition, repeatable = false } = statement;
      const tells = async (): Promise<boolean | undefined> =>
        postcondition === undefined ? undefined : this.meets(postcondition);
      const before = await tells();
      await connection.execute(sql);
      const after = await tells();
      // what changes rows or comes from a revision may say nothing; the rest says it, or may run again
      const expected = postcondition !== undefined ? [repeatable ? before : false, true] : [undefined, undefined];
      expect([sql, before, after]).toEqual([sql, ...expected]);
      if (effect === 'schema') expect([sql, postcondition !== undefined || repeatable]).toEqual([sql, true]);
    }
  }

  /** Everything that DDL can change, in an order of its own. */
  async snapshot(): Promise<readonly unknown[]> {
    if (this.dialect.name === 'sqlite') return sqliteDump(this.em.getConnection());
    return this.dialect.name === 'postgres' ? this.#postgres() : this.#mysql();
  }

  /** Whether a postcondition is met. */
  async meets(condition: Postcondition): Promise<boolean> {
    if ('query' in condition) {
      const [row] = await this.rows(condition.query);
      return Boolean(Number(Object.values(row ?? {})[0]));
    }
    const found =
      this.dialect.name === 'sqlite'
        ? await this.#inSqlite(condition)
        : this.dialect.name === 'postgres'
          ? await this.#inPostgres(condition)
          : await this.#inMySql(condition);
    return found === condition.exists;
  }

  async #postgres(): Promise<readonly unknown[]> {
    const own = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`;
    return [
      await this.rows(`select n.nspname from pg_namespace n where ${own} and n.nspname not like 'pg_%' order by 1`),
      await this.rows(
        `select n.nspname, c.relname, c.relkind, obj_description(c.oid) as comment from pg_class c
           join pg_namespace n on n.oid = c.relnamespace where ${own} and c.relkind in ('r', 'S') order by 1, 2`,
      ),
      await this
        .rows(`select schemaname, sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle, cache_size
           from pg_sequences order by 1, 2`),
      await this.rows('select * from pg_policies order by schemaname, tablename, policyname'),
      await this.rows(
        `select i.inhparent::regclass::text as parent, i.inhrelid::regclass::text as name, pg_get_expr(c.relpartbound, c.oid) as bound
           from pg_inherits i join pg_class c on c.oid = i.inhrelid where c.relkind = 'r' order by 1, 2`,
      ),
      await this.rows(
        'select partrelid::regclass::text as name, pg_get_partkeydef(partrelid) from pg_partitioned_table order by 1',
      ),
      await this.rows(
        `select n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity from pg_class c
           join pg_namespace n on n.oid = c.relnamespace where ${own} and c.relkind = 'r' order by 1, 2`,
      ),
      await this.rows(
        `select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull,
                a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid) as value, o.collname,
                col_description(c.oid, a.attnum) as comment
           from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
           left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
           left join pg_collation o on o.oid = a.attcollation
          where ${own} and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped order by 1, 2, 3`,
      ),
      await this.rows(
        `select n.nspname, c.relname, k.conname, k.contype, pg_get_constraintdef(k.oid) as definition, k.convalidated
           from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
          where ${own} order by 1, 2, 3`,
      ),
      await this.rows(
        `select schemaname, indexname, indexdef from pg_indexes n where schemaname not in ('pg_catalog') order by 1, 2`,
      ),
      await this.rows(
        `select n.nspname, t.typname, e.enumlabel from pg_enum e join pg_type t on t.oid = e.enumtypid
           join pg_namespace n on n.oid = t.typnamespace order by 1, 2, e.enumsortorder`,
      ),
      await this.rows(
        `select n.nspname, c.relname, c.relkind, pg_get_viewdef(c.oid) as definition, c.relispopulated from pg_class c
           join pg_namespace n on n.oid = c.relnamespace where ${own} and c.relkind in ('v', 'm') order by 1, 2`,
      ),
      await this.rows(
        `select pg_get_triggerdef(t.oid) as definition from pg_trigger t where not t.tgisinternal order by 1`,
      ),
      await this.rows(
        `select pg_get_functiondef(p.oid) as definition, obj_description(p.oid) as comment from pg_proc p
           join pg_namespace n on n.oid = p.pronamespace where ${own} order by 1`,
      ),
    ];
  }

  async #mysql(): Promise<readonly unknown[]> {
    const tables = await this.rows(
      `select table_name as name, table_type as type from information_schema.tables where table_schema = database() order by 1`,
    );
    const definitions: unknown[] = [];
    for (const { name, type } of tables) {
      const what = type === 'SEQUENCE' ? 'sequence' : 'table';
      const [row] = await this.rows(`show create ${what} ${this.dialect.sql.quote(String(name))}`);
      const text = String(row?.['Create Table'] ?? row?.['Create View']).replace(/ AUTO_INCREMENT=\d+/, '');
      definitions.push(withSortedKeys(text.split('\n')));
    }
    definitions.push(
      await this.rows(
        `select trigger_name, event_object_table, action_timing, event_manipulation, action_statement
           from information_schema.triggers where trigger_schema = database() order by 1`,
      ),
      await this.rows(
        `select routine_name, routine_type, dtd_identifier, routine_definition, is_deterministic, security_type,
                sql_data_access, routine_comment
           from information_schema.routines where routine_schema = database() order by 1`,
      ),
    );
    return definitions;
  }

  async #inPostgres(condition: Exclude<Postcondition, { query: string }>): Promise<boolean> {
    const text = (value: string): string => this.dialect.ddl.format('?', [value]);
    const table = text(this.dialect.sql.quote(condition.schema, condition.table));
    const queries = [
      condition.column === undefined
        ? undefined
        : `select 1 from pg_attribute where attrelid = to_regclass(${table}) and attname = ${text(condition.column)} and not attisdropped`,
      condition.index === undefined
        ? undefined
        : `select 1 from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = to_regclass(${table}) and c.relname = ${text(condition.index)}`,
      condition.constraint === undefined
        ? undefined
        : `select 1 from pg_constraint where conrelid = to_regclass(${table}) and conname = ${text(condition.constraint)}`,
    ].filter((query) => query !== undefined);
    const [query = `select 1 where to_regclass(${table}) is not null`] = queries;
    return (await this.rows(query)).length > 0;
  }

  async #inSqlite({ table, column, index }: Exclude<Postcondition, { query: string }>): Promise<boolean> {
    const text = (value: string): string => this.dialect.ddl.format('?', [value]);
    const sql =
      column !== undefined
        ? `select 1 from pragma_table_xinfo(${text(table)}) where name = ${text(column)}`
        : index !== undefined
          ? `select 1 from sqlite_master where type = 'index' and tbl_name = ${text(table)} and name = ${text(index)}`
          : `select 1 from sqlite_master where type = 'table' and name = ${text(table)}`;
    return (await this.rows(sql)).length > 0;
  }

  async #inMySql(condition: Exclude<Postcondition, { query: string }>): Promise<boolean> {
    const text = (value: string): string => this.dialect.ddl.format('?', [value]);
    const schema = condition.schema === undefined ? 'database()' : text(condition.schema);
    const where = `where table_schema = ${schema} and table_name = ${text(condition.table)}`;
    const part = condition.column ?? condition.index ?? condition.constraint;
    const [view, key] =
      condition.column !== undefined
        ? ['columns', 'column_name']
        : condition.index !== undefined
          ? ['statistics', 'index_name']
          : condition.constraint !== undefined
            ? ['table_constraints', 'constraint_name']
            : ['tables', 'table_name'];
    const rows = await this.rows(
      `select 1 from information_schema.${view} ${where} and ${key} = ${text(part ?? condition.table)}`,
    );
    return rows.length > 0;
  }
}

/** Columns keep their order, keys and constraints have none that matters. */
function withSortedKeys(lines: readonly string[]): readonly string[] {
  const isKey = (line: string): boolean => /^ {2}([A-Z]+ )?(KEY|CONSTRAINT) /.test(line);
  return [
    ...lines.filter((line) => !isKey(line)),
    ...lines
      .filter(isKey)
      .map((line) => line.replace(/,$/, ''))
      .sort(),
  ];
}
