import { type LiveSchema } from './read/live-schema.js';
import { displayName, samePlace, type SchemaModel, type TableModel } from '../schema/schema-model.js';

/**
 * A database without the tables in which MikroORM's own migrator keeps its books, under whatever name: the configuration names
 * the one of today at most, and once that is taken out the table counts as removed. Each gets a warning.
 *
 * @param entities What an entity declares takes part, whatever it looks like.
 */
export function withoutMigratorTables(
  live: LiveSchema,
  entities: SchemaModel,
): { readonly live: LiveSchema; readonly warnings: readonly string[] } {
  const found = live.tables.filter(
    (table) => isMigratorTable(table) && !entities.tables.some((declared) => samePlace(declared, table)),
  );
  const warnings = found.map(
    (table) =>
      `leaves the table ${displayName(table)} alone, which is made as the one of MikroORM's own migrator: ` +
      'drop it by hand once nothing reads it',
  );
  return { live: { ...live, tables: live.tables.filter((table) => !found.includes(table)) }, warnings };
}

const COLUMNS = 'executed_at,id,name';

/** As MikroORM makes it, in this version and the two before. */
function isMigratorTable({ columns, primaryKey, ...table }: TableModel): boolean {
  const names = columns.map(({ definition }) => definition.name).sort();
  const executedAt = columns.find(({ definition }) => definition.name === 'executed_at');
  const others = [table.indexes, table.uniques, table.checks, table.foreignKeys, table.triggers];
  return (
    names.join() === COLUMNS &&
    primaryKey?.columns.join() === 'id' &&
    executedAt?.defaultSql !== undefined &&
    others.every(({ length }) => length === 0)
  );
}
