/** What a tool makes of a cell of the matrix of dependencies. */
import {
  byTable,
  goes,
  insertOf,
  kept,
  ofCell,
  type Outcome,
  renamed,
  reset,
  rowsOf,
  type Stage,
  type Taken,
} from '../../test/dependencies/bench.js';
import { type Cell, versionOf } from '../../test/dependencies/cells.js';
import { type Description } from '../../test/dependencies/description.js';
import { prefixOf } from '../../test/dependencies/names.js';
import { differenceOf, toldSchema, withoutUndeclared } from '../../test/dependencies/told-schema.js';
import { type LiveDatabase } from '../../test/integration/autogenerate/live-database.js';
import { type Tool } from './round-trip.ts';
import { NotSaid } from './sqlalchemy-tables.ts';

/** `undefined` where the tool has no words for the cell. */
export type Verdict = Outcome | undefined;

class Stopped extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome.text);
    this.outcome = outcome;
  }
}

/** One cell through one tool, as the bench takes many through this library. */
export async function judged<Version>(
  database: LiveDatabase,
  tool: Tool<Version>,
  cell: Cell,
  say: (schema: Description) => Version,
): Promise<Verdict> {
  const prefix = prefixOf(0);
  const [before, after] = [
    versionOf(cell, 'before', prefix, database.engine),
    versionOf(cell, 'after', prefix, database.engine),
  ];
  const one: Taken = { cell, number: 0, before, after };
  let versions: readonly [() => Version, () => Version];
  try {
    versions = [() => say(before.schema), () => say(after.schema)];
    versions.forEach((version) => version());
  } catch (error) {
    if (error instanceof NotSaid) return undefined;
    return { verdict: 'not possible', stage: 'entities', text: String(error) };
  }
  try {
    await judge(database, tool, one, versions);
    return { verdict: 'holds' };
  } catch (error) {
    if (error instanceof Stopped) return error.outcome;
    throw error;
  }
}

async function judge<Version>(
  database: LiveDatabase,
  tool: Tool<Version>,
  one: Taken,
  [first, second]: readonly [() => Version, () => Version],
): Promise<void> {
  const { before, after } = one;
  const step = async <T>(verdict: Outcome['verdict'], stage: Stage, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new Stopped({ verdict, stage, text: (error as Error).message });
    }
  };
  const refused = <T>(stage: Stage, work: () => Promise<T>): Promise<T> => step('not possible', stage, work);
  const tried = <T>(stage: Stage, work: () => Promise<T>): Promise<T> => step('fails', stage, work);
  const same = (stage: Stage, expected: readonly string[], actual: readonly string[]): void => {
    const text = differenceOf(expected, actual);
    if (text !== '') throw new Stopped({ verdict: 'fails', stage, text });
  };
  const settled = async (stage: Stage, version: () => Version): Promise<void> => {
    const text = await tried(stage, () => tool.remaining(version()));
    if (text !== '') throw new Stopped({ verdict: 'fails', stage, text });
  };
  const lines = async (): Promise<readonly string[]> => (await toldSchema(database)).get(0) ?? [];
  const result = async (): Promise<readonly string[]> => ofCell(await toldSchema(database), one);

  await reset(database);
  await refused('start', () => tool.migrate(second()));
  const wanted = await result();
  await refused('undeclared', () => database.execute(...after.schema.undeclared));
  const wantedWithAll = await result();

  await reset(database);
  const start = await refused('start', () => tool.migrate(first()));
  await settled('settled', first);
  const declared = await lines();
  await refused('rows', () => database.execute(...before.schema.rows.map((row) => insertOf(row, one))));
  await refused('undeclared', () => database.execute(...before.schema.undeclared));
  const contents = async () => byTable(await database.contents());
  const [schemaBefore, rowsBefore] = [await lines(), renamed([one], await contents())];

  const change = await tried('upgrade', () => tool.migrate(second()));
  await settled('again', second);
  const rowsAfter = await contents();
  const schemaAfter = await lines();
  same('lost', rowsOf(one, rowsBefore, rowsAfter), rowsOf(one, rowsAfter, rowsBefore));
  const declaredOnly = (all: readonly string[]): readonly string[] => (goes(one) ? withoutUndeclared(all) : all);
  same('fresh', declaredOnly(wantedWithAll), declaredOnly(await result()));
  // what differs was not seen
  if (change === 'nothing') return;

  await tried('downgrade', change.downgrade);
  const [schemaBack, rowsBack] = [await lines(), renamed([one], await contents())];
  if (!goes(one) || differenceOf(withoutUndeclared(declared), withoutUndeclared(schemaBack)) !== '') {
    same('back', kept(schemaBefore), kept(schemaBack));
  }
  same('lost back', rowsOf(one, rowsBefore, rowsAfter), rowsOf(one, rowsBack, rowsAfter));
  await tried('second upgrade', change.again);
  if (!goes(one)) same('second result', schemaAfter, await lines());

  await reset(database);
  await tried('replay', async () => {
    if (start !== 'nothing') await start.again();
    await change.again();
  });
  same('replayed', wanted, await result());
}
