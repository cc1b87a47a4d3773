import { RevisionFailedError } from '../errors/runtime.errors.js';
import { compareFingerprints } from '../rehearsal/fingerprint.js';
import { RevisionGraph } from '../revision/revision-graph.js';
import { planSteps } from '../revision/row-changes.js';
import { placesIn } from '../revision/squash-places.js';
import { ancestors, tipsOf } from '../revision/traversal.js';
import { displayName, type SchemaModel } from '../schema/schema-model.js';
import { fixtureFunction } from '../script/revision-module.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { type Finding } from './finding.js';
import { randomFrom } from './random-numbers.js';
import { rehearse } from './rehearse.js';
import { type RevisionScripts } from './revision-scripts.js';
import { planFor } from './run.js';
import {
  type DifferenceOfRows,
  differencesOfRows,
  lossBeyond,
  lostByDowngrade,
  lostByUpgrade,
} from './table-contents.js';
import { upgradeTo, upgrade } from './upgrade.js';
import {
  type Losses,
  lossSentences,
  type Moment,
  momentOf,
  moveOne,
  putRows,
  reasonOf,
  ROWS_LOST,
  schemaDifference,
  schemaOf,
  serverOf,
  stillToDo,
  type TrialOptions,
} from './verified-revision.js';

/** Whether a squash leads to what the revisions lead to that it replaces, on one connection. */
export interface SquashProof {
  /** The name of the connection; `default` for the one without a `contextName`. */
  readonly connection: string;
  /** Whether all of it was found to be the same. */
  readonly holds: boolean;
  /** The engine and its version, on which it was tried. */
  readonly engine: string;
  /** The hash of the schema to which both lead. */
  readonly schema: string;
  /** From how many places a database goes on: a new one, and those in the middle of the old path and at its end. */
  readonly places: number;
  /** Whether there are no other places. Otherwise they are a sample. */
  readonly isAll: boolean;
  /** What differs. */
  readonly findings: readonly Finding[];
}

/** The rule of what differs between a squash and what it replaces. */
export const SQUASH_DIFFERS = 'squash-differs';

/** So many ways are tried at most. */
const MOST_WAYS = 8;

interface ProofOptions extends Pick<Common, 'signal' | 'xArguments' | 'directory' | 'onEvent'> {
  /** The seed of the sample, where there are many places. */
  readonly seed?: number;
}

/**
 * Proves a squash: a database that takes it, and a database from each place in the middle of the old path, get the
 * schema and the rows that the revisions make which it replaces, and the squash is the row of the version table.
 *
 * @returns `undefined` where the scripts that it replaces are gone, or one of them asks for services, which a rehearsal
 * has not.
 */
export async function proveSquash(
  context: CommandContext,
  scripts: RevisionScripts,
  squash: string,
  options: ProofOptions,
): Promise<SquashProof | undefined> {
  const old = oldPathOf(scripts, squash);
  const needsServices = old?.ids.some((id) => old.scripts.graph.get(id).services.length > 0);
  return old === undefined || needsServices === true
    ? undefined
    : new Proof(context, scripts, squash, old, options).run();
}

/**
 * What a squash loses of the rows that there were, and the revisions that it replaces keep, one after the other: `verify`
 * says of each of them what it loses, and a squash that loses the same rows does what they do.
 *
 * @param lost What the squash loses.
 */
