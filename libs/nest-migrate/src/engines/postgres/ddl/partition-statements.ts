import { type PartitionPlace, type Postcondition } from '../../../operations/operation.js';
import { literal } from '../../sql/quoting.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { change, type StatementDraft, type StatementTable } from '../../ddl/statement-table.js';
import { dollarQuoted } from './dollar-quoted.js';

/** Partitions, which are tables that together make up another table. */
export function partitionStatements(
  ddl: SchemaHelperDdl,
): Pick<StatementTable, 'createPartition' | 'dropPartition' | 'attachPartition' | 'detachPartition'> {
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
  const detached = (place: PartitionPlace, concurrently = false): StatementDraft => {
    const sql = `alter table ${ddl.qualified(place)} detach partition ${partition(place)}`;
    const gone = exists(place, false);
    if (!concurrently) return change(sql, gone);
    return { ...change(`${sql} concurrently`, gone), outsideTransaction: true, cleanup: finalized(place, sql) };
  };
  return {
    createPartition: (operation) => {
      const sql = `create table ${partition(operation)} partition of ${ddl.qualified(operation)} ${operation.bound}`;
      return [change(sql, exists(operation, true))];
    },
    dropPartition: (operation) => {
      const drop = change(`drop table ${partition(operation)}`, exists(operation, false));
      if (operation.concurrently !== true) return [drop];
      const gone: Postcondition = {
        query: `select to_regclass(${literal(ddl.platform, partition(operation))}) is null as present`,
      };
      return [detached(operation, true), { ...drop, postcondition: gone }];
    },
    attachPartition: (operation) => [
      change(
        `alter table ${ddl.qualified(operation)} attach partition ${partition(operation)} ${operation.bound}`,
        exists(operation, true),
      ),
    ],
    detachPartition: (operation) => [detached(operation, operation.concurrently)],
  };
}
