import { type LexicalRules, tokensOf } from './sql-lexer.js';
import { type Word, wordsOf } from './sql-words.js';
import { unquoteIdentifier } from './quoting.js';

/**
 * Reads SQL by the lexical rules of one engine: the content of a literal, a quoted name or a comment is never taken for
 * code.
 *
 * @example
 * new SqlReader(postgresLexicalRules).mentions("status in ('active')", 'active'); // false
 */
export class SqlReader {
  constructor(readonly rules: LexicalRules) {}

  /** SQL without the parentheses that enclose all of it. */
  stripOuterParentheses(sql: string): string {
    const text = sql.trim();
    return this.isParenthesised(text) ? this.stripOuterParentheses(text.slice(1, -1)) : text;
  }

  /** Whether one pair of parentheses encloses all of `sql`. */
  isParenthesised(sql: string): boolean {
    const text = sql.trim();
    if (!text.startsWith('(')) return false;
    let depth = 0;
    for (const { character, index } of this.#code(text)) {
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
      if (depth === 0) return index === text.length - 1;
    }
    return false;
  }

  /** Whether a query has a `*` that stands for columns, which the one in `count(*)` and that of a product do not. */
  selectsAll(query: string): boolean {
    const code = this.#codeAlone(query);
    return /(?:\bselect\s+(?:distinct\s+|all\s+)?|,\s*|\.\s*)\*/i.test(code);
  }

  /** The code, with blanks in place of literals and comments and a letter in place of each quoted name. */
  #codeAlone(sql: string): string {
    return tokensOf(sql, this.rules)
      .map(({ kind, start, end }) => (kind === 'code' ? sql.slice(start, end) : kind === 'name' ? 'x' : ' '))
      .join('');
  }

  /** The offset of a word or a symbol in the code, outside parentheses, at or behind `from`; -1 where there is none. */
  findInCode(sql: string, text: string, from: number): number {
    const isWord = /^\w+$/.test(text);
    let depth = 0;
    for (const { character, index } of this.#code(sql)) {
      if (index < from) continue;
      const isHere = depth === 0 && sql.slice(index, index + text.length).toLowerCase() === text;
      const isWhole = !isWord || !(/\w/.test(sql.charAt(index - 1)) || /\w/.test(sql.charAt(index + text.length)));
      if (isHere && isWhole) return index;
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
    }
    return -1;
  }

  /** The offset of the parenthesis that closes the one at `open`; -1 where there is none. */
  closing(sql: string, open: number): number {
    let depth = 0;
    for (const { character, index } of this.#code(sql)) {
      if (index < open) continue;
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
      if (depth === 0) return index;
    }
    return -1;
  }

  /** The items of a list. An item may contain commas inside quotes, parentheses and brackets. */
  splitList(sql: string): readonly string[] {
    const items: string[] = [];
    let depth = 0;
    let start = 0;
    for (const { character, index } of this.#code(sql)) {
      if (character === '(' || character === '[') depth += 1;
      if (character === ')' || character === ']') depth -= 1;
      if (character !== ',' || depth !== 0) continue;
      items.push(sql.slice(start, index));
      start = index + 1;
    }
    return [...items, sql.slice(start)].map((item) => item.trim());
  }

  /** The clause after `generated always as`: the expression in the parentheses that engines require, then its kind. */
  generatedClause(generated: string): string {
    if (/^(by default as )?identity$/i.test(generated.trim())) return generated;
    const kind = /\s(stored|virtual|persistent)\s*$/i.exec(generated);
    const expression = kind === null ? generated : generated.slice(0, kind.index);
    return this.isParenthesised(expression) ? generated : `(${expression})${kind?.[0] ?? ''}`;
  }

  /** Applies `change` to the code, and leaves literals, quoted names and comments unchanged. */
  mapCode(sql: string, change: (code: string) => string): string {
    return tokensOf(sql, this.rules)
      .map(({ kind, start, end }) => (kind === 'code' ? change(sql.slice(start, end)) : sql.slice(start, end)))
      .join('');
  }

  /**
   * Whether `sql` names `name` anywhere, quoted or not, whatever the case of its letters. The code in a dollar-quoted
   * body counts.
   */
  mentions(sql: string, name: string): boolean {
    return this.#names(sql, ['body']).has(name.toLowerCase());
  }

  /** The types that `sql` casts to by `::`, as they are written there. */
  castTypes(sql: string): ReadonlySet<string> {
    const code = tokensOf(sql, this.rules)
      .map(({ kind, start, end }) => (kind === 'code' || kind === 'name' ? sql.slice(start, end) : ' '))
      .join('');
    const quoted = '"(?:[^"]|"")+"';
    const name = String.raw`(?:${quoted}|\w+)`;
    const type = String.raw`${name}(?:\.${name})?(?:\([\d, ]+\))?(?: with(?:out)? time zone)?`;
    const found = [...code.matchAll(new RegExp(`::(${type})|${quoted}`, 'g'))];
    return new Set(found.flatMap(([, cast]) => cast ?? []));
  }

  /** As {@link mentions}, but a name in a literal counts as well, since a routine can execute the literal. */
  mayMention(sql: string, name: string): boolean {
    return this.#names(sql, ['body', 'string']).has(name.toLowerCase());
  }

  /** Whether two texts differ only in blanks, case, unnecessary quotes around names, and outer parentheses. */
  sameText(a: string, b: string): boolean {
    return this.#plain(a) === this.#plain(b);
  }

  #plain(sql: string): string {
    const text = this.stripOuterParentheses(sql);
    return tokensOf(text, this.rules)
      .map(({ kind, start, end }) => {
        const piece = text.slice(start, end);
        if (kind === 'code') return piece.toLowerCase().replace(/\s+/g, ' ');
        const name = kind === 'name' ? unquoteIdentifier(piece) : '';
        return /^[a-z_][a-z0-9_]*$/.test(name) ? name : piece;
      })
      .join('')
      .trim();
  }

  /** The names in lower case. Words of the kinds in `read` contain SQL themselves. */
  #names(sql: string, read: readonly Word['kind'][]): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { kind, text, code } of wordsOf(sql, this.rules)) {
      if (kind === 'name') names.add(unquoteIdentifier(text).toLowerCase());
      else if (kind === 'word') names.add(code);
      else if (read.includes(kind)) {
        const inner = kind === 'body' ? text.replace(/^\$[^$]*\$|\$[^$]*\$$/g, '') : unquoteIdentifier(text);
        for (const name of this.#names(inner, read)) names.add(name);
      }
    }
    return names;
  }

  /** The characters of the code, with their offsets. */
  *#code(sql: string): Generator<{ readonly character: string; readonly index: number }> {
    for (const { kind, start, end } of tokensOf(sql, this.rules)) {
      for (let index = start; kind === 'code' && index < end; index++) yield { character: sql.charAt(index), index };
    }
  }
}
