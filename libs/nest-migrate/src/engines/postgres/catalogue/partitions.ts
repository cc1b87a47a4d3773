import { type AbstractSqlConnection, type DatabaseTable } from '@mikro-orm/sql';
import { type Partitioning } from '../../../schema/schema-model.js';

interface PartitionRow {
  readonly schema_name: string;
  readonly table_name: string;
  readonly key: string;
  /** Absent where the table has no partition. */
  readonly name: string | null;
  readonly partition_schema: string;
  readonly bound: string;
}

/** How tables are partitioned, by schema and name of the table. */
export async function readPartitioning(
  connection: AbstractSqlConnection,
  filter: string,
): Promise<ReadonlyMap<string, Partitioning>> {
  const rows = await connection.execute<PartitionRow[]>(
    `select n.nspname as schema_name, c.relname as table_name, pg_get_partkeydef(c.oid) as key,
      child.relname as name, cn.nspname as partition_schema, pg_get_expr(child.relpartbound, child.oid) as bound
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_inherits i on i.inhparent = c.oid
    left join pg_class child on child.oid = i.inhrelid
    left join pg_namespace cn on cn.oid = child.relnamespace
    where ${filter} and c.relkind = 'p'
    order by n.nspname, c.relname, cn.nspname, child.relname`,
  );
  const found = new Map<string, Partitioning>();
  for (const row of rows) {
    const place = JSON.stringify([row.schema_name, row.table_name]);
    const { key, name, bound, partition_schema: schema } = row;
    const partitions = found.get(place)?.partitions ?? [];
    const own = name === null ? [] : [{ name, bound, ...(schema !== row.schema_name && { schema }) }];
    found.set(place, { key, partitions: [...partitions, ...own] });
  }
  return found;
}

/** The partitions that an entity declares. */
export function declaredPartitioning(table: DatabaseTable, home: string): Partitioning | undefined {
  const declared = table.getPartitioning();
  if (declared === undefined) return undefined;
  return {
    key: declared.definition,
    partitions: declared.partitions.map(({ name, schema, bound }) => ({
      name,
      bound,
      ...(schema !== undefined && schema !== (table.schema ?? home) && { schema }),
    })),
  };
}
