/** The kinds of pieces of SQL that matter for finding the end of a statement. */
export type TokenKind = 'code' | 'string' | 'name' | 'body' | 'lineComment' | 'blockComment';

export interface Token {
  readonly kind: TokenKind;
  /** Offset of its first character in the text. */
  readonly start: number;
  readonly end: number;
  /** False where the text ends before the token does. */
  readonly closed: boolean;
}

/** How an engine writes literals, names and comments. */
export interface LexicalRules {
  /** Each opening quote, with its closing quote. A doubled closing quote stands for one. */
  readonly quotes: Readonly<Record<string, { readonly kind: 'string' | 'name'; readonly close: string }>>;
  /** Whether a backslash escapes in the string whose quote is at `start`. */
  readonly escapes: (sql: string, start: number) => boolean;
  /** A comment up to the end of the line. A sticky expression. */
  readonly lineComment: RegExp;
  readonly nestedComments: boolean;
  /**
   * The opening mark of a comment whose content the server runs, such as `/*!50000`. The two marks are comments, and what
   * is between them is code. A sticky expression; absent where there are no such comments.
   */
  readonly executedComment?: RegExp;
  /** Whether a quoted name may have its letters as numbers: `U&"d\0061ta"`. Default: no. */
  readonly unicodeNames?: boolean;
  /** Whether there are dollar quotes: `$$ … $$`, `$tag$ … $tag$`. */
  readonly dollarQuotes: boolean;
}

/**
 * Splits SQL into quoted pieces, comments and the rest, which is code. Joined, the tokens are the whole text.
 *
 * @example
 * const tokens = tokensOf("select ';' -- ;", postgresLexicalRules);
 * tokens.map(({ kind }) => kind); // ['code', 'string', 'code', 'lineComment']
 */
export function tokensOf(sql: string, rules: LexicalRules): readonly Token[] {
  const tokens: Token[] = [];
  /** The opening marks of executed comments that are not closed yet, as positions in `tokens`. */
  const open: number[] = [];
  let codeStart = 0;
  let at = 0;
  while (at < sql.length) {
    if (isPlain(sql.charCodeAt(at))) {
      at += 1;
      continue;
    }
    const opening = executedComment(sql, at, rules);
    const found =
      opening ??
      (open.length > 0 ? closingMark(sql, at) : undefined) ??
      quoted(sql, at, rules) ??
      comment(sql, at, rules) ??
      dollarQuoted(sql, at, rules);
    if (found === undefined) {
      at += 1;
      continue;
    }
    if (codeStart < at) tokens.push({ kind: 'code', start: codeStart, end: at, closed: true });
    if (opening !== undefined) open.push(tokens.length);
    else if (found.kind === 'blockComment' && sql.startsWith('*/', at)) open.pop();
    tokens.push(found);
    at = codeStart = found.end;
  }
  if (codeStart < sql.length) tokens.push({ kind: 'code', start: codeStart, end: sql.length, closed: true });
  return tokens.map((token, index) => (open.includes(index) ? { ...token, closed: false } : token));
}

/**
 * The statements of a text in which every semicolon ends one. That is not so inside the body of a routine, unless the
 * body is quoted.
 *
 * @example
 * statementsIn("select ';'; ; select 2;", postgresLexicalRules); // ["select ';'", 'select 2']
 */
export function statementsIn(sql: string, rules: LexicalRules): readonly string[] {
  const statements: string[] = [];
  let start = 0;
  let says = false;
  const end = (at: number): void => {
    if (says) statements.push(sql.slice(start, at).trim());
    start = at + 1;
    says = false;
  };
  for (const token of tokensOf(sql, rules)) {
    if (token.kind === 'lineComment' || token.kind === 'blockComment') continue;
    if (token.kind !== 'code') says = true;
    for (let at = token.start; token.kind === 'code' && at < token.end; at++) {
      if (sql.charAt(at) === ';') end(at);
      else if (/\S/.test(sql.charAt(at))) says = true;
    }
  }
  end(sql.length);
  return statements;
}

/** Whether a character is a letter, a digit or a blank, with which no piece begins on any engine: most of them are. */
function isPlain(code: number): boolean {
  const letter = code | 32;
  return (letter >= 97 && letter <= 122) || (code >= 48 && code <= 57) || code === 32 || code === 10;
}

function quoted(sql: string, start: number, rules: LexicalRules): Token | undefined {
  const mark = sql.charAt(start);
  const quote = Object.hasOwn(rules.quotes, mark) ? rules.quotes[mark] : undefined;
  if (quote === undefined) return undefined;
  const { kind, close } = quote;
  const escapes = kind === 'string' && rules.escapes(sql, start);
  for (let at = start + 1; at < sql.length; at++) {
    const character = sql.charAt(at);
    if (escapes && character === '\\') at += 1;
    else if (character === close) {
      if (sql.charAt(at + 1) !== close) return { kind, start, end: at + 1, closed: true };
      at += 1;
    }
  }
  return { kind, start, end: sql.length, closed: false };
}

function executedComment(sql: string, start: number, { executedComment: mark }: LexicalRules): Token | undefined {
  if (mark === undefined) return undefined;
  mark.lastIndex = start;
  const [text] = mark.exec(sql) ?? [];
  return text === undefined ? undefined : { kind: 'blockComment', start, end: start + text.length, closed: true };
}

function closingMark(sql: string, start: number): Token | undefined {
  return sql.startsWith('*/', start) ? { kind: 'blockComment', start, end: start + 2, closed: true } : undefined;
}

function comment(sql: string, start: number, { lineComment, nestedComments }: LexicalRules): Token | undefined {
  lineComment.lastIndex = start;
  const line = lineComment.exec(sql);
  if (line !== null) return { kind: 'lineComment', start, end: start + line[0].length, closed: true };
  if (!sql.startsWith('/*', start)) return undefined;
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start + 2;
  let depth = 1;
  for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    if (mark[0] === '*/') depth -= 1;
    else if (nestedComments) depth += 1;
    else marks.lastIndex = mark.index + 1; // the last two characters of `/*/` can close
    if (depth === 0) return { kind: 'blockComment', start, end: marks.lastIndex, closed: true };
  }
  return { kind: 'blockComment', start, end: sql.length, closed: false };
}

function dollarQuoted(sql: string, start: number, { dollarQuotes }: LexicalRules): Token | undefined {
  if (!dollarQuotes || sql.charAt(start) !== '$' || isNameCharacter(sql.charAt(start - 1))) return undefined;
  const tag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
  tag.lastIndex = start;
  const [opening] = tag.exec(sql) ?? [];
  if (opening === undefined) return undefined;
  const close = sql.indexOf(opening, start + opening.length);
  if (close === -1) return { kind: 'body', start, end: sql.length, closed: false };
  return { kind: 'body', start, end: close + opening.length, closed: true };
}

/** Whether a character can be part of a name or number, so that the next character begins nothing new. */
export function isNameCharacter(character: string): boolean {
  return /[\w$\u0080-\uffff]/.test(character);
}
