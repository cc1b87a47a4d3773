import { objectChanges } from '../operations/all.js';
import { changedColumn } from '../operations/column-change.js';
import { frozen } from '../operations/frozen.js';
import { isKey } from '../operations/object-change.js';
import { type ColumnDefinition, type Operation, type OperationOf } from '../operations/operation.js';
import { type Comparison, type TypeChange } from './compare/comparison.js';
import { tableRenames } from '../operations/touched-tables.js';
import { changesType, describeColumnType, isWider } from '../operations/type-changes.js';
import { isIdentity } from '../schema/identity.js';
import { type UnsaidPart } from '../engines/catalogue/catalogue.js';
import { displayName, keyOf, type QualifiedName, samePlace } from '../schema/schema-model.js';
import { quotedTable, type RuleOnRows, RulesOnRows } from './rules-on-rows.js';

type Direction = 'upgrade' | 'downgrade';

/** The facts that a warning about a step depends on. */
interface Circumstances {
  readonly direction: Direction;
  /** Whether an added column that is not null and has no default gets an empty value in existing rows. */
  readonly fillsNewColumns: boolean;
  readonly hasRows: (table: QualifiedName) => boolean;
  readonly lacksCast: (operation: OperationOf<'alterColumn'>) => boolean;
  /** Whether a value of the column has been renamed. */
  readonly isRenamed: (operation: OperationOf<'alterColumn'>, value: string) => boolean;
  /** Whether the same steps add the column again. */
  readonly isRebuilt: (operation: OperationOf<'dropColumn'>) => boolean;
  /** The rule that the operation requires of existing rows. */
  readonly rule: (operation: Operation) => RuleOnRows | undefined;
  /** Whether rows break the rule at present. */
  readonly isBroken: (rule: RuleOnRows) => boolean;
}

interface Steps extends Readonly<Record<Direction, readonly Operation[]>> {
  /** The warnings about the upgrade, one sentence each. */
  readonly told: readonly string[];
}

/**
 * Returns the steps with warnings. A step that can lose data or fail gets a sentence that says so, and what to do. For
 * a table with rows the sentence says that it has some. A table without rows is mentioned too, since another database
 * may have rows in it. In a downgrade nothing is said about what is dropped, since that is its purpose.
 *
 * @param unsaid What the database has and no operation says.
 */
export async function withWarnings(
  comparison: Comparison,
  { upgrade, downgrade }: Readonly<Record<Direction, readonly Operation[]>>,
  unsaid: readonly UnsaidPart[] = [],
): Promise<Steps> {
  const { filled, broken } = await lookAtRows(comparison, upgrade);
  const usings = await usingsOf(comparison);
  const told: string[] = [];
  const steps = (operations: readonly Operation[], direction: Direction): readonly Operation[] => {
    const added = new Set(
      operations.flatMap((operation) => (operation.kind === 'addColumn' ? columnKey(operation) : [])),
    );
    const rules = new RulesOnRows(comparison.engine, operations);
    const using = (operation: Operation): string | undefined =>
      operation.kind === 'alterColumn' ? usings[direction].get(columnKey(operation)) : undefined;
    const circumstances: Circumstances = {
      direction,
      fillsNewColumns: comparison.engine.capabilities.fillsNewColumns,
      hasRows: (table) => direction === 'upgrade' && filled.has(keyOf(table)),
      lacksCast: (operation) => using(operation) !== undefined,
      isRenamed: ({ table, schema, column }, value) =>
        comparison.renamedValues.has(JSON.stringify([schema ?? null, table, column, value])),
      isRebuilt: (operation) => added.has(columnKey(operation)),
      rule: (operation) => rules.of(operation),
      isBroken: ({ query }) => direction === 'upgrade' && query !== undefined && broken.has(query),
    };
    return operations.map((operation) => {
      const own = warningOf(operation, circumstances);
      const poorer = direction === 'upgrade' ? comesBackPoorer(comparison, upgrade, operation, unsaid) : undefined;
      const renames = comparison.possibleRenames.filter(({ isDroppedBy }) => isDroppedBy(operation));
      const sentences = [
        ...(own === undefined ? [] : [own]),
        ...(poorer === undefined ? [] : [poorer]),
        ...(direction === 'upgrade' ? renames.map(({ sentence }) => sentence) : []),
      ];
      if (sentences.length === 0) return operation;
      if (direction === 'upgrade') told.push(...sentences);
      return frozen({ ...withUsing(operation, using(operation)), warning: sentences.join('; ') });
    });
  };
  return { upgrade: steps(upgrade, 'upgrade'), downgrade: steps(downgrade, 'downgrade'), told: [...new Set(told)] };
}

