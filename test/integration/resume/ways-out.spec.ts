/** Of whatever is noted of unfinished revisions there is a way out, which the message names. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type MigrationError } from 'nest-migrate';
import { type Engine } from '../../support/databases.ts';
import { doors, type Note, outcome, type Outcome, put, sql } from '../../support/noted.ts';
import { executing, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { isTurn, turns } from '../../support/turns.ts';

const ids = ['aaaa', 'bbbb', 'cccc', 'dddd'] as const;
const statement = (id: string, direction: string, ordinal: number): string =>
  `insert into log values ('${direction} ${id} ${ordinal}')`;
const body = (id: string, direction: string): RevisionCode =>
  executing(...[0, 1].map((ordinal) => statement(id, direction, ordinal)));
/** A line of three, and a branch at its first. */
const revisions = Object.fromEntries(
  ids.map((id) => {
    const functions = { upgrade: body(id, 'upgrade'), downgrade: body(id, 'downgrade') };
    return [id, id === 'dddd' ? { ...functions, down: 'aaaa' } : functions];
  }),
);

interface State {
  readonly rows: readonly string[];
  readonly notes: readonly Note[];
}

/** What may stand in the version table: all that the graph allows, and a row that no script has. */
const places: readonly (readonly string[])[] = [
  ...[[], ['aaaa'], ['bbbb'], ['cccc'], ['dddd'], ['bbbb', 'dddd'], ['cccc', 'dddd']],
  ...[['zzzz'], ['aaaa', 'zzzz']],
];

/** How far a revision has come: what is noted, statement by statement. */
const progress: Readonly<Record<string, readonly (readonly [ordinal: number, Note['state'], isEdited?: boolean])[]>> = {
  'one done': [[0, 'done']],
  'one running': [[0, 'running']],
  'one done, one running': [
    [0, 'done'],
    [1, 'running'],
  ],
  'all done': [
    [0, 'done'],
    [1, 'done'],
  ],
  'one failed': [[0, 'failed']],
  'one done that was edited': [[0, 'done', true]],
  'one running that was edited': [[0, 'running', true]],
  'one failed that was edited': [[0, 'failed', true]],
  'one done that is gone': [[7, 'done']],
  'one running that is gone': [[7, 'running']],
  nonsense: [[-1, 'done']],
};

const noted = (revision: string, direction: string, far: string): readonly Note[] =>
  (progress[far] ?? []).map(([ordinal, state, isEdited = false]) => ({
    ...{ revision, direction: direction as Note['direction'], ordinal, state },
    sql: isEdited ? 'insert into log values (0)' : statement(revision, direction, ordinal),
  }));

const note = fc
  .tuple(
    fc.constantFrom(...ids, 'zzzz'),
    fc.constantFrom('upgrade', 'downgrade', 'sideways'),
    fc.constantFrom(...Object.keys(progress)),
  )
  .map((parts) => noted(...parts));
const states = fc.record<State>({
  rows: fc.constantFrom(...places),
  notes: fc
    .uniqueArray(note, { minLength: 1, maxLength: 3, selector: ([first]) => `${first?.revision} ${first?.direction}` })
    .map((several) => several.flat()),
});

const complaints = ['INTERRUPTED_REVISION', 'INTERRUPTED_STATEMENT', 'APPLIED_STATEMENT_EDITED'];
/** What an error says, where that is of unfinished revisions. */
const complaintOf = (error: MigrationError | undefined): string | undefined =>
  error !== undefined && complaints.includes(error.code) ? error.message : undefined;

/** Does what a message names. */
function obey(at: Scenario, message: string): Promise<Outcome> {
  const [, command, rest = ''] = /\bdb (upgrade|downgrade|stamp)((?: [^\s,.]+)*)/.exec(message) ?? [];
  const words = rest.trim().split(' ');
  const place = words.indexOf('--interrupted');
  const interrupted = place === -1 ? undefined : (words.splice(place, 2)[1] as 'skip');
  const purge = words[0] === '--purge' && words.shift() !== undefined;
  const [target] = words;
  if (command === 'stamp') return outcome((options) => at.migrations.stamp({ ...options, revisions: words, purge }));
  if (command === 'upgrade') return outcome((options) => at.migrations.upgrade({ ...options, target, interrupted }));
  if (command === 'downgrade')
    return outcome((options) => at.migrations.downgrade({ ...options, target, interrupted }));
  throw new Error(`No command is named: ${message}`);
}

/** Knocks at a door, and does what it says until it says nothing of unfinished revisions any more. */
async function getThrough(at: Scenario, door: string, { rows, notes }: State): Promise<void> {
  await put(at, rows, notes);
  const said: string[] = [];
  let complaint = complaintOf((await doors[door](at)).error);
  while (complaint !== undefined) {
    expect(said).not.toContain(complaint);
    said.push(complaint);
    expect(said.length).toBeLessThan(12);
    const { error } = await obey(at, complaint);
    complaint = complaintOf(error);
    if (error !== undefined && complaint === undefined) throw new Error(`${said.join('\n')}\n-> ${error.message}`);
    complaint ??= complaintOf((await doors[door](at)).error);
  }
}

describe.each<[Engine, number]>([
  ['sqlite', turns.isWhole ? 250 : 100],
  ['pglite', 10],
  ['postgres', 10],
  ['mysql', 10],
  ['mariadb', 10],
])('a way out of whatever the journal holds on %s', (engine, numRuns) => {
  let at: Scenario;
  beforeAll(async () => {
    at = await scenario(engine, { revisions });
    await sql(at, 'create table log (n varchar(64))');
  });
  afterAll(() => at.end());

  it.each(Object.keys(doors).filter((door) => engine === 'sqlite' || !['migrate', 'wait'].includes(door)))(
    'is named at the door: %s',
    async (door) => {
      const runs = Math.ceil(numRuns / Object.keys(doors).length);
      await fc.assert(
        fc.asyncProperty(states, (state) => getThrough(at, door, state)),
        { numRuns: runs, seed: door.length, endOnFailure: true },
      );
    },
    300_000,
  );

  if (engine !== 'sqlite') return;
  it.each(places.map((rows) => [rows.join(' and ') || 'base', rows] as const))(
    'is named for each revision and direction, at %s',
    async (_, rows) => {
      for (const revision of [...ids, 'zzzz']) {
        for (const direction of ['upgrade', 'downgrade']) {
          for (const [index, far] of Object.keys(progress).entries()) {
            // of a long product a third each day
            if (!isTurn(index, 0, [0, 1, 2])) continue;
            await getThrough(at, 'upgrade', { rows, notes: noted(revision, direction, far) });
          }
        }
      }
    },
    300_000,
  );
});
