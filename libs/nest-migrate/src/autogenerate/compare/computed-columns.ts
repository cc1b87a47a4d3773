import { type ComputedKind } from '../../engines/capabilities.js';
import { type Engine } from '../../engines/engine.js';
import { type SqlReader } from '../../engines/sql/sql-reader.js';
import { type ColumnDefinition, type NamedColumnDefinition } from '../../operations/operation.js';
import { isIdentity } from '../../schema/identity.js';

/** Whether the column is computed from others. One that only counts is not, though it is `generated` as well. */
export function isComputed(column: ColumnDefinition): boolean {
  return column.generated !== undefined && !isIdentity(column.generated);
}

/** Whether the engine makes a computed column plain and keeps its values. */
export function becomesPlain({ capabilities }: Engine, from: ColumnDefinition, to: ColumnDefinition): boolean {
  if (from.generated === undefined || !isComputed(from) || to.generated !== undefined) return false;
  return capabilities.computedToPlain.includes(splitGenerated(from.generated).storage);
}

/** Whether a column becomes computed or plain in place, in both directions. */
export function isAltered({ capabilities }: Engine, from: ColumnDefinition, to: ColumnDefinition): boolean {
  const { storage } = splitGenerated(from.generated ?? to.generated ?? '');
  return capabilities.computedToPlain.includes(storage) && capabilities.plainToComputed.includes(storage);
}

/** The expression of a computed column, and how its values are kept. */
export function splitGenerated(generated: string): { readonly expression: string; readonly storage: ComputedKind } {
  const storage = /\s(stored|virtual|persistent)\s*$/i.exec(generated);
  return {
    expression: storage === null ? generated : generated.slice(0, storage.index),
    storage: /stored|persistent/i.test(storage?.[1] ?? '') ? 'stored' : 'virtual',
  };
}

/** Computed columns, each after those that it reads; otherwise in the given order. */
export function afterThoseTheyRead<T extends { readonly column: NamedColumnDefinition }>(
  sql: SqlReader,
  computed: readonly T[],
): readonly T[] {
  const ordered = new Set<T>();
  const visiting = new Set<T>();
  const visit = (item: T): void => {
    if (visiting.has(item)) return;
    visiting.add(item);
    for (const other of computed) {
      if (other !== item && sql.mentions(item.column.generated ?? '', other.column.name)) visit(other);
    }
    ordered.add(item);
  };
  computed.forEach(visit);
  return [...ordered];
}
