import { changedColumn } from '../operations/column-change.js';
import { objectChanges } from '../operations/all.js';
import { onlyAddsValues } from '../operations/enum-renames.js';
import { isKey } from '../operations/object-change.js';
import { type ChangingColumn, type ChangingParts, type Operation, type OperationOf } from '../operations/operation.js';
import { keyOf, type QualifiedName, type TableModel } from '../schema/schema-model.js';
import { type SqlReader } from '../engines/sql/sql-reader.js';
import { changesType } from '../operations/type-changes.js';
import { type Direction, type OperationPlan } from './operation-plan.js';

/**
 * Plans that what prevents a change is dropped before it and restored after it, in the directions in which it is needed.
 * The database that the revision runs on is asked then; this one is only asked whether there is anything at all.
 *
 * @param known What the comparison has decided about: an expression that stays is left to the engine.
 * @param exists Whether a database has an object that prevents a change of the parts, named as they are before renames.
 */
export async function planDependents(
  plan: OperationPlan,
  known: KnownTables,
  exists: (parts: ChangingParts) => Promise<boolean>,
): Promise<void> {
  const [up, down] = [changingParts(plan, known, 'upgrade'), changingParts(plan, known, 'downgrade')];
  const keys = new Set([...up.keys(), ...down.keys()]);
  for (const key of keys) {
    const [upgrade, downgrade] = [up.get(key), down.get(key)];
    const isSame = JSON.stringify(upgrade) === JSON.stringify(downgrade);
    const pairs: readonly (readonly [ChangingParts | undefined, readonly Direction[]])[] = isSame
      ? [[upgrade, ['upgrade', 'downgrade']]]
      : [
          [upgrade, ['upgrade']],
          [downgrade, ['downgrade']],
        ];
    for (const [parts, directions] of pairs) {
      if (parts === undefined || !(await exists(withNamesBefore(plan, parts)))) continue;
      plan.addFor(directions, 'dropDependents', { kind: 'dropDependents', ...parts });
      plan.addFor(directions, 'restoreDependents', { kind: 'restoreDependents', ...parts });
    }
  }
}

/** The tables of both sides, under the names that they get, and with the checks that stand for enums. */
interface KnownTables {
  readonly sql: SqlReader;
  readonly tables: readonly TableModel[];
}

/**
 * What changes in a way that objects which use it prevent, in one direction: the columns of each table, and each type
 * with its columns.
 */
function changingParts(
  plan: OperationPlan,
  known: KnownTables,
  direction: Direction,
): ReadonlyMap<string, ChangingParts> {
  const operations = plan.inOrder().filter((operation) => plan.isIn(direction, operation));
  const added = operations.flatMap((operation) => (operation.kind === 'addColumn' ? [operation] : []));
  const isAdded = ({ table, schema, column }: OperationOf<'dropColumn'>): boolean =>
    added.some((other) => other.table === table && other.schema === schema && other.column.name === column);
  const found = new Map<string, ChangingParts>();
  const add = (key: string, { columns = [], types }: ChangingParts): void => {
    const known = found.get(key)?.columns ?? [];
    found.set(key, { columns: [...known, ...columns], ...(types && { types }) });
  };
  for (const operation of operations) {
    switch (operation.kind) {
      case 'dropColumn':
        if (isAdded(operation)) add(keyOf(tableOf(operation)), { columns: [{ ...placeOf(operation), rebuilt: true }] });
        break;
      case 'alterColumn': {
        const { existing = {}, change } = operation;
        const after = changedColumn(existing, change);
        const isRetyped = changesType(existing, after) || existing.collation !== after.collation;
        if (isRetyped) add(keyOf(tableOf(operation)), { columns: [placeOf(operation)] });
        break;
      }
      case 'alterEnum':
        if (isRebuilt(operation, direction)) {
          const type = { name: operation.name, ...(operation.schema !== undefined && { schema: operation.schema }) };
          add(`type ${keyOf(type)}`, { columns: operation.columns.map(placeOf), types: [type] });
        }
        break;
      default:
    }
  }
  return new Map(
    [...found].map(([key, parts]) => {
      const tables = new Set((parts.columns ?? []).map(({ table }) => table));
      const except = new Set([
        ...operations.flatMap((operation) => namesOfParts(operation, tables)),
        ...(parts.types === undefined ? namesOfKept(known, parts.columns ?? []) : []),
      ]);
      return [key, { ...parts, ...(except.size > 0 && { except: [...except] }) }];
    }),
  );
}

/** The checks and indexes that read a column of another type, and no column that is rebuilt. */
function namesOfKept({ sql, tables }: KnownTables, columns: readonly ChangingColumn[]): readonly string[] {
  const isOf = ({ name, schema }: TableModel, { table, schema: place }: ChangingColumn): boolean =>
    name === table && schema === place;
  return tables.flatMap((table) => {
    const changing = columns.filter((column) => isOf(table, column));
    const isKept = (text: string): boolean => {
      const read = changing.filter(({ column }) => sql.mentions(text, column));
      return read.length > 0 && read.every(({ rebuilt }) => rebuilt !== true);
    };
    return [
      ...table.checks.filter(({ expression }) => isKept(expression)),
      ...table.indexes.filter(({ expression = '', where = '' }) => isKept(`${expression} ${where}`)),
    ].map(({ name }) => name);
  });
}

/** The parts of tables that the plan itself drops and creates. */
function namesOfParts(operation: Operation, tables: ReadonlySet<string>): readonly string[] {
  const isComputed = operation.kind === 'dropColumn' && operation.previous?.generated !== undefined;
  return objectChanges(operation).flatMap(({ does, object, table = '', name = '', references = [] }) => {
    const isCreated = does === 'creates' && object !== 'primaryKey';
    const isPart = isKey(object) ? does === 'drops' || isCreated : isComputed;
    const isOfTables = tables.has(table) || references.some((other) => tables.has(other.table));
    return isPart && isOfTables ? [name] : [];
  });
}

/** Whether a direction rebuilds the type. */
function isRebuilt(
  { existing, items, rebuild, renames = [] }: OperationOf<'alterEnum'>,
  direction: Direction,
): boolean {
  if (renames.length > 0) return false;
  const [before, after] = direction === 'upgrade' ? [existing, items] : [items, existing];
  return rebuild === true || !onlyAddsValues(before, after);
}

function tableOf({ table, schema }: { readonly table: string; readonly schema?: string }): QualifiedName {
  return { name: table, ...(schema !== undefined && { schema }) };
}

function placeOf({ table, schema, column }: ChangingColumn): ChangingColumn {
  return { table, ...(schema !== undefined && { schema }), column };
}

function withNamesBefore(plan: OperationPlan, parts: ChangingParts): ChangingParts {
  const before = ({ table, schema, column, ...rest }: ChangingColumn): ChangingColumn => {
    const was = plan.columnBefore({ table: { name: table, schema }, column });
    const { name, schema: schemaBefore } = was.table;
    return {
      ...rest,
      table: name,
      ...(schemaBefore !== undefined && { schema: schemaBefore }),
      column: was.column,
    };
  };
  return { ...parts, ...(parts.columns && { columns: parts.columns.map(before) }) };
}
