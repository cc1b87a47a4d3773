import { type TableModel } from '../../schema/schema-model.js';
import { type Comparison } from './comparison.js';

/** Whether two comments are the same to the server, which may keep less of a text than it was given. */
export function sameComment({ engine }: Comparison, from: string | undefined, to: string | undefined): boolean {
  const { readBack } = engine.types;
  return readBack(from ?? '') === readBack(to ?? '');
}

/** Compares the comments of a table that both sides have. Comments of columns are compared with the columns. */
export function compareTableComments(comparison: Comparison, from: TableModel, to: TableModel): void {
  if (!comparison.engine.platform.supportsComments() || sameComment(comparison, from.comment, to.comment)) return;
  comparison.plan.add('comments', {
    kind: 'alterTableComment',
    table: to.name,
    schema: to.schema,
    comment: to.comment ?? null,
    previous: from.comment ?? null,
  });
}
