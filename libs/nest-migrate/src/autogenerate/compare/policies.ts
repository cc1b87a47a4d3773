import { isRenaming } from '../../operations/new-names.js';
import { type RowLevelSecurity } from '../../operations/operation.js';
import {
  displayName,
  type PolicyModel,
  samePlace,
  type SchemaModel,
  type TableModel,
} from '../../schema/schema-model.js';
import { type Phase } from '../operation-plan.js';
import { type Comparison } from './comparison.js';
import { disturbedTables } from './disturbed-tables.js';

/**
 * Compares row-level security and its policies. A policy that changes is dropped before anything else happens and
 * created after everything, since it depends on the columns, tables and routines that it names. Renames need no change.
 *
 * To be called when everything else is planned.
 *
 * @param before The database before any renaming: a policy that is dropped first still has its old name and text.
 */
export async function comparePolicies(
  comparison: Comparison,
  from: SchemaModel,
  to: SchemaModel,
  before: SchemaModel,
): Promise<void> {
  const planned = comparison.plan.inOrder();
  const disturbed = disturbedTables(
    comparison.engine.capabilities,
    planned.filter((operation) => !isRenaming(operation)),
  );
  const isDisturbed = (table: TableModel, policy: PolicyModel): boolean =>
    textsOf(policy).length > 0 &&
    disturbed.some(
      (name) => name === table.name || textsOf(policy).some((text) => comparison.engine.sql.mentions(text, name)),
    );
  await comparison.forEach(from.tables, async (part, table) => {
    const wanted = to.tables.find((candidate) => samePlace(candidate, table));
    const same = wanted === undefined ? [] : await unchanged(part, table, wanted);
    const gone = policiesOf(table).filter((policy) => !same.includes(policy.name) || isDisturbed(table, policy));
    const old = comparison.plan.placeBefore(table);
    const original = before.tables.find((candidate) => samePlace(candidate, old)) ?? table;
    for (const { name } of gone) {
      const policy = policiesOf(original).find((candidate) => candidate.name === name);
      if (policy !== undefined) dropPolicy(part, original, policy);
      if (wanted !== undefined && !policiesOf(wanted).some((candidate) => candidate.name === name)) {
        part.warn(`drops policy ${name} on ${displayName(table)}, which no entity has`);
      }
    }
    // a table that is dropped loses its row-level security first
    if (wanted === undefined) alterLevel(part, 'dropPolicies', table, false);
    else alterLevel(part, 'alterRowLevelSecurity', table, levelOf(wanted));
    const stays = (name: string): boolean =>
      policiesOf(table).some((policy) => policy.name === name && !gone.includes(policy));
    if (wanted !== undefined) createPolicies(part, wanted, (name) => !stays(name));
  });
  for (const table of to.tables) {
    if (from.tables.some((candidate) => samePlace(candidate, table))) continue;
    alterLevel(comparison, 'alterRowLevelSecurity', { ...table, security: undefined }, levelOf(table));
    createPolicies(comparison, table, () => true);
  }
}

function policiesOf({ security }: TableModel): readonly PolicyModel[] {
  return security?.policies ?? [];
}

function levelOf({ security }: TableModel): RowLevelSecurity {
  return security?.level ?? false;
}

function textsOf({ definition: { using, check } }: PolicyModel): readonly string[] {
  return [using, check].filter((text) => text !== undefined);
}

function alterLevel({ plan }: Comparison, phase: Phase, table: TableModel, level: RowLevelSecurity): void {
  const { name, schema } = table;
  const existing = levelOf(table);
  if (existing !== level) plan.add(phase, { kind: 'alterRowLevelSecurity', table: name, schema, level, existing });
}

function createPolicies({ plan }: Comparison, table: TableModel, isNew: (name: string) => boolean): void {
  for (const { name, definition: policy } of policiesOf(table)) {
    if (!isNew(name)) continue;
    plan.add('createPolicies', { kind: 'createPolicy', table: table.name, schema: table.schema, name, policy });
  }
}

function dropPolicy({ plan }: Comparison, table: TableModel, { name, definition: previous }: PolicyModel): void {
  plan.add('dropPolicies', { kind: 'dropPolicy', table: table.name, schema: table.schema, name, previous });
}

/** The names of the policies that are the same on both sides. */
async function unchanged(comparison: Comparison, from: TableModel, to: TableModel): Promise<readonly string[]> {
  const alike = policiesOf(from).flatMap((policy) => {
    const wanted = policiesOf(to).find(({ name }) => name === policy.name);
    if (wanted === undefined || shapeOf(policy) !== shapeOf(wanted)) return [];
    return [
      {
        name: policy.name,
        pairs: textsOf(policy).map((text, index) => ({ from: text, to: textsOf(wanted)[index] ?? '' })),
      },
    ];
  });
  const same = await comparison.sameConditions(
    to,
    alike.flatMap(({ pairs }) => pairs),
  );
  let asked = 0;
  return alike.flatMap(({ name, pairs }) => {
    const answers = same.slice(asked, asked + pairs.length);
    asked += pairs.length;
    return answers.every(Boolean) ? [name] : [];
  });
}

/** Everything in a policy except its expressions. */
function shapeOf({ definition: { command, type, roles = [], using, check } }: PolicyModel): string {
  return JSON.stringify([command, type, roles.toSorted(), using !== undefined, check !== undefined]);
}
