import { type AbstractSqlConnection, SchemaComparator } from '@mikro-orm/sql';
import { frozen } from '../operations/frozen.js';
import { type Operation, type RowLevelSecurity } from '../operations/operation.js';
import { reverse } from '../operations/all.js';
import { Comparison } from './compare/comparison.js';
import { compareEnums } from './compare/enums.js';
import { comparePolicies } from './compare/policies.js';
import { compareRoutines } from './compare/routines.js';
import { compareSchemas } from './compare/schemas.js';
import { warnOfMissingTypes } from './compare/missing-types.js';
import { compareSequences } from './compare/sequences.js';
import { compareTables } from './compare/tables.js';
import { compareTriggers } from './compare/triggers.js';
import { compareViews } from './compare/views.js';
import { engineFor } from '../engines/detect.js';
import { type SweepScope } from '../engines/sweep.js';
import { type Engine } from '../engines/engine.js';
import { silentOracle } from '../engines/oracle.js';
import { GatheringOracle } from '../engines/gathering-oracle.js';
import { readEntitySchema } from './read/entity-schema.js';
import { LeftOutParts } from './left-out-parts.js';
import { spelledAsInDatabase } from './read/column-type.js';
import { emptySchema, readLiveSchema, readWholeTable } from './read/live-schema.js';
import {
  displayName,
  type QualifiedName,
  samePlace,
  type SchemaModel,
  type TableModel,
} from '../schema/schema-model.js';
import { TableFilter } from './read/table-filter.js';
import { withoutHidden } from './hidden-objects.js';
import { sentenceAbout, withoutParents, withoutSkipped, withoutUnreadable } from './left-alone.js';
import { withoutMigratorTables } from './migrator-tables.js';
import { byName, included } from './object-filter.js';
import { gatherRebuilds, keptTable, leftOut } from './table-rebuilds.js';
import { type Direction } from './operation-plan.js';
import { batchesOf, sortedByTable } from './alteration-batches.js';
import { planDependents } from './lifted-dependents.js';
import { planAttributes } from './recreated-objects.js';
import { OracleBeforeValueRenames, type TypeValueRename } from './renamed-type-values.js';
import { applyRenames, tableWithColumnRenamed } from './renames.js';
import { type AlterationBatch, type CompareOptions, type SchemaComparison } from './schema-comparison.js';
import { losesUnsaid, withWarnings } from './unsafe-steps.js';
import { withWantedSpelling } from './wanted-spelling.js';

export {
  type ComparedObject,
  type ComparisonHooks,
  type CompareOptions,
  type RenameCandidate,
  type SchemaComparison,
  type AlterationBatch,
} from './schema-comparison.js';

/**
 * Compares the entities with the live database, or (without a connection) with an empty one: there are no snapshots.
 * Only reads, and works for a role that may only read.
 *
 * The promise: once `upgrade` has been applied the next comparison finds nothing, and `downgrade` restores the previous
 * schema.
 *
 * @throws RenameNotFoundError for an answer in `renames` that fits no possible rename.
 * @throws UnsupportedDriverError for an engine that cannot be compared.
 */
