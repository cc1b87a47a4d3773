import { type Operation } from '../operations/operation.js';
import { tableRenames } from '../operations/touched-tables.js';
import { type PlacedColumn } from '../engines/catalogue/catalogue.js';
import { type QualifiedName, samePlace } from '../schema/schema-model.js';

/**
 * The order in which a difference is applied. An object is dropped after everything that uses it, and created before
 * it. Read backwards, the same order serves the downgrade. Tables and columns are dropped last, so that someone who
 * edits the revision can move their rows before.
 */
const phases = [
  'keepAttributes',
  'createSchemas',
  'createSequences',
  'dropPolicies',
  'dropRoutinesFirst',
  'dropViews',
  'dropTriggers',
  'dropRoutines',
  'createEnums',
  'createRoutinesFirst',
  'renameTables',
  'prepareRenames',
  'renameColumns',
  'renameEnumValues',
  'dropForeignKeys',
  'dropDependents',
  'dropChecks',
  'prepareKeys',
  'dropKeys',
  'dropComputedColumns',
  'prepareEnums',
  'alterEnums',
  'dropTablesFirst',
  'dropPartitions',
  'renamePartitions',
  'addColumns',
  'alterColumns',
  'addComputedColumns',
  'renameIndexes',
  'createTables',
  'createPartitions',
  'createRoutines',
  'createPrimaryKeys',
  'finishKeys',
  'createIndexes',
  'createChecks',
  'comments',
  'restoreDependents',
  'createForeignKeys',
  'dropColumns',
  'dropTables',
  'dropRoutinesLast',
  'dropEnums',
  'createTriggers',
  'createViews',
  'createRoutinesLast',
  'alterRowLevelSecurity',
  'createPolicies',
  'restoreAttributes',
  'dropSchemas',
] as const;

/** Where a table is before the operations that rename it. */
export function placeBefore(operations: readonly Operation[], place: QualifiedName): QualifiedName {
  return tableRenames(operations).find(({ after }) => samePlace(after, place))?.before ?? place;
}

export type Phase = (typeof phases)[number];

export type Direction = 'upgrade' | 'downgrade';

/** Collects the operations of a difference in any order and returns them in the right one. */
export class OperationPlan {
  private readonly operations = new Map<Phase, Operation[]>();
  /** The operations that only one direction needs. */
  private readonly oneWay = new Map<Operation, Direction>();

  add(phase: Phase, ...operations: readonly Operation[]): void {
    this.operations.set(phase, [...(this.operations.get(phase) ?? []), ...operations]);
  }

  /** Adds operations for some directions only: the upgrade runs them, the downgrade runs their reverse. */
  addFor(directions: readonly Direction[], phase: Phase, ...operations: readonly Operation[]): void {
    const [only, ...others] = directions;
    if (only === undefined) return;
    this.add(phase, ...operations);
    if (others.length === 0) for (const operation of operations) this.oneWay.set(operation, only);
  }

  /** Adds all operations of another plan. */
  append({ operations, oneWay }: OperationPlan): void {
    for (const [phase, added] of operations) this.add(phase, ...added);
    for (const [operation, direction] of oneWay) this.oneWay.set(operation, direction);
  }

  /** Whether the operation is part of the direction: its reverse, for the downgrade. */
  isIn(direction: Direction, operation: Operation): boolean {
    return (this.oneWay.get(operation) ?? direction) === direction;
  }

  /** Where a table is before it is renamed. */
  placeBefore(place: QualifiedName): QualifiedName {
    return placeBefore(this.operations.get('renameTables') ?? [], place);
  }

  /** Where a column is before its table and it are renamed. */
  columnBefore({ table, column }: PlacedColumn): PlacedColumn {
    const from = this.renamesOf(table).find(({ to }) => to === column)?.from;
    return { table: this.placeBefore(table), column: from ?? column };
  }

  /** The columns of a table that are renamed, in their order. */
  renamesOf(place: QualifiedName): readonly { readonly from: string; readonly to: string }[] {
    return (this.operations.get('renameColumns') ?? []).flatMap((operation) =>
      operation.kind === 'renameColumn' && samePlace({ name: operation.table, schema: operation.schema }, place)
        ? [operation]
        : [],
    );
  }

  inOrder(): readonly Operation[] {
    return phases.flatMap((phase) => this.operations.get(phase) ?? []);
  }
}
