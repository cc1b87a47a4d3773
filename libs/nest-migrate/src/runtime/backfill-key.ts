import { type KeyColumn, type RowBatches, type TableKey, type TablePlace } from '../engines/session/row-batches.js';
import { type SqlSession } from '../engines/session/sql-session.js';
import { InvalidOperationError } from '../errors/operation.errors.js';

/**
 * The columns of the key along which rows are worked through, in the order of the key: of the primary key, or of the
 * unique key that consists of the columns that the revision names.
 *
 * @throws InvalidOperationError where the table has no such key, or rows can't be worked through along it.
 */
export async function keyOfBackfill(
  batches: RowBatches,
  session: SqlSession,
  place: TablePlace,
  { key, set }: { readonly key?: readonly string[]; readonly set?: Readonly<Record<string, string>> },
): Promise<readonly KeyColumn[]> {
  const refuse = (problem: string, cure?: string): never => {
    throw new InvalidOperationError('backfill', `table '${place.table}' ${problem}`, cure);
  };
  const keys = await batches.keysOf(session, place);
  if (keys === undefined) return refuse('does not exist.');
  const found = keys.find((one) => (key === undefined ? one.isPrimary : consistsOf(one, key)));
  if (found === undefined) {
    const usable = keys.filter(({ problem }) => problem === undefined).map(namesIn);
    const cure = usable.length === 0 ? 'Give it a primary key.' : `Name the columns of another: key: [${usable[0]}].`;
    return refuse(key === undefined ? 'has no primary key.' : `has no unique key of ${key.join(', ')}.`, cure);
  }
  if (found.problem !== undefined)
    return refuse(`can't be worked through along the key ${namesIn(found)}: ${found.problem}.`);
  const moved = found.columns.find(({ name }) => set !== undefined && Object.hasOwn(set, name));
  if (moved !== undefined) return refuse(`sets '${moved.name}', which is part of its key: rows would be met twice.`);
  return found.columns;
}

function consistsOf({ columns }: TableKey, names: readonly string[]): boolean {
  return columns.length === names.length && columns.every(({ name }) => names.includes(name));
}

function namesIn({ columns }: TableKey): string {
  return columns.map(({ name }) => `'${name}'`).join(', ');
}