export async function compareSchema(options: CompareOptions): Promise<SchemaComparison> {
  const { orm, connection, renames = [], includeObject, includeName, wanted: given } = options;
  const engine = engineFor(orm);
  const { sql } = engine;
  const settings = given === undefined ? orm.config.get('schemaGenerator') : {};
  const hasForeignKeys = settings.createForeignKeyConstraints !== false;
  const target = given === undefined ? readEntitySchema(orm, engine) : { ...given, skipped: [], warnings: [] };
  const declared = withForeignKeys(target, () => hasForeignKeys);
  const wantedObjects = included(declared, includeObject, { side: 'entities', sql });
  const filter = new TableFilter(orm, engine, [...ignored(options, engine), ...wantedObjects.skipped], options);
  const read = connection === undefined ? emptySchema(engine) : await readLiveSchema(connection, engine, filter);
  const taking = withoutSkipped(wantedObjects, filter, engine);
  const { live: existing, warnings: ofMigrator } = withoutMigratorTables(read, taking.entities);
  const describable = withoutUnreadable(taking.entities, existing);
  const { entities } = describable;
  const named = included(existing, byName(includeName), { side: 'database', sql });
  const found = withForeignKeys(
    included(named, includeObject, { side: 'database', sql }),
    (table) => hasForeignKeys || !entities.tables.some((wanted) => samePlace(wanted, table)),
  );

  const { ignoreTriggers, ignoreRoutines, ignorePolicies } = settings;
  const createOnly = {
    triggers: ignoreTriggers === true,
    routines: ignoreRoutines === true,
    policies: ignorePolicies === true,
  };
  const { catalogue } = engine;
  const listed =
    connection === undefined || catalogue.listForeignKeys === undefined || engine.capabilities.restoresDependents
      ? undefined
      : {
          foreignKeys: await catalogue.listForeignKeys(connection),
          views: await catalogue.listViews(connection),
          grants: (await catalogue.listGrants?.(connection)) ?? [],
          following: renames.length === 0 ? undefined : await catalogue.readFollowing?.(connection),
        };
  const keys = connection === undefined || renames.length === 0 ? [] : await catalogue.listForeignKeys?.(connection);
  const typeValueRenames: TypeValueRename[] = [];
  const comparator = new SchemaComparator(engine.platform);
  const comparison = new Comparison(
    engine,
    new OracleBeforeValueRenames(
      new GatheringOracle(connection === undefined ? silentOracle : engine.oracle(connection)),
      typeValueRenames,
    ),
    (a, b) => comparator.diffExpression(a, b),
    options,
    createOnly,
    undefined,
    undefined,
    undefined,
    listed && new LeftOutParts(sql, existing, found, listed),
    typeValueRenames,
  );
  comparison.warnings.push(...entities.warnings, ...taking.warnings, ...describable.warnings, ...ofMigrator);
  const hidden = connection === undefined ? [] : await engine.catalogue.listHidden(connection);
  const { live: underNewNames, candidates } = applyRenames(comparison, found, entities, {
    answers: renames,
    foreignKeys: keys ?? [],
  });
  const { live: comparable, parents } = withoutParents(underNewNames, entities, engine);
  const renamed = withWantedSpelling(comparable, entities, engine);
  comparison.warnings.push(...sentenceAbout([...parents, ...describable.others]));
  compareSchemas(comparison, renamed, entities);
  const live = compareEnums(comparison, renamed, entities);
  await compareTables(comparison, live, entities);
  await compareSequences(comparison, connection, found.existingSchemas, entities);
  await warnOfMissingTypes(comparison, connection);
  const { wanted: visible, warnings } = withoutHidden(entities, live, hidden);
  comparison.warnings.push(...warnings);
  const wanted = createOnly.triggers ? withExistingTriggers(visible, live) : visible;
  await compareTriggers(comparison, live, wanted);
  await compareRoutines(comparison, live, createOnly.routines ? withExistingRoutines(visible, live) : visible);
  const secured = createOnly.policies ? withExistingPolicies(entities, live) : entities;
  await comparePolicies(comparison, live, secured, found);
  await compareViews(comparison, live, entities);
  if (connection !== undefined) {
    await planDependents(
      comparison.plan,
      { sql, tables: [...live.tables, ...entities.tables].map((table) => engine.model.withoutEnums(table)) },
      async (parts) => ((await engine.catalogue.readDependents?.(connection, parts)) ?? []).length > 0,
    );
  }

  if (connection !== undefined && engine.catalogue.hasAttributes !== undefined) {
    await planAttributes(
      comparison.plan,
      async (objects, parts) => (await engine.catalogue.hasAttributes?.(connection, objects, parts)) === true,
    );
  }

  const { together } = engine.ddl;
  const planned = together === undefined ? comparison.plan.inOrder() : sortedByTable(comparison.plan.inOrder(), sql);
  const { operations, rebuilds } = await gatherRebuilds(engine, planned, async (place) => {
    const sides = keptTable(place, live.tables, entities.tables);
    if (sides === undefined || connection === undefined) return undefined;
    const old = comparison.plan.placeBefore(place);
    const whole = await readWholeTable(connection, engine, old);
    const seen = found.tables.find((table) => samePlace(table, old));
    if (whole === undefined || seen === undefined) return undefined;
    // it was read under the old names of the columns
    const unseen = { ...whole, ...leftOut(whole, seen) };
    return {
      ...sides,
      leftOut: comparison.plan
        .renamesOf(place)
        .reduce((table, rename) => tableWithColumnRenamed(sql, table, rename), unseen),
    };
  });
  const inDirection = (direction: Direction): readonly Operation[] =>
    operations.filter((operation) => comparison.plan.isIn(direction, operation)).map(frozen);
  const whole = async (list: readonly Operation[]): Promise<readonly Operation[]> =>
    connection === undefined || catalogue.withShownParts === undefined
      ? list
      : (await catalogue.withShownParts(connection, list, (at) => comparison.plan.columnBefore(at))).map(frozen);
  const written = {
    upgrade: await whole(inDirection('upgrade')),
    downgrade: await whole(inDirection('downgrade').toReversed().flatMap(reverse)),
  };
  const isAsked = connection !== undefined && written.upgrade.some(losesUnsaid);
  const unsaid = isAsked ? await catalogue.listUnsaid?.(connection) : undefined;
  const { upgrade, downgrade, told } = await withWarnings(comparison, written, unsaid);
  const batches = together && { upgrade: batchesOf(upgrade, together), downgrade: batchesOf(downgrade, together) };
  if (batches !== undefined) comparison.warnings.push(...apart(comparison.leftOut, { upgrade, downgrade }, batches));
  return { upgrade, downgrade, batches: batches ?? rebuilds, candidates, warnings: [...comparison.warnings, ...told] };
}

