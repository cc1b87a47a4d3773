import { type Operation } from '../operations/operation.js';
import { type QualifiedName } from '../schema/schema-model.js';

/**
 * The order in which a difference is applied. An object is dropped after everything that uses it, and created before
 * it. Read backwards, the same order serves the downgrade. Tables and columns are dropped last, so that someone who
 * edits the revision can move their rows before.
 */
const phases = [
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
  'dropChecks',
  'prepareKeys',
  'dropKeys',
  'prepareEnums',
  'alterEnums',
  'dropTablesFirst',
  'dropPartitions',
  'renamePartitions',
  'replaceColumns',
  'addColumns',
  'alterColumns',
  'renameIndexes',
  'createTables',
  'createPartitions',
  'createRoutines',
  'createPrimaryKeys',
  'finishKeys',
  'createIndexes',
  'createChecks',
  'comments',
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
  'dropSchemas',
] as const;

export type Phase = (typeof phases)[number];

/** Collects the operations of a difference in any order and returns them in the right one. */
export class OperationPlan {
  private readonly operations = new Map<Phase, Operation[]>();

  add(phase: Phase, ...operations: readonly Operation[]): void {
    this.operations.set(phase, [...(this.operations.get(phase) ?? []), ...operations]);
  }

  /** Adds all operations of another plan. */
  append({ operations }: OperationPlan): void {
    for (const [phase, added] of operations) this.add(phase, ...added);
  }

  /** The name of a table before it is renamed. */
  nameBefore({ name, schema }: QualifiedName): string {
    const renaming = this.operations
      .get('renameTables')
      ?.find((operation) => operation.kind === 'renameTable' && operation.to === name && operation.schema === schema);
    return renaming?.kind === 'renameTable' ? renaming.from : name;
  }

  inOrder(): readonly Operation[] {
    return phases.flatMap((phase) => this.operations.get(phase) ?? []);
  }
}
