import { type OperationOf } from '../../../operations/operation.js';
import { type AnyOperation } from '../../../operations/registered-operations.js';
import { keyOf } from '../../../schema/schema-model.js';
import { type OnlineSources } from '../../online/online.js';
import { type SqlSession } from '../../session/sql-session.js';
import { postgresSql } from '../lexical-rules.js';
import { partitionOf, placeOf } from './table-place.js';

/** What moves a partition in or out of its table. */
export type PartitionMove = OperationOf<'attachPartition' | 'detachPartition'>;

/** What the bounds of partitions mean, as conditions of their rows. */
export type PartitionBounds = (operation: PartitionMove) => string | undefined;

/**
 * Asks for the conditions: of partitions that are there the database, of others a scratch database, on which a table like
 * the whole one gets such a partition. There is none for a default partition, whose condition depends on the others, nor for
 * one by hash, whose condition names its table by a number.
 */
export async function readPartitionBounds(
  { onDatabase, onScratch }: OnlineSources,
  operations: readonly AnyOperation[],
  home: string,
): Promise<PartitionBounds> {
  const moves = operations.filter(
    (operation): operation is PartitionMove =>
      operation.kind === 'attachPartition' || operation.kind === 'detachPartition',
  );
  const found = new Map<string, string>();
  const note = (move: PartitionMove, bound: string | null | undefined): void => {
    if (bound != null && !bound.includes('satisfies_hash_partition')) found.set(keyed(move), bound);
  };
  if (moves.length === 0) return () => undefined;
  await onDatabase(async (connection) => {
    for (const move of moves) {
      const [row] = await connection.execute<{ bound: string | null }[]>(
        `select pg_get_partition_constraintdef(c.oid) as bound from pg_class c
          join pg_inherits i on i.inhrelid = c.oid where c.oid = to_regclass(?) and c.relispartition
            and pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'`,
        [quoted(partitionOf(move), home)],
      );
      note(move, row?.bound);
    }
  });
  const others = moves.filter((move) => !found.has(keyed(move)) && boundOf(move) !== undefined);
  if (others.length > 0) {
    await onScratch(async (session) => {
      for (const move of others) note(move, await boundLike(session, move, home));
    });
  }
  return (operation) => found.get(keyed(operation));
}

function keyed(move: PartitionMove): string {
  return `${keyOf(placeOf(move))} ${keyOf(partitionOf(move))}`;
}

function boundOf(move: PartitionMove): string | undefined {
  return move.kind === 'attachPartition' ? move.bound : move.previous;
}

/** The condition of a partition with that bound, of a table like the one that it belongs to. */
async function boundLike(session: SqlSession, move: PartitionMove, home: string): Promise<string | null | undefined> {
  const whole = quoted(placeOf(move), home);
  const [table] = await session.query<{ key: string | null }>(
    `select pg_get_partkeydef(oid) as key from pg_class where oid = to_regclass(${postgresSql.text(whole)})`,
  );
  if (table?.key == null) return undefined;
  await session.execute(`create table ${LIKE} (like ${whole}) partition by ${table.key}`);
  try {
    await session.execute(`create table ${LIKE}_1 partition of ${LIKE} ${boundOf(move)}`);
    const [row] = await session.query<{ bound: string | null }>(
      `select pg_get_partition_constraintdef(to_regclass(${postgresSql.text(`${LIKE}_1`)})) as bound`,
    );
    return row?.bound;
  } finally {
    await session.execute(`drop table ${LIKE}`);
  }
}

const LIKE = 'nest_migrate_like';

function quoted({ name, schema }: { readonly name: string; readonly schema?: string }, home: string): string {
  return postgresSql.quote(schema ?? home, name);
}
