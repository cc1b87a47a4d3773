import { describeBytes, describeRows, type Magnitude } from './magnitude.js';
import { type Level } from './level.js';
import { type PlannedTable } from './planned-statement.js';

/** The size of a table in words; `undefined` where it is not known. */
export function describeSize({ rows, bytes }: Pick<PlannedTable, 'rows' | 'bytes'>): string | undefined {
  const words = [...(rows === null ? [] : [describeRows(rows)]), ...(bytes === null ? [] : [describeBytes(bytes)])];
  return words.length === 0 ? undefined : words.join(', ');
}

/** The size of a table behind its name: ` (4.2 million rows, 1.3 GB)`; empty where it is not known. */
export function sizeIn(size: Pick<PlannedTable, 'rows' | 'bytes'>): string {
  const words = describeSize(size);
  return words === undefined ? '' : ` (${words})`;
}

/** The level of a finding about time: what takes milliseconds there is good to know and nothing more. */
export function levelFor({ magnitude }: { readonly magnitude: Magnitude | null }): Level | undefined {
  return magnitude === 'milliseconds' ? 'notice' : undefined;
}
