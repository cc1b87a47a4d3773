import { type OperationsContext } from '../operations/operations-builder.js';
import { type CommandContext } from './command-context.js';

/** What a call passes to its revisions. */
export interface RevisionArguments {
  readonly offline: boolean;
  readonly xArguments?: Readonly<Record<string, string>>;
  readonly tag?: string;
}

/** What `op` tells a revision about the call that it runs in. */
export function operationsContext(
  { connection, options }: CommandContext,
  dialect: OperationsContext['dialect'],
  { offline, xArguments = {}, tag }: RevisionArguments,
): OperationsContext {
  return { dialect, offline, connection, xArguments, tag: tag ?? null, registry: options.registry };
}
