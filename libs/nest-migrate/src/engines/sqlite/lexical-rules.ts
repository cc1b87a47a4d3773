import { type LexicalRules } from '../sql/sql-lexer.js';
import { quoteString } from '../sql/quoting.js';
import { EngineSql } from '../sql/engine-sql.js';

/** SQLite's literals and comments. A backslash is an ordinary character. */
export const sqliteLexicalRules: LexicalRules = {
  quotes: {
    "'": { kind: 'string', close: "'" },
    '"': { kind: 'name', close: '"' },
    '`': { kind: 'name', close: '`' },
    '[': { kind: 'name', close: ']' },
  },
  escapes: () => false,
  lineComment: /--[^\n]*/y,
  nestedComments: false,
  dollarQuotes: false,
};

/** The SQL of SQLite, read and written. */
export const sqliteSql = new EngineSql(sqliteLexicalRules, { mark: '`', text: quoteString, savepointsBegin: true });