/** Warns of columns that one statement drops and a later one adds, where something that is left out uses them. */
function apart(
  leftOut: LeftOutParts | undefined,
  written: Readonly<Record<Direction, readonly Operation[]>>,
  batches: Readonly<Record<Direction, readonly AlterationBatch[]>>,
): readonly string[] {
  return (leftOut?.replaced ?? []).flatMap(({ table, column, parts }) => {
    const isDrop = (operation: Operation): boolean =>
      operation.kind === 'dropColumn' &&
      operation.column === column &&
      samePlace({ name: operation.table, schema: operation.schema }, table);
    const directions = (['upgrade', 'downgrade'] as const).filter((direction) => {
      const isTogether = batches[direction].some(({ alterations }) => alterations.some(isDrop));
      return written[direction].some(isDrop) && !isTogether;
    });
    const [direction] = directions;
    if (direction === undefined) return [];
    const what = new Intl.ListFormat('en-GB').format(parts);
    return [
      `drops ${displayName(table)}.${column} and adds it in a later statement, which ${what} ${parts.length === 1 ? 'uses' : 'use'} and ` +
        `the comparison leaves out: the ${direction} fails or loses that, so write the statements around it that drop that ` +
        'and create it again',
    ];
  });
}

/**
 * The schema of the live database, as far as it is compared: what {@link CompareOptions.wanted} takes. Only reads.
 *
 * @throws UnsupportedDriverError for an engine that cannot be compared.
 */
export async function readDatabaseSchema(
  options: Pick<CompareOptions, 'orm' | 'ignoreTables' | 'includeName' | 'includeObject'> & {
    readonly connection: AbstractSqlConnection;
  },
): Promise<SchemaModel> {
  const { orm, connection, includeName, includeObject } = options;
  const engine = engineFor(orm);
  const filter = new TableFilter(orm, engine, ignored(options, engine), options);
  const live = await readLiveSchema(connection, engine, filter);
  const { sql } = engine;
  const named = included(live, byName(includeName), { side: 'database', sql });
  return included(named, includeObject, { side: 'database', sql });
}

