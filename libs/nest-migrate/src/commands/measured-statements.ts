import { type MeasuredSession, type MeasuredStatement } from '../engines/impact/impact.js';
import { RevisionFailedError } from '../errors/runtime.errors.js';
import { onOneConnection } from '../rehearsal/scratch-orm.js';
import { type ObservedStatement } from '../runtime/statement-observer.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { downgradeTo } from './downgrade.js';
import { type RehearseOptions, rehearse } from './rehearse.js';
import { readScripts } from './revision-scripts.js';
import { type Planning, runWith } from './run.js';
import { upgradeTo } from './upgrade.js';

/** Options of {@link measureSteps}. */
export interface MeasureOptions extends Common {
  /** The revisions from which it goes up or down. Default: none, so that the database is empty. */
  readonly at?: readonly string[];
  readonly direction?: 'upgrade' | 'downgrade';
  /** As in the options of {@link rehearse}. */
  readonly apart?: RehearseOptions['apart'];
  /** The revision to go to, as a symbol. Default: `'head'` for an upgrade, `'-1'` for a downgrade. */
  readonly target?: string;
  /** Receives what was measured before a failure. */
  readonly beforeFailure?: (statements: readonly MeasuredStatement[]) => void;
}

/**
 * Takes the steps of an upgrade or a downgrade on a scratch database, and tells what each of their statements does to
 * the database. The application's own database is only asked what the scratch database has to be like.
 *
 * @throws RevisionFailedError where a revision fails; ScratchPlaceMissingError where the options do not say where a
 * scratch database may be created.
 */
export async function measureSteps(
  context: CommandContext,
  { at, direction = 'upgrade', target, beforeFailure, ...common }: MeasureOptions,
): Promise<readonly MeasuredStatement[]> {
  const planning = direction === 'upgrade' ? upgradeTo(target ?? 'head') : downgradeTo(target ?? '-1');
  const measuredIn = (transactions: Transactions, into: MeasuredStatement[]): Promise<readonly MeasuredStatement[]> =>
    rehearse(context, { ...common, at }, (scratch) => measured(scratch, common, { planning, transactions, into }));
  const { transactionalDdl } = databaseOf(context, common).engine.capabilities;
  const statements: MeasuredStatement[] = [];
  try {
    return await measuredIn('of each statement', statements).catch((error: unknown) => {
      // what is only whole in one transaction, such as a table that is dropped on commit, is measured in it
      if (!transactionalDdl || !(error instanceof RevisionFailedError)) throw error;
      return measuredIn('of the revision', []);
    });
  } catch (error) {
    beforeFailure?.(statements);
    throw error;
  }
}

/** Whose the transactions are. In that of a revision a lock is only seen at the first statement that takes it. */
type Transactions = 'of each statement' | 'of the revision';

async function measured(
  scratch: CommandContext,
  { directory, signal, xArguments }: Common,
  {
    planning,
    transactions,
    into: statements,
  }: { readonly planning: Planning; readonly transactions: Transactions; readonly into: MeasuredStatement[] },
): Promise<readonly MeasuredStatement[]> {
  const meter = await databaseOf(scratch).engine.impact();
  const run = { directory, signal, xArguments };
  await runWith(await readScripts(scratch, run), scratch, run, planning, {
    observe: async (statement, send) => {
      const { revision, direction, operations, session, sql } = statement;
      // a note in the journal is committed with such a statement
      const outsideTransaction = statement.isAlone || !session.inTransaction;
      const impact = await meter.measure(
        measuredSession(scratch, statement, transactions),
        sql,
        async (text) => void (await send(text)),
      );
      const ordinal = statements.filter((other) => other.revision === revision).length;
      statements.push({
        revision,
        direction,
        ordinal,
        sql: sql ?? 'op.transaction',
        operations,
        outsideTransaction,
        impact,
      });
    },
  });
  return statements;
}

function measuredSession(
  scratch: CommandContext,
  { session, transactions }: ObservedStatement,
  whose: Transactions,
): MeasuredSession {
  const { settings } = databaseOf(scratch).engine.session;
  return {
    query: (text, params) => session.query(text, params),
    execute: (text, params) => session.execute(text, params),
    get inTransaction() {
      return session.inTransaction;
    },
    async renew() {
      if (whose === 'of the revision') return;
      const before = await settings?.read(session, LOCAL);
      await transactions.commit();
      await transactions.begin();
      const now = await settings?.read(session, LOCAL);
      for (const [name, value] of before ?? []) {
        const other = now?.get(name) ?? null;
        if (value === other) continue;
        for (const restore of settings?.restore(name, value, other) ?? []) await session.execute(restore);
      }
    },
    async within(work) {
      await transactions.begin();
      try {
        const result = await work();
        await transactions.commit();
        return result;
      } catch (error) {
        await transactions.rollback().catch(() => undefined);
        throw error;
      }
    },
    another: (work) => onOneConnection(scratch.orm, work),
  };
}

/** What statements of the tool keep for later ones of their transaction. */
const LOCAL = ['nest_migrate.dependents', 'nest_migrate.attributes'];
