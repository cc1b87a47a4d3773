import { type AbstractSqlConnection } from '@mikro-orm/sql';
import {
  type CheckDefinition,
  type ForeignKeyDefinition,
  type IndexDefinition,
} from '../../../operations/operation.js';
import { type AnyOperation } from '../../../operations/registered-operations.js';
import { displayName, keyOf, type Named, type QualifiedName } from '../../../schema/schema-model.js';
import { type CatalogueColumn, type CatalogueIndex, type CatalogueTable } from '../../catalogue/catalogue.js';
import { readPostgresCatalogue } from '../catalogue/catalogue.js';
import { listPostgresForeignKeys } from '../catalogue/catalogue-foreign-keys.js';
import { listPostgresUnsaid } from '../catalogue/unsaid.js';
import { objectName } from '../ddl/object-name.js';
import { readPostgresDependents } from '../dependents.js';
import { postgresSql } from '../lexical-rules.js';
import { syncTrigger } from '../trigger-function.js';
import { placeOf } from './table-place.js';

/** What hangs on a column and has to be there again once a new column has taken its name. */
export interface MovedColumnFacts {
  readonly indexes: readonly Named<IndexDefinition>[];
  /** Primary keys and unique constraints. */
  readonly keys: readonly Exclude<CatalogueIndex, { readonly kind: 'index' }>[];
  readonly checks: readonly Named<CheckDefinition>[];
  readonly foreignKeys: readonly Named<ForeignKeyDefinition>[];
  /** The foreign keys that refer to it, of any table. */
  readonly referring: readonly { readonly table: QualifiedName; readonly key: Named<ForeignKeyDefinition> }[];
  /** The columns of the table. */
  readonly columns: readonly CatalogueColumn[];
  /** Why the column cannot be moved; absent where it can. */
  readonly obstacle?: string;
}

/** A column that may move to another type. */
export interface MovingColumn {
  readonly table: string;
  readonly schema?: string;
  readonly column: string;
}

/** The facts of columns, by their table under its name in the database. */
export type MovedColumns = (place: QualifiedName, column: string) => MovedColumnFacts | undefined;

/** The name that the new column has while it is filled. */
export function copyOf(column: string): string {
  return objectName(column, [], 'new');
}

/** Reads what hangs on each column that gets another type. */
export async function readMovedColumns(
  connection: AbstractSqlConnection,
  operations: readonly AnyOperation[],
  home: string,
): Promise<MovedColumns> {
  const moving = [...new Map(operations.flatMap(movingColumns).map((one) => [keyOfColumn(one, home), one])).values()];
  if (moving.length === 0) return () => undefined;
  const places = [...new Map(moving.map((one) => [keyOf(placeOf(one)), placeOf(one)])).values()];
  const read = await readPostgresCatalogue(connection, places, home);
  const tables = new Map(places.map((place, index) => [keyOf(place), read[index]]));
  const scope = { home, ignored: [] };
  const foreignKeys = await listPostgresForeignKeys(connection, scope);
  const unsaid = await listPostgresUnsaid(connection, scope);
  const obstacles = await readObstacles(connection, moving, home);
  const found = new Map<string, MovedColumnFacts>();
  for (const one of moving) {
    const table = tables.get(keyOf(placeOf(one)));
    if (table === undefined || table.columns.length === 0) continue;
    const parts = partsOf(table, one, foreignKeys, home);
    const handled = new Set(namesOf(parts));
    const dependents = await readPostgresDependents(connection, scope, { columns: [{ ...one, rebuilt: true }] });
    const inTheWay = dependents.find(
      ({ kind, name }) => HEAVY.has(kind) && !(kind !== 'column' && kind !== 'materializedView' && handled.has(name)),
    );
    // an index is written with its options
    const said = new Set(parts.indexes.map(({ name }) => name));
    const wordless = unsaid.find(
      ({ table: of, name }) =>
        handled.has(name) && !said.has(name) && (isPlace(of, one, home) || referringIs(parts, of, name)),
    );
    const obstacle =
      obstacles.get(keyOfColumn(one, home)) ??
      (inTheWay && `${WORDS[inTheWay.kind] ?? inTheWay.kind} ${inTheWay.name} uses it`) ??
      (wordless && `${wordless.name} has what no verb says (${wordless.what})`);
    found.set(keyOfColumn(one, home), {
      ...parts,
      columns: table.columns,
      ...(obstacle !== undefined && { obstacle }),
    });
  }
  return ({ name, schema }, column) => found.get(keyOfColumn({ table: name, schema, column }, home));
}

/** What would be written again, filled or built while the table is locked. */
const HEAVY: ReadonlySet<string> = new Set(['column', 'materializedView', 'index', 'constraint']);
const WORDS: Readonly<Record<string, string>> = {
  column: 'the computed column',
  materializedView: 'the materialized view',
};

/** The columns that an operation may give another type. */
export function movingColumns(operation: AnyOperation): readonly MovingColumn[] {
  switch (operation.kind) {
    case 'alterColumn': {
      const { schema, table, column } = operation;
      return [{ table, column, ...(schema !== undefined && { schema }) }];
    }
    case 'alterEnum':
      return operation.columns.map(({ schema, table, column }) => ({
        table,
        column,
        ...(schema !== undefined && { schema }),
      }));
    default:
      return [];
  }
}