export async function lossesBeyondReplaced(
  context: CommandContext,
  scripts: RevisionScripts,
  squash: string,
  lost: Losses,
  options: ProofOptions & Pick<TrialOptions, 'rows'>,
): Promise<readonly Finding[]> {
  if (lost.upgrade.length === 0 && (lost.downgrade ?? []).length === 0) return [];
  const old = oldPathOf(scripts, squash);
  const known = old && (await new Proof(context, scripts, squash, old, options).losses(options.rows));
  const unsteady = new Map(
    differencesOfRows(lost.before, known?.before ?? lost.before).map(({ table, columns }) => [table, columns]),
  );
  return DIRECTIONS.flatMap((direction) =>
    (lost[direction] ?? []).flatMap((loss) => {
      const table = displayName(loss.place);
      const ofReplaced = known?.[direction];
      const those = ofReplaced?.find((each) => displayName(each.place) === table);
      const beyond = lossBeyond(loss, those, unsteady.get(table) ?? []);
      if (beyond === undefined) return [];
      const { gone, changed } = beyond;
      // as `verify` says it, without what they lose too
      const whole = new Map([...loss.changed].filter(([column]) => changed.has(column)));
      const sentences = lossSentences(direction, [{ ...loss, gone: gone > 0 ? loss.gone : 0, changed: whole }]);
      const keeps = [
        ...(gone > 0 ? [gone === loss.gone ? (gone === 1 ? 'it' : 'them') : `${gone} of them`] : []),
        ...(changed.size > 0 ? ['values that were there'] : []),
      ];
      return sentences.map((sentence, index) => ({
        rule: ROWS_LOST,
        revision: squash,
        direction,
        message: ofReplaced === undefined ? sentence : `${sentence} What it replaces keeps ${keeps[index] ?? ''}.`,
        operations: [],
        schema: [],
      }));
    }),
  );
}

const DIRECTIONS = ['upgrade', 'downgrade'] as const;

/** The way that a squash replaces. */
interface OldPath {
  /** The scripts up to the end of it, without the squash. */
  readonly scripts: RevisionScripts;
  /** The ids of the revisions that are replaced, oldest first. */
  readonly ids: readonly string[];
  /** The rows of a database that stands below. */
  readonly start: readonly string[];
}

function oldPathOf({ graph, directory }: RevisionScripts, squash: string): OldPath | undefined {
  if (graph.get(squash).replaces.length === 0) return undefined;
  const open = graph.at([], { names: graph.get(squash).replaces });
  const end = open.standInFor(squash);
  if (open.has(squash) || end === undefined) return undefined;
  const needed = ancestors(open, [end], 'all');
  const start = tipsOf(graph, graph.parentsOf(squash));
  const below = ancestors(graph, start, 'all');
  const alone = RevisionGraph.of(
    open.revisions.filter(({ id }) => needed.has(id)).map((script) => ({ ...script, replaces: [] })),
  );
  const ids = alone.oldestFirst.filter((id) => !below.has(id));
  return { scripts: { directory, graph: alone }, ids, start };
}

/** How a database comes from a place in the middle of the old path to its end. */
interface Way {
  /** What it had applied before there was a squash. */
  readonly applied: readonly string[];
  /** What an upgrade runs from there. */
  readonly planned: readonly string[];
}

/** A database to which others are compared. */
interface Reference {
  readonly moment: Moment;
  readonly schema: SchemaModel;
}

/** One proof. */
class Proof {
  readonly #findings: Finding[] = [];

  constructor(
    private readonly context: CommandContext,
    private readonly scripts: RevisionScripts,
    private readonly squash: string,
    private readonly old: OldPath,
    private readonly options: ProofOptions,
  ) {}

