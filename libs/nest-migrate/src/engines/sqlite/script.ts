import { completeTokens, mapTokens, refused, type ScriptSyntax } from '../script-syntax.js';
import { type Token } from '../sql/sql-lexer.js';
import { sqliteLexicalRules, sqliteSql } from './lexical-rules.js';

const { text: literal } = sqliteSql;

/**
 * Scripts for `sqlite3`, which continues after an error unless it is told `-bail`; and SQLite has no statement that
 * prevents what follows. But the client sends everything up to a line that ends with a semicolon at once, and stops at
 * the first error in that. So semicolons begin lines, and only that of `commit` ends one: a transaction that fails is
 * never committed, and no other can begin after it. A script uses no features of the client alone, so any program that
 * executes SQL can run it.
 *
 * Foreign keys are off, as in a run with a connection: else rebuilding a table would delete the rows that refer to it.
 * What a revision leaves behind is checked at its end.
 *
 * @param version The version table: its name for messages, and quoted.
 * @param lockWaitTimeout How long `begin immediate` waits for another writer, in milliseconds.
 */
export function sqliteScript(
  { name, table }: { readonly name: string; readonly table: string },
  lockWaitTimeout: number,
): ScriptSyntax {
  return {
    usage: 'sqlite3 -bail <database file> < <file>',
    opening: [
      '-- semicolons begin the lines: sqlite3 reads to the end of a transaction, and stops where a statement fails',
      `pragma busy_timeout = ${Math.ceil(lockWaitTimeout)};`,
      'pragma foreign_keys = off;',
    ],
    begin: [
      '; begin immediate',
      '; create temp table nest_migrate_before as select count(*) as violations from pragma_foreign_key_check',
    ],
    commit: [
      fails(
        literal('rows refer to others that are not there: pragma foreign_key_check lists them'),
        '(select count(*) from pragma_foreign_key_check) > (select violations from temp.nest_migrate_before)',
      ),
      '; drop table temp.nest_migrate_before',
      '; commit;',
    ],
    statement: (sql) => `; ${clientStatement(sql)}`,
    guard: ({ rows, subject }) => {
      const wanted = rows.length === 0 ? 'nothing' : rows.join(', ');
      const found = `(select group_concat(version_num, ', ') from (select version_num from ${table} order by 1))`;
      const text = literal(`${subject} needs ${name} to hold exactly: ${wanted}. It holds: `);
      const listed = rows.map(literal).join(', ');
      const right = `(select count(*) from ${table} where version_num in (${listed})) = ${rows.length}`;
      const unexpected = `(select count(*) from ${table}) <> ${rows.length} or not ${right}`;
      return [fails(`${text} || coalesce(${found}, 'nothing')`, unexpected)];
    },
  };
}

/**
 * A statement that fails where the condition holds: it uses `message` as a JSON path, and the error of an invalid path
 * repeats it.
 */
export function failing(message: string, condition: string, from?: string): string {
  return `select json_extract('{}', ${message})${from === undefined ? '' : ` from ${from}`} where ${condition}`;
}

function fails(message: string, condition: string): string {
  return `; ${failing(message, condition)}`;
}

/** The statement without its own semicolon, since the client would send everything up to one at the end of a line. */
function clientStatement(sql: string): string {
  const tokens = completeTokens(sql, sqliteLexicalRules);
  if (sql.includes('\0')) throw refused(sql, 'holds a zero character, where SQLite takes it to end');
  const last = tokens.findLastIndex((token) => isPartOfStatement(sql, token));
  const written = tokens.map((token, index) => {
    const text = sql.slice(token.start, token.end);
    if (token.kind === 'string') return withCarriageReturns(text);
    if (token.kind === 'name' && text.includes('\r\n'))
      throw refused(sql, 'holds a name with a carriage return and a line feed, of which sqlite3 makes a line feed');
    return token.kind === 'code' && index >= last ? text.replace(/[;\s]*$/, (end) => end.replaceAll(';', '')) : text;
  });
  const code = mapTokens(sql, tokens.slice(0, last + 1), (text, { kind }) =>
    kind === 'code' ? text : kind === 'lineComment' || kind === 'blockComment' ? ' ' : 'x',
  );
  // the client itself recognises the end of a trigger
  if (/^\s*create\s+(?:temp\s+|temporary\s+)?trigger\b/i.test(code)) return written.join('');
  if (code.replace(/[;\s]*$/, '').includes(';')) throw refused(sql, 'is more than one statement');
  if (/^[^\S\n]*(?:\/|go)[^\S\n]*$/im.test(code))
    throw refused(sql, "has '/' or 'go' in a line of its own, which sqlite3 takes for the end of the statement");
  return written.join('');
}

function isPartOfStatement(sql: string, { kind, start, end }: Token): boolean {
  if (kind === 'lineComment' || kind === 'blockComment') return false;
  return kind !== 'code' || /[^;\s]/.test(sql.slice(start, end));
}

/** The client changes a carriage return and a line feed into a line feed, even in strings. */
function withCarriageReturns(string: string): string {
  if (!string.includes('\r\n')) return string;
  return `(${string.replaceAll('\r\n', "' || char(13) || '\n")})`;
}
