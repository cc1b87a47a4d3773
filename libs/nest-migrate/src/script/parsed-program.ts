import type { Comment, Program } from 'acorn';
import { withoutNodeWarnings } from './node-warnings.js';
import { type RevisionSource } from './revision-script.js';

/**
 * The syntax tree of a revision's text, and the JavaScript that it is of. Spaces stand there in the place of types, so
 * that the offsets are those of the text. Nothing is run.
 *
 * @returns `undefined` where it can't be parsed, or is TypeScript whose types can't be erased.
 */
export async function parsedProgram(
  kind: RevisionSource['kind'],
  text: string,
): Promise<{ readonly program: Program; readonly text: string } | undefined> {
  const usual = kind === 'ts' ? withoutUsualTypes(text) : undefined;
  const known = usual === undefined ? undefined : await parse(usual);
  if (usual !== undefined && known !== undefined) return { program: known, text: usual };
  const plain = kind === 'ts' ? await withoutTypes(text) : text;
  const program = plain === undefined ? undefined : await parse(plain);
  return plain === undefined || program === undefined ? undefined : { program, text: plain };
}

/** A parsed text without its comments. Everything stands where it did. */
export async function withoutComments(text: string): Promise<string> {
  const comments: Comment[] = [];
  await parse(text, comments);
  return comments.reduce(
    (rest, { start, end }) => rest.slice(0, start) + rest.slice(start, end).replace(/[^\n]/g, ' ') + rest.slice(end),
    text,
  );
}

async function parse(text: string, comments: Comment[] = []): Promise<Program | undefined> {
  const acorn = await import('acorn');
  for (const sourceType of ['module', 'commonjs'] as const) {
    comments.length = 0;
    try {
      return acorn.parse(text, { ecmaVersion: 'latest', sourceType, allowHashBang: true, onComment: comments });
    } catch (error) {
      // a text that is neither fails when it is loaded
      if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}

/** The types of a revision as the tool writes it: an import, and the parameter and the result of its functions. */
const USUAL_TYPES =
  /^import type \{[\w\s,]*\} from '[^'\n]*';$|^export async function \w+\(op: Operations\): Promise<void> \{$/gm;

/**
 * Strips the types that most revisions have, which takes a hundredth of the time that Node's stripping takes. What parses
 * as JavaScript without them is that JavaScript, save for a text with type arguments, `a<b>(c)`.
 *
 * @returns `undefined` where there may be such arguments, or where such a line may be part of a string.
 */
function withoutUsualTypes(text: string): string | undefined {
  if (text.includes('`') || /\\\r?\n/.test(text)) return undefined;
  const plain = text.replace(USUAL_TYPES, (line) =>
    line.startsWith('import')
      ? line.replace(/./g, ' ')
      : line.replace(/: (?:Operations|Promise<void>)/g, (type) => ' '.repeat(type.length)),
  );
  return plain.includes('<') ? undefined : plain;
}

/** Returns `undefined` where Node can't strip the types: the text is no TypeScript with erasable types. */
async function withoutTypes(text: string): Promise<string | undefined> {
  // looked up at the time of the call, so that a Node version without it fails here with its own message
  const { stripTypeScriptTypes } = await import('node:module');
  try {
    return withoutNodeWarnings(() => stripTypeScriptTypes(text));
  } catch {
    return undefined;
  }
}
