import { type CheckDefinition, type ForeignKeyDefinition } from '../../operations/operation.js';
import { type Named, type TableModel } from '../../schema/schema-model.js';
import { referencedPlace } from '../read/table-names.js';
import { type Direction } from '../operation-plan.js';
import { type Comparison } from './comparison.js';
import { bothDirections, directionsToLift } from './changed-columns.js';

/** Compares the check constraints of a table that both sides have. */
export async function compareChecks(comparison: Comparison, from: TableModel, to: TableModel): Promise<void> {
  const pairs = from.checks.flatMap((check) => {
    const wanted = to.checks.find(({ name }) => name === check.name);
    return wanted === undefined ? [] : [{ name: check.name, from: check.expression, to: wanted.expression }];
  });
  const same = await comparison.sameConditions(from, pairs);
  const alike = pairs.filter((_pair, index) => same[index]);
  const lifts = await directionsToLift(
    comparison,
    from,
    to,
    alike.map((pair) => ({ columns: [], expressions: [pair.from], wanted: [pair.to] })),
  );
  const lifted = new Map(alike.map(({ name }, index) => [name, lifts[index] ?? []]));
  for (const check of from.checks) dropCheck(comparison, to, check, lifted.get(check.name) ?? bothDirections);
  for (const check of to.checks) {
    comparison.plan.addFor(lifted.get(check.name) ?? bothDirections, 'createChecks', {
      kind: 'createCheckConstraint',
      table: to.name,
      schema: to.schema,
      check,
    });
  }
}

function dropCheck(
  comparison: Comparison,
  { name: table, schema }: TableModel,
  check: Named<CheckDefinition>,
  directions: readonly Direction[],
): void {
  comparison.plan.addFor(directions, 'dropChecks', {
    kind: 'dropConstraint',
    table,
    schema,
    name: check.name,
    type: 'check',
    previous: { type: 'check', check },
  });
}

/**
 * Compares the foreign keys of a table that both sides have. A foreign key that stays is dropped for a time if a column
 * or a key that it uses is changed. Runs after all columns and keys are compared.
 */
export function compareForeignKeys(comparison: Comparison, from: TableModel, to: TableModel): void {
  for (const key of from.foreignKeys) {
    const wanted = to.foreignKeys.find(({ name }) => name === key.name);
    if (wanted !== undefined && sameForeignKey(key, wanted) && !standsOnChange(comparison, to, key)) continue;
    dropForeignKey(comparison, to, key);
  }
  for (const key of to.foreignKeys) {
    const existing = from.foreignKeys.find(({ name }) => name === key.name);
    if (existing !== undefined && sameForeignKey(key, existing) && !standsOnChange(comparison, to, key)) continue;
    comparison.plan.add('createForeignKeys', {
      kind: 'createForeignKey',
      table: to.name,
      schema: to.schema,
      foreignKey: key,
    });
  }
}

/** Drops a foreign key before anything that it uses is changed. */
export function dropForeignKey(
  comparison: Comparison,
  { name: table, schema }: TableModel,
  foreignKey: Named<ForeignKeyDefinition>,
): void {
  comparison.plan.add('dropForeignKeys', {
    kind: 'dropConstraint',
    table,
    schema,
    name: foreignKey.name,
    type: 'foreignKey',
    previous: { type: 'foreignKey', foreignKey },
  });
}

/** Whether this difference changes a column or a key on either end of the foreign key. */
export function standsOnChange(comparison: Comparison, table: TableModel, key: ForeignKeyDefinition): boolean {
  return (
    comparison.isUnsettled(table, key.columns) || comparison.isKeyUnsettled(referencedPlace(key), key.referencedColumns)
  );
}

function sameForeignKey(a: ForeignKeyDefinition, b: ForeignKeyDefinition): boolean {
  const parts = (key: ForeignKeyDefinition): string =>
    JSON.stringify([
      key.columns,
      key.referencedSchema ?? null,
      key.referencedTable,
      key.referencedColumns,
      key.deleteRule ?? null,
      key.updateRule ?? null,
      key.deferMode ?? null,
    ]);
  return parts(a) === parts(b);
}
