import { UnknownContextError } from '../errors/usage.errors.js';
import { type CommandContext, type FilesContext } from './command-context.js';

/**
 * The connections whose revisions are in the same script directory as those of `context`, which is among them; in the
 * order of registration.
 */
export function sharing(context: CommandContext): readonly CommandContext[];
export function sharing(context: FilesContext): readonly FilesContext[];
export function sharing(context: FilesContext): readonly FilesContext[] {
  const { directory } = context.options;
  return context.all().filter(({ options }) => options.directory === directory);
}

/**
 * Those of them that a new revision is for: the named ones, or the context's own.
 *
 * @throws UnknownContextError for a name that is none of theirs.
 */
export function chosen(context: CommandContext, names: readonly string[] | undefined): readonly CommandContext[] {
  if (names === undefined) return [context];
  const contexts = sharing(context);
  const known = contexts.map(({ connection }) => connection);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UnknownContextError(unknown, known);
  return contexts.filter(({ connection }) => names.includes(connection));
}
