import { type EntityMetadata, type MikroORM } from '@mikro-orm/core';
import {
  type DatabaseSchema,
  type DatabaseTable,
  type ForeignKey,
  type IndexDef,
  type SqlSchemaGenerator,
} from '@mikro-orm/sql';
import { keptName } from '../../engines/sql/kept-name.js';
import {
  type ForeignKeyDefinition,
  type IndexColumn,
  type IndexDefinition,
  type Rule,
} from '../../operations/operation.js';
import { type Engine } from '../../engines/engine.js';
import { entityColumn, PropertyIndex } from './entity-columns.js';
import { withDatabaseTypes } from '../../schema/routine-model.js';
import {
  type EnumModel,
  type Named,
  type QualifiedName,
  type RoutineModel,
  samePlace,
  type SchemaModel,
  type TableModel,
  type ViewModel,
} from '../../schema/schema-model.js';
import { referencedName } from './table-names.js';
import { declaredTrigger } from '../../schema/trigger-model.js';

/** The schema that the entities want, and the parts of it that this version cannot compare. */
export interface EntitySchema extends SchemaModel {
  /** Tables that are left alone on both sides. */
  readonly skipped: readonly QualifiedName[];
  readonly warnings: readonly string[];
}

/** The schema that the entities of `orm` describe. Opens no connection. */
export function readEntitySchema(
  orm: Pick<MikroORM, 'config' | 'getMetadata' | 'schema'>,
  engine: Engine,
): EntitySchema {
  const target = targetSchema(orm);
  const { home } = engine;
  const schemaOf = (schema: string | undefined): string | undefined => (schema === home ? undefined : schema);
  const properties = new PropertyIndex(allEntities(orm), (meta) =>
    schemaOf((meta.schema === '*' ? undefined : meta.schema) ?? home),
  );

  const tables: TableModel[] = [];
  const skipped: QualifiedName[] = [];
  const warnings: string[] = [];
  for (const table of target.getTables()) {
    const place = { name: table.name, schema: schemaOf(table.schema) };
    const reason = whyUncompared(table, place, engine);
    warnings.push(...reason.warnings);
    if (reason.skip) skipped.push(place);
    else tables.push(engine.model.withEnums(tableModel(table, place, { engine, properties })));
  }
  const views = target.getViews().map((view): ViewModel => ({
    name: view.name,
    ...(schemaOf(view.schema) !== undefined && { schema: schemaOf(view.schema) }),
    definition: view.definition.trim().replace(/\s*;$/, ''),
    materialized: view.materialized === true,
    ...(view.withData === false && { withData: false }),
    indexes: (view.indexes ?? []).map((index) => viewIndex(index, engine)),
    triggers: [],
  }));
  const declared = target.getRoutines().flatMap((routine): readonly RoutineModel[] => {
    // a routine in JavaScript is handled by MikroORM itself
    if (routine.body === undefined && routine.expression === undefined) return [];
    const { name } = routine;
    const place = { name, ...(schemaOf(routine.schema) !== undefined && { schema: schemaOf(routine.schema) }) };
    const model = engine.model.routine(withDatabaseTypes(routine, engine.platform), place);
    const isJavaScript = orm.config.getRoutines().find((own) => own.name === name)?.bodyJs !== undefined;
    if (model === undefined && !isJavaScript)
      warnings.push(`leaves out ${routine.type} ${name}: ${engine.capabilities.whyNoRoutine}`);
    return model === undefined ? [] : [model];
  });
  const routines = [...declared];
  for (const routine of tables.flatMap(({ triggers }) => triggers.flatMap(({ brings = [] }) => brings))) {
    if (!routines.some((other) => samePlace(other, routine))) routines.push(routine);
  }

  const enums = Object.values(target.getNativeEnums()).map(({ name, schema, items }): EnumModel => ({
    name,
    schema: schemaOf(schema),
    items,
  }));
  const schemas = new Set(
    [...tables, ...views, ...enums, ...routines].map(({ schema }) => schema).filter((schema) => schema !== undefined),
  );
  return {
    tables,
    views,
    enums: engine.capabilities.schemas ? enums : [],
    routines,
    schemas: [...schemas],
    skipped,
    warnings,
  };
}

/**
 * The target with the columns that `skipColumns` names. MikroORM removes those columns but not the checks on them, and
 * looks up tables by names that every object has. `withoutSkippedColumns` removes both, in the same way on both sides.
 */
function targetSchema({ config, schema }: Pick<MikroORM, 'config' | 'schema'>): DatabaseSchema {
  const options = config.get('schemaGenerator');
  const { skipColumns } = options;
  try {
    options.skipColumns = Object.create(null) as Record<string, never>;
    return (schema as unknown as SqlSchemaGenerator).getTargetSchema();
  } finally {
    options.skipColumns = skipColumns;
  }
}

/** An index of a materialized view. Its columns are those of the view's query. */
function viewIndex(index: IndexDef, engine: Engine): Named<IndexDefinition> {
  return indexDefinition(index, { hasColumn: () => true }, engine);
}

/** Every entity that MikroORM knows. */
export function allEntities(orm: Pick<MikroORM, 'getMetadata'>): readonly EntityMetadata[] {
  return [...orm.getMetadata().getAll().values()];
}

interface Reading {
  readonly engine: Engine;
  readonly properties: PropertyIndex;
}

