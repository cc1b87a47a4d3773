import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { mysqlStatements } from '../../mysql/ddl/statements.js';
import { type StatementTable } from '../../ddl/statement-table.js';

/** MariaDB's statements: MySQL's, with conditions on columns, indexes and constraints and without indexes by expression. */
export function mariadbStatements(platform: AbstractSqlPlatform, config: Configuration): StatementTable {
  return mysqlStatements(platform, config, { dialect: 'mariadb', conditionalParts: true, expressionIndexes: false });
}
