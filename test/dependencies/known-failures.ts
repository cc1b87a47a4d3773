/** Cells that fail today, by cause. The list only shrinks: a cell of it that holds makes a test fail. */
import { readFileSync } from 'node:fs';
import { type Engine } from '../support/databases.js';

/** By cause, change and dependents, the engines on which the cell fails. */
type Listed = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/** The cells that are known to fail on an engine, by name, each with its cause. */
export function knownFailures(engine: Engine): ReadonlyMap<string, string> {
  const listed = JSON.parse(readFileSync(new URL('known-failures.json', import.meta.url), 'utf8')) as Listed;
  const known = new Map<string, string>();
  for (const [cause, changes] of Object.entries(listed)) {
    for (const [change, hanging] of Object.entries(changes)) {
      for (const [dependents, engines] of Object.entries(hanging)) {
        if (engines.split(' ').includes(engine)) known.set(`${change} | ${dependents}`, cause);
      }
    }
  }
  return known;
}
