import { unquoteIdentifier } from './quoting.js';
import { type SqlReader } from './sql-reader.js';

/** An index as its statement describes it. */
export interface IndexStatement {
  readonly unique: boolean;
  readonly method?: string;
  readonly parts: readonly IndexPart[];
  /** The names of the columns that are stored but not searched. */
  readonly include: readonly string[];
  readonly where?: string;
  /** Everything else, such as storage parameters, in lower case. */
  readonly more: string;
}

export interface IndexPart {
  /** A column or an expression. */
  readonly expression: string;
  /** Its collation, operator class and order, in lower case, without what the engine assumes anyway. */
  readonly options: string;
}

/**
 * Reads `create index`, or only the list of its parts; `undefined` where it is neither.
 *
 * @example
 * const sql = new SqlReader(postgresLexicalRules);
 * parseIndex(sql, 'create index i on book (lower(title) desc)')?.parts;
 * // [{ expression: 'lower(title)', options: 'desc' }]
 */
export function parseIndex(sql: SqlReader, text: string): IndexStatement | undefined {
  const start = /^\s*create\s+(?:(unique)\s+)?(?:(fulltext|spatial)\s+)?index\b/i.exec(text);
  if (start === null) return parseParts(sql, text, { unique: false });
  const [whole, unique, kind] = start;
  const open = sql.findInCode(text, '(', whole.length);
  const close = open === -1 ? -1 : sql.closing(text, open);
  if (close === -1) return undefined;
  const method = /\busing\s+(\w+)\s*$/i.exec(text.slice(whole.length, open))?.[1] ?? kind;
  const tail = text.slice(close + 1).replace(/;\s*$/, '');
  const whereAt = sql.findInCode(tail, 'where', 0);
  const before = whereAt === -1 ? tail : tail.slice(0, whereAt);
  const include = /\binclude\s*\(([^)]*)\)/i.exec(before);
  return parseParts(sql, text.slice(open + 1, close), {
    unique: unique !== undefined,
    ...(method !== undefined && { method: method.toLowerCase() }),
    ...(whereAt !== -1 && { where: sql.stripOuterParentheses(tail.slice(whereAt + 'where'.length)) }),
    include: include === null ? [] : sql.splitList(include[1] ?? '').map(plainName),
    more: plainParameters(
      before
        .replace(include?.[0] ?? '', '')
        .trim()
        .toLowerCase()
        .replace(/\s+/g, ' '),
    ),
  });
}

function parseParts(
  sql: SqlReader,
  list: string,
  rest: Pick<IndexStatement, 'unique'> & Partial<IndexStatement>,
): IndexStatement {
  const parts = sql.splitList(list).map((part): IndexPart => {
    const options: string[] = [];
    let expression = part.trim();
    for (;;) {
      const option = OPTION.exec(expression);
      if (option === null) break;
      expression = expression.slice(0, option.index).trim();
      options.unshift(option[0].trim().toLowerCase().replace(/\s+/g, ' '));
    }
    return {
      expression: sql.stripOuterParentheses(expression),
      options: plainParameters(withoutDefaults(options.join(' '))),
    };
  });
  return { include: [], more: '', ...rest, parts };
}

/** Parameters as `(m=8,lists=100)`: PostgreSQL prints every value as a text, `(m='8', lists='100')`. */
function plainParameters(options: string): string {
  return options.replace(/\s*([(=,)])\s*/g, '$1').replace(/='([^']*)'/g, '=$1');
}

/** The operator class of a part, with its parameters and without; `undefined` where none is named. */
export function operatorClassOf({
  options,
}: IndexPart): { readonly name: string; readonly others: string } | undefined {
  const found = OPERATOR_CLASS.exec(options);
  if (found === null) return undefined;
  const [whole, name = ''] = found;
  return { name, others: options.replace(whole, ' ').trim().replace(/\s+/g, ' ') };
}

const OPERATOR_CLASS = /(?:^|\s)([\w.]+_ops)(?:$|\s)/;

/** The last option of a part. */
const OPTION = /\s+(?:asc|desc|nulls\s+(?:first|last)|collate\s+(?:[\w."]+)|[\w."]+_ops(?:\s*\([^)]*\))?)\s*$/i;

function withoutDefaults(options: string): string {
  const isDescending = /\bdesc\b/.test(options);
  return options
    .replace(isDescending ? /\bnulls first\b/ : /\bnulls last\b/, '')
    .replace(/\basc\b/, '')
    .replace(/"/g, '')
    .trim();
}

function plainName(name: string): string {
  return /^["`[]/.test(name) ? unquoteIdentifier(name) : name.toLowerCase();
}