function warningOf(operation: Operation, circumstances: Circumstances): string | undefined {
  switch (operation.kind) {
    case 'dropTable':
      if (circumstances.direction === 'downgrade') return undefined;
      return `drops table ${nameOf(operation)}, which no entity has: its rows are lost; move what is still needed first`;
    case 'dropPartition': {
      if (circumstances.direction === 'downgrade') return undefined;
      const partition = displayName({ name: operation.name, schema: operation.partitionSchema ?? operation.schema });
      return `drops partition ${partition} of ${nameOf(operation)}: its rows are lost; move what is still needed first`;
    }
    case 'dropColumn':
      return warningOfDroppedColumn(operation, circumstances);
    case 'addColumn':
      return warningOfAddedColumn(operation, circumstances);
    case 'alterColumn':
      return warningOfAlteredColumn(operation, circumstances);
    case 'alterEnum': {
      const renamed = (item: string): boolean => operation.renames?.some(({ from }) => from === item) === true;
      const lost = operation.existing.filter((item) => !operation.items.includes(item) && !renamed(item));
      const type = displayName({ name: operation.name, schema: operation.schema });
      return lost.length === 0 ? undefined : `removes ${listed(lost)} from the type ${type}: ${heldBy(circumstances)}`;
    }
    default:
      return warningOfRule(operation, circumstances);
  }
}

/** What a step drops that an operation has no words for, so that it does not come back. */
export function losesUnsaid(operation: Operation): boolean {
  return ['dropTable', 'dropConstraint', 'dropIndex', 'dropTrigger'].includes(operation.kind);
}

function comesBackPoorer(
  { plan }: Comparison,
  steps: readonly Operation[],
  operation: Operation,
  unsaid: readonly UnsaidPart[],
): string | undefined {
  if (!losesUnsaid(operation) || !('table' in operation)) return undefined;
  const name = 'name' in operation ? operation.name : undefined;
  const place = plan.placeBefore({ name: operation.table, schema: operation.schema });
  const lost = unsaid
    .filter((part) => samePlace(part.table, place) && (name === undefined || part.name === name))
    .map((part) => (part.name === name ? part.what : `${part.name} (${part.what})`));
  if (lost.length === 0) return undefined;
  const isAgain = createsAgain(steps, operation);
  // a run keeps the state of a trigger that it creates again
  if (isAgain && operation.kind === 'dropTrigger') return undefined;
  const [table, parts] = [displayName(place), lost.join(', ')];
  if (name === undefined) return `the downgrade creates ${table} without: ${parts}`;
  return `drops ${name} of ${table}, and ${isAgain ? 'creates it' : 'the downgrade creates it'} without: ${parts}`;
}

/** Whether the steps create a part of a table that one of them drops. */
function createsAgain(steps: readonly Operation[], dropped: Operation): boolean {
  const [gone] = objectChanges(dropped);
  return steps
    .flatMap(objectChanges)
    .some(
      ({ does, object, table, schema, name }) =>
        does === 'creates' &&
        (isKey(object) || object === 'trigger') &&
        table === gone?.table &&
        schema === gone?.schema &&
        name === gone?.name,
    );
}

function warningOfRule(
  operation: Operation,
  { direction, hasRows, isBroken, rule: ruleOf }: Circumstances,
): string | undefined {
  const rule = ruleOf(operation);
  if (rule === undefined) return undefined;
  const { table, what, where, broken } = rule;
  const name = displayName(table);
  if (isBroken(rule)) return `${what}, and ${name} has ${broken}: the ${direction} fails, so change those rows first`;
  const rows = hasRows(table) ? `, and ${name} has rows` : '';
  return `${what}${rows}: the ${direction} fails ${where}, so look at the rows first`;
}

