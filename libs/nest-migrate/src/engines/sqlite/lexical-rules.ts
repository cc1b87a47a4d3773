import { type LexicalRules } from '../sql/sql-lexer.js';
import { SqlReader } from '../sql/sql-reader.js';

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

export const sqliteSql = new SqlReader(sqliteLexicalRules);
