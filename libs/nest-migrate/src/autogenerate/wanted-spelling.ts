import { type Engine } from '../engines/engine.js';
import { samePlace, type ColumnModel, type SchemaModel } from '../schema/schema-model.js';

/**
 * The database, with the texts of the entities in place of those that its server shows with other characters: MySQL and
 * MariaDB show `?` for an emoji in an item of an enum or in a comment. The server has the item as it was written, so an
 * operation that restates the column as it was shown would change it.
 */
export function withWantedSpelling<T extends SchemaModel>(live: T, entities: SchemaModel, engine: Engine): T {
  const { readBack } = engine.types;
  const spelled = (shown: string, wanted: readonly (string | undefined)[]): string =>
    wanted.find((text) => text !== undefined && readBack(text) === shown) ?? shown;
  const column = (shown: ColumnModel, wanted: ColumnModel | undefined): ColumnModel => {
    if (wanted === undefined) return shown;
    const { items, default: value, comment } = shown.definition;
    const { items: wantedItems = [], comment: wantedComment } = wanted.definition;
    return {
      ...shown,
      definition: {
        ...shown.definition,
        ...(items && { items: items.map((item) => spelled(item, wantedItems)) }),
        ...(items && typeof value === 'string' && { default: spelled(value, wantedItems) }),
        ...(comment !== undefined && { comment: spelled(comment, [wantedComment]) }),
      },
    };
  };
  const tables = live.tables.map((table) => {
    const wanted = entities.tables.find((other) => samePlace(other, table));
    if (wanted === undefined) return table;
    const byName = new Map(wanted.columns.map((one) => [one.definition.name, one]));
    return {
      ...table,
      ...(table.comment !== undefined && { comment: spelled(table.comment, [wanted.comment]) }),
      columns: table.columns.map((one) => column(one, byName.get(one.definition.name))),
    };
  });
  return { ...live, tables };
}
