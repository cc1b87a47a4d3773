import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { type ModelRules } from '../../catalogue/model-rules.js';
import { type TypeRules } from '../../catalogue/type-rules.js';
import { foreignTriggerPart } from '../ddl/trigger-statements.js';
import { type MySqlVariant } from './catalogue.js';
import { keptParts } from '../kept-parts.js';
import { readItems, readMySqlLiteral } from './literals.js';
import { canonicalRoutineType, mysqlRoutine } from './routines.js';
import { mysqlTriggers } from './triggers.js';
import { canonicalMySqlType } from './types.js';

/** A text whose characters of four bytes became question marks. */
const inThreeBytes = (text: string): string => text.replace(/[\u{10000}-\u{10ffff}]/gu, '?');

const rules: Omit<TypeRules, 'readBackDefault'> = {
  canonicalType: canonicalMySqlType,
  canonicalRoutineType,
  databaseType: (_column, type) => type,
  enumReference: ({ name }) => name,
  typeFamily(type) {
    const canonical = canonicalMySqlType(type);
    if (canonical === 'tinyint(1)') return 'boolean';
    if (canonical === 'json') return 'json';
    return /^(?:tinyint|smallint|mediumint|int|bigint|decimal|float|double|year)\b/.test(canonical)
      ? 'number'
      : 'other';
  },
  itemsOf: readItems,
  withUndeclared: (entity, database) => {
    const said = keptParts(entity).map((part) => part.split(' ', 1)[0]);
    const others = keptParts(database).filter((part) => !said.includes(part.split(' ', 1)[0]));
    return [...(entity === '' ? [] : [entity]), ...others].join(' ');
  },
  readLiteral: readMySqlLiteral,
  /** Comments and the values of enums are kept in three bytes a character. */
  readBack: inThreeBytes,
};

export function mysqlTypes(variant: MySqlVariant): TypeRules {
  // MariaDB keeps a default whole, but shows it in three bytes a character
  return { ...rules, readBackDefault: variant === 'mariadb' ? inThreeBytes : (text) => text };
}

export function mysqlModel(platform: AbstractSqlPlatform, variant: MySqlVariant): ModelRules {
  return {
    // every primary key is named `PRIMARY`
    primaryKey: (_name, columns) => ({ columns }),
    /** InnoDB checks immediately under `restrict` and under `no action`, and MariaDB's has no `set default`. */
    canonicalRule(rule) {
      if (rule === 'set default' && variant === 'mariadb') return 'restrict';
      return rule === undefined || rule === 'no action' ? 'restrict' : rule;
    },
    withEnums: (table) => table,
    withoutEnums: (table) => table,
    triggers: (trigger) => mysqlTriggers(trigger, platform.getMaxIdentifierLength()),
    whyNoTrigger: (trigger) => (trigger.expression === undefined ? foreignTriggerPart(trigger) : undefined),
    // MikroORM refuses entities that declare partitions or row-level security here
    partitioning: () => undefined,
    security: () => undefined,
    routine: mysqlRoutine,
  };
}
