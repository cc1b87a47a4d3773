import { type Work } from '../engines/impact/impact.js';

/** The order of magnitude of a time. Seconds would be made up: they depend on disks, caches and what else runs. */
export type Magnitude = 'milliseconds' | 'seconds' | 'minutes' | 'hours';

/** The size of a table. */
export interface TableSize {
  /** `null` where it is not known. */
  readonly rows: number | null;
  /** Without indexes. `null` where they are not known. */
  readonly bytes: number | null;
  /** `null` where they are not known. */
  readonly indexBytes: number | null;
}

const MEGABYTE = 2 ** 20;

/** What a slow disk reads in a second. */
const READ_A_SECOND = 100 * MEGABYTE;

/** What a slow disk takes in a second of rows that are written again, with a log of them. */
const WRITTEN_A_SECOND = 20 * MEGABYTE;

/** The bytes of a row where only the number of rows is known. */
const ROW = 100;

const ORDER: readonly Magnitude[] = ['milliseconds', 'seconds', 'minutes', 'hours'];

/**
 * How long work on a table takes.
 *
 * @param builtIndexes Whether indexes are built while it lasts.
 * @returns `undefined` where the size of the table decides it and is not known.
 */
export function magnitudeOf(work: Work, size: TableSize | undefined, builtIndexes: boolean): Magnitude | undefined {
  if (work === 'metadata' && !builtIndexes) return 'milliseconds';
  const bytes = size?.bytes ?? (size?.rows == null ? undefined : size.rows * ROW);
  if (bytes === undefined) return undefined;
  const read = bytes / READ_A_SECOND;
  const written = (work === 'rewrite' ? bytes : 0) + (builtIndexes ? (size?.indexBytes ?? bytes) : 0);
  return inWords(read + written / WRITTEN_A_SECOND);
}

function inWords(seconds: number): Magnitude {
  if (seconds < 1) return 'milliseconds';
  if (seconds < 60) return 'seconds';
  return seconds < 3600 ? 'minutes' : 'hours';
}

/** The longest of several; `undefined` where one of them is not known. */
export function longest(magnitudes: readonly (Magnitude | undefined)[]): Magnitude | undefined {
  if (magnitudes.includes(undefined)) return undefined;
  const most = Math.max(0, ...magnitudes.map((each) => ORDER.indexOf(each ?? 'milliseconds')));
  return ORDER[most];
}

/** A size for people: `1.2 GB`. */
export function describeBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${value < 10 && unit > 0 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${units[unit]}`;
}

/** A number of rows for people: `4.2 million rows`. */
export function describeRows(rows: number): string {
  if (rows === 1) return '1 row';
  const [value, word] = rows >= 1e9 ? [rows / 1e9, ' billion'] : rows >= 1e6 ? [rows / 1e6, ' million'] : [rows, ''];
  const text = word === '' ? Math.round(value).toLocaleString('en-US') : value.toFixed(1).replace(/\.0$/, '');
  return `${text}${word} rows`;
}
