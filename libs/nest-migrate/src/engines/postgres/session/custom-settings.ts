import { unquoteString } from '../../sql/quoting.js';
import { valueOf, type Word } from '../../sql/sql-words.js';
import { StatementReader } from '../../sql/statement-reader.js';
import { postgresLexicalRules } from '../lexical-rules.js';

const language = { rules: postgresLexicalRules, fold: (name: string): string => name.toLowerCase() };

/** A name that the server takes for a setting which an application has invented. */
const NAME = /^[a-z_][\w$]*(?:\.[a-z_][\w$]*)+$/;

/**
 * The names of an application's own settings, such as `app.tenant`, that SQL sets: in `set`, `reset` and `set_config`,
 * also within a quoted body. In lower case, since the server ignores the case of such names. May contain names of
 * columns, as in `update a set b.c = 1`.
 */
export function customSettingsIn(sql: string): readonly string[] {
  const reader = new StatementReader(sql, language);
  const names: string[] = [];
  let word: Word | undefined;
  while ((word = reader.skip()) !== undefined) {
    if (word.kind === 'body') names.push(...customSettingsIn(word.text.replace(/^\$[^$]*\$|\$[^$]*\$$/g, '')));
    else if (word.kind === 'string') names.push(...customSettingsIn(unquoteString(word.text)));
    else if (word.code === 'set' || word.code === 'reset') {
      reader.takesOneOf('local', 'session');
      const name = reader.name();
      if (name !== undefined) names.push(name.join('.'));
    } else if (valueOf(word) === 'set_config' && reader.takes('(')) {
      reader.takes('e');
      if (reader.next?.kind === 'string') names.push(unquoteString(reader.next.text));
    }
  }
  return [...new Set(names.map((name) => name.toLowerCase()))].filter((name) => NAME.test(name));
}