function warningOfDroppedColumn(
  operation: OperationOf<'dropColumn'>,
  { direction, isRebuilt }: Circumstances,
): string | undefined {
  const column = nameOf(operation, operation.column);
  // computed values can be computed again, the numbers of an identity column cannot
  const { generated } = operation.previous ?? {};
  if (generated !== undefined && !isIdentity(generated)) return undefined;
  if (isRebuilt(operation)) return `rebuilds column ${column}, which cannot become computed: what it holds is lost`;
  if (direction === 'downgrade') return undefined;
  return `drops column ${column}, which no entity has: what it holds is lost; move what is still needed first`;
}

function warningOfAddedColumn(
  operation: OperationOf<'addColumn'>,
  { direction, fillsNewColumns, hasRows }: Circumstances,
): string | undefined {
  const { column, table, schema } = operation;
  const isFilled =
    column.nullable === true ||
    column.default !== undefined ||
    column.defaultRaw !== undefined ||
    column.autoincrement === true ||
    column.generated !== undefined;
  if (isFilled) return undefined;
  const rows = hasRows({ name: table, schema });
  const what = `adds ${nameOf(operation, column.name)} as not null without a default`;
  const cure = 'so give it a default, or add it as nullable and fill it first';
  if (fillsNewColumns) {
    const which = rows ? `${nameOf(operation)} has rows, which` : 'rows';
    const [first] = column.items ?? [];
    if (first !== undefined) return `${what}: ${which} get its first value, '${first}', ${cure}`;
    return `${what}: ${which} get 0 or an empty text, or make the ${direction} fail where that is no value, ${cure}`;
  }
  return rows
    ? `${what}, and ${nameOf(operation)} has rows: the ${direction} fails, ${cure}`
    : `${what}: the ${direction} fails on a table with rows, ${cure}`;
}

function warningOfAlteredColumn(
  operation: OperationOf<'alterColumn'>,
  circumstances: Circumstances,
): string | undefined {
  const { existing: from = {}, change } = operation;
  const to = changedColumn(from, change);
  const sentences = [
    typeWarning(operation, { from, to }, circumstances),
    nullWarning(operation, { from, to }, circumstances),
  ];
  return sentences.filter((sentence) => sentence !== undefined).join('; ') || undefined;
}

interface Change {
  readonly from: ColumnDefinition;
  readonly to: ColumnDefinition;
}

function typeWarning(
  operation: OperationOf<'alterColumn'>,
  { from, to }: Change,
  circumstances: Circumstances,
): string | undefined {
  if (!changesType(from, to) || isWider(from, to)) return undefined;
  const { direction } = circumstances;
  const column = nameOf(operation, operation.column);
  const lost = from.type === to.type && to.items !== undefined ? missing(from.items, to.items) : [];
  const isRename = lost.length > 0 && lost.every((value) => circumstances.isRenamed(operation, value));
  if (isRename) return undefined;
  if (lost.length > 0) return `removes ${listed(lost)} from the values of ${column}: ${heldBy(circumstances)}`;
  const what = `changes the type of ${column} from ${describeColumnType(from)} to ${describeColumnType(to)}`;
  return circumstances.lacksCast(operation)
    ? `${what}, to which there is no cast: say in 'using' how a value becomes another, or the ${direction} fails on most`
    : `${what}: a value that does not fit makes the ${direction} fail, or is cut, so look at the rows first`;
}

function nullWarning(
  operation: OperationOf<'alterColumn'>,
  { from, to }: Change,
  { direction, hasRows }: Circumstances,
): string | undefined {
  if (from.nullable !== true || to.nullable === true) return undefined;
  const rows = hasRows({ name: operation.table, schema: operation.schema });
  const which = rows ? `, and ${nameOf(operation)} has rows` : '';
  const column = nameOf(operation, operation.column);
  if (to.generated !== undefined) return `makes ${column} not null${which}: the ${direction} fails where it is null`;
  return `makes ${column} not null${which}: the ${direction} fails where a row holds null, so fill those rows first`;
}

