import { type MikroORM } from '@mikro-orm/sql';
import { type CommandContext } from '../commands/command-context.js';
import { rehearse } from '../commands/rehearse.js';
import { instanceOptions } from '../rehearsal/pglite-cluster.js';
import { type Coordinates, COORDINATES } from '../rehearsal/scratch-place.js';
import { type DatabaseSetup } from './database-setup.js';
import { explainingServices, testedApplication } from './tested-application.js';
import { oneAfterTheOther } from './turn.js';

/** A scratch database that stays until it is closed. */
export interface HeldDatabase {
  /** The options with which an ORM of a test uses it. */
  readonly coordinates: Coordinates;
  /** The context of a command on it. */
  readonly context: CommandContext;
  close(): Promise<void>;
}

/**
 * A scratch database at a revision, which begins with the snapshot that the first test process made of it.
 *
 * @param at The revision, as a symbol; `undefined`: it is empty.
 */
export async function heldRehearsal(setup: DatabaseSetup, at: string | undefined): Promise<HeldDatabase> {
  const held = (takeTurn: () => Promise<void>): Promise<HeldDatabase> => hold(setup, at, takeTurn);
  const { directory, versionLocations } = setup.migrations;
  const what = JSON.stringify([setup.engine, setup.orm.baseDir, String(directory), versionLocations, setup.key, at]);
  return oneAfterTheOther(what, setup.host, held);
}

async function hold(
  setup: DatabaseSetup,
  at: string | undefined,
  beforeRevisions: () => Promise<void>,
): Promise<HeldDatabase> {
  const { context, rehearsedServices, close } = await testedApplication(setup);
  let end: () => void = () => undefined;
  const ended = new Promise<void>((settle) => (end = settle));
  let begin: (database: Omit<HeldDatabase, 'close'>) => void = () => undefined;
  const begun = new Promise<Omit<HeldDatabase, 'close'>>((settle) => (begin = settle));
  const how = { at: at === undefined ? [] : [at], apart: true, snapshotAfter: 1, beforeRevisions };
  let pglite: Pglite | undefined;
  const rehearsal = rehearse(context, { ...how, ...rehearsedServices }, async (scratch) => {
    if (setup.engine === 'pglite') pglite = await instanceOf(scratch.orm);
    begin({ coordinates: await coordinatesFor(setup, scratch.orm, pglite), context: scratch });
    await ended;
  }).finally(close);
  const database = await explainingServices(setup.purpose, () => Promise.race([begun, rehearsal.then(() => begun)]));
  return {
    ...database,
    close: async () => {
      end();
      await rehearsal;
      // an ORM that has sent no query leaves it open
      if (pglite?.closed === false) await pglite.close();
    },
  };
}

/** The part of PGlite that is used. It is reached through the ORM, since the driver's own dependency may not be importable. */
interface Pglite {
  readonly closed: boolean;
  close(): Promise<void>;
}

async function instanceOf(orm: MikroORM): Promise<Pglite> {
  return (orm.em.getConnection() as unknown as { getNativeClient(): Promise<Pglite> }).getNativeClient();
}

async function coordinatesFor(
  { orm }: DatabaseSetup,
  { config, em }: MikroORM,
  pglite: Pglite | undefined,
): Promise<HeldDatabase['coordinates']> {
  const coordinates = Object.fromEntries(COORDINATES.map((option) => [option, config.get(option)])) as Coordinates;
  // the scratch ORM owns the instance, and gave it the parsers of MikroORM, which other ORMs on it need
  if (pglite !== undefined) return { ...coordinates, driverOptions: { ...instanceOptions(orm), pglite } };
  // the ORM opens it again where it is needed
  await em.getConnection().close();
  return coordinates;
}
