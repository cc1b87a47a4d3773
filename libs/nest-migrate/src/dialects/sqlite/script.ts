import { completeTokens, type ScriptSyntax, withSemicolon } from '../script-syntax.js';
import { type LexicalRules } from '../sql-lexer.js';

/** SQLite's literals and comments: a backslash is a backslash. */
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

/**
 * Scripts for `sqlite3`, which goes on behind an error unless it is told `-bail`; whatever executes a script as a whole
 * stops by itself. SQLite has no statement that undoes what follows, so `-bail` is needed there.
 *
 * Foreign keys are off, as in a run with a connection: a table that is made anew would take the rows along that refer
 * to it. What a revision leaves behind is checked at its end.
 *
 * @param version The version table: its name for people, and quoted.
 */
export function sqliteScript(
  { name, table }: { readonly name: string; readonly table: string },
  literal: (value: string) => string,
): ScriptSyntax {
  return {
    usage: 'sqlite3 -bail <database file> < <file>',
    opening: ['pragma foreign_keys = off;'],
    begin: [
      'begin immediate;',
      'create temp table nest_migrate_before as select count(*) as violations from pragma_foreign_key_check;',
    ],
    commit: [
      fails(
        literal('rows refer to others that are not there: pragma foreign_key_check lists them'),
        '(select count(*) from pragma_foreign_key_check) > (select violations from temp.nest_migrate_before)',
      ),
      'drop table temp.nest_migrate_before;',
      'commit;',
    ],
    statement: (sql) => withSemicolon(sql, completeTokens(sql, sqliteLexicalRules)),
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

/** A statement that fails where the condition holds: the error of a JSON path that is none repeats it. */
function fails(message: string, condition: string): string {
  return `select json_extract('{}', ${message}) where ${condition};`;
}