  async run(): Promise<SquashProof> {
    const { ways, places, isAll } = this.#ways();
    const rows = await this.#rows();
    const work = [
      ...ways.map((way) => (reference: Reference) => this.#along(way, reference)),
      (reference: Reference) => this.#closed(reference, undefined),
    ];
    const total = 1 + work.length + (rows === undefined ? 0 : 1);
    this.#tell(0, total);
    const reference = await this.#reference(undefined, true);
    if (reference !== undefined) {
      for (const [index, each] of work.entries()) {
        this.#tell(1 + index, total);
        await each(reference);
      }
      if (rows !== undefined) {
        this.#tell(total - 1, total);
        const withRows = await this.#reference(rows);
        if (withRows !== undefined) await this.#closed(withRows, rows);
      }
    }
    const { connection } = this.context;
    const fingerprint = reference?.moment.fingerprint ?? { hash: '', text: '' };
    return {
      connection,
      holds: this.#findings.length === 0,
      engine: serverOf(fingerprint),
      schema: fingerprint.hash,
      places,
      isAll,
      findings: this.#findings,
    };
  }

  /** What the old path loses of the rows with which the squash was tried. */
  async losses(rows: TrialOptions['rows']): Promise<Losses> {
    return this.#rehearse(
      rows,
      async (scratch) => {
        const { contents: before } = await momentOf(scratch);
        const none: Losses = { before, upgrade: [], downgrade: undefined };
        if ((await this.#failure(this.#apply(scratch, this.old.ids))) !== undefined) return none;
        const { contents: after } = await momentOf(scratch);
        const losses = { ...none, upgrade: lostByUpgrade(before, after) };
        if ((await this.#failure(this.#undo(scratch, this.old.ids))) !== undefined) return losses;
        const { contents: back } = await momentOf(scratch);
        return { ...losses, downgrade: lostByDowngrade(before, after, back) };
      },
      { scripts: this.scripts, id: this.squash },
    );
  }

  /** The rows that are put in where the old path begins. */
  async #rows(): Promise<TrialOptions['rows']> {
    const [first = ''] = this.old.ids;
    const module = await this.old.scripts.directory.load(this.old.scripts.graph.get(first));
    const { rows } = this.context.options.verify;
    return rows ?? (fixtureFunction(module, this.context.connection) === undefined ? undefined : 'fixtures');
  }

  /**
   * What the revisions lead to that are replaced.
   *
   * @param goesOn Whether the database is upgraded afterwards: at the end of the old path only its row gets another name.
   */
  async #reference(rows: TrialOptions['rows'], goesOn = false): Promise<Reference | undefined> {
    return this.#rehearse(rows, async (scratch) => {
      const failed = await this.#failure(this.#apply(scratch, this.old.ids));
      if (failed !== undefined) {
        const { revision } = failed.failure;
        this.#find(`What it replaces can't be compared: the upgrade of ${revision ?? ''} fails. ${reasonOf(failed)}`);
        return undefined;
      }
      const reference = { moment: await momentOf(scratch), schema: await schemaOf(scratch) };
      if (goesOn) await this.#arrive(scratch, 'From the end of the old path on it', reference, rows);
      return reference;
    });
  }

