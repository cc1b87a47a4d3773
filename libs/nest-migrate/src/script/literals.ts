/** Characters that could end a literal, get lost in a file or look like something else. */
const ESCAPED = /['"`$\\\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The quotes that a literal can have. */
export type Quote = "'" | '"' | '`';

/** A text as a string literal of TypeScript and JavaScript. */
export function stringLiteral(text: string): string {
  return `'${literalContent(text, "'")}'`;
}

/** The text between the quotes of a literal. */
export function literalContent(text: string, quote: Quote): string {
  return text.replace(ESCAPED, (character) => {
    const short = SHORT_ESCAPES[character];
    if (short !== undefined) return short;
    if (`'"\``.includes(character)) return character === quote ? `\\${character}` : character;
    if (character === '$') return quote === '`' ? '\\$' : '$';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Names as a literal, in the usual form: none is null, one is a string, several are an array. */
export function namesLiteral(names: readonly string[]): string {
  const [first, ...others] = names;
  if (first === undefined) return 'null';
  return others.length === 0 ? stringLiteral(first) : `[${names.map(stringLiteral).join(', ')}]`;
}

/** Names as a list, however many there are. */
export function listLiteral(names: readonly string[]): string {
  return `[${names.map(stringLiteral).join(', ')}]`;
}

/** A name as a key of an object literal. */
export function propertyKey(name: string): string {
  if (name === '__proto__') return "['__proto__']"; // anything else would set the prototype
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : stringLiteral(name);
}
