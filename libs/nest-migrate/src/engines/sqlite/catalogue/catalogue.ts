import { type AbstractSqlConnection, type AbstractSqlPlatform } from '@mikro-orm/sql';
import { parseIndex, parseIndexPart } from '../ddl/index-text.js';
import { type ColumnSource, parseReference, parseTable, type TableSource } from '../ddl/table-source.js';
import { sameName, tokens } from '../tokens.js';
import { type CheckDefinition, type ForeignKeyDefinition, type Rule } from '../../../operations/operation.js';
import { type Named, type QualifiedName, type Unreadable } from '../../../schema/schema-model.js';
import {
  type CatalogueColumn,
  type CatalogueIndex,
  type CatalogueTable,
  type ListedTable,
  type ListedView,
} from '../../catalogue/catalogue.js';
import { catalogueTrigger } from './triggers.js';

/** The tables, including virtual ones and the tables behind those. */
export async function listSqliteTables(connection: AbstractSqlConnection): Promise<readonly ListedTable[]> {
  const rows = await connection.execute<{ name: string; type: string }[]>(
    `select name, type from pragma_table_list where schema = 'main' and type <> 'view' order by name`,
  );
  return rows.map(({ name, type }) => {
    const unreadable = whyUnreadable(name, type);
    return { name, ...(unreadable && { unreadable }) };
  });
}

function whyUnreadable(name: string, type: string): Unreadable | undefined {
  if (/^sqlite_/i.test(name)) return { why: 'is a table of SQLite itself', partOf: 'extension' };
  if (type === 'virtual') return { why: 'is a virtual table', partOf: 'extension' };
  return type === 'shadow' ? { why: 'belongs to a virtual table', partOf: 'extension' } : undefined;
}

/** The views, each with the query after its `as`. */
export async function listSqliteViews(connection: AbstractSqlConnection): Promise<readonly ListedView[]> {
  const rows = await connection.execute<{ name: string; sql: string }[]>(
    `select name, sql from sqlite_master where type = 'view' order by name`,
  );
  return rows.map(({ name, sql }) => {
    const as = tokens(sql).find(({ code }) => code === 'as');
    return { name, materialized: false, ...(as !== undefined && { definition: sql.slice(as.end).trim() }) };
  });
}

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string;
}

/** The content of tables, from the statements that created them: the pragmas omit half of it. */
export async function readSqliteCatalogue(
  connection: AbstractSqlConnection,
  platform: AbstractSqlPlatform,
  tables: readonly QualifiedName[],
): Promise<readonly CatalogueTable[]> {
  const rows = await connection.execute<SchemaRow[]>(
    `select type, name, tbl_name, sql from sqlite_master where type in ('table', 'index', 'trigger') and sql is not null order by rowid`,
  );
  const sources = new Map(
    rows.filter(({ type }) => type === 'table').map(({ name, sql }) => [name, parseTable(sql)] as const),
  );
  return tables.map(({ name }) => {
    const source = sources.get(name);
    const own = (type: string): readonly SchemaRow[] =>
      rows.filter((row) => row.type === type && row.tbl_name === name).sort(byName);
    const triggers = own('trigger').flatMap(({ sql }) => catalogueTrigger(sql));
    // a view
    if (source === undefined) return { columns: [], indexes: [], checks: [], foreignKeys: [], triggers };
    const reader = new TableReader(name, source, platform, (other) => keyOf(sources.get(other)));
    return {
      columns: reader.columns(),
      indexes: [...reader.keys(), ...own('index').flatMap(({ name: index, sql }) => catalogueIndex(index, sql))],
      checks: reader.checks(),
      foreignKeys: reader.foreignKeys(),
      triggers,
    };
  });
}

