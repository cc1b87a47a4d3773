import { mariadbBlockerOf } from '../../mysql/session/blockers.js';
import { WrongServerError } from '../../../errors/database.errors.js';
import { mariadbLimits } from '../../mysql/session/limits.js';
import { mariadbPartialStatements } from '../../mysql/session/partial-statements.js';
import { assertOwnProduct, mysqlSession } from '../../mysql/session/session-rules.js';
import { mariadbVariables, mysqlSettings } from '../../mysql/session/settings.js';
import { type SessionRules } from '../../session/session-rules.js';

export const mariadbSession: SessionRules = {
  ...mysqlSession,
  readOnly: { ...mysqlSession.readOnly, after: ['set session tx_read_only = @@global.tx_read_only'] },
  async verifyServer(session) {
    const version = await assertOwnProduct(session);
    if (!/mariadb/i.test(version)) throw new WrongServerError('@mikro-orm/mariadb', version, '@mikro-orm/mysql');
  },
  limits: mariadbLimits,
  blockerOf: mariadbBlockerOf,
  settings: mysqlSettings(mariadbVariables),
  partial: mariadbPartialStatements,
};
