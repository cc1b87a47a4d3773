import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { whyNotOnTable } from '../../../schema/trigger-model.js';
import { type ModelRules } from '../../catalogue/model-rules.js';
import { type TypeRules } from '../../catalogue/type-rules.js';
import { unquoteString } from '../../sql/quoting.js';
import { foreignTriggerPart } from '../ddl/object-statements.js';
import { withEnums } from './enum-checks.js';
import { sqliteTriggers } from './triggers.js';
import { canonicalSqliteType, isNumberType } from './types.js';

export const sqliteTypes: TypeRules = {
  canonicalType: canonicalSqliteType,
  canonicalRoutineType: canonicalSqliteType,
  // an auto-increment column has the only type that allows it
  databaseType: ({ autoincrement }, type) => (autoincrement === true ? 'integer' : type),
  enumReference: ({ name }) => name,
  typeFamily(type) {
    if (isNumberType(type)) return 'number';
    return canonicalSqliteType(type) === 'json' ? 'json' : 'other';
  },
  readLiteral: (sql) => (/^'(?:[^']|'')*'$/.test(sql) ? unquoteString(sql) : undefined),
  readBack: (text) => text,
  readBackDefault: (text) => text,
};

export function sqliteModel(platform: AbstractSqlPlatform): ModelRules {
  return {
    // a primary key has no name that a statement could use
    primaryKey: (_name, columns) => ({ columns }),
    canonicalRule: (rule) => rule ?? 'no action',
    withEnums: (table) => withEnums(table, platform),
    // the check is part of the column and has no name, so it follows a rename of the column or the table
    withoutEnums: (table) => table,
    triggers: sqliteTriggers,
    whyNoTrigger: (trigger) =>
      trigger.expression === undefined ? (whyNotOnTable(trigger) ?? foreignTriggerPart(trigger)) : undefined,
    // MikroORM refuses entities that declare partitions or row-level security here
    partitioning: () => undefined,
    security: () => undefined,
    routine: () => undefined,
  };
}
