import { type DatabaseCreation } from '../database-creation.js';
import { errorCode } from '../session/limits.js';
import { mysqlSql } from './lexical-rules.js';
import { accountOf, FORBIDDEN } from './scratch.js';

const { quote, text: literal } = mysqlSql;

/** Databases of MySQL and MariaDB. */
export const mysqlCreation: DatabaseCreation = {
  management: 'information_schema',

  async create(session, name, { charset, collate }) {
    const options = [
      ...(charset === undefined ? [] : [`character set ${literal(charset)}`]),
      ...(collate === undefined ? [] : [`collate ${literal(collate)}`]),
    ];
    await session.execute(['create database', quote(name), ...options].join(' '));
  },

  isThere: (error) => errorCode(error) === 'ER_DB_CREATE_EXISTS',

  isForbidden: (error) => FORBIDDEN.has(String(errorCode(error))),

  grant: async (session, name) =>
    `grant all on ${quote(name.replace(/[\\_%]/g, String.raw`\$&`))}.* to ${await accountOf(session)}`,
};
