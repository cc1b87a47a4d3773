import { type ConcurrentStatements } from '../../session/concurrent-statements.js';
import { type SqlSession } from '../../session/sql-session.js';
import { quoteIdentifier, unquoteIdentifier } from '../../sql/quoting.js';
import { errorCode } from '../../session/limits.js';
import { statementsIn, tokensOf } from '../../sql/sql-lexer.js';
import { postgresLexicalRules } from '../lexical-rules.js';

const CREATE = /^create (?:unique )?index concurrently\b/;
const LEADING: readonly RegExp[] = [
  CREATE,
  /^drop index concurrently\b/,
  /^reindex (?:\([^)]*\) ?)?(?:index|table|schema|database|system) concurrently\b/,
  /^refresh materialized view concurrently\b/,
  // `finalize`, which completes an interrupted one, waits in the same way
  /^alter table .* detach partition .* (?:concurrently|finalize)$/,
];
const OPTIONS = /^reindex \(([^)]*)\)/;

/**
 * Whether a statement waits for transactions that it does not block. To end such a statement would protect no other
 * session, and leave an invalid index behind. Decided by the words of the statement, so that SQL in a revision is
 * covered.
 *
 * @example
 * waitsForOthers('create index concurrently i on t (n)'); // true
 */
export function waitsForOthers(sql: string): boolean {
  const [first, ...more] = statementsIn(sql, postgresLexicalRules);
  // the server runs several statements as one transaction, in which it refuses all of these
  if (first === undefined || more.length > 0) return false;
  const words = wordsOf(first, () => 'name');
  if (LEADING.some((pattern) => pattern.test(words))) return true;
  const options = OPTIONS.exec(words)?.[1]?.split(',') ?? [];
  return options.some((option) => /^concurrently(?: (?:true|on|1))?$/.test(option.trim()));
}

/** The words of a statement in lower case with single blanks between them, without comments. */
function wordsOf(sql: string, quoted: (text: string) => string): string {
  return tokensOf(sql, postgresLexicalRules)
    .map(({ kind, start, end }) => {
      if (kind === 'lineComment' || kind === 'blockComment') return ' ';
      const text = sql.slice(start, end);
      return kind === 'code' ? text.toLowerCase() : quoted(text);
    })
    .join('')
    .replace(/\s+/g, ' ')
    .replace(/ ?\. ?/g, '.')
    .trim();
}

const NAME = String.raw`(?:"(?:[^"]|"")*"|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;
const NAMED = new RegExp(`${CREATE.source} (?:if not exists )?(${NAME}) on (?:only )?((?:${NAME}\\.)?${NAME})`);

/** An index that a statement builds. */
export interface ConcurrentBuild {
  /** The name as the catalogue has it. */
  readonly index: string;
  /** Quoted and qualified as in the statement. */
  readonly table: string;
}

/**
 * The index that a statement builds concurrently; `undefined` where it builds none, or lets the server choose the name.
 */
export function concurrentBuild(sql: string): ConcurrentBuild | undefined {
  // quoted names are replaced, so that blanks and dots in them do not confuse the pattern
  const names: string[] = [];
  const words = wordsOf(sql, (text) => `"${names.push(text) - 1}"`);
  const [, index, table] = NAMED.exec(words) ?? [];
  if (index === undefined || table === undefined) return undefined;
  const original = (text: string): string => text.replace(/"(\d+)"/g, (_, at: string) => names[Number(at)] ?? '');
  const name = original(index);
  return {
    index: name.startsWith('"') ? unquoteIdentifier(name) : name,
    table: original(table),
  };
}

/** Finds out what a concurrent statement leaves behind, and which session it waits for. */
export const concurrentStatements: ConcurrentStatements = {
  includes: waitsForOthers,
  async watch(session, sql) {
    const build = concurrentBuild(sql);
    if (build === undefined || (await findIndex(session, build)) !== undefined) return async () => undefined;
    return async (error) => {
      const found = errorCode(error) === NAME_TAKEN ? undefined : await findIndex(session, build);
      if (found === undefined || found.valid) return undefined;
      const place = `${quoteIdentifier(found.schema, '"')}.${quoteIdentifier(build.index, '"')}`;
      return { name: build.index, drop: `drop index concurrently if exists ${place}` };
    };
  },
};

/** `duplicate_table`: the index belongs to something else. */
const NAME_TAKEN = '42P07';

interface FoundIndex {
  readonly schema: string;
  readonly valid: boolean;
}

async function findIndex(session: SqlSession, build: ConcurrentBuild): Promise<FoundIndex | undefined> {
  const [row] = await session.query<FoundIndex>(
    `select n.nspname as schema, i.indisvalid as valid
       from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
      where i.indrelid = to_regclass(?) and c.relname = ?`,
    [build.table, build.index],
  );
  return row;
}
