import { type DatabaseTable, type SqlRoutineDef, type SqlTriggerDef } from '@mikro-orm/sql';
import { type PrimaryKeyDefinition, type TriggerDefinition } from '../../operations/operation.js';
import {
  type Partitioning,
  type QualifiedName,
  type RoutineModel,
  type TableModel,
  type TableSecurity,
  type TriggerModel,
} from '../../schema/schema-model.js';
import { type ForeignPart } from '../sql/procedural-body.js';

/** What entities declare, as the engine's catalogue would have it: both sides of a comparison in one form. */
export interface ModelRules {
  /** A primary key. It has no name where the engine gives all of them the same one. */
  primaryKey(name: string, columns: readonly string[]): PrimaryKeyDefinition;
  /** The canonical spelling of a rule: rules that do the same on this engine get the same text. */
  canonicalRule(rule: string | undefined): string;
  /** The table with enum columns in place of the checks that stand for them. Unchanged where enums are no checks. */
  withEnums(table: TableModel): TableModel;
  /** The inverse of {@link withEnums}. */
  withoutEnums(table: TableModel): TableModel;
  /** The triggers for a declared one: one trigger, or one for each event where a trigger can have only one. */
  triggers(trigger: SqlTriggerDef, table: QualifiedName): readonly TriggerModel[];
  /** The reason why the engine cannot express a trigger, and what to do instead; `undefined` where it can. */
  whyNoTrigger(trigger: TriggerDefinition): ForeignPart | undefined;
  /** The declared partitions; `undefined` where there are none. */
  partitioning(table: DatabaseTable): Partitioning | undefined;
  /** The declared row-level security; `undefined` where there is none. */
  security(table: DatabaseTable): TableSecurity | undefined;
  /** A declared routine; `undefined` on an engine without routines. */
  routine(routine: SqlRoutineDef, place: QualifiedName): RoutineModel | undefined;
}
