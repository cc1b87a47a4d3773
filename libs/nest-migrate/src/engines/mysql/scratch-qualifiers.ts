import { type LexicalRules } from '../sql/sql-lexer.js';
import { valueOf, type Word, wordsOf } from '../sql/sql-words.js';

/** Databases of the server that only describe it. */
const DESCRIBING = new Set(['information_schema', 'performance_schema', 'sys']);

/** Words behind which the name of a table, a view, a routine or an event stands. */
const NAMING = new Set([
  'call',
  'describe',
  'event',
  'exists',
  'explain',
  'function',
  'ignore',
  'into',
  'join',
  'procedure',
  'references',
  'sequence',
  'straight_join',
  'table',
  'tables',
  'trigger',
  'truncate',
  'view',
]);

/** Statements that name several objects, with a comma between them. */
const LISTS = new Set(['analyze', 'check', 'delete', 'drop', 'lock', 'optimize', 'rename', 'repair', 'update']);

/**
 * A name with a qualifier that is another database than the given one, such as `shop.orders`; `undefined` where there is
 * none. A column is qualified by its table, so that only the places count at which no column stands.
 */
export function foreignQualifier(sql: string, rules: LexicalRules, database: string): string | undefined {
  let statement: Word[] = [];
  for (const word of [...wordsOf(sql, rules), undefined]) {
    if (word !== undefined && word.code !== ';') {
      statement.push(word);
      continue;
    }
    for (const at of statement.keys()) {
      const found = foreignAt(statement, at, database);
      if (found !== undefined) return found;
    }
    statement = [];
  }
  return undefined;
}

function foreignAt(words: readonly Word[], at: number, database: string): string | undefined {
  const [word, dot, object] = words.slice(at, at + 3);
  if (word === undefined || dot?.code !== '.' || !isName(word) || words[at - 1]?.code === '.') return undefined;
  const qualifier = valueOf(word).toLowerCase();
  // who has a right to what is told nowhere else
  const isRead = qualifier === 'mysql' && words[0]?.code === 'select';
  if (qualifier === database.toLowerCase() || DESCRIBING.has(qualifier) || isRead || !isObject(words, at))
    return undefined;
  return `${word.text}.${object?.text ?? ''}`;
}

function isName({ kind }: Word): boolean {
  return kind === 'name' || kind === 'word';
}

/** Whether the qualified name at `at` is that of an object, and not that of a column. */
function isObject(words: readonly Word[], at: number): boolean {
  const code = (index: number): string | undefined => words[index]?.code;
  // a column of a table of that database, or a function
  if (code(at + 3) === '.' || code(at + 3) === '(') return true;
  const before = code(at - 1) ?? '';
  const has = (...those: readonly string[]): boolean =>
    words.slice(0, at).some((word) => word.code !== undefined && those.includes(word.code));
  switch (before) {
    case 'from':
      return !isArgument(words, at);
    // of `on duplicate key update` and of `create table … like`
    case 'update':
      return code(at - 2) !== 'key';
    case 'like':
      return code(0) === 'create' && !has('select');
    case 'on':
      return !has('select', 'join');
    case 'to':
      return has('rename') && !has('column', 'index', 'key');
    case ',':
      return LISTS.has(code(0) ?? '') && !has('set', 'where', 'on', 'select');
    default:
      return NAMING.has(before);
  }
}

/** Whether the `from` before `at` belongs to the arguments of a function, as in `extract(year from t.day)`. */
function isArgument(words: readonly Word[], at: number): boolean {
  let depth = 0;
  for (let index = at - 1; index >= 0; index -= 1) {
    const code = words[index]?.code;
    if (code === ')') depth += 1;
    if (code !== '(') continue;
    if (depth === 0) return !/^(?:select|with|\()$/.test(words[index + 1]?.code ?? '');
    depth -= 1;
  }
  return false;
}

/** SQL that the server wrote, without the name of a database in front of the names of its objects. */
export function withoutQualifier(sql: string, rules: LexicalRules, database: string): string {
  const words = [...wordsOf(sql, rules)];
  let text = sql;
  for (const [at, word] of [...words.entries()].reverse()) {
    const isQualifier = word.kind === 'name' && words[at + 1]?.code === '.' && words[at - 1]?.code !== '.';
    if (isQualifier && valueOf(word) === database) text = text.slice(0, word.start) + text.slice(words[at + 1]?.end);
  }
  return text;
}
