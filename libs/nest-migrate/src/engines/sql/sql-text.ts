/** SQL without the parentheses that enclose all of it; quoted text is passed over. */
export function stripOuterParentheses(sql: string): string {
  const text = sql.trim();
  if (!text.startsWith('(') || closingParenthesis(text) !== text.length - 1) return text;
  return stripOuterParentheses(text.slice(1, -1));
}

/** Where the parenthesis that the text begins with is closed, or -1. */
function closingParenthesis(text: string): number {
  let depth = 0;
  for (const { token, index } of tokens(text)) {
    if (token === '(') depth += 1;
    if (token === ')') {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return -1;
}

/** The text in pieces: each quoted string or name whole, everything else character by character. */
function* tokens(text: string): Generator<{ readonly token: string; readonly index: number }> {
  for (const match of text.matchAll(/'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|[^]/g)) {
    yield { token: match[0], index: match.index };
  }
}

/** Applies `change` to what stands outside of quotes. */
export function mapUnquoted(sql: string, change: (text: string) => string): string {
  return sql
    .split(/('(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`)/g)
    .map((part, index) => (index % 2 === 1 ? part : change(part)))
    .join('');
}

/** True where the expression names the column, quoted or not. */
export function mentions(sql: string, column: string): boolean {
  const escaped = column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w$])["\`]?${escaped}["\`]?(?![\\w$])`, 'i').test(sql);
}

/** Two texts that differ in nothing but blanks, case, quotes that a name does not need, and parentheses around it all. */
export function sameText(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(sql: string): string {
  const unquoted = stripOuterParentheses(sql).replace(
    /'(?:[^'\\]|\\.|'')*'|["`]([a-z_][a-z0-9_]*)["`]/g,
    (text, name?: string) => name ?? text,
  );
  return mapUnquoted(unquoted, (text) => text.toLowerCase().replace(/\s+/g, ' ')).trim();
}

/** The items of a list, of which each may hold commas in quotes, parentheses and brackets. */
export function splitList(text: string): readonly string[] {
  const items = [''];
  let depth = 0;
  for (const [piece] of text.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[()[\],]|[^'"()[\],]+/g)) {
    if (piece === '(' || piece === '[') depth += 1;
    if (piece === ')' || piece === ']') depth -= 1;
    if (piece === ',' && depth === 0) items.push('');
    else items[items.length - 1] += piece;
  }
  return items.map((item) => item.trim());
}