function keyOfColumn({ table, schema, column }: MovingColumn, home: string): string {
  return `${keyOf({ name: table, schema: schema ?? home })} ${column}`;
}

type Parts = Omit<MovedColumnFacts, 'columns' | 'obstacle'>;

function partsOf(
  table: CatalogueTable,
  { column, ...at }: MovingColumn,
  foreignKeys: Awaited<ReturnType<typeof listPostgresForeignKeys>>,
  home: string,
): Parts {
  const isRead = (sql = ''): boolean => postgresSql.mentions(sql, column);
  const refers = ({ referencedTable, referencedSchema, referencedColumns }: ForeignKeyDefinition): boolean =>
    isPlace({ name: referencedTable, schema: referencedSchema }, at, home) && referencedColumns.includes(column);
  return {
    indexes: table.indexes.flatMap((one) => {
      if (one.kind !== 'index') return [];
      const { columns, include = [], where, expression } = one.index;
      const isOn = columns.some(({ name }) => name === column) || include.includes(column);
      return isOn || isRead(where) || isRead(expression) ? [one.index] : [];
    }),
    keys: table.indexes.filter((one) => one.kind !== 'index').filter(({ columns }) => columns.includes(column)),
    checks: table.checks.filter(({ expression }) => !/^exclude\b/i.test(expression) && isRead(expression)),
    foreignKeys: table.foreignKeys.filter((key) => key.columns.includes(column) && !refers(key)),
    referring: foreignKeys.filter(({ key }) => refers(key)),
  };
}

/** The names of what hangs on a column. */
export function namesOf({ indexes, keys, checks, foreignKeys, referring }: Parts): readonly string[] {
  return [...indexes, ...keys, ...checks, ...foreignKeys, ...referring.map(({ key }) => key)].map(({ name }) => name);
}

function isPlace(place: QualifiedName, at: Omit<MovingColumn, 'column'>, home: string): boolean {
  return place.name === at.table && (place.schema ?? home) === (at.schema ?? home);
}

function referringIs({ referring }: Parts, table: QualifiedName, name: string): boolean {
  return referring.some((one) => displayName(one.table) === displayName(table) && one.key.name === name);
}

/** What else keeps a column from being moved, in words that go on after "since". */
async function readObstacles(
  connection: AbstractSqlConnection,
  moving: readonly MovingColumn[],
  home: string,
): Promise<ReadonlyMap<string, string>> {
  const text = (value: string): string => postgresSql.text(value);
  const asked = moving.map(({ table, schema = home, column }) => {
    const copy = copyOf(column);
    return `(${[schema, table, column, copy, syncTrigger(copy)].map(text).join(', ')})`;
  });
  const rows = await connection.execute<{ schema: string; table: string; column: string; why: string | null }[]>(
    `select asked.schema_name as schema, asked.table_name as "table", asked.column_name as "column", coalesce(
        case when c.relkind <> 'r' or exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent))
          then 'the table has partitions, or inherits' end,
        case when not exists (select from pg_constraint p where p.conrelid = c.oid and p.contype = 'p')
          then 'the rows of a table without a primary key cannot be filled in batches' end,
        case when a.attgenerated <> '' then 'it is computed' end,
        case when exists (select from pg_attribute other where other.attrelid = c.oid and other.attname = asked.copy)
          then format('the table has a column %s', asked.copy) end,
        (select format('trigger %s would write into it after its copy', max(tg.tgname)) from pg_trigger tg
          where tg.tgrelid = c.oid and not tg.tgisinternal and tg.tgtype & 3 = 3 and tg.tgname::text collate "C" > asked.trigger
          having count(*) > 0),
        (select format('constraint %s is not valid', max(con.conname)) from pg_constraint con
          where not con.convalidated and (con.conrelid = c.oid and a.attnum = any (con.conkey)
            or con.confrelid = c.oid and a.attnum = any (con.confkey)) having count(*) > 0),
        (select format('index %s is not valid', max(i.indexrelid::regclass::text)) from pg_index i
          where i.indrelid = c.oid and not i.indisvalid having count(*) > 0),
        (select format('index %s has nulls not distinct', max(i.indexrelid::regclass::text)) from pg_index i
          where i.indrelid = c.oid and a.attnum = any (i.indkey) and pg_get_indexdef(i.indexrelid) like '%NULLS NOT DISTINCT%'
          having count(*) > 0),
        (select format('its constraint %s has a name of its own', max(con.conname)) from pg_constraint con
          where con.contype = 'n' and con.conrelid = c.oid and con.conkey = array[a.attnum]
            and con.conname <> left(asked.table_name || '_' || asked.column_name || '_not_null', 63) having count(*) > 0)
      ) as why
    from (values ${asked.join(', ')}) as asked (schema_name, table_name, column_name, copy, trigger)
    join pg_namespace n on n.nspname = asked.schema_name
    join pg_class c on c.relnamespace = n.oid and c.relname = asked.table_name
    join pg_attribute a on a.attrelid = c.oid and a.attname = asked.column_name`,
  );
  return new Map(
    rows.flatMap(({ schema, table, column, why }) =>
      why === null ? [] : [[keyOfColumn({ table, schema, column }, home), why] as const],
    ),
  );
}
