import type { Program } from 'acorn';
import { hash } from 'node:crypto';
import { canonicalProgram } from './canonical-program.js';
import { parsedProgram } from './parsed-program.js';
import { plainFunctions } from './plain-function.js';
import { type RevisionSource } from './revision-script.js';

/**
 * How a program's digest is made. It is part of the digest, so that digests made in a later way do not look like
 * changed programs.
 */
export const PROGRAM_FORM = 'program/1';

/**
 * The digest of a revision's program: its file without comments, layout and types. A formatter does not change it, and
 * TypeScript and its compiled output have the same. Nothing is run.
 *
 * It needs a parser, and for TypeScript Node's own type stripping. It is therefore meant for files that are about to be
 * recorded, or that have changed.
 *
 * @returns `null` where the original program cannot be known from the text: it was minified, or can't be parsed.
 */
export async function programDigest(kind: RevisionSource['kind'], text: string): Promise<string | null> {
  return (await readProgram(kind, text)).digest;
}

/** What a program's text tells. */
export interface ReadProgram {
  /** See {@link programDigest}. */
  readonly digest: string | null;
  /** See {@link plainFunctions}. */
  readonly functions: ReadonlyMap<string, boolean>;
}

/** As {@link programDigest}, with what the same parse tells of the functions. */
export async function readProgram(kind: RevisionSource['kind'], text: string): Promise<ReadProgram> {
  const parsed = await parsedProgram(kind, text);
  if (parsed === undefined) return { digest: null, functions: new Map() };
  try {
    const { program, text: plain } = parsed;
    const functions = plainFunctions(program, plain);
    const isKnown = !isMinified(program, plain);
    return {
      digest: isKnown ? `${PROGRAM_FORM}:${hash('sha256', canonicalProgram(program, plain))}` : null,
      functions,
    };
  } catch (error) {
    // RangeError: the stack overflowed, on expressions nested thousands of levels deep
    if (error instanceof RangeError) return { digest: null, functions: new Map() };
    throw error;
  }
}

/** Whether a digest was made in today's way, so that it can be compared with today's digests. */
export function isOfThisForm(digest: string): boolean {
  return digest.startsWith(`${PROGRAM_FORM}:`);
}

/**
 * Whether a program is minified: authors, formatters and compilers begin a line for each statement of a module.
 * Minified text has no digest, since the next version of the minifier may write other text.
 */
function isMinified({ body }: Program, text: string): boolean {
  return body.some(({ start, type }, index) => {
    const before = body[index - 1];
    return before !== undefined && type !== 'EmptyStatement' && !/[\n\r]/.test(text.slice(before.end, start));
  });
}
