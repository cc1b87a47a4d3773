import { type PartitionPlace, type Postcondition } from '../../../operations/operation.js';
import { literal } from '../../sql/quoting.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { change, type StatementTable } from '../../ddl/statement-table.js';

/** Partitions, which are tables that together make up another table. */
export function partitionStatements(ddl: SchemaHelperDdl): Pick<StatementTable, 'createPartition' | 'dropPartition'> {
  const partition = ({ schema, partitionSchema = schema, name }: PartitionPlace): string =>
    ddl.qualified({ schema: partitionSchema, table: name });
  const exists = (place: PartitionPlace, present: boolean): Postcondition => {
    const [child, parent] = [partition(place), ddl.qualified(place)].map((name) => literal(ddl.platform, name));
    return {
      query:
        `select count(*) = ${present ? 1 : 0} as present from pg_catalog.pg_inherits ` +
        `where inhrelid = to_regclass(${child}) and inhparent = to_regclass(${parent})`,
    };
  };
  return {
    createPartition: (operation) => {
      const sql = `create table ${partition(operation)} partition of ${ddl.qualified(operation)} ${operation.bound}`;
      return [change(sql, exists(operation, true))];
    },
    dropPartition: (operation) => [change(`drop table ${partition(operation)}`, exists(operation, false))],
  };
}
