/**
 * The fingerprint against dumps that know nothing of the library: what is equal there is equal here, and what differs
 * there differs here. Over the schemas that the matrix of features and changes goes through.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fingerprint } from '../../../libs/nest-migrate/src/rehearsal/fingerprint.js';
import { allEngines, type Engine } from '../../support/databases.ts';
import { sqliteDump } from '../../support/sqlite-dump.ts';
import { isTurn } from '../../support/turns.ts';
import { type Entities, LiveDatabase } from '../autogenerate/live-database.js';
import { changes, features, rowsOf } from '../autogenerate/matrix.js';

interface Row {
  readonly name: string;
  readonly extensions?: readonly string[];
  readonly before: () => Entities;
  readonly after: () => Entities;
  readonly rows?: readonly string[];
}

interface Told {
  readonly where: string;
  readonly dump: string;
  readonly fingerprint: Fingerprint;
}

/** Every schema that was met, by what each of the two tells. */
class Ledger {
  private readonly byDump = new Map<string, Told>();
  private readonly byHash = new Map<string, Told>();

  note(told: Told): void {
    const sameDump = this.byDump.get(told.dump);
    if (sameDump !== undefined) expect(told.fingerprint).toEqual(sameDump.fingerprint);
    const sameHash = this.byHash.get(told.fingerprint.hash);
    if (sameHash !== undefined) expect(told.dump).toBe(sameHash.dump);
    this.byDump.set(told.dump, told);
    this.byHash.set(told.fingerprint.hash, told);
  }

  get size(): number {
    return this.byHash.size;
  }
}

/** By what knows nothing of the library; on SQLite the order of columns is none of the schema. */
async function dumpOf(database: LiveDatabase): Promise<string> {
  if (database.engine !== 'sqlite') return database.schema();
  return (await sqliteDump(database.connection, 'none')).join('\n\n');
}

describe.each(allEngines)('the fingerprint beside the dump on %s', (engine) => {
  let database: LiveDatabase;
  const ledger = new Ledger();

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());

  const note = async (where: string): Promise<void> =>
    ledger.note({ where, dump: await dumpOf(database), fingerprint: await database.fingerprint() });

  const rows: readonly Row[] = [
    ...rowsOf(features, engine).map(({ name, extensions, entities }): Row => ({
      name,
      extensions,
      before: () => [],
      after: entities,
    })),
    ...rowsOf(changes, engine),
  ];

  it.each(rows.filter((_, index) => isSampled(index, engine)))(
    '$name',
    async ({ name, extensions, before, after, rows: inserted = [] }) => {
      await database.reset(extensions);
      await database.build(before());
      await database.execute(...inserted);
      await note(`${name}: before`);
      const change = await database.compare(after());
      await database.apply(change.upgrade);
      await note(`${name}: after`);
      await database.apply(change.downgrade);
      await note(`${name}: back`);
      await database.reset(extensions);
      await database.build(after());
      await note(`${name}: fresh`);
    },
  );

  it('met schemas that differ', () => {
    expect(ledger.size).toBeGreaterThan(4);
  });
});

/** One in forty of a run, others on the other engines and in the next. */
function isSampled(index: number, engine: Engine): boolean {
  return isTurn(index + 8 * allEngines.indexOf(engine), 0, [...Array(40).keys()]);
}
