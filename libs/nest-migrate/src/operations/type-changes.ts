import { type ColumnDefinition, type TypeName } from './column-definition.js';

const integers: readonly TypeName[] = ['tinyint', 'smallint', 'mediumint', 'integer', 'bigint'];

/** Whether two columns hold different types of values. */
export function changesType(from: ColumnDefinition, to: ColumnDefinition): boolean {
  return describeColumnType(from) !== describeColumnType(to);
}

/** Whether every value of the old type is a value of the new one, so that nothing can be lost or refused. */
export function isWider(from: ColumnDefinition, to: ColumnDefinition): boolean {
  if (from.nativeEnumName !== undefined || to.nativeEnumName !== undefined) return false;
  if (to.type === 'text') return ['text', 'string', 'character', 'enum'].includes(from.type ?? '');
  if (from.type === 'float' && to.type === 'double') return true;
  const [before, after] = [integers.indexOf(from.type ?? 'text'), integers.indexOf(to.type ?? 'text')];
  if (before !== -1 && after !== -1) return before <= after && from.unsigned === to.unsigned;
  if (from.type !== to.type || from.type === undefined) return false;
  if (to.items !== undefined) return (from.items ?? []).every((item) => to.items?.includes(item));
  if (to.type === 'decimal') {
    const [scale, wantedScale] = [from.scale ?? 0, to.scale ?? 0];
    return wantedScale >= scale && (to.precision ?? 0) - wantedScale >= (from.precision ?? 0) - scale;
  }
  return (to.length ?? Infinity) >= (from.length ?? Infinity);
}

/** The type of a column in a few words, for messages. */
export function describeColumnType(column: ColumnDefinition): string {
  const { type, columnType, length, precision, scale, unsigned, items, nativeEnumName } = column;
  const size = [length ?? precision, scale].filter((part) => part !== undefined).join(',');
  const values = items === undefined ? '' : `(${items.join(', ')})`;
  const name = nativeEnumName ?? columnType ?? type ?? '';
  return `${name}${size === '' ? values : `(${size})`}${unsigned === true ? ' unsigned' : ''}`;
}

const families: readonly (readonly TypeName[])[] = [
  [...integers, 'decimal', 'float', 'double'],
  ['string', 'character', 'text', 'enum'],
  ['date', 'datetime'],
];

/** Whether an expression on the old type is likely not to be valid on the new one. */
export function changesFamily(from: ColumnDefinition, to: ColumnDefinition): boolean {
  if (from.nativeEnumName !== to.nativeEnumName) return true;
  const family = ({ type, columnType }: ColumnDefinition): unknown =>
    families.find((types) => type !== undefined && types.includes(type)) ?? columnType ?? type;
  return family(from) !== family(to);
}
