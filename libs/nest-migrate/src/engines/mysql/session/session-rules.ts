import { WrongServerError } from '../../../errors/database.errors.js';
import { refuseOthers } from '../../other-servers.js';
import { errorCode } from '../../session/limits.js';
import { type SessionRules } from '../../session/session-rules.js';
import { type SqlSession } from '../../session/sql-session.js';
import { assertPreparedMember, UNPREPARED } from '../cluster/galera.js';
import { otherThanMySql } from '../other-servers.js';
import { mysqlBlockerOf } from './blockers.js';
import { escaping } from './escaping.js';
import { unchecked } from './foreign-key-checks.js';
import { mysqlLimits } from './limits.js';
import { mysqlPartialStatements } from './partial-statements.js';
import { mysqlRowBatches } from './row-batches.js';
import { mysqlServer } from './server-session.js';
import { mysqlSettings, mysqlVariables } from './settings.js';

export const mysqlSession: SessionRules = {
  async verifyServer(session) {
    const version = await assertOwnProduct(session);
    if (/mariadb/i.test(version)) throw new WrongServerError('@mikro-orm/mysql', version, '@mikro-orm/mariadb');
  },
  readOnly: {
    // `lock tables` ends a transaction, and begins none
    before: ['set session transaction read only'],
    begin: 'start transaction read only',
    first: [],
    after: ['set session transaction_read_only = @@global.transaction_read_only'],
  },
  /** A revision with a `use` statement changes it. */
  async homeSchema(session) {
    const [row] = await session.query<{ name: string | null }>('select database() as name');
    return { schema: row?.name ?? null, elsewhere: null };
  },
  /** A Galera member that is cut off, or still starting, cannot read a table. */
  async explain(session, error) {
    if (errorCode(error) !== UNPREPARED) return error;
    return assertPreparedMember(session).then(
      () => error,
      (named: unknown) => named,
    );
  },
  escaping,
  unchecked,
  server: mysqlServer,
  limits: mysqlLimits,
  blockerOf: mysqlBlockerOf,
  settings: mysqlSettings(mysqlVariables),
  partial: mysqlPartialStatements,
  batches: mysqlRowBatches,
};

/**
 * The version string of the server, such as `9.7.4` or `10.11.19-MariaDB-0+deb12u1`.
 *
 * @throws UnsupportedServerError for a product that is neither MySQL nor MariaDB.
 */
export async function assertOwnProduct(session: SqlSession): Promise<string> {
  const [row] = await session.query<{ version: string; comment: string }>(
    'select version() as version, @@version_comment as comment',
  );
  const { version = 'nothing', comment = '' } = row ?? {};
  refuseOthers(`${version} ${comment}`.trim(), otherThanMySql);
  return version;
}
