import type { Program } from 'acorn';
import { createHash } from 'node:crypto';
import { canonicalProgram } from './canonical-program.js';
import { type RevisionSource } from './revision-script.js';

/** How a program's digest is made. It is part of the digest, so that a later way does not take those of this one for changes. */
export const PROGRAM_FORM = 'program/1';

/**
 * The digest of what a revision's file says to the engine: of its program, without comments, layout and types. It is the same
 * before and after a formatter, and for TypeScript and what a compiler leaves of it. Nothing is run.
 *
 * Takes a parser, and for TypeScript Node's own type stripping: for files that are about to be recorded, or have changed.
 *
 * @returns `null` where the text says nothing of the program that was written: it was minified, or can't be parsed.
 */
export async function programDigest(kind: RevisionSource['kind'], text: string): Promise<string | null> {
  const plain = kind === 'ts' ? await withoutTypes(text) : text;
  const program = plain === undefined ? undefined : await parsed(plain);
  if (plain === undefined || program === undefined || isMinified(program, plain)) return null;
  try {
    const digest = createHash('sha256').update(canonicalProgram(program, plain)).digest('hex');
    return `${PROGRAM_FORM}:${digest}`;
  } catch (error) {
    // the stack's range: expressions nested by the thousand
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether a digest was made as those of today, so that they can be compared. */
export function isOfThisForm(digest: string): boolean {
  return digest.startsWith(`${PROGRAM_FORM}:`);
}

async function parsed(text: string): Promise<Program | undefined> {
  const { parse } = await import('acorn');
  for (const sourceType of ['module', 'commonjs'] as const) {
    try {
      return parse(text, { ecmaVersion: 'latest', sourceType, allowHashBang: true });
    } catch (error) {
      // what is neither says so when it is loaded
      if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}

/** `undefined` where Node can't do it: the text is no TypeScript whose types can be erased. */
async function withoutTypes(text: string): Promise<string | undefined> {
  // by name at the time of the call: an older Node does not have it, and shall say so in its own words
  const { stripTypeScriptTypes } = await import('node:module');
  try {
    return withoutExperimentalWarning(() => stripTypeScriptTypes(text));
  } catch {
    return undefined;
  }
}

/** Node warns that type stripping is experimental, which means nothing to a person who runs a command of this tool. */
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

/** People, formatters and compilers begin a line for each statement of a module. A minifier's next version writes other text. */
function isMinified({ body }: Program, text: string): boolean {
  return body.some(({ start, type }, index) => {
    const before = body[index - 1];
    return before !== undefined && type !== 'EmptyStatement' && !/[\n\r]/.test(text.slice(before.end, start));
  });
}