/**
 * What an empty database would need to become what the live one is, entities or not. The tables of MikroORM's own migrator
 * are left out. Only reads.
 *
 * @throws UnsupportedDriverError for an engine that cannot be compared.
 */
export async function compareDatabaseWithEmpty(
  options: Omit<CompareOptions, 'wanted' | 'renames'> & { readonly connection: AbstractSqlConnection },
): Promise<SchemaComparison> {
  const { connection: _, ...others } = options;
  const engine = engineFor(options.orm);
  const read = await readDatabaseSchema(options);
  const tables = read.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => spelledAsInDatabase(column, engine)),
  }));
  const database = { ...read, tables };
  const { live: wanted } = withoutMigratorTables(
    { ...database, existingSchemas: [], occupiedSchemas: [], unreadable: [] },
    { ...database, tables: [] },
  );
  return compareSchema({ ...others, wanted });
}

/**
 * Says which objects of a database belong to the application: those that are compared, and the table of MikroORM's own
 * migrator. Asks no database.
 */
export function ownership(options: Pick<CompareOptions, 'orm' | 'includeName' | 'includeObject'>): SweepScope['owns'] {
  const filter = new TableFilter(options.orm, engineFor(options.orm), [], options);
  return (kind, place) => {
    if (kind === 'table') return filter.includes(place) || filter.isMigrationsTable(place);
    if (kind === 'view') return filter.includesView(place);
    if (kind === 'routine') return filter.includesRoutine(place);
    return place.schema === undefined || filter.includesSchema(place.schema);
  };
}

/** The tool's own tables, as the comparison names them. */
function ignored({ ignoreTables }: Pick<CompareOptions, 'ignoreTables'>, { home }: Engine): readonly QualifiedName[] {
  return ignoreTables.map(({ table, schema }) => ({ name: table, schema: schema === home ? undefined : schema }));
}

/** The entities, with the triggers of the database in place of their own where a table has one of the same name. */
function withExistingTriggers(entities: SchemaModel, live: SchemaModel): SchemaModel {
  const tables = entities.tables.map((table) => {
    const existing = live.tables.find((candidate) => samePlace(candidate, table))?.triggers ?? [];
    const missing = table.triggers.filter(({ name }) => !existing.some((trigger) => trigger.name === name));
    return { ...table, triggers: [...existing, ...missing] };
  });
  return { ...entities, tables };
}

/** The same for policies. Row-level security that is switched on is never switched off. */
function withExistingPolicies(entities: SchemaModel, live: SchemaModel): SchemaModel {
  const strength = (level: RowLevelSecurity): number => [false, true, 'force'].indexOf(level);
  const tables = entities.tables.map((table) => {
    const existing = live.tables.find((candidate) => samePlace(candidate, table))?.security;
    if (existing === undefined) return table;
    const { level, policies } = table.security ?? { level: false, policies: [] };
    const missing = policies.filter(({ name }) => !existing.policies.some((policy) => policy.name === name));
    const stronger = strength(level) > strength(existing.level) ? level : existing.level;
    return { ...table, security: { level: stronger, policies: [...existing.policies, ...missing] } };
  });
  return { ...entities, tables };
}

/** The same for routines. */
function withExistingRoutines(entities: SchemaModel, { routines: existing }: SchemaModel): SchemaModel {
  const missing = entities.routines.filter((routine) => !existing.some((other) => samePlace(other, routine)));
  return { ...entities, routines: [...existing, ...missing] };
}

/** Removes foreign keys from the comparison, where the configuration says that the entities have none. */
function withForeignKeys<T extends SchemaModel>(schema: T, keeps: (table: TableModel) => boolean): T {
  const tables = schema.tables.map((table) => (keeps(table) ? table : { ...table, foreignKeys: [] }));
  return { ...schema, tables };
}