  /** A database that takes the squash. */
  async #closed(reference: Reference, rows: TrialOptions['rows']): Promise<void> {
    const where = rows === undefined ? 'It' : 'On a database that has rows it';
    await this.#rehearse(rows, (scratch) => this.#arrive(scratch, where, reference, rows));
  }

  /**
   * The ways from all places. A database that goes on along one comes by other places, so that one is tried for all of
   * them; what is planned is looked at from each.
   */
  #ways(): { readonly ways: readonly Way[]; readonly places: number; readonly isAll: boolean } {
    const { graph } = this.old.scripts;
    const random = randomFrom(this.options.seed ?? 0);
    const { places, isAll } = placesIn(graph, this.old.ids, random);
    const ways = new Map<string, Way[]>();
    for (const applied of places) {
      const moves = applied.map((revision) => ({ direction: 'upgrade', revision }) as const);
      const rows = planSteps(graph, this.old.start, moves).at(-1)?.rows ?? [];
      const { steps } = planFor(this.scripts, upgradeTo(this.squash), rows);
      const planned = steps.flatMap(({ revision }) => revision ?? []);
      const leadsTo = steps.at(-1)?.rows.join(', ');
      if (leadsTo !== this.squash) {
        this.#find(`From ${rows.join(', ')} on, an upgrade to it leads to ${leadsTo ?? 'nothing'}.`);
        continue;
      }
      const key = [...applied, ...planned].join(' ');
      ways.set(key, [...(ways.get(key) ?? []), { applied, planned }]);
    }
    const groups = [...ways.values()];
    while (groups.length > MOST_WAYS) groups.splice(Math.floor(random() * groups.length), 1);
    // a new database and one at the end of the old path stand at places too
    const count = 2 + groups.reduce((sum, { length }) => sum + length, 0);
    return { ways: groups.flatMap(([way]) => way ?? []), places: count, isAll: isAll && groups.length === ways.size };
  }

  /** A database in the middle of the old path goes on. */
  async #along({ applied, planned }: Way, reference: Reference): Promise<void> {
    await this.#rehearse(undefined, async (scratch) => {
      await this.#apply(scratch, applied);
      const where = `Where ${applied.join(', ')} had been applied, what goes on with ${planned.join(', ')}`;
      await this.#arrive(scratch, where, reference, undefined);
    });
  }

  /** Upgrades a database to the squash and compares it. */
  async #arrive(
    scratch: CommandContext,
    where: string,
    reference: Reference,
    rows: TrialOptions['rows'],
  ): Promise<void> {
    const failed = await this.#failure(this.#upgrade(scratch, this.squash));
    if (failed !== undefined) return this.#find(`${where} fails. ${reasonOf(failed)}`);
    const table = await databaseOf(scratch).readRows();
    if (table.join() !== this.squash) {
      this.#find(`${where} leaves ${table.length === 0 ? 'no row' : table.join(', ')} in the version table.`);
    }
    const moment = await momentOf(scratch);
    const comparison = compareFingerprints(reference.moment.fingerprint, moment.fingerprint);
    if (comparison.verdict === 'different') {
      const difference = await schemaDifference(scratch, comparison, reference.schema);
      const message = `${where} does not lead to the schema of what it replaces.${stillToDo(difference)}`;
      this.#find(message, difference);
    }
    const found = await this.#differencesOfRows(reference, moment, rows);
    if (found.length > 0) this.#find(`${where} leaves other rows: ${found.map(inWords).join('; ')}.`);
  }

  #upgrade(scratch: CommandContext, target: string): ReturnType<typeof upgrade> {
    const { signal, xArguments, directory } = this.options;
    return upgrade(scratch, { signal, xArguments, directory, target });
  }

  /** How rows differ. What is another value each time, such as a time or a random id, counts for nothing. */
  async #differencesOfRows(
    { moment: { contents } }: Reference,
    other: Moment,
    rows: TrialOptions['rows'],
  ): Promise<readonly DifferenceOfRows[]> {
    if (differencesOfRows(contents, other.contents).length === 0) return [];
    const again = await this.#reference(rows);
    const unsteady = differencesOfRows(contents, again?.moment.contents ?? contents);
    return differencesOfRows(contents, other.contents, new Map(unsteady.map(({ table, columns }) => [table, columns])));
  }

  async #apply(scratch: CommandContext, ids: readonly string[]): Promise<void> {
    for (const id of ids) await moveOne(scratch, this.old.scripts, { direction: 'upgrade', id }, this.options);
  }

  async #undo(scratch: CommandContext, ids: readonly string[]): Promise<void> {
    for (const id of [...ids].reverse())
      await moveOne(scratch, this.old.scripts, { direction: 'downgrade', id }, this.options);
  }

  /** @param filling The revision whose rows are put in. */
  #rehearse<T>(
    rows: TrialOptions['rows'],
    work: (scratch: CommandContext) => Promise<T>,
    filling = { scripts: this.old.scripts, id: this.old.ids[0] ?? '' },
  ): Promise<T> {
    const { signal, xArguments, directory } = this.options;
    const options = { signal, xArguments };
    return rehearse(this.context, { ...options, directory, at: this.old.start }, async (scratch) => {
      const { scripts, id } = filling;
      const filled = rows === undefined ? undefined : putRows(scratch, scripts, id, { ...options, rows });
      const failed = filled === undefined ? undefined : await this.#failure(filled);
      if (failed !== undefined) this.#find(`The rows for ${id} can't be put in. ${reasonOf(failed)}`);
      return work(scratch);
    });
  }

  async #failure(work: Promise<unknown>): Promise<RevisionFailedError | undefined> {
    try {
      await work;
      return undefined;
    } catch (error) {
      if (error instanceof RevisionFailedError) return error;
      throw error;
    }
  }

  #find(message: string, more: Partial<Finding> = {}): void {
    if (this.#findings.some((finding) => finding.message === message)) return;
    this.#findings.push({
      rule: SQUASH_DIFFERS,
      revision: this.squash,
      direction: 'upgrade',
      message,
      operations: [],
      schema: [],
      ...more,
    });
  }

  #tell(index: number, total: number): void {
    const { message } = this.scripts.graph.get(this.squash);
    emitter(this.context, this.options)({ type: 'verifying', revision: this.squash, message, index, total });
  }
}

function inWords({ table, counts: [wanted, found], columns }: DifferenceOfRows): string {
  return wanted === found
    ? `${table} has other values in ${columns.join(', ')}`
    : `${table} has ${found} and not ${wanted}`;
}
