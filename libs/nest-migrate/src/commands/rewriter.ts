import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type AnyOperation } from '../operations/registered-operations.js';
import { type DirectivesContext, type DirectivesProcessor, type RevisionDirective } from './revision-directives.js';

/** What a rewrite knows about the operation that it gets. */
export interface RewriteContext extends DirectivesContext {
  /** The connection that the operation is for. */
  readonly connection: string;
  readonly direction: 'upgrade' | 'downgrade';
  /** The id that the revision will have. */
  readonly revision: string;
}

/** What becomes of an operation: itself or another, several, or none. */
export type Rewrite<O extends AnyOperation> = (
  operation: O,
  context: RewriteContext,
) => AnyOperation | readonly AnyOperation[];

interface Rule {
  readonly kinds: readonly string[];
  readonly rewrite: Rewrite<never>;
}

/**
 * Rewrites the operations of new revisions, kind by kind, in both directions. What a rewrite answers is not given to it
 * again, but to those that were registered after it. Alembic's `Rewriter`.
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
   * Adds a rewrite for operations of a kind, or of several. Answers this rewriter.
   *
   * @param kinds the `kind` of an operation, such as `'createTable'`.
   * @param rewrite answers the operation or another, several, or `[]` for none.
   */
  rewrites<K extends AnyOperation['kind']>(
    kinds: K | readonly K[],
    rewrite: Rewrite<Extract<AnyOperation, { readonly kind: K }>>,
  ): this {
    this.#rules.push({ kinds: [kinds].flat(), rewrite });
    return this;
  }

  /** A rewriter that does what this one does, then what `next` does. */
  chain(next: Rewriter): Rewriter {
    const both = new Rewriter();
    both.#rules.push(...this.#rules, ...next.#rules);
    return both;
  }

  /**
   * What the option `processRevisionDirectives` calls. It may be called by a function of one's own as well.
   *
   * @throws InvalidOptionError where a rewrite answers nothing.
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
          const answer: unknown = rewrite(operation as never, context);
          if (typeof answer === 'object' && answer !== null) return answer as AnyOperation | AnyOperation[];
          throw new InvalidOptionError(
            'processRevisionDirectives',
            `has a rewrite of '${operation.kind}' that answers ${String(answer)}`,
            'Answer the operation, several, or [] for none.',
          );
        }),
      [...operations],
    );
  }
}