function tableModel(table: DatabaseTable, place: QualifiedName, { engine, properties }: Reading): TableModel {
  const indexes = table.getIndexes().filter((index) => !index.primary);
  const key = table.getPrimaryKey();
  const partitioning = engine.model.partitioning(table);
  const security = engine.model.security(table);
  const isConstraint = (index: IndexDef): boolean =>
    index.unique && index.constraint && !index.expression && !index.where && !index.columns && !index.include;
  return {
    ...place,
    ...(table.comment !== undefined && table.comment !== '' && { comment: table.comment }),
    columns: table
      .getColumns()
      .map((column) => entityColumn(column, properties.find(place, column.name), place, engine)),
    ...(key && { primaryKey: engine.model.primaryKey(keptName(engine.platform, key.keyName), key.columnNames) }),
    uniques: indexes.filter(isConstraint).map((index) => ({
      name: keptName(engine.platform, index.keyName),
      columns: index.columnNames,
      ...(index.deferMode && { deferMode: index.deferMode }),
    })),
    indexes: indexes.filter((index) => !isConstraint(index)).map((index) => indexDefinition(index, table, engine)),
    checks: table
      .getChecks()
      .map(({ name, expression }) => ({ name: keptName(engine.platform, name), expression: String(expression) })),
    foreignKeys: Object.values(table.getForeignKeys()).map((foreignKey) => foreignKeyDefinition(foreignKey, engine)),
    triggers: table
      .getTriggers()
      .filter((trigger) => engine.model.whyNoTrigger(declaredTrigger(trigger)) === undefined)
      .flatMap((trigger) => engine.model.triggers(trigger, place)),
    ...(partitioning && { partitioning }),
    ...(security && { security }),
  };
}

function indexDefinition(
  index: IndexDef,
  table: Pick<DatabaseTable, 'hasColumn'>,
  { platform }: Engine,
): Named<IndexDefinition> {
  const type = typeof index.type === 'string' ? index.type.toLowerCase() : index.type?.indexType?.toLowerCase();
  // `meta.title` is a property of a JSON column, which the engine treats as an expression
  const isPath = (name: string): boolean => name.includes('.') && !table.hasColumn(name);
  const paths = index.columnNames.some(isPath) ? platform.getJsonIndexDefinition(index).join(', ') : undefined;
  const expression = index.expression ?? paths;
  return {
    name: keptName(platform, index.keyName),
    columns: expression === undefined ? index.columnNames.map((name) => indexColumn(name, index)) : [],
    ...(index.unique && { unique: true }),
    ...(type !== undefined && type !== '' && type !== 'btree' && { type }),
    ...(index.where && { where: index.where }),
    ...(index.include && index.include.length > 0 && { include: index.include }),
    ...(index.fillFactor !== undefined && { fillFactor: index.fillFactor }),
    ...(index.invisible === true && { invisible: true }),
    ...(expression !== undefined && { expression }),
  };
}

function indexColumn(name: string, index: IndexDef): IndexColumn {
  const options = index.columns?.find((column) => column.name === name);
  const sort = options?.sort?.toLowerCase();
  const nulls = options?.nulls?.toLowerCase();
  const descending = sort === 'desc';
  return {
    name,
    ...(descending && { sort: 'desc' as const }),
    // last in ascending and first in descending order is the default
    ...(nulls === 'first' && !descending && { nulls: 'first' as const }),
    ...(nulls === 'last' && descending && { nulls: 'last' as const }),
    ...(options?.length !== undefined && { length: options.length }),
    ...(options?.collation !== undefined && { collation: options.collation }),
  };
}

/** A foreign key of either side. Its rules are given only where they differ from the engine's defaults. */
function foreignKeyDefinition(key: ForeignKey, engine: Engine): Named<ForeignKeyDefinition> {
  const referenced = referencedName(key.referencedTableName, engine);
  const rule = (text: string | undefined): Rule | undefined => {
    const canonical = engine.model.canonicalRule(text?.toLowerCase());
    return canonical === engine.model.canonicalRule(undefined) ? undefined : (canonical as Rule);
  };
  const deleteRule = rule(key.deleteRule);
  const updateRule = rule(key.updateRule);
  return {
    name: keptName(engine.platform, key.constraintName),
    columns: key.columnNames,
    referencedTable: referenced.name,
    ...(referenced.schema !== undefined && { referencedSchema: referenced.schema }),
    referencedColumns: key.referencedColumnNames,
    ...(deleteRule && { deleteRule }),
    ...(updateRule && { updateRule }),
    ...(key.deferMode && { deferMode: key.deferMode }),
  };
}

function whyUncompared(
  table: DatabaseTable,
  place: QualifiedName,
  engine: Engine,
): { readonly skip: boolean; readonly warnings: readonly string[] } {
  if (place.schema !== undefined && !engine.capabilities.schemas) {
    return { skip: true, warnings: [`${place.schema}.${place.name} is in another database and is left alone`] };
  }
  const warnings = table.getTriggers().flatMap((trigger) => {
    const why = engine.model.whyNoTrigger(declaredTrigger(trigger));
    return why === undefined ? [] : [`leaves out trigger ${trigger.name} on ${place.name}: ${why.reason} ${why.cure}`];
  });
  return { skip: false, warnings };
}
