import { type EntityProperty, Type, types } from '@mikro-orm/core';
import { type ColumnDefinition, type TypeName } from '../../operations/operation.js';
import { type Engine } from '../../engines/engine.js';

/** The part of a column that defines its type. */
export type TypeDefinition = Pick<ColumnDefinition, 'type' | 'columnType' | 'length' | 'precision' | 'scale'>;

/** Types whose size is always written, since it is an essential part of them. */
const sized: readonly TypeName[] = ['string', 'character', 'decimal'];

/** In the order in which they are tried: where two produce the same column, the plainer name comes first. */
const neutralTypes: readonly TypeName[] = [
  ...sized,
  'text',
  'boolean',
  'integer',
  'smallint',
  'tinyint',
  'mediumint',
  'bigint',
  'float',
  'double',
  'uuid',
  'date',
  'time',
  'datetime',
  'interval',
  'json',
  'blob',
  'array',
];

/** Types that may be the same to the engine, the most usual first. */
const sharedTypes: readonly TypeName[] = [
  'text',
  'integer',
  'bigint',
  'decimal',
  'float',
  'double',
  'date',
  'time',
  'datetime',
  'json',
  'blob',
];

/**
 * Describes a type of the database by its neutral name where MikroORM produces exactly this type for the name, else by
 * the type itself. So `varchar(80)` becomes `{ type: 'string', length: 80 }`, and `citext` stays `{ columnType:
 * 'citext' }`.
 */
export function describeType(databaseType: string, engine: Engine, meant?: TypeName): TypeDefinition {
  const wanted = engine.types.canonicalType(databaseType);
  const numbers = /\((\d+)(?:,(\d+))?\)$/.exec(wanted);
  const names = engine.capabilities.sharedTypes
    ? [...(meant === undefined ? [] : [meant]), ...sharedTypes]
    : neutralTypes;
  for (const type of names) {
    for (const definition of definitionsOf(type, numbers)) {
      if (engine.types.canonicalType(columnTypeOf(definition, engine)) === wanted) return definition;
    }
  }
  return { columnType: databaseType };
}

/**
 * A column with the type as the database spells it, where the engine takes several types for one and the name would make
 * another of them: on SQLite `varchar(50)` is as good as `text`.
 */
export function spelledAsInDatabase<C extends { readonly definition: ColumnDefinition; readonly databaseType: string }>(
  column: C,
  engine: Engine,
): C {
  const { definition, databaseType } = column;
  const { type, length: _length, precision: _precision, scale: _scale, ...rest } = definition;
  const isNamed = definition.items !== undefined || definition.columnType !== undefined || type === undefined;
  if (!engine.capabilities.sharedTypes || isNamed) return column;
  if (definition.autoincrement === true || columnTypeOf(definition, engine) === databaseType) return column;
  return { ...column, definition: { ...rest, columnType: databaseType } };
}

function definitionsOf(type: TypeName, numbers: RegExpExecArray | null): readonly TypeDefinition[] {
  const bare = { type };
  if (numbers === null) return [bare];
  const first = Number(numbers[1]);
  const withNumbers =
    numbers[2] === undefined ? { type, length: first } : { type, precision: first, scale: Number(numbers[2]) };
  return sized.includes(type) ? [withNumbers] : [bare, withNumbers];
}

/** The column type that MikroORM produces for a neutral type on this engine. */
function columnTypeOf({ type, ...size }: TypeDefinition, { platform }: Engine): string {
  const property = { fieldNames: [''], columnTypes: [], runtimeType: 'any', ...size };
  // no platform maps this one
  const mapped = type === 'array' ? Type.getType(types.array) : platform.getMappedType(type ?? '');
  return mapped.getColumnType(property as unknown as EntityProperty, platform);
}
