import { type Quote } from './literals.js';
import { NotUnderstood, SourceScanner } from './source-scanner.js';

/** `${name}`, or `$${name}` which stands for the text `${name}`. */
export const PLACEHOLDER = /\$?\$\{([^}]*)\}/g;

/** What a placeholder stands in: what fills it must do no harm there. */
export type Surrounding = 'comment' | 'code' | 'unknown' | Quote;

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly surrounding: Surrounding;
}

/**
 * Takes a template apart.
 *
 * @returns what is around the placeholder at an offset.
 */
export function surroundingsOf(template: string): (offset: number) => Surrounding {
  // in the shape that the filled text will have, at the same offsets: a word for each placeholder
  const code = template.replace(PLACEHOLDER, (placeholder) =>
    placeholder.startsWith('$$') ? ` ${placeholder.slice(1)}` : '_'.repeat(placeholder.length),
  );
  const pieces = piecesOf(code);
  return (offset) => {
    if (pieces === null) return 'unknown';
    // the scanner skips comments, so that what no piece covers is one
    return pieces.find(({ start, end }) => start <= offset && offset < end)?.surrounding ?? 'comment';
  };
}

function piecesOf(code: string): readonly Piece[] | null {
  const pieces: Piece[] = [];
  try {
    const scanner = new SourceScanner(code);
    for (let token = scanner.next(); token.kind !== 'end'; token = scanner.next()) {
      const { start, end } = token;
      const first = code.charAt(start);
      const isQuote = first === "'" || first === '"' || first === '`';
      const isWord = token.kind === 'word' || /^\w+$/.test(code.slice(start, end));
      pieces.push({ start, end, surrounding: isQuote ? first : isWord ? 'code' : 'unknown' });
    }
    return pieces;
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}
