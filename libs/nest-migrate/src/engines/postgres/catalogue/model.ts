import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { whyNotOnTable } from '../../../schema/trigger-model.js';
import { type ModelRules } from '../../catalogue/model-rules.js';
import { type TypeRules } from '../../catalogue/type-rules.js';
import { unquoteString } from '../../sql/quoting.js';
import { enumPlace } from '../ddl/column-parts.js';
import { postgresSql } from '../lexical-rules.js';
import { isNextValue, sequencesIn } from '../sequence-names.js';
import { withEnums, withoutEnums } from './enum-checks.js';
import { declaredPartitioning } from './partitions.js';
import { declaredSecurity } from './policies.js';
import { canonicalRoutineType, postgresRoutine } from './routines.js';
import { postgresTrigger } from './triggers.js';
import { canonicalPostgresType } from './types.js';

/** @param home The connection's own schema. */
export function postgresTypes(home: string): TypeRules {
  return {
    canonicalType: canonicalPostgresType,
    canonicalRoutineType,
    databaseType(column, type, table) {
      if (column.nativeEnumName === undefined) return type;
      const { schema = table.schema ?? home, name } = enumPlace(column.nativeEnumName);
      return postgresSql.quote(schema, name) + (column.type === 'enumArray' ? '[]' : '');
    },
    enumReference({ schema, name }, table) {
      if (schema !== table.schema) return `${schema ?? home}.${name}`;
      // the text before a dot would be taken for a schema
      return name.includes('.') ? `*.${name}` : name;
    },
    typeFamily(type) {
      const name = canonicalPostgresType(type).replace(/\(.*/, '');
      if (['int', 'bigint', 'smallint', 'numeric', 'real', 'double precision'].includes(name)) return 'number';
      return name === 'boolean' ? 'boolean' : name === 'json' || name === 'jsonb' ? 'json' : 'other';
    },
    readLiteral,
    readBack: (text) => text,
    readBackDefault: (text) => text,
    choosesOperatorClass: (method, name) =>
      `select 1 from pg_catalog.pg_opclass o join pg_catalog.pg_am m on m.oid = o.opcmethod
        where o.opcdefault and m.amname = ${postgresSql.text(method)} and o.opcname = ${postgresSql.text(name)}`,
    isNextValue,
    sequencesIn: (sql) =>
      sequencesIn(sql).map(({ schema, name }) =>
        schema === undefined || schema === home ? { name } : { schema, name },
      ),
  };
}

/** @param home The connection's own schema. */
export function postgresModel(platform: AbstractSqlPlatform, home: string): ModelRules {
  return {
    primaryKey: (name, columns) => ({ name, columns }),
    // `restrict` checks immediately and `no action` at the end of the statement, so the two differ here
    canonicalRule: (rule) => rule ?? 'no action',
    withEnums: (table) => withEnums(table, platform, readLiteral),
    withoutEnums: (table) => withoutEnums(table, platform),
    triggers: (trigger, table) => [postgresTrigger(trigger, table, home)],
    whyNoTrigger: whyNotOnTable,
    partitioning: (table) => declaredPartitioning(table, home),
    security: declaredSecurity,
    routine: postgresRoutine,
  };
}

/** Reads `'it''s'::text` and `'it''s'`. The cast adds nothing to the column's type. */
function readLiteral(sql: string): string | undefined {
  const literal = /^('(?:[^']|'')*')(?:::[^']+)?$/.exec(sql)?.[1];
  if (literal !== undefined) return unquoteString(literal);
  const escaped = /^E'((?:[^'\\]|''|\\['\\])*)'(?:::[^']+)?$/i.exec(sql)?.[1];
  return escaped?.replace(/''|\\(.)/g, (pair) => pair.charAt(1));
}
