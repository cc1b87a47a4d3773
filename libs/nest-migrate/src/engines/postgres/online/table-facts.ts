import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type Operation } from '../../../operations/operation.js';
import { type AnyOperation } from '../../../operations/registered-operations.js';
import { keyOf, type QualifiedName } from '../../../schema/schema-model.js';
import { type OnlineSources } from '../../online/online.js';
import { wordsOf } from '../../sql/sql-words.js';
import { unquoteIdentifier } from '../../sql/quoting.js';
import { postgresLexicalRules } from '../lexical-rules.js';
import { type MovedColumns, readMovedColumns } from './moved-column-facts.js';
import { type PartitionMove, readPartitionBounds } from './partition-bounds.js';

/** A partition of a table. */
export interface PartitionFacts extends QualifiedName {
  readonly isDefault: boolean;
  /** Whether it has partitions itself. */
  readonly isPartitioned: boolean;
}

/** What the sequences depend on, and only the database tells. */
export interface TableFacts {
  /** 15 for PostgreSQL 15.4. */
  readonly version: number;
  /** The partitions of a table that is partitioned; `undefined` for any other. */
  partitionsOf(table: QualifiedName): readonly PartitionFacts[] | undefined;
  isNullable(table: QualifiedName, column: string): boolean;
  /** The columns of the table's primary key; `undefined` where it has none. */
  primaryKeyOf(table: QualifiedName): readonly string[] | undefined;
  /** Whether an expression may have another value for each row. */
  isVolatile(expression: string): boolean;
  /** What hangs on a column that gets another type; `undefined` where the database does not have it. */
  readonly movedColumn: MovedColumns;
  /** The condition that the rows of a partition meet; `undefined` where none can be written. */
  boundOf(operation: PartitionMove): string | undefined;
}

/** Reads it. An absent schema is that of the connection. */
export async function readTableFacts(
  sources: OnlineSources,
  operations: readonly AnyOperation[],
  home: string,
): Promise<TableFacts> {
  const boundOf = await readPartitionBounds(sources, operations, home);
  return { ...(await sources.onDatabase((connection) => readTables(connection, operations, home))), boundOf };
}

async function readTables(
  connection: AbstractSqlConnection,
  operations: readonly AnyOperation[],
  home: string,
): Promise<Omit<TableFacts, 'boundOf'>> {
  const [server] = await connection.execute<{ version: number }[]>(
    `select current_setting('server_version_num')::int / 10000 as version`,
  );
  const partitions = await readPartitions(connection, home);
  const nullable = await readNullable(connection, operations, home);
  const volatile = await readVolatile(connection, operations);
  const keys = await readKeys(connection);
  const movedColumn = await readMovedColumns(connection, operations, home);
  const key = ({ name, schema }: QualifiedName): string => keyOf({ name, schema: schema ?? home });
  return {
    version: server?.version ?? 0,
    partitionsOf: (table) => partitions.get(key(table)),
    isNullable: (table, column) => nullable.has(`${key(table)} ${column}`),
    primaryKeyOf: (table) => keys.get(key(table)),
    movedColumn,
    isVolatile: (expression) => namesIn(expression).some((name) => volatile.has(name)),
  };
}

async function readPartitions(
  connection: AbstractSqlConnection,
  home: string,
): Promise<ReadonlyMap<string, readonly PartitionFacts[]>> {
  const rows = await connection.execute<
    {
      schema_name: string;
      table_name: string;
      name: string | null;
      partition_schema: string;
      is_default: boolean;
      is_partitioned: boolean;
    }[]
  >(
    `select n.nspname as schema_name, c.relname as table_name, child.relname as name, cn.nspname as partition_schema,
      pg_get_expr(child.relpartbound, child.oid) = 'DEFAULT' as is_default, child.relkind <> 'r' as is_partitioned
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_inherits i on i.inhparent = c.oid
    left join pg_class child on child.oid = i.inhrelid
    left join pg_namespace cn on cn.oid = child.relnamespace
    where c.relkind = 'p'
    order by n.nspname, c.relname, cn.nspname, child.relname`,
  );
  const found = new Map<string, PartitionFacts[]>();
  for (const row of rows) {
    const place = keyOf({ name: row.table_name, schema: row.schema_name });
    const partitions = found.get(place) ?? [];
    found.set(place, partitions);
    if (row.name === null) continue;
    partitions.push({
      name: row.name,
      ...(row.partition_schema !== home && { schema: row.partition_schema }),
      isDefault: row.is_default,
      isPartitioned: row.is_partitioned,
    });
  }
  return found;
}

async function readNullable(
  connection: AbstractSqlConnection,
  operations: readonly AnyOperation[],
  home: string,
): Promise<ReadonlySet<string>> {
  const keyed = operations.flatMap((operation) => (operation.kind === 'createPrimaryKey' ? [operation.table] : []));
  if (keyed.length === 0) return new Set();
  const rows = await connection.execute<{ schema_name: string; table_name: string; column_name: string }[]>(
    `select n.nspname as schema_name, c.relname as table_name, a.attname as column_name
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    where a.attnum > 0 and not a.attisdropped and not a.attnotnull and c.relkind in ('r', 'p')
      and c.relname in (${keyed.map(() => '?').join(', ')})`,
    keyed,
  );
  return new Set(
    rows.map((row) => `${keyOf({ name: row.table_name, schema: row.schema_name ?? home })} ${row.column_name}`),
  );
}

/** The columns of primary keys, in their order, by table. */
async function readKeys(connection: AbstractSqlConnection): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await connection.execute<{ schema_name: string; table_name: string; column_name: string }[]>(
    `select n.nspname as schema_name, c.relname as table_name, a.attname as column_name
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_namespace n on n.oid = c.relnamespace
    cross join unnest(k.conkey) with ordinality as part (number, place)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = part.number
    where k.contype = 'p'
    order by c.oid, part.place`,
  );
  const keys = new Map<string, string[]>();
  for (const row of rows) {
    const place = keyOf({ name: row.table_name, schema: row.schema_name });
    keys.set(place, [...(keys.get(place) ?? []), row.column_name]);
  }
  return keys;
}

/** The names of functions that may give another value each time, among those in the values of columns. */
async function readVolatile(
  connection: AbstractSqlConnection,
  operations: readonly AnyOperation[],
): Promise<ReadonlySet<string>> {
  const names = [...new Set(operations.flatMap((operation) => namesIn(valueIn(operation as Operation))))];
  if (names.length === 0) return new Set();
  const rows = await connection.execute<{ name: string }[]>(
    `select distinct proname as name from pg_proc
    where provolatile = 'v' and proname in (${names.map(() => '?').join(', ')})`,
    names,
  );
  return new Set(rows.map(({ name }) => name));
}

function valueIn(operation: Operation): string {
  if (operation.kind === 'alterColumn') return operation.change.using ?? '';
  return operation.kind === 'addColumn' ? (operation.column.defaultRaw ?? '') : '';
}

/** The words of an expression that may be names of functions. */
function namesIn(expression: string): readonly string[] {
  return [...wordsOf(expression, postgresLexicalRules)].flatMap(({ kind, text, code }) =>
    kind === 'name' ? [unquoteIdentifier(text)] : kind === 'word' ? [code] : [],
  );
}
