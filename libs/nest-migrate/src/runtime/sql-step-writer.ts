import { type ToolTables } from '../engines/tables/tool-tables.js';
import { TransactionEndedError } from '../errors/runtime.errors.js';
import { type Session, type StepWriter, type WrittenStep, type WrittenWith } from './ports.js';
import { type SqlHistory } from './sql-history.js';
import { type SqlVersionRows } from './sql-version-rows.js';

/** Moves rows and adds lines by one statement, which saves two round trips a step. */
export class SqlStepWriter implements StepWriter {
  constructor(
    private readonly version: SqlVersionRows,
    private readonly history: SqlHistory | undefined,
    private readonly atOnce: NonNullable<ToolTables['atOnce']>,
  ) {}

  async write(
    session: Session,
    step: WrittenStep,
    { taken, known, isOpen, asked }: WrittenWith,
  ): Promise<string | null> {
    const sql = this.atOnce({
      counted: step.changes.map((change) => this.version.statement(change, isOpen)),
      uncounted: (await this.history?.insertions(session, step, taken, known, isOpen)) ?? [],
      asked: { ...(isOpen !== undefined && { is_open: isOpen }), ...(asked !== undefined && { asked }) },
    });
    const [row = {}] = await session.query(sql);
    if (isOpen !== undefined && row['is_open'] !== true) throw new TransactionEndedError();
    for (const [at, change] of step.changes.entries())
      await this.version.checkMatched(session, change, Number(row[`rows${at}`]));
    return typeof row['asked'] === 'string' ? row['asked'] : null;
  }
}
