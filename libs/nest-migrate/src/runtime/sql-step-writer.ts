import { type AtOnce } from '../engines/tables/tool-tables.js';
import { TransactionEndedError } from '../errors/runtime.errors.js';
import { type RowChange } from '../revision/row-changes.js';
import { type Session, type StepWriter, type WrittenStep, type WrittenWith } from './ports.js';
import { type SqlHistory } from './sql-history.js';
import { expectedRows, type SqlVersionRows } from './sql-version-rows.js';

/** Moves rows and adds lines by one statement, which saves two round trips a step. */
export class SqlStepWriter implements StepWriter {
  constructor(
    private readonly version: SqlVersionRows,
    private readonly history: SqlHistory | undefined,
    private readonly atOnce: AtOnce,
  ) {}

  async write(
    session: Session,
    step: WrittenStep,
    { taken, known, isOpen, asked, commit }: WrittenWith,
  ): Promise<string | null> {
    const writes = {
      counted: step.changes.map((change) => this.version.statement(change, isOpen)),
      uncounted: (await this.history?.insertions(session, step, taken, known, isOpen)) ?? [],
    };
    if (commit !== undefined && isOpen !== undefined) {
      const needed = { counts: step.changes.map(expectedRows), condition: isOpen, told: this.version.inquiry.then };
      const sql = this.atOnce.statement({ ...writes, asked: {}, needed });
      if (await this.#committed(session, step.changes, () => session.commitBehind(sql, commit.next))) return null;
    }
    const sql = this.atOnce.statement({
      ...writes,
      asked: { ...(isOpen !== undefined && { is_open: isOpen }), ...(asked !== undefined && { asked }) },
    });
    const [row = {}] = await session.query(sql);
    if (isOpen !== undefined && row['is_open'] !== true) throw new TransactionEndedError();
    for (const [at, change] of step.changes.entries())
      await this.version.checkMatched(session, change, Number(row[`rows${at}`]));
    return typeof row['asked'] === 'string' ? row['asked'] : null;
  }

  /** @throws TransactionEndedError | VersionConflictError where the statement was refused. */
  async #committed(session: Session, changes: readonly RowChange[], commit: () => Promise<boolean>): Promise<boolean> {
    try {
      return await commit();
    } catch (error) {
      const refused = this.atOnce.refusal(error);
      if (refused === undefined) throw error;
      if (!refused.isSo) {
        // another one may have failed now, and would not tell what has become of the one that was begun
        await session.execute('rollback');
        throw new TransactionEndedError();
      }
      for (const [at, change] of changes.entries())
        await this.version.checkMatched(session, change, refused.counts[at] ?? 0, refused.told);
      throw error;
    }
  }
}
