import {
  completeTokens,
  type Expectation,
  mapTokens,
  refused,
  type ScriptSyntax,
  withSemicolon,
} from '../script-syntax.js';
import { type Token } from '../sql/sql-lexer.js';
import { postgresLexicalRules, postgresSql } from './lexical-rules.js';
import { postgresLoops } from './script-loop.js';
import { postgresHolds } from './postcondition.js';

const { text: literal } = postgresSql;

/**
 * Scripts for `psql`, which by default continues after an error. So each revision is a transaction that begins with a
 * check of the version table. A failure there or later undoes the revision, and stops every revision that builds on it.
 * A script uses no features of psql alone, so other programs can run it as well.
 *
 * @param version The version table: its name for messages, quoted, and whether both include its schema.
 */
export function postgresScript(version: ScriptTable): ScriptSyntax {
  return {
    usage: 'psql -X -v ON_ERROR_STOP=1 -d <database> -f <file>',
    opening: [`set client_encoding to 'UTF8';`, 'set standard_conforming_strings to on;'],
    begin: ['begin;'],
    commit: ['commit;'],
    statement: psqlStatement,
    guard: (expected) =>
      doBlock([...(version.isQualified ? [] : placeCheck(version)), ...guardBody(version, expected)]),
    loops: postgresLoops,
    ...(!version.isQualified && { ownPlace }),
    leave: (mark) => ({
      // a setting is part of the transaction: it remains only if the transaction was committed
      before: [`set nest_migrate.reached to ${literal(mark)};`],
      after: doBlock([
        `if current_setting('nest_migrate.reached', true) is distinct from ${literal(mark)} then`,
        `  raise warning 'What comes before this has failed: the session is read-only from here on.';`,
        `  perform set_config('default_transaction_read_only', 'on', false);`,
        'end if;',
      ]),
    }),
  };
}

interface ScriptTable {
  readonly name: string;
  readonly table: string;
  readonly isQualified: boolean;
}

/**
 * Checks that the version table is in the schema in which the script creates tables, and not in a later one of the
 * search_path.
 */
function placeCheck({ name, table }: ScriptTable): readonly string[] {
  const found = `to_regclass(${literal(table)})`;
  const own = `to_regclass(quote_ident(current_schema()) || ${literal(`.${table}`)})`;
  const message = `There is no ${name} in the schema %, the first of the search_path: the one in % is not it. If it is, set versionTableSchema.`;
  return [
    `if ${own} is distinct from ${found} then`,
    `  raise exception ${literal(message.replace(name, name.replaceAll('%', '%%')))}, current_schema(),`,
    `    (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${found});`,
    'end if;',
  ];
}

/** As in a run, which names the schema that it has found at its start. */
const ownPlace: NonNullable<ScriptSyntax['ownPlace']> = {
  // a text that only contains the name, such as the check above, does not count
  isChangedBy: (sql) =>
    /\b(?:re)?set\b[^;]*\bsearch_path\b|\bset_config\s*\(\s*'search_path'|\bset\s+schema\b|\b(?:discard|reset)\s+all\b/i.test(
      sql,
    ),
  remember: doBlock([`perform set_config('nest_migrate.search_path', current_setting('search_path'), false);`]),
  restore: doBlock([`perform set_config('search_path', current_setting('nest_migrate.search_path'), false);`]),
};

function guardBody({ name, table }: ScriptTable, { rows, subject, done }: Expectation): readonly string[] {
  const expected = [...rows].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const wanted = expected.length === 0 ? 'nothing' : expected.join(', ');
  const message = `${subject} needs ${name} to hold exactly: ${wanted}. It holds: `;
  return [
    `lock table ${table} in share row exclusive mode;`,
    `if array(select version_num::text collate "C" from ${table} order by 1) <> array[${expected.map(literal).join(', ')}]::text[] then`,
    `  raise exception ${literal(`${message.replaceAll('%', '%%')}%.`)},`,
    `    (select coalesce(string_agg(version_num, ', ' order by version_num), 'nothing') from ${table});`,
    'end if;',
    ...done.flatMap((postcondition) => [
      `if (${postgresHolds(postcondition)}) is not true then`,
      `  raise exception ${literal(`${subject}: what it does outside of a transaction has failed.`.replaceAll('%', '%%'))};`,
      'end if;',
    ]),
  ];
}

/** A block with a dollar quote tag that does not occur in it. */
function doBlock(body: readonly string[]): readonly string[] {
  const text = body.join('\n');
  let tag = '$$';
  for (let count = 1; text.includes(tag); count++) tag = `$guard${count}$`;
  return [`do ${tag} begin`, ...body.map((line) => `  ${line}`), `end ${tag};`];
}

function psqlStatement(sql: string): string {
  const tokens = completeTokens(sql, postgresLexicalRules);
  let depth = 0;
  for (const { kind, start, end } of tokens) {
    if (kind !== 'code') continue;
    const code = sql.slice(start, end);
    if (code.includes('\\')) throw refused(sql, 'holds a backslash outside of quotes, which psql takes for a command');
    for (const mark of code.match(/[()[\]]/g) ?? []) depth += mark === '(' ? 1 : mark === ')' ? -1 : 0;
  }
  // psql looks for the end of a statement only after the last closing parenthesis
  if (depth !== 0) throw refused(sql, 'holds parentheses that do not match');
  const safe = mapTokens(sql, tokens, (text, token) => (token.kind === 'code' ? withoutVariables(sql, token) : text));
  return withSemicolon(safe, tokens);
}

/**
 * psql would replace `:name`, `:'name'` and the like by the value of a variable. A space after the colon prevents that.
 */
function withoutVariables(sql: string, { start, end }: Token): string {
  let text = '';
  for (let at = start; at < end; at++) {
    const character = sql.charAt(at);
    text += character;
    if (character !== ':') continue;
    if (sql.charAt(at + 1) === ':') {
      if (at + 1 < end) text += ':';
      at += 1;
    } else if (/[\w'"{\u0080-\uffff]/.test(sql.charAt(at + 1))) text += ' ';
  }
  return text;
}
