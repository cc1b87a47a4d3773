/**
 * How bad a finding is. `notice`: good to know; `warning`: the release that still runs may fail, or something is scanned
 * or rebuilt while others work; `blocking`: requests wait for longer than a moment, or data is lost.
 */
export type Level = 'notice' | 'warning' | 'blocking';

/** From the least to the worst. */
export const levels: readonly Level[] = ['notice', 'warning', 'blocking'];

/** Whether a level is another one or worse. */
export function isAtLeast(level: Level, other: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(other);
}
