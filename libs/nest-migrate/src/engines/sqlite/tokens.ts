/** A piece of SQL that means something: blanks and comments are between them. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'symbol';
  /** As it stands in the text. */
  readonly text: string;
  /** What it says: a name or a string without its quotes, a word in lower case. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const pattern =
  /(?<blank>\s+|--[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<string>[xX]?'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<number>0[xX][0-9a-fA-F]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)|(?<word>[\p{L}_$\u0080-\u{10ffff}][\p{L}\p{N}_$\u0080-\u{10ffff}]*)|(?<symbol>\|\||<<|>>|<=|>=|<>|!=|==|->>|->|[^])/gu;

/** SQLite's SQL in tokens, as its own tokeniser cuts it. */
export function tokens(sql: string): readonly Token[] {
  const found: Token[] = [];
  for (const match of sql.matchAll(pattern)) {
    const { blank, string, name, number, word } = match.groups ?? {};
    if (blank !== undefined) continue;
    const text = match[0];
    const place = { text, start: match.index, end: match.index + text.length };
    if (string !== undefined) {
      const value = /^x/i.test(text) ? text : text.slice(1, -1).replaceAll("''", "'");
      found.push({ kind: 'string', value, ...place });
    } else if (name !== undefined) found.push({ kind: 'name', value: unquoted(name), ...place });
    else if (number !== undefined) found.push({ kind: 'number', value: text.toLowerCase(), ...place });
    else if (word !== undefined) found.push({ kind: 'word', value: text.toLowerCase(), ...place });
    else found.push({ kind: 'symbol', value: text, ...place });
  }
  return found;
}

/** The name that a token gives to something. SQLite takes a string for one as well. */
export function nameOf(token: Token): string {
  return token.kind === 'word' ? token.text : token.value;
}

/** Names are the same whatever their case; SQLite knows that of ASCII letters only. */
export function sameName(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

export function folded(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Whether `sql` names `name` anywhere: a column, a table. */
export function mentions(sql: string, name: string): boolean {
  return tokens(sql).some((token) => (token.kind === 'word' || token.kind === 'name') && sameName(nameOf(token), name));
}

function unquoted(text: string): string {
  const body = text.slice(1, -1);
  const mark = text[0] ?? '';
  return mark === '[' ? body : body.replaceAll(mark + mark, mark);
}
