import { type DescribedObject } from '../../fingerprint/schema-description.js';
import { unquoteIdentifier } from '../../sql/quoting.js';
import { mysqlSql } from '../lexical-rules.js';
import { onOneLine, plainName } from './shown-statement.js';

const NAME = '`(?:[^`]|``)*`';

/** What a key or a constraint begins with, and what it is called here. */
const kinds: readonly { readonly begins: RegExp; readonly kind: string }[] = [
  { begins: /^PRIMARY KEY\b/, kind: 'primary key' },
  { begins: new RegExp(`^(?:(?:UNIQUE|FULLTEXT|SPATIAL|VECTOR) )?KEY (${NAME})`), kind: 'index' },
  { begins: new RegExp(`^CONSTRAINT (${NAME})`), kind: 'constraint' },
  { begins: new RegExp(`^PERIOD FOR (${NAME}|SYSTEM_TIME)`), kind: 'period' },
  { begins: /^CHECK\b/, kind: 'check' },
];

/** A table, its columns, keys and constraints, from its `show create table`. */
export function describeTable(name: string, shown: string): readonly DescribedObject[] {
  const table = `table ${plainName(name)}`;
  const open = shown.indexOf('(', `CREATE TABLE ${plainQuoted(name)}`.length - 1);
  const close = mysqlSql.closing(shown, open);
  // the next number of the counter is no part of the schema
  const options = mysqlSql.mapCode(shown.slice(close + 1), (code) => code.replace(/ AUTO_INCREMENT=\d+/, ''));
  const objects: DescribedObject[] = [{ object: table, definition: onOneLine(options) }];
  let previous: string | undefined;
  for (const item of mysqlSql.splitList(shown.slice(open + 1, close))) {
    const column = new RegExp(`^${NAME}`).exec(item)?.[0];
    if (column === undefined) {
      objects.push({ object: `${table} ${nameOf(item)}`, definition: onOneLine(item) });
      continue;
    }
    // a column can be put in its place
    const place = previous === undefined ? 'first' : `after ${previous}`;
    const named = plainName(unquoteIdentifier(column));
    objects.push({
      object: `${table} column ${named}`,
      definition: `${onOneLine(item.slice(column.length))}, ${place}`,
    });
    previous = named;
  }
  return objects;
}

function nameOf(item: string): string {
  for (const { begins, kind } of kinds) {
    const match = begins.exec(item);
    if (match === null) continue;
    const [, name] = match;
    if (name === undefined) return kind;
    return `${kind} ${name.startsWith('`') ? plainName(unquoteIdentifier(name)) : name.toLowerCase()}`;
  }
  return 'clause';
}

function plainQuoted(name: string): string {
  return `\`${name}\``;
}
