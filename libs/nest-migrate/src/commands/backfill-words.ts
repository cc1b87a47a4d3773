import { type BackfillProgress } from '../operations/backfill.js';

/** How far a backfill is: `120,000 of about 1,000,000 rows, 24,000 a second, 0:37 left`. */
export function backfillWords({ done, total, pass, rate, leftMs }: BackfillProgress): string {
  if (pass > 1) return `looking for rows that came behind the cursor, ${rowsOf(done)} found`;
  return [
    total === null ? rowsOf(done) : `${numberOf(done)} of about ${rowsOf(total)}`,
    ...(rate === null ? [] : [`${numberOf(rate)} a second`]),
    ...(leftMs === null ? [] : [`${clockOf(leftMs)} left`]),
  ].join(', ');
}

/** The same where there is little room: `12% of book, 24,000 rows/s, 0:37 left`. */
export function backfillInShort({ table, done, total, pass, rate, leftMs }: BackfillProgress): string {
  if (pass > 1) return `last pass over ${table}, ${rowsOf(done)} found`;
  const part = total === null || total === 0 ? rowsOf(done) : `${Math.floor((done / total) * 100)}%`;
  return [
    `${part} of ${table}`,
    ...(rate === null ? [] : [`${numberOf(rate)} rows/s`]),
    ...(leftMs === null ? [] : [`${clockOf(leftMs)} left`]),
  ].join(', ');
}

export function rowsOf(count: number): string {
  return `${numberOf(count)} ${count === 1 ? 'row' : 'rows'}`;
}

/** Minutes and seconds, with hours where there are: `0:07`, `1:02:45`. */
export function clockOf(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (number: number): string => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours === 0 ? `${minutes}:${two(seconds % 60)}` : `${hours}:${two(minutes)}:${two(seconds % 60)}`;
}

function numberOf(count: number): string {
  return count.toLocaleString('en-US');
}
