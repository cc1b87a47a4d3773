import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type NamedColumnDefinition } from '../../operations/operation.js';
import {
  type CatalogueColumn,
  type CatalogueTable,
  type ListedTable,
  type ListedView,
} from '../../engines/catalogue/catalogue.js';
import { type Engine } from '../../engines/engine.js';
import { describeType } from './column-type.js';
import { describeDefault } from '../../schema/default-value.js';
import {
  type ColumnModel,
  type QualifiedName,
  samePlace,
  type SchemaModel,
  type TableModel,
  type Unreadable,
  type ViewModel,
} from '../../schema/schema-model.js';
import { type TableFilter } from './table-filter.js';

/** What the database has. */
export interface LiveSchema extends SchemaModel {
  /** Every schema that exists, whether it holds tables or not. */
  readonly existingSchemas: readonly string[];
  /** Schemas that hold something which is not compared, so that they can never be dropped. */
  readonly occupiedSchemas: readonly string[];
  /** Objects that exist but cannot be described, as far as they would otherwise be compared. */
  readonly unreadable: readonly UnreadableObject[];
}

/** An object that exists and that no entity can describe. */
export interface UnreadableObject extends QualifiedName {
  readonly kind: 'table' | 'view' | 'enum' | 'routine';
  /** Of a routine: see {@link RoutineModel.signature}. */
  readonly signature?: string;
  readonly unreadable: Unreadable;
}

/** The schema of an empty database, which has only the schema that the engine itself creates. */
export function emptySchema({ platform }: Pick<Engine, 'platform'>): LiveSchema {
  const existing = platform.getDefaultSchemaName();
  return {
    tables: [],
    views: [],
    enums: [],
    routines: [],
    schemas: [],
    existingSchemas: existing === undefined ? [] : [existing],
    occupiedSchemas: [],
    unreadable: [],
  };
}

/** Reads the schema of the live database from the engine's own catalogue, which is complete. Only reads. */
export async function readLiveSchema(
  connection: AbstractSqlConnection,
  engine: Engine,
  filter: TableFilter,
): Promise<LiveSchema> {
  const existingSchemas = await engine.catalogue.listSchemas(connection);
  const all = await engine.catalogue.listTables(connection);
  const isCompared = (table: ListedTable): boolean => table.unreadable === undefined && filter.includes(table);
  const listed = all.filter(isCompared);
  const contents = await engine.catalogue.readTables(connection, listed);
  const tables = listed.flatMap((table, index) => {
    const content = contents[index];
    if (content === undefined) return [];
    return [engine.model.withEnums(filter.withoutSkippedColumns(tableModel(table, content, engine)))];
  });
  const allViews = await engine.catalogue.listViews(connection);
  const views = await readViews(
    connection,
    engine,
    allViews.filter((view) => view.unreadable === undefined && filter.includesView(view)),
  );
  const compared = [...tables, ...views];
  const isLookedAt = ({ schema }: QualifiedName): boolean => schema === undefined || filter.includesSchema(schema);
  const allEnums = (await engine.catalogue.listEnums(connection)).filter(isLookedAt);
  const enums = allEnums.filter(isReadable).map(({ usedBy, ...type }) => ({
    ...type,
    shared: usedBy.some((place) => !compared.some((known) => samePlace(known, place))),
  }));
  const allRoutines = await engine.catalogue.listRoutines(connection);
  const ownRoutines = allRoutines.filter((routine) => filter.includesRoutine(routine));
  const routines = ownRoutines.filter(isReadable);
  const unreadable = [
    ...all.filter((table) => filter.includes(table)).flatMap(unreadableAs('table')),
    ...allViews.filter((view) => filter.includesView(view)).flatMap(unreadableAs('view')),
    ...allEnums.flatMap(unreadableAs('enum')),
    ...ownRoutines.flatMap(unreadableAs('routine')),
  ];
  const used = new Set([...compared, ...enums].map(({ schema }) => schema).filter((schema) => schema !== undefined));
  const occupiedSchemas = [
    ...(await engine.catalogue.listOccupiedSchemas(connection)),
    ...existingSchemas.filter((name) => !filter.includesSchema(name)),
    // a partition belongs to its table
    ...all
      .filter((table) => !isCompared(table) && table.unreadable?.partOf !== 'partitionedTable')
      .map(({ schema }) => schema),
    ...allRoutines.filter((routine) => !routines.includes(routine)).map(({ schema }) => schema),
    ...allViews.filter((view) => !views.some((known) => samePlace(known, view))).map(({ schema }) => schema),
  ].filter((schema) => schema !== undefined);
  return { tables, views, enums, routines, schemas: [...used], existingSchemas, occupiedSchemas, unreadable };
}

