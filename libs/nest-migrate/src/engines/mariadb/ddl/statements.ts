import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { UnsupportedOperationError } from '../../../errors/operation.errors.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { sequenceStatements, type SequenceWords } from '../../ddl/sequence-statements.js';
import { type StatementTable } from '../../ddl/statement-table.js';
import { mysqlDdl, mysqlStatements } from '../../mysql/ddl/statements.js';

/**
 * MariaDB's statements: MySQL's, with conditions on columns, indexes and constraints, with sequences, and without
 * indexes by expression.
 */
export function mariadbStatements(platform: AbstractSqlPlatform, config: Configuration): StatementTable {
  const ddl = mysqlDdl(platform, config, 'mariadb');
  return {
    ...mysqlStatements(platform, config, { dialect: 'mariadb', conditionalParts: true, expressionIndexes: false }),
    ...sequenceStatements(ddl, sequenceWords(ddl)),
  };
}

function sequenceWords(ddl: SchemaHelperDdl): SequenceWords {
  const refuse = (operation: string, reason: string, option: string): never => {
    throw new UnsupportedOperationError(operation, 'mariadb', reason, `Leave out '${option}'.`);
  };
  return {
    noCycle: 'nocycle',
    cache: 1000,
    // a sequence is a table there
    rename: (from, to) => `rename table ${from} to ${ddl.qualified(to)}`,
    type: (_, operation) => refuse(operation, 'a sequence counts in bigint.', 'type'),
    ownedBy: (_, operation) => refuse(operation, 'a sequence belongs to no column.', 'ownedBy'),
  };
}
