import { type TableModel } from '../../schema/schema-model.js';
import { type Comparison } from './comparison.js';

/** Compares the comments of a table that both sides have. Comments of columns are compared with the columns. */
export function compareTableComments(comparison: Comparison, from: TableModel, to: TableModel): void {
  if (!comparison.engine.platform.supportsComments() || (from.comment ?? '') === (to.comment ?? '')) return;
  comparison.plan.add('comments', {
    kind: 'alterTableComment',
    table: to.name,
    schema: to.schema,
    comment: to.comment ?? null,
    previous: from.comment ?? null,
  });
}
