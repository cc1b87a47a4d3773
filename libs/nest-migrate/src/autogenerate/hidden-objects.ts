import { type HiddenKind } from '../engines/catalogue/catalogue.js';
import { samePlace, type SchemaModel } from '../schema/schema-model.js';

/**
 * The wanted objects, without those that the connection's user may not see, since it cannot be known whether they
 * exist. Also returns what to say about them.
 */
export function withoutHidden<T extends SchemaModel>(
  wanted: T,
  live: SchemaModel,
  hidden: readonly HiddenKind[],
): { readonly wanted: T; readonly warnings: readonly string[] } {
  const exists = (table: T['tables'][number]): boolean => live.tables.some((other) => samePlace(other, table));
  const isBlind = (table: T['tables'][number]): boolean => hidden.includes('trigger') && exists(table);
  const triggers = wanted.tables.filter(isBlind).flatMap((table) => table.triggers);
  const routines = hidden.includes('routine') ? wanted.routines : [];
  return {
    wanted: {
      ...wanted,
      tables: wanted.tables.map((table) => (isBlind(table) ? { ...table, triggers: [] } : table)),
      routines: wanted.routines.filter((routine) => !routines.includes(routine)),
    },
    warnings: [
      ...(triggers.length > 0 ? ['triggers are not compared: this user may not see them (grant trigger)'] : []),
      ...(routines.length > 0 ? ['routines are not compared: this user may not see them (grant execute)'] : []),
    ],
  };
}
