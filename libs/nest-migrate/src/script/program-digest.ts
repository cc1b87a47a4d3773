import type { Comment, Program } from 'acorn';
import { createHash } from 'node:crypto';
import { canonicalProgram } from './canonical-program.js';
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
  const { plain, program } = (await parsedProgram(kind, text)) ?? {};
  if (plain === undefined || program === undefined || isMinified(program, plain)) return null;
  try {
    const digest = createHash('sha256').update(canonicalProgram(program, plain)).digest('hex');
    return `${PROGRAM_FORM}:${digest}`;
  } catch (error) {
    // RangeError: the stack overflowed, on expressions nested thousands of levels deep
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether a digest was made in today's way, so that it can be compared with today's digests. */
export function isOfThisForm(digest: string): boolean {
  return digest.startsWith(`${PROGRAM_FORM}:`);
}

/** A program, and its text without types, in which everything stands where it did. */
export interface ParsedProgram {
  readonly plain: string;
  readonly program: Program;
}

/** Parses a program; `undefined` where its text is none, or Node can't strip its types. */
export async function parsedProgram(kind: RevisionSource['kind'], text: string): Promise<ParsedProgram | undefined> {
  const plain = kind === 'ts' ? await withoutTypes(text) : text;
  const program = plain === undefined ? undefined : await parsed(plain);
  return plain === undefined || program === undefined ? undefined : { plain, program };
}

/** A parsed text without its comments. Everything stands where it did. */
export async function withoutComments(text: string): Promise<string> {
  const comments: Comment[] = [];
  await parsed(text, comments);
  return comments.reduce(
    (rest, { start, end }) => rest.slice(0, start) + rest.slice(start, end).replace(/[^\n]/g, ' ') + rest.slice(end),
    text,
  );
}

async function parsed(text: string, comments: Comment[] = []): Promise<Program | undefined> {
  const { parse } = await import('acorn');
  for (const sourceType of ['module', 'commonjs'] as const) {
    comments.length = 0;
    try {
      return parse(text, { ecmaVersion: 'latest', sourceType, allowHashBang: true, onComment: comments });
    } catch (error) {
      // a text that is neither fails when it is loaded
      if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}

/** Returns `undefined` where Node can't strip the types: the text is no TypeScript with erasable types. */
async function withoutTypes(text: string): Promise<string | undefined> {
  // looked up at the time of the call, so that a Node version without it fails here with its own message
  const { stripTypeScriptTypes } = await import('node:module');
  try {
    return withoutExperimentalWarning(() => stripTypeScriptTypes(text));
  } catch {
    return undefined;
  }
}

/** Suppresses Node's warning that type stripping is experimental, which means nothing to a user of this tool. */
function withoutExperimentalWarning<T>(work: () => T): T {
  const emitWarning: unknown = Reflect.get(process, 'emitWarning');
  const others = (...warning: unknown[]): void => {
    if (warning[1] !== 'ExperimentalWarning') Reflect.apply(emitWarning as () => void, process, warning);
  };
  Reflect.set(process, 'emitWarning', others);
  try {
    return work();
  } finally {
    Reflect.set(process, 'emitWarning', emitWarning);
  }
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
