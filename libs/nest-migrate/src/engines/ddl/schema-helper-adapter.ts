import {
  type AbstractSqlPlatform,
  BaseMySqlPlatform,
  BasePostgreSqlPlatform,
  type Configuration,
} from '@mikro-orm/sql';
import { InvalidOperationError } from '../../errors/operation.errors.js';
import { type Operation } from '../../operations/operation.js';
import { type EncodedValue } from '../../operations/value.js';
import { formatSql } from '../sql/literal.js';
import { mariadbStatements } from '../mariadb/ddl/statements.js';
import { mysqlStatements } from '../mysql/ddl/statements.js';
import { postgresStatements } from '../postgres/ddl/statements.js';
import { guard, seal } from '../sql/sealed-name.js';
import { sqliteStatements } from '../sqlite/ddl/statements.js';
import { statementsBy, type StatementTable } from './statement-table.js';
import { type Statement } from './statement.js';

/**
 * Operations as the SQL that MikroORM would write for the same entities. Needs a platform and its configuration, and
 * no connection: `new MikroORM({ …, connect: false })` is enough.
 */
export class SchemaHelperAdapter {
  readonly #table: StatementTable;

  constructor(
    private readonly platform: AbstractSqlPlatform,
    config: Configuration,
  ) {
    this.#table = statementTable(platform, config);
  }

  /**
   * The SQL of an operation, in order, each statement complete and without a semicolon at its end.
   *
   * @throws UnsupportedOperationError where the engine has no such thing.
   * @throws InvalidOperationError where the operation does not say enough for this engine.
   */
  statements(operation: Operation): readonly Statement[] {
    const hasRows = operation.kind === 'bulkInsert' || operation.kind === 'execute';
    const held = hasRows ? undefined : [seal, guard].find((own) => JSON.stringify(operation).includes(own));
    if (held !== undefined) {
      const code = held.charCodeAt(0).toString(16).toUpperCase();
      throw new InvalidOperationError(operation.kind, `a name or literal holds U+${code}, which is no character.`);
    }
    return statementsBy(this.#table, operation);
  }

  /** SQL with its `?` and `??` placeholders filled in, as MikroORM would send it. */
  format(sql: string, params: readonly EncodedValue[]): string {
    return formatSql(this.platform, sql, params);
  }
}

/** The drivers are optional to the library, so MariaDB's platform is known by the name of its class. */
function statementTable(platform: AbstractSqlPlatform, config: Configuration): StatementTable {
  if (platform instanceof BasePostgreSqlPlatform) return postgresStatements(platform, config);
  if (!(platform instanceof BaseMySqlPlatform)) return sqliteStatements(platform, config);
  return isMariaDb(platform) ? mariadbStatements(platform, config) : mysqlStatements(platform, config);
}

function isMariaDb(platform: object): boolean {
  for (
    let type = Object.getPrototypeOf(platform) as object | null;
    type;
    type = Object.getPrototypeOf(type) as object | null
  ) {
    if (type.constructor.name === 'MariaDbPlatform') return true;
  }
  return false;
}