function heldBy({ direction }: Circumstances): string {
  return `the ${direction} fails where a row holds it, so change those rows first`;
}

function missing(before: readonly string[] = [], after: readonly string[]): readonly string[] {
  return before.filter((item) => !after.includes(item));
}

function listed(items: readonly string[]): string {
  return items.map((item) => `'${item}'`).join(', ');
}

function nameOf({ table, schema }: { readonly table: string; readonly schema?: string }, column?: string): string {
  const name = displayName({ name: table, schema });
  return column === undefined ? name : `${name}.${column}`;
}

/**
 * Returns the tables that have rows, where a step requires something of them: a column that has to be filled or becomes
 * not null, a key, a check, a foreign key. Also returns the queries that find rows which break such a rule at present.
 */
async function lookAtRows(
  { oracle, engine }: Comparison,
  upgrade: readonly Operation[],
): Promise<{ readonly filled: ReadonlySet<string>; readonly broken: ReadonlySet<string> }> {
  const rules = new RulesOnRows(engine, upgrade);
  // the queries use the names before the upgrade
  const was = new Map(tableRenames(upgrade).map(({ before, after }) => [keyOf(after), before]));
  const asked = new Map<string, QualifiedName>();
  for (const operation of upgrade) {
    const mayFail = { direction: 'upgrade', ...unasked } as const;
    const isConcerned =
      (operation.kind === 'addColumn' && warningOfAddedColumn(operation, mayFail) !== undefined) ||
      (operation.kind === 'alterColumn' && operation.change.nullable === false);
    if (!isConcerned) continue;
    const place = { name: operation.table, schema: operation.schema };
    asked.set(keyOf(place), place);
  }
  const found = upgrade.flatMap((operation) => rules.of(operation) ?? []);
  for (const { table } of found) asked.set(keyOf(table), table);
  const filled = new Set<string>();
  for (const [key, place] of asked) {
    const table = quotedTable(engine, was.get(key) ?? place);
    if ((await oracle.findsRow(`select 1 from ${table}`)) === true) filled.add(key);
  }
  const broken = new Set<string>();
  for (const { table, query } of found) {
    if (query !== undefined && filled.has(keyOf(table)) && (await oracle.findsRow(query)) === true) broken.add(query);
  }
  return { filled, broken };
}

const unasked: Omit<Circumstances, 'direction'> = {
  fillsNewColumns: false,
  hasRows: () => false,
  lacksCast: () => false,
  isRenamed: () => false,
  isRebuilt: () => false,
  rule: () => undefined,
  isBroken: () => false,
};

/** The `using` expressions for type changes that the engine cannot cast, by column and direction. */
async function usingsOf({
  oracle,
  typeChanges,
}: Comparison): Promise<Readonly<Record<Direction, ReadonlyMap<string, string>>>> {
  const back = typeChanges.map(({ from, to, ...rest }): TypeChange => ({ ...rest, from: to, to: from }));
  const answers = typeChanges.length === 0 ? [] : await oracle.usings([...typeChanges, ...back]);
  const map = (changes: readonly TypeChange[], start: number): ReadonlyMap<string, string> =>
    new Map(
      changes.flatMap((change, index) => {
        const using = answers[start + index];
        return using === undefined ? [] : [[columnKey(change), using] as const];
      }),
    );
  return { upgrade: map(typeChanges, 0), downgrade: map(back, typeChanges.length) };
}

function columnKey(operation: {
  readonly table: string;
  readonly schema?: string;
  readonly column: string | { readonly name: string };
}): string {
  const { table, schema, column } = operation;
  return JSON.stringify([schema ?? null, table, typeof column === 'string' ? column : column.name]);
}

function withUsing(operation: Operation, using: string | undefined): Operation {
  if (operation.kind !== 'alterColumn' || using === undefined) return operation;
  return { ...operation, change: { ...operation.change, using } };
}
