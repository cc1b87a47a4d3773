import { type FunctionBody, type FunctionStatement } from './function-statements.js';
import { indent } from './revision-template.js';

/** What a body is made of: a statement that it has already, by its index, or new code, which is not indented. */
export type BodyPart = { readonly kept: number } | { readonly code: string };

/** A text in the place of another one. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The edits that give a function other statements. What is kept stays to the letter. The comments of a statement that
 * goes stand above what comes in its place.
 */
export function bodyEdits(text: string, body: FunctionBody, parts: readonly BodyPart[]): readonly TextEdit[] {
  const chunks = chunksOf(text, body);
  const kept = new Set(parts.flatMap((part) => ('kept' in part ? [part.kept] : [])));
  const margin = marginOf(text, body);
  const edits: TextEdit[] = [];
  let next = 0;
  let codes: string[] = [];
  const replaceUpTo = (index: number): void => {
    const gone = chunks.slice(next, index);
    const start = gone[0]?.start ?? chunks[index]?.start ?? chunks.at(-1)?.end ?? body.start;
    const end = gone.at(-1)?.end ?? start;
    if (gone.length === 0 && codes.length === 0) return;
    const comments = gone.flatMap((chunk) => commentsOf(text, chunk));
    const lines = [...comments.map((line) => `${margin}${line}\n`), ...codes.map((code) => indent(code, margin))];
    const isOnLine = start > 0 && text[start - 1] !== '\n';
    const blank = /^\s*?\n(?=[^\S\n]*\S)/.exec(text.slice(start, end))?.[0] ?? '';
    edits.push({ start, end, text: `${isOnLine ? '\n' : ''}${isOnLine ? '' : blank}${lines.join('')}` });
  };
  for (const part of parts) {
    if ('code' in part) {
      codes.push(part.code.endsWith('\n') ? part.code : `${part.code}\n`);
      continue;
    }
    replaceUpTo(part.kept);
    codes = [];
    next = part.kept + 1;
  }
  // a body may not be left without a statement, which only happens where it had none
  if (kept.size < chunks.length || codes.length > 0) replaceUpTo(chunks.length);
  return edits;
}

/** The text after edits, none of which overlap. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let from = 0;
  for (const { start, end, text: other } of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(from, start) + other;
    from = end;
  }
  return result + text.slice(from);
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** A statement with the comments above it, and the one behind it on its line. */
interface Chunk {
  readonly start: number;
  readonly statement: FunctionStatement;
  readonly end: number;
}

function chunksOf(text: string, { start, end, statements }: FunctionBody): readonly Chunk[] {
  let from = lineEndFrom(text, start, end);
  return statements.map((statement) => {
    const chunk = { start: from, statement, end: lineEndFrom(text, statement.end, end) };
    from = chunk.end;
    return chunk;
  });
}

/** The offset behind the line, where nothing but a comment is left on it; else the offset itself. */
function lineEndFrom(text: string, offset: number, limit: number): number {
  const rest = /^[^\S\n]*(?:\/\/[^\n]*|\/\*(?:[^*\n]|\*(?!\/))*\*\/[^\S\n]*)?\n/.exec(text.slice(offset, limit));
  return offset + (rest?.[0].length ?? 0);
}

/** The lines of the comments around a statement. */
function commentsOf(text: string, { start, statement, end }: Chunk): readonly string[] {
  return [text.slice(start, statement.start), text.slice(statement.end, end)]
    .flatMap((around) => around.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function marginOf(text: string, { statements: [first], start }: FunctionBody): string {
  const line = first === undefined ? undefined : text.slice(text.lastIndexOf('\n', first.start - 1) + 1, first.start);
  if (line !== undefined && /^\s*$/.test(line)) return line;
  const own = /^\s*/.exec(text.slice(text.lastIndexOf('\n', start - 1) + 1))?.[0] ?? '';
  return `${own}  `;
}
