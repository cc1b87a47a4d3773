import { type ExecuteOperation, type Operation } from '../operations/operation.js';
import { type ChangingParts, type DependentObject } from '../engines/catalogue/dependents.js';
import { type Engine } from '../engines/engine.js';
import { type EngineSql } from '../engines/sql/engine-sql.js';
import { keyOf, samePlace, type SchemaModel } from '../schema/schema-model.js';
import { changingParts } from './changing-parts.js';
import { type Direction, type OperationPlan } from './operation-plan.js';

/** An object that prevents a change, with the directions of the change. */
export interface LiftedObject extends DependentObject {
  readonly directions: readonly Direction[];
}

/** What prevents the changes of a plan. */
export async function findLifted(
  plan: OperationPlan,
  read: (parts: ChangingParts) => Promise<readonly DependentObject[]>,
): Promise<readonly LiftedObject[]> {
  const [up, down] = [changingParts(plan, 'upgrade'), changingParts(plan, 'downgrade')];
  const upgrade = await read(up);
  const downgrade = JSON.stringify(up) === JSON.stringify(down) ? upgrade : await read(down);
  const isIn = (objects: readonly DependentObject[], { drop }: DependentObject): boolean =>
    objects.some((other) => other.drop === drop);
  return [...upgrade, ...downgrade.filter((object) => !isIn(upgrade, object))].map((object) => ({
    ...object,
    directions: [
      ...(isIn(upgrade, object) ? (['upgrade'] as const) : []),
      ...(isIn(downgrade, object) ? (['downgrade'] as const) : []),
    ],
  }));
}

/** Whether an object has to be looked after here: a part of a table that is compared is planned with its table. */
export function isLeftOut({ tables }: SchemaModel, engine: Engine): (object: DependentObject) => boolean {
  return ({ kind, place, name }) => {
    const found = tables.find((candidate) => samePlace(candidate, place));
    if (found === undefined) return true;
    const table = engine.model.withoutEnums(found);
    const isNamed = (part: { readonly name?: string }): boolean => part.name === name;
    switch (kind) {
      case 'constraint':
        return ![table.primaryKey ?? {}, ...table.uniques, ...table.checks, ...table.foreignKeys].some(isNamed);
      case 'index':
        return !table.indexes.some(isNamed);
      case 'column':
        return !table.columns.some(({ definition }) => isNamed(definition));
      default:
        return true;
    }
  };
}

/**
 * Plans that what prevents a change is taken away before everything else and brought back after it, in both directions.
 * Where that is planned already, since the object is compared, only what its operation cannot say is brought back.
 *
 * @param dependents Each before those that it uses.
 */
export function planLifted(plan: OperationPlan, sql: EngineSql, dependents: readonly LiftedObject[]): void {
  const planned = plan.inOrder();
  const renamed = textAfter(sql, planned);
  for (const dependent of dependents) {
    const { drop, create, extras, directions } = dependent;
    const downgrade = directions.filter((direction) => direction === 'downgrade');
    const [isDropped, isCreated] = [planned.some(dropOf(dependent)), planned.some(createOf(dependent))];
    if (isDropped && !isCreated) continue;
    const [first, ...others] = isDropped ? [] : create;
    // what stands before in the list comes after it in the downgrade
    for (const text of [...others, ...extras].toReversed()) {
      plan.addFor(downgrade, 'bringBackOld', execute('', text));
    }
    if (first !== undefined) plan.addFor(directions, 'bringBackOld', execute(drop, first));
  }
  for (const { drop, create, extras, directions, ...dependent } of dependents.toReversed()) {
    const [isDropped, isCreated] = [planned.some(dropOf(dependent)), planned.some(createOf(dependent))];
    if (isDropped && !isCreated) continue;
    const [first, ...others] = isDropped ? [] : create;
    if (first !== undefined) plan.addFor(directions, 'bringBack', execute(renamed(first), renamed(drop)));
    const upgrade = directions.filter((direction) => direction === 'upgrade');
    for (const text of [...others, ...extras]) plan.addFor(upgrade, 'bringBack', execute(renamed(text), ''));
  }
}

function execute(sql: string, previous: string): ExecuteOperation {
  return { kind: 'execute', sql, params: [], previous: { sql: previous, params: [] } };
}

type Place = Pick<DependentObject, 'kind' | 'place' | 'name'>;

function dropOf({ kind, place, name }: Place): (operation: Operation) => boolean {
  return (operation) => {
    switch (operation.kind) {
      case 'dropView':
      case 'dropMaterializedView':
        return isView(kind) && isAt(place, operation.view, operation.schema);
      case 'dropTrigger':
      case 'dropPolicy':
        return (
          kind === (operation.kind === 'dropTrigger' ? 'trigger' : 'policy') &&
          operation.name === name &&
          isAt(place, operation.table, operation.schema)
        );
      case 'dropRoutine':
        return kind === 'routine' && isAt(place, operation.name, operation.schema);
      default:
        return false;
    }
  };
}

function createOf({ kind, place, name }: Place): (operation: Operation) => boolean {
  return (operation) => {
    switch (operation.kind) {
      case 'createView':
      case 'createMaterializedView':
        return isView(kind) && isAt(place, operation.view, operation.schema);
      case 'createTrigger':
      case 'createPolicy':
        return kind === (operation.kind === 'createTrigger' ? 'trigger' : 'policy') && operation.name === name;
      case 'createRoutine':
        return kind === 'routine' && isAt(place, operation.name, operation.schema);
      default:
        return false;
    }
  };
}

function isView(kind: DependentObject['kind']): boolean {
  return kind === 'view' || kind === 'materializedView';
}

function isAt(place: DependentObject['place'], name: string, schema: string | undefined): boolean {
  return keyOf(place) === keyOf({ name, schema });
}

/** A statement as it is after the renames of the plan, in what it says of the tables that it names. */
function textAfter(sql: EngineSql, operations: readonly Operation[]): (text: string) => string {
  const tables = operations.flatMap((operation) => (operation.kind === 'renameTable' ? [operation] : []));
  const columns = operations.flatMap((operation) => (operation.kind === 'renameColumn' ? [operation] : []));
  return (text) => {
    const named = tables
      .filter(({ from }) => sql.mentions(text, from))
      .reduce((current, { from, to }) => sql.withNameReplaced(current, from, to), text);
    return columns
      .filter(({ table }) => sql.mentions(named, table))
      .reduce((current, { from, to }) => sql.withNameReplaced(current, from, to), named);
  };
}
