import { type Engine } from '../engines/engine.js';
import { type LiveSchema, type UnreadableObject } from './read/live-schema.js';
import { displayName, type QualifiedName, samePlace, type SchemaModel } from '../schema/schema-model.js';
import { type TableFilter } from './read/table-filter.js';
import { withOwnSchemas } from './object-filter.js';

/** The entities, without what the configuration excludes from the database. */
export function withoutSkipped<T extends SchemaModel>(
  entities: T,
  filter: TableFilter,
  engine: Engine,
): { readonly entities: T; readonly warnings: readonly string[] } {
  const isIgnored = ({ schema }: QualifiedName): boolean =>
    schema !== undefined && engine.catalogue.ignoresSchema(schema);
  const warnings = [...entities.tables, ...entities.views, ...entities.enums, ...entities.routines]
    .filter(isIgnored)
    .map((object) => `leaves ${displayName(object)} alone: nothing in the schema ${object.schema} is compared`);
  const kept = withOwnSchemas({
    ...entities,
    tables: entities.tables
      .filter((table) => !isIgnored(table) && !filter.isSkipped(table))
      .map((table) => filter.withoutSkippedColumns(table)),
    views: entities.views.filter((view) => !isIgnored(view) && !filter.isSkippedView(view)),
    enums: entities.enums.filter((type) => !isIgnored(type)),
    routines: entities.routines.filter((routine) => !isIgnored(routine)),
  });
  return { entities: kept, warnings };
}

/**
 * The entities, without objects that exist but cannot be described. If those were treated as missing, the upgrade would
 * create them and the downgrade would drop what exists. Each one that an entity declares gets a warning. Also returns all
 * others, which share one.
 */
export function withoutUnreadable<T extends SchemaModel>(
  entities: T,
  { unreadable }: Pick<LiveSchema, 'unreadable'>,
): { readonly entities: T; readonly warnings: readonly string[]; readonly others: readonly UnreadableObject[] } {
  const declaredOf = { table: entities.tables, view: entities.views, enum: entities.enums, routine: entities.routines };
  const isSame = (object: Declared, other: UnreadableObject): boolean =>
    samePlace(object, other) && object.signature === other.signature;
  const isDeclared = (object: UnreadableObject): boolean =>
    (declaredOf[object.kind] as readonly Declared[]).some((other) => isSame(other, object));
  const leaves = (kind: UnreadableObject['kind']) => (object: Declared) =>
    !unreadable.some((other) => other.kind === kind && isSame(object, other));
  const declared = unreadable.filter(isDeclared).map((object) => {
    const { why } = object.unreadable;
    return `leaves the ${object.kind} ${displayName(object)} alone, which ${why}: write its changes by hand`;
  });
  const others = unreadable.filter((object) => object.unreadable.partOf === undefined && !isDeclared(object));
  const kept = withOwnSchemas({
    ...entities,
    tables: entities.tables.filter(leaves('table')),
    views: entities.views.filter(leaves('view')),
    enums: entities.enums.filter(leaves('enum')),
    routines: entities.routines.filter(leaves('routine')),
  });
  return { entities: kept, warnings: declared, others };
}

/**
 * The database, without the tables that would have to be dropped and cannot be, since others inherit from them. Also
 * returns those.
 */
export function withoutParents<T extends LiveSchema>(
  live: T,
  entities: SchemaModel,
  { types }: Pick<Engine, 'types'>,
): { readonly live: T; readonly parents: readonly UnreadableObject[] } {
  const staying = live.tables.filter(
    (table) => table.staysBecause !== undefined && !entities.tables.some((wanted) => samePlace(wanted, table)),
  );
  if (staying.length === 0) return { live, parents: [] };
  const isUsed = (type: QualifiedName): boolean =>
    staying.some((table) =>
      table.columns.some(({ definition }) => definition.nativeEnumName === types.enumReference(type, table)),
    );
  return {
    live: {
      ...live,
      tables: live.tables.filter((table) => !staying.includes(table)),
      enums: live.enums.map((type) => (isUsed(type) ? { ...type, shared: true } : type)),
      occupiedSchemas: [...live.occupiedSchemas, ...staying.flatMap(({ schema }) => schema ?? [])],
    },
    parents: staying.map(({ name, schema, staysBecause: why = '' }) => ({
      kind: 'table',
      name,
      ...(schema !== undefined && { schema }),
      unreadable: { why },
    })),
  };
}

type Declared = QualifiedName & { readonly signature?: string };

/** The number of objects that are named; the rest is only counted. */
const NAMED = 3;

/** The one warning about objects that no entity declares and that cannot be described. */
export function sentenceAbout(others: readonly UnreadableObject[]): readonly string[] {
  if (others.length === 0) return [];
  const names = others.slice(0, NAMED).map((object) => `${displayName(object)} (which ${object.unreadable.why})`);
  const more = others.length > NAMED ? [`${others.length - NAMED} more`] : [];
  const list = new Intl.ListFormat('en-GB').format([...names, ...more]);
  return [`leaves alone what no entity can describe: ${list}`];
}
