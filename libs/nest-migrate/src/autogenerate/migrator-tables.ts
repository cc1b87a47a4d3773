import { type LiveSchema } from './read/live-schema.js';
import { displayName, samePlace, type SchemaModel, type TableModel } from '../schema/schema-model.js';

/**
 * A database without the tables in which MikroORM's own migrator records its migrations, under any name: the
 * configuration names today's table at most, and once that setting is removed the table would count as removed. Each
 * one gets a warning.
 *
 * @param entities A table that an entity declares is compared, whatever it looks like.
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

/** Whether a table looks as this version of MikroORM, or one of the two before, creates it. */
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
