import { mariadbCapabilities } from './capabilities.js';
import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { WrongServerError } from '../../errors/database.errors.js';
import { type DialectName, type SqlSession } from '../dialect.js';
import { mariadbLimits } from '../mysql/session/limits.js';
import { type ProcessListTable } from '../mysql/session/lock.js';
import { mysqlText as literal } from '../sql/literal.js';
import { mariadbStatements } from './ddl/statements.js';
import { assertOwnProduct, MySqlDialect } from '../mysql/mysql-dialect.js';
import { type SessionLimits } from '../session-limits.js';
import { type SessionSettings } from '../session-settings.js';
import { mariadbTraits, type MySqlScriptTraits } from '../mysql/script.js';
import { mariadbPartialStatements } from '../mysql/session/partial-statements.js';
import { mariadbVariables, mysqlSettings } from '../mysql/session/settings.js';

/** MariaDB: as MySQL, except for its name and for the place where it lists its connections. */
export class MariaDbDialect extends MySqlDialect {
  override readonly name: DialectName = 'mariadb';
  override readonly capabilities = mariadbCapabilities;
  override readonly partial = mariadbPartialStatements;
  override readonly limits: SessionLimits = mariadbLimits;
  override readonly settings: SessionSettings = mysqlSettings(mariadbVariables, literal);
  // performance_schema is off by default on MariaDB
  protected override readonly processList: ProcessListTable = 'information_schema.processlist';
  protected override readonly scriptTraits: MySqlScriptTraits = mariadbTraits;

  constructor(platform: AbstractSqlPlatform, config: Configuration) {
    super(platform, config, mariadbStatements);
  }

  override async verifyServer(session: SqlSession): Promise<void> {
    const version = await assertOwnProduct(session);
    if (!/mariadb/i.test(version)) throw new WrongServerError('@mikro-orm/mariadb', version, '@mikro-orm/mysql');
  }
}
