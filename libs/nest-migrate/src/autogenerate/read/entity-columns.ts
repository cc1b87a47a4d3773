import { type EntityMetadata, type EntityProperty, isRaw, types } from '@mikro-orm/core';
import { type TypeName } from '../../operations/operation.js';
import { type Column } from '@mikro-orm/sql';
import { type Value } from '../../operations/value.js';
import { type Engine } from '../../engines/engine.js';
import { describeType } from './column-type.js';
import { defaultSql, describeDefault, describeValue, type DefaultDefinition } from '../../schema/default-value.js';
import { type ColumnModel, type QualifiedName } from '../../schema/schema-model.js';

/** A column that the entities declare. `property` is the property that declares it, if there is one. */
export function entityColumn(
  column: Column,
  property: EntityProperty | undefined,
  table: QualifiedName,
  engine: Engine,
): ColumnModel {
  const { databaseType, unsigned } = splitUnsigned(column, engine);
  const base = { name: column.name, ...entityType(column, databaseType, table, engine) };
  const generated = column.generated ?? undefined;
  const isIdentity = generated?.includes('identity') === true;
  const definition = {
    ...base,
    ...(unsigned && { unsigned }),
    ...(column.autoincrement === true && !isIdentity && { autoincrement: true }),
    ...(column.nullable === true && holdsNulls(generated, engine) && { nullable: true }),
    ...(generated === undefined && entityDefault(column, property, databaseType, engine)),
    ...(generated !== undefined && { generated }),
    ...(column.collation !== undefined && { collation: column.collation }),
    ...(column.extra !== undefined && column.extra !== '' && { extra: column.extra }),
    ...(column.comment !== undefined && column.comment !== '' && { comment: column.comment }),
  };
  return {
    definition,
    databaseType: engine.types.databaseType(definition, databaseType, table),
    defaultSql: defaultSql(definition, engine.platform),
    ignored: column.ignoreSchemaChanges ?? [],
  };
}

/**
 * Whether a column may be declared nullable: an identity column never, a computed one only where the engine compares
 * that.
 */
function holdsNulls(generated: string | undefined, { capabilities: { computedNulls } }: Engine): boolean {
  return generated === undefined || (computedNulls === 'compared' && !/^(?:by default as )?identity$/i.test(generated));
}

/** Splits a type such as `int unsigned`: everywhere else, `unsigned` is a separate flag. */
function splitUnsigned(column: Column, { platform }: Engine): { databaseType: string; unsigned: boolean } {
  if (!platform.supportsUnsigned()) return { databaseType: column.type, unsigned: false };
  const spelled = /^(.*?)\s+unsigned$/i.exec(column.type);
  return { databaseType: spelled?.[1] ?? column.type, unsigned: spelled !== null || column.unsigned === true };
}

function entityType(
  column: Column,
  databaseType: string,
  table: QualifiedName,
  engine: Engine,
): ReturnType<typeof describeType> & Pick<ColumnModel['definition'], 'items' | 'nativeEnumName'> {
  if (column.nativeEnumName !== undefined) {
    return {
      type: databaseType.endsWith('[]') ? 'enumArray' : 'enum',
      nativeEnumName: engine.types.enumReference(enumPlace(column.nativeEnumName, table, engine), table),
    };
  }
  if (engine.capabilities.inlineEnums && column.enumItems !== undefined && isInlineEnum(column, databaseType, engine)) {
    return { type: 'enum', items: column.enumItems };
  }
  // a relation to an enum has the type, and MikroORM does not give it the values
  const items = engine.types.itemsOf?.(databaseType);
  if (items !== undefined) return { type: 'enum', items };
  return describeType(databaseType, engine, meantType(column));
}

/** Whether the values of an enum are part of the column: of its type, or of a check that belongs to it. */
function isInlineEnum(
  { mappedType }: Column,
  databaseType: string,
  { capabilities: { sharedTypes } }: Engine,
): boolean {
  return /^enum\b/i.test(databaseType) || (sharedTypes && mappedType instanceof types.enum);
}

/** The neutral name of MikroORM's own type for the column. */
function meantType({ mappedType }: Column): TypeName | undefined {
  const known = Object.entries(types).find(([, type]) => mappedType.constructor === type)?.[0];
  const neutral: readonly string[] = [
    'string',
    'text',
    'character',
    'uuid',
    'integer',
    'smallint',
    'tinyint',
    'boolean',
    'bigint',
    'array',
  ];
  return known !== undefined && neutral.includes(known) ? (known as TypeName) : undefined;
}

/** The place of a column's native enum: the schema of the table, unless its name includes one. */
export function enumPlace(nativeEnumName: string, table: QualifiedName, { home }: Engine): QualifiedName {
  const [schema, ...rest] = nativeEnumName.split('.');
  if (rest.length === 0 || schema === '*') return { name: rest.join('.') || nativeEnumName, schema: table.schema };
  return { name: rest.join('.'), schema: schema === home ? undefined : schema };
}

/**
 * The default, taken from the property and not from the column. MikroORM puts a text between apostrophes without
 * escaping it, and turns dates and objects into JavaScript's own text form, from which the value cannot be restored.
 */
function entityDefault(
  column: Column,
  property: EntityProperty | undefined,
  databaseType: string,
  engine: Engine,
): DefaultDefinition {
  if (column.default == null || /^null$/i.test(column.default) || column.autoincrement === true) return {};
  const family = engine.types.typeFamily(databaseType);
  const value = property === undefined ? undefined : declaredValue(property, engine);
  if (value !== undefined) return describeValue(value, family);
  return describeDefault(column.default, family, engine);
}

/** The `default` of a property as the database would receive it; `undefined` where `defaultRaw` decides. */
function declaredValue(property: EntityProperty, { platform }: Engine): Value | undefined {
  const declared: unknown = property.default;
  if (declared === undefined || declared === null || isRaw(declared)) return undefined;
  const { customType } = property;
  const converts = customType !== undefined && (Array.isArray(declared) || customType.compareAsType() !== 'any');
  const value: unknown = converts ? customType.convertToDatabaseValue(declared, platform) : declared;
  // where both are given, MikroORM uses `defaultRaw`
  if (property.defaultRaw !== (typeof value === 'string' ? `'${value}'` : String(value))) return undefined;
  if (['string', 'number', 'boolean', 'bigint'].includes(typeof value)) return value as Value;
  return value instanceof Date || value instanceof Uint8Array ? value : JSON.stringify(value);
}

/** Finds the property that declares a column. */
export class PropertyIndex {
  private readonly properties = new Map<string, EntityProperty>();

  constructor(entities: Iterable<EntityMetadata>, schemaOf: (meta: EntityMetadata) => string | undefined) {
    for (const meta of entities) {
      for (const property of meta.props) {
        for (const field of property.fieldNames ?? []) {
          const key = JSON.stringify([schemaOf(meta) ?? null, meta.collection, field]);
          if (!this.properties.has(key)) this.properties.set(key, property);
        }
      }
    }
  }

  find(table: QualifiedName, column: string): EntityProperty | undefined {
    return this.properties.get(JSON.stringify([table.schema ?? null, table.name, column]));
  }
}
