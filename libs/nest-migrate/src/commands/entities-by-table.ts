import { type MikroORM } from '@mikro-orm/sql';
import { type TableName } from '../plan/run-names.js';

/** Tells which entities use a table in their queries: `Book`, or `Book.tags` for the table between two entities. */
export function entitiesByTable(
  orm: Pick<MikroORM, 'getMetadata' | 'config'>,
  home: string | undefined,
): (table: TableName) => readonly string[] {
  const found = new Map<string, Set<string>>();
  const keyOf = (schema: string | undefined, table: string): string =>
    JSON.stringify([schema === undefined || schema === home || schema === '*' ? null : schema, table]);
  const all = [...orm.getMetadata().getAll().values()];
  for (const meta of all) {
    const { tableName, schema = orm.config.get('schema'), pivotTable, className, abstract, embeddable } = meta;
    if (tableName === undefined || tableName === '' || abstract === true || embeddable === true) continue;
    const names =
      pivotTable === true
        ? all.flatMap((owner) =>
            owner.relations
              .filter(({ pivotTable: table, owner: isOwner }) => table === tableName && isOwner === true)
              .map(({ name }) => `${owner.className}.${name}`),
          )
        : [className];
    const key = keyOf(schema, tableName);
    found.set(key, new Set([...(found.get(key) ?? []), ...names]));
  }
  return ({ schema, table }) => [...(found.get(keyOf(schema, table)) ?? [])].sort();
}
