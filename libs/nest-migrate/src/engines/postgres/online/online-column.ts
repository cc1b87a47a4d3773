import { changedColumn } from '../../../operations/column-change.js';
import { type ColumnChangeDefinition, type ColumnDefinition, type OperationOf } from '../../../operations/operation.js';
import { isIdentity } from '../../../schema/identity.js';
import { hasPlainItems } from '../../ddl/enum-check.js';
import { ONLINE_BATCH_TIME, warned } from '../../online/online.js';
import { postgresSql } from '../lexical-rules.js';
import { constraintIn } from './constraint-name.js';
import { moveColumn, moveOf, unmoved } from './moved-column.js';
import { requestsOn } from './table-place.js';
import { notNull } from './not-null.js';
import { outside, type WrittenParts } from './written-parts.js';

export function addColumn(written: WrittenParts, operation: OperationOf<'addColumn'>): void {
  const { schema, table, column } = operation;
  if (written.isNew(operation)) return written.plain(operation);
  const key = filledBy(written, operation);
  if (key !== undefined) return addFilled(written, operation, key);
  const why = whyRewritten(written, column);
  if (why !== undefined) {
    return written.plain(warned(operation, `${requestsOn(operation)} wait while the table is written again, ${why}`));
  }
  if (!hasPlainItems(column)) return written.plain(operation);
  const [, check] = written.ddl.statements(operation);
  if (check === undefined) return written.plain(operation);
  written.plain({ ...operation, notValid: true });
  const name = constraintIn(check.postcondition);
  written.sequence({}, [outside({ kind: 'validateConstraint', schema, table, name })]);
}

/** The key along which a backfill can give each row its own value; `undefined` where the column needs none. */
function filledBy(written: WrittenParts, operation: OperationOf<'addColumn'>): readonly string[] | undefined {
  const { defaultRaw, primary, autoincrement, generated } = operation.column;
  const isFilled = defaultRaw !== undefined && written.facts.isVolatile(defaultRaw) && !written.isBracketed;
  if (!isFilled || primary === true || autoincrement === true || generated !== undefined) return undefined;
  return written.facts.primaryKeyOf(written.known(operation));
}

/** The default is for new rows; those that are there are filled in batches. */
function addFilled(written: WrittenParts, operation: OperationOf<'addColumn'>, key: readonly string[]): void {
  const { schema, table, column: whole } = operation;
  const { name, defaultRaw = '', nullable, ...column } = whole;
  const existing = { ...column, nullable: true };
  written.plain({ ...operation, column: { name, ...existing } });
  written.plain({ kind: 'alterColumn', schema, table, column: name, change: { defaultRaw }, existing });
  const where = `${postgresSql.quote(name)} is null`;
  written.push({ backfill: { schema, table, key, where, set: { [name]: defaultRaw }, batchTime: ONLINE_BATCH_TIME } });
  if (nullable === true) return;
  written.sequence({}, notNull({ schema, table, column: name, existing: { ...existing, defaultRaw } }));
}

/** Why PostgreSQL writes all rows again for a new column; `undefined` where it does not. */
function whyRewritten(
  written: WrittenParts,
  { autoincrement, generated, defaultRaw, primary }: ColumnDefinition,
): string | undefined {
  if (autoincrement === true || (generated !== undefined && isIdentity(generated))) {
    return 'since each row gets a number';
  }
  if (generated !== undefined) return /\bvirtual\s*$/i.test(generated) ? undefined : 'since each row is computed';
  if (primary === true) return 'since the key of the new column is built';
  if (defaultRaw !== undefined && written.facts.isVolatile(defaultRaw)) {
    return 'since each row gets another value, and without a primary key they cannot be filled in batches';
  }
  return undefined;
}

export function alterColumn(written: WrittenParts, operation: OperationOf<'alterColumn'>): void {
  const { schema, table, column, change, existing = {} } = operation;
  if (written.isNew(operation)) return written.plain(operation);
  const isRewritten = rewrites(existing, changedColumn(existing, change), change);
  const move = isRewritten ? moveOf(written, operation) : '';
  if (typeof move !== 'string') return moveColumn(written, operation, move);
  const { nullable, ...rest } = change;
  const counts = change.autoincrement !== undefined || change.generated !== undefined;
  const isRequired = nullable === false && !(operation.existing !== undefined && existing.nullable !== true);
  const others: ColumnChangeDefinition = isRequired && !counts ? rest : change;
  const between = { ...operation, change: others };
  const after = changedColumn(existing, others);
  const told = isRewritten ? unmoved(between, move) : between;
  const hasOthers = Object.values(others).some((value) => value !== undefined);
  const check = hasOthers ? checkOf(written, told) : undefined;
  if (hasOthers) written.plain(check === undefined ? told : { ...told, notValid: true });
  const warning = hasOthers ? {} : { warning: operation.warning };
  if (check !== undefined) {
    written.sequence({}, [outside({ kind: 'validateConstraint', schema, table, name: check })]);
  }
  if (others === change) return;
  const known = operation.existing === undefined ? {} : { existing: after };
  written.sequence(warning, notNull({ schema, table, column, ...known }));
}

/** The name of the check that stands for the items, where the change creates one. */
function checkOf(written: WrittenParts, operation: OperationOf<'alterColumn'>): string | undefined {
  const created = written.ddl.statements(operation).find(({ sql }) => / add constraint /.test(sql));
  return created === undefined ? undefined : constraintIn(created.postcondition);
}

/** Whether a change of type may write the table again. */
function rewrites(before: ColumnDefinition, after: ColumnDefinition, change: ColumnChangeDefinition): boolean {
  const keys = ['type', 'columnType', 'length', 'precision', 'scale', 'nativeEnumName', 'collation'] as const;
  if (!keys.some((key) => change[key] !== undefined)) return false;
  if (keys.every((key) => before[key] === after[key])) return false;
  const texts = ['string', 'character', 'text'];
  if (before.collation !== after.collation || after.columnType !== undefined) return true;
  const isText = before.type === 'string' && texts.includes(after.type ?? '');
  const isLonger =
    after.type === 'text' || (after.type === 'string' && (after.length ?? 255) >= (before.length ?? 255));
  if (isText) return !isLonger;
  const isPreciser = before.type === after.type && (after.precision ?? 0) >= (before.precision ?? Infinity);
  return !(after.type === 'decimal' && isPreciser && before.scale === after.scale);
}
