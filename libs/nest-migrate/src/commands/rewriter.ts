import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type AnyOperation } from '../operations/registered-operations.js';
import { type DirectivesContext, type DirectivesProcessor, type RevisionDirective } from './revision-directives.js';

/** What a rewrite gets beside the operation. */
export interface RewriteContext extends DirectivesContext {
  /** The name of the connection that the operation is for. */
  readonly connection: string;
  /** The function of the revision that the operation is for. */
  readonly direction: 'upgrade' | 'downgrade';
  /** The id that the revision will have. */
  readonly revision: string;
}

/** Returns what takes the place of an operation: itself or another one, several, or `[]` for none. */
export type Rewrite<O extends AnyOperation> = (
  operation: O,
  context: RewriteContext,
) => AnyOperation | readonly AnyOperation[];

interface Rule {
  readonly kinds: readonly string[];
  readonly rewrite: Rewrite<never>;
}

/**
 * Rewrites the operations of new revisions, kind by kind, in both directions. What a rewrite returns is not given to it
 * again, but to the rewrites that were registered after it. Alembic's `Rewriter`.
 *
 * @example
 * const rewriter = new Rewriter()
 *   // no revision of ours drops a table
 *   .rewrites('dropTable', () => [])
 *   .rewrites('createTable', (operation) => ({ ...operation, ifNotExists: true }));
 *
 * MigrationModule.forRoot({ processRevisionDirectives: rewriter })
 */
export class Rewriter implements DirectivesProcessor {
  readonly #rules: Rule[] = [];

  /**
   * Adds a rewrite for operations of a kind, or of several kinds.
   *
   * @param kinds The `kind` of the operations, such as `'createTable'`.
   * @param rewrite Returns the operation or another one, several, or `[]` for none.
   * @returns this rewriter.
   * @example
   * new Rewriter().rewrites('addColumn', (operation) => ({ ...operation, ifNotExists: true }));
   */
  rewrites<K extends AnyOperation['kind']>(
    kinds: K | readonly K[],
    rewrite: Rewrite<Extract<AnyOperation, { readonly kind: K }>>,
  ): this {
    this.#rules.push({ kinds: [kinds].flat(), rewrite });
    return this;
  }

  /**
   * Returns a new rewriter that does what this one does, then what `next` does.
   *
   * @example
   * const kept = new Rewriter().rewrites(['dropTable', 'dropColumn'], () => []);
   * const concurrent = new Rewriter().rewrites('createIndex', (operation) => ({ ...operation, concurrently: true }));
   * MigrationModule.forRoot({ processRevisionDirectives: kept.chain(concurrent) });
   */
  chain(next: Rewriter): Rewriter {
    const both = new Rewriter();
    both.#rules.push(...this.#rules, ...next.#rules);
    return both;
  }

  /**
   * Rewrites the operations of the directives in place. The option `processRevisionDirectives` calls it, and so may a
   * function of the application.
   *
   * @throws InvalidOptionError where a rewrite returns no object.
   */
  readonly process = (directives: RevisionDirective[], context: DirectivesContext): void => {
    for (const { revId: revision, operations } of directives) {
      for (const entry of operations) {
        for (const direction of ['upgrade', 'downgrade'] as const) {
          const { connection } = entry;
          entry[direction] = this.#rewritten(entry[direction], { ...context, revision, connection, direction });
        }
      }
    }
  };

  #rewritten(operations: readonly AnyOperation[], context: RewriteContext): AnyOperation[] {
    return this.#rules.reduce<AnyOperation[]>(
      (current, { kinds, rewrite }) =>
        current.flatMap((operation) => {
          if (!kinds.includes(operation.kind)) return [operation];
          const made: unknown = rewrite(operation as never, context);
          if (typeof made === 'object' && made !== null) return made as AnyOperation | AnyOperation[];
          throw new InvalidOptionError(
            'processRevisionDirectives',
            `has a rewrite of '${operation.kind}' that returns ${String(made)}`,
            'Return the operation, several, or [] for none.',
          );
        }),
      [...operations],
    );
  }
}
