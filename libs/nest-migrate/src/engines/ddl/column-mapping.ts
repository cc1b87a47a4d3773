import { type EntityProperty, type Type as MappedType, Type, types } from '@mikro-orm/core';
import { type AbstractSqlPlatform, type Column } from '@mikro-orm/sql';
import { type ColumnDefinition, type NamedColumnDefinition, type TypeName } from '../../operations/operation.js';
import { decodeValue, type EncodedValue } from '../../operations/value.js';
import { isPortable, literal, plainLiteral, storedText } from '../sql/quoting.js';

/** How the columns of an engine differ from what MikroORM's schema helper produces. */
export interface ColumnRules {
  /** The engine's own type where MikroORM's does not exist there; `undefined` where MikroORM's is right. */
  readonly typeOf: (column: ColumnDefinition) => string | undefined;
  /** Corrects the finished column for the engine. */
  readonly finish: (column: Column, definition: ColumnDefinition) => Column;
}

/** A column in the form that MikroORM's schema helper takes. */
export function mappedColumn(
  platform: AbstractSqlPlatform,
  rules: ColumnRules,
  definition: NamedColumnDefinition,
): Column {
  const type = columnType(platform, rules, definition);
  const column: Column = {
    name: definition.name,
    type,
    mappedType: platform.getMappedType(definition.type === 'enum' ? 'enum' : type),
    unsigned: definition.unsigned ?? false,
    autoincrement: definition.autoincrement ?? false,
    primary: definition.primary ?? false,
    nullable: definition.nullable ?? false,
    nativeEnumName: definition.nativeEnumName,
    length: definition.length,
    precision: definition.precision,
    scale: definition.scale,
    default: defaultSql(platform, definition, type),
    enumItems: definition.items === undefined ? undefined : [...definition.items],
    comment: definition.comment,
    collation: definition.collation,
    extra: definition.extra,
    generated: definition.generated,
  };
  return rules.finish(column, definition);
}

/** The type of a column in the engine's spelling, without collation, `unsigned` and the like. */
export function columnType(platform: AbstractSqlPlatform, rules: ColumnRules, column: ColumnDefinition): string {
  if (column.columnType !== undefined) return column.columnType;
  const own = rules.typeOf(column);
  if (own !== undefined) return own;
  // the few keys of a property that types read
  const property = {
    fieldNames: [],
    runtimeType: 'any',
    length: column.length,
    precision: column.precision,
    scale: column.scale,
    unsigned: column.unsigned,
    autoincrement: column.generated === undefined ? column.autoincrement : false,
    generated: column.generated,
    items: column.items === undefined ? undefined : [...column.items],
    nativeEnumName: column.nativeEnumName,
  } as unknown as EntityProperty;
  return mappedType(platform, column.type ?? 'string').getColumnType(property, platform);
}

/** The SQL after `default`, or `undefined`. `type` is the column's type in the engine's spelling, where it is known. */
export function defaultSql(platform: AbstractSqlPlatform, column: ColumnDefinition, type = ''): string | undefined {
  if (column.defaultRaw !== undefined) return column.defaultRaw;
  if (column.default === undefined || column.default === null) return undefined;
  const value = decodeValue(column.default);
  if (value instanceof Date) return dateLiteral(platform, column.default, column);
  if (/^(?:var)?(?:char|binary)\b/i.test(type)) return literal(platform, column.default);
  const isStored = isPortable(platform) && /^(?:(?:tiny|medium|long)?text|json)\b/i.test(type);
  // of other types MySQL and MariaDB compare it with items, which are plain strings
  return isStored && typeof value === 'string' ? storedText(value) : plainLiteral(platform, column.default);
}

/** A date without the digits that the column cannot keep: engines refuse such a default instead of rounding it. */
function dateLiteral(platform: AbstractSqlPlatform, value: EncodedValue, column: ColumnDefinition): string {
  const quoted = literal(platform, value);
  if (column.type === 'date') return quoted.replace(/[T ]\d\d:.*'$/, "'");
  return quoted.replace(/\.000(?=\D)/, '');
}

function mappedType(platform: AbstractSqlPlatform, name: TypeName): MappedType<unknown> {
  // names of property types in MikroORM that its platforms do not map
  if (name === 'array') return Type.getType(types.array);
  if (name === 'enumArray') return Type.getType(types.enumArray);
  return platform.getMappedType(name);
}
