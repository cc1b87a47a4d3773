import { type PartitionPlace, type Postcondition } from '../../../operations/operation.js';
import { literal } from '../../sql/quoting.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { change, type StatementTable } from '../../ddl/statement-table.js';
import { dollarQuoted } from './dollar-quoted.js';

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
  /** Ends a concurrent detachment that was interrupted, which PostgreSQL asks for before any other. */
  const finalized = (place: PartitionPlace, detach: string): string => {
    const child = literal(ddl.platform, partition(place));
    const pending = `select from pg_catalog.pg_inherits where inhrelid = to_regclass(${child}) and inhdetachpending`;
    return `do ${dollarQuoted(`begin if exists (${pending}) then ${detach} finalize; end if; end`)}`;
  };
  return {
    createPartition: (operation) => {
      const sql = `create table ${partition(operation)} partition of ${ddl.qualified(operation)} ${operation.bound}`;
      return [change(sql, exists(operation, true))];
    },
    dropPartition: (operation) => {
      const drop = change(`drop table ${partition(operation)}`, exists(operation, false));
      if (operation.concurrently !== true) return [drop];
      const from = `alter table ${ddl.qualified(operation)} detach partition ${partition(operation)}`;
      const detached = exists(operation, false);
      const gone: Postcondition = {
        query: `select to_regclass(${literal(ddl.platform, partition(operation))}) is null as present`,
      };
      return [
        { ...change(`${from} concurrently`, detached), outsideTransaction: true, cleanup: finalized(operation, from) },
        { ...drop, postcondition: gone },
      ];
    },
  };
}
