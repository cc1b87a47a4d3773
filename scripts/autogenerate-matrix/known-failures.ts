/**
 * Writes test/dependencies/known-failures.json from what the last whole run of the matrix found: what holds goes from the
 * list, what fails keeps its cause, and what is new gets one by what it says, or none, for a later look.
 *
 *     npm run test:dependencies; npm run docs:known-failures
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownFailures } from '../../test/dependencies/known-failures.js';
import { type Result, resultsFolder } from '../../test/dependencies/results.js';
import { allEngines, type Engine } from '../../test/support/engines.ts';
import { causeOf } from './causes.ts';

const list = join('test', 'dependencies', 'known-failures.json');
const UNKNOWN = 'not looked at yet';

/** By cause, change and dependents, the engines. */
const listed = new Map<string, Map<string, Map<string, Engine[]>>>();
for (const engine of allEngines) {
  for (const [cell, cause] of failuresOn(engine)) {
    const [change = '', dependents = ''] = cell.split(' | ');
    const changes = listed.get(cause) ?? new Map<string, Map<string, Engine[]>>();
    const hanging = changes.get(change) ?? new Map<string, Engine[]>();
    listed.set(cause, changes.set(change, hanging.set(dependents, [...(hanging.get(dependents) ?? []), engine])));
  }
}
const sorted = <T>(map: Map<string, T>): readonly (readonly [string, T])[] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));
const told = Object.fromEntries(
  sorted(listed).map(([cause, changes]) => [
    cause,
    Object.fromEntries(
      sorted(changes).map(([change, hanging]) => [
        change,
        Object.fromEntries(sorted(hanging).map(([dependents, engines]) => [dependents, engines.join(' ')])),
      ]),
    ),
  ]),
);
writeFileSync(list, `${JSON.stringify(told, null, 2)}\n`);

/** An engine that did not run keeps its part of the list. */
function failuresOn(engine: Engine): ReadonlyMap<string, string> {
  const known = knownFailures(engine);
  const causeBefore = (cell: string): string | undefined => {
    const cause = known.get(cell);
    return cause === UNKNOWN ? undefined : cause;
  };
  const path = join(resultsFolder, `${engine}.json`);
  if (!existsSync(path)) return known;
  const results = JSON.parse(readFileSync(path, 'utf8')) as readonly Result[];
  return new Map(
    results
      .filter(({ verdict }) => verdict === 'fails')
      .map((one) => [one.cell, causeBefore(one.cell) ?? causeOf(engine, one) ?? UNKNOWN]),
  );
}
