import { mysqlLoops } from './script-loop.js';
import {
  completeTokens,
  type Expectation,
  mapTokens,
  refused,
  type ScriptSyntax,
  withSemicolon,
} from '../script-syntax.js';
import { tokensOf } from '../sql/sql-lexer.js';
import { mysqlLexicalRules, mysqlSql } from './lexical-rules.js';
import { scriptEscaping } from './session/escaping.js';
import { scriptUnchecked } from './session/foreign-key-checks.js';

const { text: literal } = mysqlSql;

/** The names of a script's version table. */
export interface VersionTableName {
  /** For messages. */
  readonly name: string;
  /** Quoted and qualified. */
  readonly table: string;
  /** Whether the name includes the database. */
  readonly isQualified: boolean;
}

/** The differences between scripts for MySQL and for MariaDB. */
export interface MySqlScriptTraits {
  /** The client's program. */
  readonly client: 'mysql' | 'mariadb';
  readonly guard: (condition: string, message: string) => readonly string[];
}

/**
 * Scripts for `mysql` and `mariadb`, which stop at the first error. DDL commits, so a check of the version table can't
 * undo anything. Where the check fails, the session becomes read-only, which stops even what `--force` would run.
 *
 * @param lock The name of the lock that a run takes, as an expression, and how long to wait for it. A script takes the
 * same lock.
 * @param collation The collation of the application's own connections: triggers and routines keep it.
 */
export function mysqlScript(
  { name, table, isQualified }: VersionTableName,
  {
    lock,
    collation,
    traits,
  }: {
    readonly lock: { readonly name: string; readonly seconds: number };
    readonly collation: string;
    readonly traits: MySqlScriptTraits;
  },
): ScriptSyntax {
  return {
    usage: `${traits.client} --comments <database> < <file>`,
    opening: [
      'set names utf8mb4;',
      '-- as the application itself connects: triggers and routines keep both',
      `set session collation_connection = ${collation}, sql_mode = concat(@@sql_mode, ',IGNORE_SPACE');`,
      '-- waits for another run on this database',
      // no other column, since Vitess supports it only as the whole select list
      `select get_lock(${lock.name}, ${lock.seconds}) as migration_lock;`,
      `set @nest_migrate_lock = is_used_lock(${lock.name});`,
      ...traits.guard(`select ${NOT_HELD}`, literal(`Another process holds the migration lock of ${name}.`)),
    ],
    closing: [`do release_lock(${lock.name});`],
    escaping: scriptEscaping,
    unchecked: scriptUnchecked,
    refusal: (query, message) => traits.guard(`select exists (${query})`, literal(message)),
    loops: mysqlLoops,
    begin: ['start transaction;'],
    commit: ['commit;'],
    statement: (sql) => {
      if (!isQualified && changesDatabase(sql))
        throw refused(
          sql,
          'changes the database, in which the version table would be looked for then: qualify names instead, or set versionTableSchema',
        );
      return clientStatement(sql);
    },
    // a client that continues after the first guard has failed meets this check again at each revision
    guard: (expected) =>
      traits.guard(`select (${unexpected(table, expected)}) or ${NOT_HELD}`, messageOf(name, table, expected)),
  };
}

/** True unless the script's own session has the migration lock. */
const NOT_HELD = 'not (@nest_migrate_lock <=> connection_id())';

/**
 * MySQL has no block outside of a routine, so a function raises the error: `uuid_to_bin` repeats its argument in its
 * error.
 */
export const mysqlTraits: MySqlScriptTraits = {
  client: 'mysql',
  guard: (condition, message) => [
    'set session transaction_read_only = 1;',
    `set session transaction_read_only = (${condition});`,
    `set @nest_migrate = if(@@session.transaction_read_only, uuid_to_bin(${message}), null);`,
  ],
};

export const mariadbTraits: MySqlScriptTraits = {
  client: 'mariadb',
  guard: (condition, message) => {
    const block = [
      'begin not atomic',
      '  set session tx_read_only = 1;',
      `  if (${condition}) then`,
      `    set @nest_migrate = left(${message}, 500);`,
      `    signal sqlstate '45000' set message_text = @nest_migrate;`,
      '  end if;',
      '  set session tx_read_only = 0;',
      'end',
    ];
    return delimited(block.join('\n')).split('\n');
  },
};

function unexpected(table: string, { rows }: Expectation): string {
  if (rows.length === 0) return `select count(*) <> 0 from ${table}`;
  const listed = rows.map(literal).join(', ');
  const count = rows.length;
  return `select count(*) <> ${count} or coalesce(sum(version_num in (${listed})), 0) <> ${count} from ${table}`;
}

function messageOf(name: string, table: string, { rows, subject }: Expectation): string {
  const holds = rows.length === 0 ? 'nothing' : rows.join(', ');
  const text = literal(`${subject} needs ${name} to hold exactly: ${holds}. It holds: `);
  const found = `select group_concat(version_num order by version_num separator ', ') from ${table}`;
  return `concat(${text}, coalesce((${found}), 'nothing'))`;
}

function clientStatement(sql: string): string {
  const tokens = completeTokens(sql, mysqlLexicalRules);
  for (const { kind, start, end } of tokens) {
    // `\N` is null
    const text = sql.slice(start, end);
    if (kind === 'name' && text.includes('\r\n'))
      throw refused(sql, 'holds a name with a carriage return and a line feed, of which the client leaves out one');
    if (kind === 'code' && /\\(?!N)/.test(text))
      throw refused(sql, 'holds a backslash outside of quotes, which the client takes for a command');
  }
  // the client changes a carriage return and a line feed into a line feed, even in strings
  const safe = mapTokens(sql, tokens, (text, { kind }) => (kind === 'string' ? text.replaceAll('\r', '\\r') : text));
  return safe.includes(';') ? delimited(safe) : withSemicolon(safe, tokens);
}

function changesDatabase(sql: string): boolean {
  const words = tokensOf(sql, mysqlLexicalRules).filter(
    ({ kind }) => kind !== 'lineComment' && kind !== 'blockComment',
  );
  return /^\s*use\b/i.test(words.map(({ start, end }) => sql.slice(start, end)).join(' '));
}

/** A statement that contains semicolons, with a delimiter that it does not contain. */
function delimited(sql: string): string {
  let delimiter = '//';
  for (let count = 0; sql.includes(delimiter); count++) delimiter = count === 0 ? '$$' : `//${count}`;
  // on its own line, so that neither a comment nor the last character of the statement touches it
  return `delimiter ${delimiter}\n${sql}\n${delimiter}\ndelimiter ;`;
}
