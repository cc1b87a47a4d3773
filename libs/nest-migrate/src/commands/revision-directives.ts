import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type OperationRegistry } from '../operations/operation-registry.js';
import { type AnyOperation } from '../operations/registered-operations.js';

/** What a new revision does on one connection. Both lists may be changed in place or replaced. */
export interface DirectiveOperations {
  /** The name of the connection, one of `DirectivesContext.connections`. */
  readonly connection: string;
  /** The operations of its `upgrade` function, in order. */
  upgrade: AnyOperation[];
  /** The operations of its `downgrade` function, in order. */
  downgrade: AnyOperation[];
}

/** A revision that is about to be written. Everything but the connections may be changed. */
export interface RevisionDirective {
  /** The revision's message; may be empty. */
  message: string;
  /** The id that the revision gets. */
  revId: string;
  /** The revisions that it follows, as symbols. */
  head: string | readonly string[];
  /** Whether `head` may have followers already, so that a new branch begins. */
  splice: boolean;
  /** Labels for the branch that the revision belongs to; an empty list for none. */
  branchLabels: string | readonly string[];
  /** Revisions that have to be applied before it without being followed, as ids or labels; an empty list for none. */
  dependsOn: string | readonly string[];
  /** The folder to write to, in a version location; absent: the location of the revision that it follows. */
  versionPath?: string;
  /** What it does, for each connection that it is for: one, unless several share the script directory. */
  operations: DirectiveOperations[];
}

/** What {@link ProcessRevisionDirectives} knows about the call. */
export interface DirectivesContext {
  /** The command that writes the revision. */
  readonly command: 'migrate' | 'revision' | 'merge';
  /** Whether the operations are the difference between entities and database; otherwise there are none. */
  readonly autogenerate: boolean;
  /** The names of the connections that the revision is for. */
  readonly connections: readonly string[];
  /** What `-x` or the call's `xArguments` said, by name. */
  readonly xArguments: Readonly<Record<string, string>>;
  /**
   * Returns the operations that undo an operation, registered or not: for hooks that write both directions.
   *
   * @throws IrreversibleOperationError where the operation does not hold what was there before.
   */
  readonly reverse: (operation: AnyOperation) => readonly AnyOperation[];
}

/**
 * Decides last about new revisions. It gets the list of those that `migrate` (with and without a difference),
 * `revision` and `merge` are about to write, which is one entry, and may change the list and its entries. Each entry
 * becomes a file, in order; later entries may follow earlier ones by their `revId`. An empty list writes nothing, and
 * neither does `migrate` where no operations are left. The operations are rendered afterwards. The next call gets a new
 * list.
 *
 * It may return a list, which then counts instead. Alembic's `process_revision_directives`.
 *
 * @example
 * MigrationModule.forRoot({
 *   // every revision that creates a table carries a message
 *   processRevisionDirectives: ([directive]) => {
 *     const creates = directive.operations.some(({ upgrade }) => upgrade.some(({ kind }) => kind === 'createTable'));
 *     if (creates && directive.message === '') throw new Error('Say what the table is for: -m "…"');
 *   },
 * });
 */
export type ProcessRevisionDirectives = (
  directives: RevisionDirective[],
  context: DirectivesContext,
) => void | RevisionDirective[] | Promise<void | RevisionDirective[]>;

/** An object that stands in the place of the function: a `Rewriter` is one. */
export interface DirectivesProcessor {
  /** The function. */
  readonly process: ProcessRevisionDirectives;
}

/** What the option `processRevisionDirectives` takes; several run one after the other. */
export type DirectivesOption =
  ProcessRevisionDirectives | DirectivesProcessor | readonly (ProcessRevisionDirectives | DirectivesProcessor)[];

const OPTION = 'processRevisionDirectives';

/** The functions of the option, as a list. */
export function directiveProcessors(option: DirectivesOption | undefined): readonly ProcessRevisionDirectives[] {
  const list: readonly unknown[] = option === undefined ? [] : [option].flat();
  return list.map((entry) => {
    const process: unknown = typeof entry === 'object' && entry !== null && 'process' in entry ? entry.process : entry;
    if (typeof process !== 'function') {
      throw new InvalidOptionError(OPTION, 'is neither a function, a Rewriter nor a list of them');
    }
    return process as ProcessRevisionDirectives;
  });
}

/**
 * What the hooks make of a revision that is about to be written.
 *
 * @throws InvalidOptionError where they leave something that is no directive.
 */
export async function processDirectives(
  processors: readonly ProcessRevisionDirectives[],
  directive: RevisionDirective,
  context: DirectivesContext,
  registry: OperationRegistry,
): Promise<readonly RevisionDirective[]> {
  let directives = [directive];
  for (const process of processors) {
    directives = (await process(directives, context)) ?? directives;
    if (!Array.isArray(directives)) throw invalid('returned no list');
    for (const entry of directives) check(entry, context.connections, registry);
  }
  return directives;
}

function check(directive: RevisionDirective, connections: readonly string[], registry: OperationRegistry): void {
  if (typeof directive !== 'object' || directive === null) throw invalid(`left ${String(directive)} in the list`);
  const { message, revId, splice, versionPath } = directive;
  if (typeof revId !== 'string' || revId === '') throw invalid("left a directive without a 'revId'");
  const of = (problem: string): InvalidOptionError => invalid(`left revision '${revId}' with ${problem}`);
  if (typeof message !== 'string') throw of("a 'message' that is no text");
  if (typeof splice !== 'boolean') throw of("a 'splice' that is neither true nor false");
  if (versionPath !== undefined && typeof versionPath !== 'string') throw of("a 'versionPath' that is no text");
  for (const name of ['head', 'branchLabels', 'dependsOn'] as const) {
    const names: readonly unknown[] = [directive[name]].flat();
    if (names.some((item) => typeof item !== 'string'))
      throw of(`a '${name}' that is neither a text nor a list of them`);
  }
  const problem = operationsProblem(directive.operations, connections, registry);
  if (problem !== undefined) throw of(problem);
}

function operationsProblem(
  entries: unknown,
  connections: readonly string[],
  registry: OperationRegistry,
): string | undefined {
  if (!Array.isArray(entries)) return "'operations' that are no list";
  const seen = new Set<unknown>();
  for (const entry of entries as readonly (Partial<Record<string, unknown>> | null)[]) {
    const connection = entry?.['connection'];
    if (typeof connection !== 'string' || !connections.includes(connection)) {
      return `operations for ${shown(connection)} where the command is about ${connections.join(', ')}`;
    }
    if (seen.has(connection)) return `operations for ${connection} twice`;
    seen.add(connection);
    for (const direction of ['upgrade', 'downgrade']) {
      const list: unknown = entry?.[direction];
      if (!Array.isArray(list)) return `an '${direction}' for ${connection} that is no list`;
      const strange = (list as readonly (Partial<AnyOperation> | null)[]).find((item) => !registry.knows(item?.kind));
      if (strange !== undefined) return `an operation in '${direction}' whose kind is ${shown(strange?.kind)}`;
      for (const operation of list as readonly AnyOperation[]) {
        const problem = registry.invalidValueIn(operation);
        if (problem !== undefined) return `an operation in '${direction}' with ${problem}`;
      }
    }
  }
  return undefined;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function invalid(problem: string): InvalidOptionError {
  return new InvalidOptionError(OPTION, problem);
}
