import { type CommandContext, type Common, type ScriptsContext } from './command-context.js';

/** Thrown by a command that has the files alone, where it needs the application. Its caller may start that. */
export class ApplicationNeeded extends Error {
  /** @param what What the application is needed for, as in `the rows of the version table`. */
  constructor(readonly what: string) {
    super(`The application is needed for ${what}.`);
  }
}

/**
 * The context as one of an application.
 *
 * @throws ApplicationNeeded where it has the files alone.
 */
export function ofApplication(context: ScriptsContext, what: string): CommandContext {
  if (isOfApplication(context)) return context;
  throw new ApplicationNeeded(what);
}

/**
 * The rows of the version table, for a command that mostly asks no database: what asking takes is loaded here.
 *
 * @throws ApplicationNeeded where the context has the files alone.
 */
export async function askRows(files: ScriptsContext, options: Common): Promise<readonly string[]> {
  const context = ofApplication(files, 'the rows of the version table');
  const { databaseOf } = await import('./database-of.js');
  return databaseOf(context, options).readRows();
}

/** Whether the context is one of an application. */
export function isOfApplication(context: ScriptsContext): context is CommandContext {
  return 'orm' in context;
}
