import { type TableAlteration } from '../../../operations/all.js';
import { type Group, type Verdict } from './verdict.js';

/**
 * Divides changes of which each was made alone: those that need no copy of the table are joined where the server makes
 * them alike, and all that need one come last, in one statement, since one copy serves them all. A new column keeps its
 * place behind the one that it comes after.
 */
export function copiesApart(parts: readonly { readonly group: Group; readonly verdict: Verdict }[]): readonly Group[] {
  const copies: TableAlteration[] = [];
  const others: { readonly group: TableAlteration[]; readonly way: string }[] = [];
  for (const { group, verdict } of parts) {
    if (verdict.waits === 'writes for a copy' || group.some((one) => comesBehind(one, copies))) {
      copies.push(...group);
      continue;
    }
    const way = JSON.stringify(verdict);
    const last = others.at(-1);
    if (last?.way === way) last.group.push(...group);
    else others.push({ group: [...group], way });
  }
  return [...others.map(({ group }) => group), ...(copies.length === 0 ? [] : [copies])];
}

/** Whether a column has its place behind one of those that others add. */
function comesBehind(operation: TableAlteration, others: readonly TableAlteration[]): boolean {
  if (operation.kind !== 'addColumn') return false;
  const { after, first } = operation;
  const added = others.flatMap((other) => (other.kind === 'addColumn' ? [other.column.name] : []));
  if (first === true || added.length === 0) return false;
  return after === undefined || added.includes(after);
}
