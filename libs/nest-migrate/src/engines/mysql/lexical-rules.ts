import { type LexicalRules } from '../sql/sql-lexer.js';
import { mysqlText } from '../sql/quoting.js';
import { EngineSql } from '../sql/engine-sql.js';
import { type LockReleases } from '../sql/lock-release.js';

/** Literals and comments of MySQL and MariaDB, with backslashes as escapes, which is the default. */
export const mysqlLexicalRules: LexicalRules = {
  quotes: {
    "'": { kind: 'string', close: "'" },
    '"': { kind: 'string', close: '"' },
    '`': { kind: 'name', close: '`' },
  },
  escapes: () => true,
  // two dashes need a blank after them
  lineComment: /(?:#|--(?=\s|$))[^\n]*/y,
  nestedComments: false,
  // also one for a later version or for the other server, which only the server at hand could tell
  executedComment: /\/\*M?!\d*/y,
  dollarQuotes: false,
};

const lockReleases: LockReleases = {
  statements: {},
  functions: { release_all_locks: 'Release its own lock by its name: release_lock(…).' },
  texts: /\b(?:prepare \S+ from|execute immediate)$/,
};

/** The SQL of MySQL and MariaDB, read and written. */
export const mysqlSql = new EngineSql(mysqlLexicalRules, { mark: '`', text: mysqlText, isMySql: true, lockReleases });
