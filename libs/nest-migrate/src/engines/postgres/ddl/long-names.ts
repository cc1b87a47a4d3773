import { unquoteIdentifier } from '../../sql/quoting.js';
import { InvalidOperationError } from '../../../errors/operation.errors.js';
import { type Operation } from '../../../operations/operation.js';
import { tokensOf } from '../../sql/sql-lexer.js';
import { type Statement } from '../../ddl/statement.js';
import { postgresLexicalRules } from '../lexical-rules.js';

const LIMIT = 63;

/**
 * Refuses names that PostgreSQL would cut, with a notice that no one sees: two names could become one, and a search for
 * the whole name would find nothing.
 *
 * @throws InvalidOperationError naming it.
 */
export function checkNames({ kind }: Operation, statements: readonly Statement[]): readonly Statement[] {
  for (const { sql, effect } of statements) {
    if (effect !== 'schema' || !/"[^"]{32}/.test(sql)) continue;
    for (const { kind: token, start, end } of tokensOf(sql, postgresLexicalRules)) {
      if (token !== 'name') continue;
      const name = unquoteIdentifier(sql.slice(start, end));
      const bytes = Buffer.byteLength(name);
      if (bytes <= LIMIT) continue;
      throw new InvalidOperationError(
        kind,
        `the name '${name}' has ${bytes} bytes, of which PostgreSQL keeps ${LIMIT}.`,
        'Shorten it.',
      );
    }
  }
  return statements;
}
