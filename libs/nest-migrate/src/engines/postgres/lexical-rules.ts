import { isNameCharacter, type LexicalRules } from '../sql/sql-lexer.js';
import { postgresText } from '../sql/quoting.js';
import { EngineSql } from '../sql/engine-sql.js';
import { type LockReleases } from '../sql/lock-release.js';

/** PostgreSQL's literals and comments, under `standard_conforming_strings`. */
export const postgresLexicalRules: LexicalRules = {
  quotes: { "'": { kind: 'string', close: "'" }, '"': { kind: 'name', close: '"' } },
  // E'…', unless the E is the end of a longer word
  escapes: (sql, start) => /[eE]/.test(sql.charAt(start - 1)) && !isNameCharacter(sql.charAt(start - 2)),
  lineComment: /--[^\n\r]*/y,
  nestedComments: true,
  unicodeNames: true,
  dollarQuotes: true,
};

/** The other forms of `discard`, and `reset all`, keep the locks. */
const lockReleases: LockReleases = {
  statements: {
    'discard all': 'Say what is to go: discard temp, discard plans, discard sequences, deallocate all, reset all.',
  },
  functions: { pg_advisory_unlock_all: 'Release its own lock by its key: pg_advisory_unlock(…).' },
  // the E is that of a text with escapes
  texts: /\b(?:do|do language \S+|execute)(?: e)?$/,
};

/** The SQL of PostgreSQL, read and written. */
export const postgresSql = new EngineSql(postgresLexicalRules, { mark: '"', text: postgresText, lockReleases });
