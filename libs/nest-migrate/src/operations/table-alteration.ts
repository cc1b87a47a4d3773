import { type Operation } from './operation.js';

/** The kinds of operations that change one table: what `batchAlterTable` takes. */
const kinds = [
  'alterTableComment',
  'addColumn',
  'dropColumn',
  'alterColumn',
  'renameColumn',
  'createIndex',
  'dropIndex',
  'renameIndex',
  'createPrimaryKey',
  'createForeignKey',
  'createUniqueConstraint',
  'createCheckConstraint',
  'dropConstraint',
] as const satisfies readonly Operation['kind'][];

/** An operation that changes one table, and so can be done by making another one of it. */
export type TableAlteration = Extract<Operation, { readonly kind: (typeof kinds)[number] }>;

const known: ReadonlySet<string> = new Set(kinds);

export function isTableAlteration(operation: { readonly kind: string }): operation is TableAlteration {
  return known.has(operation.kind);
}
