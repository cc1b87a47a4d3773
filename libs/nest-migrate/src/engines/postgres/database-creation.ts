import { type DatabaseCreation } from '../database-creation.js';
import { errorCode } from '../session/limits.js';
import { postgresSql } from './lexical-rules.js';

const { quote, text: literal } = postgresSql;

/** Of two that are created at once, the second may meet the catalogue's own unique index. */
const THERE = new Set(['42P04', '23505']);

/** Databases of PostgreSQL. */
export const postgresCreation: DatabaseCreation = {
  management: 'postgres',

  async create(session, name, { charset, collate }) {
    const [template] = await session.query<{ encoding: string }>(
      "select pg_encoding_to_char(encoding) as encoding from pg_database where datname = 'template1'",
    );
    const isOther = charset !== undefined && plain(charset) !== plain(template?.encoding ?? '');
    const options = [
      ...(isOther ? [`encoding ${literal(charset)}`] : []),
      ...(collate === undefined ? [] : [`lc_collate ${literal(collate)}`, `lc_ctype ${literal(collate)}`]),
    ];
    // what differs from the usual template can only be said with the one that is empty
    const template0 = options.length === 0 ? [] : ['template template0'];
    await session.execute(['create database', quote(name), ...template0, ...options].join(' '));
  },

  isThere: (error) => THERE.has(String(errorCode(error))),

  isForbidden: (error) => errorCode(error) === '42501',

  async grant(session) {
    const [row] = await session.query<{ role: string }>('select current_user as role');
    return `alter role ${quote(row?.role)} createdb`;
  },
};

/** An encoding as PostgreSQL compares them: `utf-8` is `UTF8`, and so is `unicode`. */
function plain(encoding: string): string {
  const name = encoding.toLowerCase().replace(/[^a-z0-9]/g, '');
  return name === 'unicode' ? 'utf8' : name;
}
