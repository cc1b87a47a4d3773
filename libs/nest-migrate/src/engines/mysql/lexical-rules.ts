import { type LexicalRules } from '../sql/sql-lexer.js';
import { SqlReader } from '../sql/sql-reader.js';

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
  dollarQuotes: false,
};

export const mysqlSql = new SqlReader(mysqlLexicalRules);
