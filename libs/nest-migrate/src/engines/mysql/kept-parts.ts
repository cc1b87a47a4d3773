import { type ColumnDefinition } from '../../operations/operation.js';
import { mysqlSql } from './lexical-rules.js';
import { unquoteIdentifier } from '../sql/quoting.js';
import { tokensOf } from '../sql/sql-lexer.js';

/**
 * Parts of a column that an entity need not declare, as they are written in `create table`. `modify` drops those that it
 * does not contain.
 */
const PARTS: readonly RegExp[] = [
  /\binvisible\b/i,
  /\bwithout system versioning\b/i,
  /\bcompressed\b/i,
  /\bcolumn_format \w+/i,
  /\bstorage \w+/i,
  /\bsrid \d+/i,
];

/** A check inside the definition of a column, which is its end. */
const OWN_CHECK = /\bcheck \(.*$/is;

/** The parts of that kind in a text, in lower case; a check as it is. */
export function keptParts(extra: string): readonly string[] {
  const [check] = OWN_CHECK.exec(extra) ?? [];
  const text = extra.replace(OWN_CHECK, '');
  return [
    ...PARTS.flatMap((part) => part.exec(text)?.[0].toLowerCase() ?? []),
    ...(check === undefined ? [] : [check]),
  ];
}

/** A text without them. */
export function withoutKeptParts(extra: string): string {
  return PARTS.reduce((text, part) => text.replace(part, ''), extra.replace(OWN_CHECK, ''))
    .replace(/\s*,?\s*$/, '')
    .trim();
}

/**
 * What `modify` has to contain of a column beside what the definition says, from the text of `show create table`. Empty
 * where the table has no such column.
 */
export function undeclaredParts(createTable: string, column: string): readonly string[] {
  const line = createTable.split('\n').find((text) => {
    const [, name] = /^\s+(`(?:[^`]|``)+`|"(?:[^"]|"")+"|[^\s`"]+) /.exec(text) ?? [];
    return name !== undefined && (/^[`"]/.test(name) ? unquoteIdentifier(name) : name) === column;
  });
  if (line === undefined) return [];
  // a comment for newer versions is code to this one
  const text = line.replace(/\/\*M?!\d+ (.*?) *\*\//g, '$1');
  const code = tokensOf(text, mysqlSql.rules)
    .map(({ kind, start, end }) => (kind === 'code' ? text.slice(start, end) : ' '.repeat(end - start)))
    .join('');
  const check = /\bcheck \(/i.exec(code);
  const own = check === null ? undefined : text.slice(check.index).replace(/,$/, '');
  return [
    ...keptParts(code.slice(0, check?.index)),
    // the type writes that one itself
    ...(own === undefined || /^check \(json_valid\(/i.test(own) ? [] : [own]),
  ];
}

/** Those of the parts that a column can have which does not say them itself, in their order in `modify`. */
export function fitting(parts: readonly string[], column: ColumnDefinition): readonly string[] {
  const { type, columnType = '', extra = '' } = column;
  const said = keptParts(`${columnType} ${extra}`).map(firstWord);
  return parts.filter((part) => {
    if (said.includes(firstWord(part))) return false;
    if (firstWord(part) === 'srid') return /^(?:multi)?(?:point|linestring|polygon)|^geom/i.test(columnType);
    if (firstWord(part) !== 'compressed') return true;
    return /^(?:string|text|blob)$/.test(type ?? '') || /^var|text|blob/i.test(columnType);
  });
}

function firstWord(part: string): string {
  return part.split(' ', 1)[0];
}