/** By name, since an object that is created again moves to the end of the catalogue. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

class TableReader {
  constructor(
    private readonly table: string,
    private readonly source: TableSource,
    private readonly platform: AbstractSqlPlatform,
    private readonly keyOfTable: (table: string) => readonly string[],
  ) {}

  columns(): readonly CatalogueColumn[] {
    const key = keyOf(this.source);
    return this.source.columns.map((column) => {
      const { name, type } = column;
      const clause = (kind: ColumnSource['clauses'][number]['kind']) =>
        column.clauses.find((candidate) => candidate.kind === kind);
      const generated = clause('generated');
      const defaultSql = clause('default')?.value;
      const primary = key.some((part) => sameName(part, name));
      const isRowNumber = primary && key.length === 1 && /^integer$/i.test(type);
      return {
        name,
        type: type === '' ? 'blob' : type,
        // the row id is never null, whatever is declared
        nullable: clause('notNull') === undefined && !isRowNumber,
        ...(defaultSql !== undefined && !/^\(?null\)?$/i.test(defaultSql) && { defaultSql }),
        autoincrement: /\bautoincrement$/i.test(clause('primaryKey')?.text ?? ''),
        ...(generated !== undefined && {
          generated: `(${generated.value ?? ''}) ${/\bstored$/i.test(generated.text) ? 'stored' : 'virtual'}`,
        }),
        ...(clause('collate') !== undefined && { collation: clause('collate')?.value }),
      };
    });
  }

  /** The primary key, and the unique constraints that are part of the table. */
  keys(): readonly CatalogueIndex[] {
    const key = keyOf(this.source);
    const primary: CatalogueIndex[] = key.length === 0 ? [] : [{ kind: 'primaryKey', name: 'PRIMARY', columns: key }];
    const single = this.source.columns.flatMap(({ name, clauses }) =>
      clauses.filter(({ kind }) => kind === 'unique').map((clause) => ({ name: clause.name, columns: [name] })),
    );
    const several = this.source.constraints.filter(({ kind }) => kind === 'unique');
    return [
      ...primary,
      ...[...single, ...several].map(({ name, columns }) => ({
        kind: 'unique' as const,
        name: name ?? this.#name(columns, 'unique'),
        columns,
      })),
    ];
  }

  checks(): readonly Named<CheckDefinition>[] {
    const single = this.source.columns.flatMap(({ name: column, clauses }) =>
      clauses
        .filter(({ kind }) => kind === 'check')
        .map(({ name, value = '' }) => ({ name: name ?? this.#name([column], 'check'), expression: value })),
    );
    const several = this.source.constraints
      .filter(({ kind }) => kind === 'check')
      .map(({ name, value = '' }) => ({ name: name ?? this.#name([], 'check'), expression: value }));
    return [...single, ...several].sort(byName);
  }

  foreignKeys(): readonly Named<ForeignKeyDefinition>[] {
    const single = this.source.columns.flatMap(({ name: column, clauses }) =>
      clauses
        .filter(({ kind }) => kind === 'references')
        .map(({ name, text }) => this.#foreignKey(name, [column], text)),
    );
    const several = this.source.constraints
      .filter(({ kind }) => kind === 'foreignKey')
      .map(({ name, columns, text }) => this.#foreignKey(name, columns, text));
    return [...single, ...several];
  }

  #foreignKey(name: string | undefined, columns: readonly string[], text: string): Named<ForeignKeyDefinition> {
    const reference = parseReference(text);
    const rule = (said: string | undefined): Rule | undefined =>
      said === undefined || said === 'no action' ? undefined : (said as Rule);
    const [deleteRule, updateRule] = [rule(reference.deleteRule), rule(reference.updateRule)];
    return {
      name: name ?? this.#name(columns, 'foreign'),
      columns,
      referencedTable: reference.table,
      referencedColumns: reference.columns.length > 0 ? reference.columns : this.keyOfTable(reference.table),
      ...(deleteRule !== undefined && { deleteRule }),
      ...(updateRule !== undefined && { updateRule }),
      ...(reference.deferred !== undefined && { deferMode: reference.deferred }),
    };
  }

  /** The name that MikroORM gives an object without one. */
  #name(columns: readonly string[], type: 'unique' | 'check' | 'foreign'): string {
    return this.platform.getIndexName(this.table, [...columns], type);
  }
}

function keyOf(source: TableSource | undefined): readonly string[] {
  const own = source?.columns.find(({ clauses }) => clauses.some(({ kind }) => kind === 'primaryKey'));
  if (own !== undefined) return [own.name];
  return source?.constraints.find(({ kind }) => kind === 'primaryKey')?.columns ?? [];
}

function catalogueIndex(name: string, sql: string): readonly CatalogueIndex[] {
  const source = parseIndex(sql);
  const parts = source?.parts.map(parseIndexPart) ?? [];
  const unique = source?.unique === true;
  if (source === undefined || parts.some(({ column }) => column === undefined)) {
    return [{ kind: 'index', index: { name, columns: [], ...(unique && { unique }), expression: sql } }];
  }
  const columns = parts.map(({ column = '', descending, collation }) => ({
    name: column,
    ...(descending && { sort: 'desc' as const }),
    ...(collation !== undefined && { collation }),
  }));
  const isPlain = columns.every((column) => Object.keys(column).length === 1);
  if (unique && isPlain && source.where === undefined) {
    return [{ kind: 'unique', name, columns: columns.map((column) => column.name) }];
  }
  const where = source.where === undefined ? {} : { where: source.where };
  return [{ kind: 'index', index: { name, columns, ...(unique && { unique }), ...where } }];
}