function unreadableAs(kind: UnreadableObject['kind']): (listed: MayBeUnreadable) => readonly UnreadableObject[] {
  return ({ name, schema, signature, unreadable }) =>
    unreadable === undefined
      ? []
      : [
          {
            kind,
            name,
            ...(schema !== undefined && { schema }),
            ...(signature !== undefined && { signature }),
            unreadable,
          },
        ];
}

type MayBeUnreadable = Omit<UnreadableObject, 'kind' | 'unreadable'> & Partial<Pick<UnreadableObject, 'unreadable'>>;

function isReadable({ unreadable }: Pick<MayBeUnreadable, 'unreadable'>): boolean {
  return unreadable === undefined;
}

/** One table with everything in it, including what is not compared; `undefined` where it does not exist. */
export async function readWholeTable(
  connection: AbstractSqlConnection,
  engine: Engine,
  place: QualifiedName,
): Promise<TableModel | undefined> {
  const all = await engine.catalogue.listTables(connection);
  const listed = all.find((table) => table.unreadable === undefined && samePlace(table, place));
  const [content] = listed === undefined ? [] : await engine.catalogue.readTables(connection, [listed]);
  return listed === undefined || content === undefined
    ? undefined
    : engine.model.withEnums(tableModel(listed, content, engine));
}

/** Views with their queries, indexes and triggers. A view whose query this role may not see is left alone. */
async function readViews(
  connection: AbstractSqlConnection,
  engine: Engine,
  listed: readonly ListedView[],
): Promise<readonly ViewModel[]> {
  const read = listed.filter((view) => view.materialized || engine.capabilities.viewsHaveTriggers);
  const contents = await engine.catalogue.readTables(connection, read);
  return listed.flatMap(({ definition, ...view }) => {
    if (definition === undefined) return [];
    const { indexes = [], triggers = [] } = contents[read.findIndex((other) => samePlace(other, view))] ?? {};
    const own = indexes.filter((index) => index.kind === 'index').map(({ index }) => index);
    return [{ ...view, definition, indexes: own, triggers }];
  });
}

function tableModel(
  { unreadable: _unreadable, ...table }: ListedTable,
  content: CatalogueTable,
  engine: Engine,
): TableModel {
  const { columns, indexes, checks, foreignKeys, triggers, partitioning, security } = content;
  const key = indexes.find((index) => index.kind === 'primaryKey');
  const isImplicit = (name: string): boolean =>
    engine.capabilities.implicitForeignKeyIndexes && foreignKeys.some((foreignKey) => foreignKey.name === name);
  return {
    ...table,
    columns: columns.map((column) => columnModel(column, table, engine)),
    ...(key && { primaryKey: engine.model.primaryKey(key.name, key.columns) }),
    uniques: indexes.filter((index) => index.kind === 'unique').map(({ kind: _kind, ...unique }) => unique),
    indexes: indexes
      .filter((index) => index.kind === 'index')
      .map(({ index }) => index)
      .filter(({ name }) => !isImplicit(name)),
    checks,
    foreignKeys,
    triggers,
    ...(partitioning && { partitioning }),
    ...(security && { security }),
  };
}

/** The nullability of a column; absent where a computed column may hold nulls whatever is declared. */
function nullability(
  { nullable, generated }: CatalogueColumn,
  { capabilities: { computedNulls } }: Engine,
): Pick<NamedColumnDefinition, 'nullable'> {
  if (generated === undefined || computedNulls === 'compared') return nullable ? { nullable: true } : {};
  return computedNulls === 'kept' && !nullable ? { nullable: false } : {};
}

function columnModel(column: CatalogueColumn, table: QualifiedName, engine: Engine): ColumnModel {
  const { nativeEnum, items } = column;
  const type =
    nativeEnum !== undefined
      ? {
          type: nativeEnum.array ? ('enumArray' as const) : ('enum' as const),
          nativeEnumName: engine.types.enumReference(nativeEnum, table),
        }
      : items !== undefined
        ? { type: 'enum' as const, items }
        : describeType(column.type, engine);
  const family = engine.types.typeFamily(column.type);
  const definition: NamedColumnDefinition = {
    name: column.name,
    ...type,
    ...(column.unsigned && { unsigned: true }),
    ...(column.autoincrement && { autoincrement: true }),
    ...nullability(column, engine),
    ...(column.defaultSql !== undefined && !column.autoincrement && describeDefault(column.defaultSql, family, engine)),
    ...(column.generated !== undefined && { generated: column.generated }),
    ...(column.collation !== undefined && { collation: column.collation }),
    ...(column.extra && { extra: column.extra }),
    ...(column.comment && { comment: column.comment }),
  };
  return { definition, databaseType: column.type, defaultSql: column.defaultSql };
}
