import { type Quote } from './literals.js';
import { NotUnderstood, SourceScanner } from './source-scanner.js';

/** Matches `${name}`, and `$${name}`, which stands for the text `${name}`. */
export const PLACEHOLDER = /\$?\$\{([^}]*)\}/g;

/** The code around a placeholder, for which its value must be escaped. */
export type Surrounding = 'comment' | 'code' | 'unknown' | Quote;

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly surrounding: Surrounding;
}

/**
 * Scans a template.
 *
 * @returns a function that returns the surrounding of the placeholder at an offset.
 */
export function surroundingsOf(template: string): (offset: number) => Surrounding {
  // each placeholder becomes a word, so that the code has the shape of the filled text, at the same offsets
  const code = template.replace(PLACEHOLDER, (placeholder) =>
    placeholder.startsWith('$$') ? ` ${placeholder.slice(1)}` : '_'.repeat(placeholder.length),
  );
  const pieces = piecesOf(code);
  return (offset) => {
    if (pieces === null) return 'unknown';
    // the scanner skips comments, so a place that belongs to no piece is in a comment
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
