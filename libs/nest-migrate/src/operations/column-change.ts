import { type ColumnChangeDefinition, type ColumnDefinition, type TypeName } from './column-definition.js';

type ColumnKey = keyof ColumnDefinition;

/**
 * The properties that belong to a column's type, each with groups of types that give it the same meaning. A change of
 * type keeps such a property only within a group: the length of a text is not the precision of a timestamp.
 */
const modifiers = {
  length: [
    ['string', 'character'],
    ['datetime', 'time', 'interval'],
  ],
  precision: [['decimal']],
  scale: [['decimal']],
  unsigned: [['integer', 'smallint', 'tinyint', 'mediumint', 'bigint', 'decimal', 'float', 'double']],
  autoincrement: [['integer', 'smallint', 'tinyint', 'mediumint', 'bigint']],
  collation: [['string', 'character', 'text', 'enum']],
  items: [['enum', 'enumArray']],
  nativeEnumName: [['enum', 'enumArray']],
  checkName: [['enum', 'enumArray']],
} satisfies { [K in ColumnKey]?: readonly (readonly TypeName[])[] };

/** The column after `change`. */
export function changedColumn(existing: ColumnDefinition, change: ColumnChangeDefinition): ColumnDefinition {
  const after: Record<string, unknown> = { ...existing };
  if (change.type != null || change.columnType != null) {
    delete after['type'];
    delete after['columnType'];
    for (const [key, families] of Object.entries(modifiers)) {
      if (!carriesOver(families, existing, change)) delete after[key];
    }
  }
  // a column has one default, as a value or as an expression
  if (change.default !== undefined || change.defaultRaw !== undefined) {
    delete after['default'];
    delete after['defaultRaw'];
  }
  for (const [key, value] of Object.entries(change)) {
    if (key === 'using') continue;
    if (value === null) delete after[key];
    else if (value !== undefined) after[key] = value;
  }
  return after;
}

/** The change that turns `after` into `before`: absent properties become `null`, absent flags `false`. */
export function changeBetween(after: ColumnDefinition, before: ColumnDefinition): ColumnChangeDefinition {
  const keys = new Set([...Object.keys(after), ...Object.keys(before)] as ColumnKey[]);
  const change: Record<string, unknown> = {};
  for (const key of keys) {
    if (key === 'primary' || same(after[key], before[key])) continue;
    const isFlag = typeof after[key] === 'boolean' && key !== 'default';
    change[key] = before[key] ?? (isFlag ? false : null);
  }
  // `type` and `columnType` replace each other without an explicit null
  if (before.type !== undefined) delete change['columnType'];
  if (before.columnType !== undefined) delete change['type'];
  // what a change of type does not keep has to be listed, even where it is the same on both sides
  const reached = changedColumn(after, change);
  for (const key of keys) {
    if (key !== 'primary' && before[key] !== undefined && reached[key] === undefined) change[key] = before[key];
  }
  return change;
}

function carriesOver(
  families: readonly (readonly TypeName[])[],
  existing: ColumnDefinition,
  change: ColumnChangeDefinition,
): boolean {
  if (change.columnType != null) return change.columnType === existing.columnType;
  const { type } = change;
  if (type == null) return true;
  if (type === existing.type) return true;
  return families.some(
    (family) => family.includes(type) && existing.type !== undefined && family.includes(existing.type),
  );
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
