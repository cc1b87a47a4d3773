import { compareSchema } from '../autogenerate/compare-schema.js';
import { withoutTables } from '../autogenerate/alteration-batches.js';
import { type AlterationBatch, type AlterationBatches } from '../autogenerate/schema-comparison.js';
import { RevisionFailedError } from '../errors/runtime.errors.js';
import { objectChanges } from '../operations/all.js';
import { type Operation } from '../operations/operation.js';
import { touchedTables } from '../operations/touched-tables.js';
import { compareFingerprints, type Fingerprint } from '../rehearsal/fingerprint.js';
import { type SquashPlace } from '../revision/squash-range.js';
import { tipsOf } from '../revision/traversal.js';
import { type SchemaModel } from '../schema/schema-model.js';
import { type CarriedCode } from '../script/carried-code.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { ownTablePlaces } from './connection.js';
import { type RecordedRevision, type Recorder } from './recorded-revisions.js';
import { rehearse } from './rehearse.js';
import { type RevisionScripts } from './revision-scripts.js';
import { readContents } from './table-contents.js';
import { comparedWithout, fingerprintAt, runBeside, schemaOf } from './verified-revision.js';

/** Operations that a squash runs, in or outside of its transaction, or code. */
export type SquashBlock = OperationBlock | CarriedCode;

interface OperationBlock {
  readonly operations: readonly Operation[];
  /** Those of them that are one batch. */
  readonly batches: readonly AlterationBatch[];
  /** Whether they run in an `op.autocommitBlock`. */
  readonly isAutocommit: boolean;
}

/** What a squash does on one connection. */
export interface SquashedOperations {
  readonly upgrade: readonly SquashBlock[];
  readonly downgrade: readonly SquashBlock[];
}

/** What is squashed, and how. */
export interface SquashWork {
  readonly place: SquashPlace;
  readonly record: Recorder;
  /** The code of the revisions of which not everything is an operation. */
  readonly carried: (id: string, direction: 'upgrade' | 'downgrade') => CarriedCode | undefined;
  /** Whether what a revision does to rows is left out. */
  readonly isElided: (script: RevisionScript) => boolean;
  readonly common: Pick<Common, 'signal' | 'xArguments' | 'directory'>;
}

/**
 * What a squash does. Revisions that follow one another and work on tables without rows become the difference between
 * the schema before them and the schema behind them, both read from scratch databases. Revisions that do something to
 * rows, or to tables that may have some, are repeated as they are: a difference of schemas does not know that a column
 * was renamed, and loses what is in it.
 */
export async function squashedOperations(
  context: CommandContext,
  scripts: RevisionScripts,
  work: SquashWork,
): Promise<SquashedOperations> {
  const folding = new Folding(context, scripts, work);
  const parts = await folding.parts();
  return {
    upgrade: parts.flatMap(({ upgrade }) => upgrade),
    downgrade: parts.toReversed().flatMap(({ downgrade }) => downgrade),
  };
}

/** The way back as one difference of schemas. It knows nothing of rows. */
export async function wayBack(
  context: CommandContext,
  scripts: RevisionScripts,
  work: SquashWork,
): Promise<readonly SquashBlock[]> {
  return new Folding(context, scripts, work).wayBack(work.place.revisions);
}

/** Whether an operation is about rows, or SQL that may be. */
export function isDataStep({ kind }: Operation): boolean {
  return kind === 'execute' || kind === 'bulkInsert';
}

/** One squash on one connection. */
class Folding {
  /** The tables that were created in the range and have no rows: `schema.table`. */
  readonly #empty = new Set<string>();
  /** Whether there are other tables. */
  #hasOthers: boolean;

  constructor(
    private readonly context: CommandContext,
    private readonly scripts: RevisionScripts,
    private readonly work: SquashWork,
  ) {
    this.#hasOthers = this.#below.length > 0;
  }

  #told(batches: AlterationBatches): AlterationBatches {
    return this.context.options.existingTables ? batches : withoutTables(batches);
  }

  get #below(): readonly string[] {
    return [...this.work.place.downRevision, ...this.work.place.dependsOn];
  }

  async parts(): Promise<readonly SquashedOperations[]> {
    const { revisions } = this.work.place;
    const parts: SquashedOperations[] = [];
    let waiting: string[] = [];
    for (const id of revisions) {
      if (await this.#isFoldable(id)) waiting.push(id);
      else {
        parts.push(...(await this.#folded(waiting)), await this.#repeated(id));
        waiting = [];
      }
    }
    return [...parts, ...(await this.#folded(waiting))];
  }

  /** The operations that lead from behind some revisions to where they begin. */
  async wayBack(ids: readonly string[]): Promise<readonly SquashBlock[]> {
    const { schema } = await this.#rehearse(this.#before(ids), stateOf);
    const { upgrade: operations, batches } = await this.#rehearse(this.#behind(ids), (scratch) =>
      difference(scratch, schema),
    );
    return inTransaction(operations, this.#told(batches).upgrade);
  }

  /** Notes what a revision does to tables, and says whether a difference of schemas can do it as well. */
  async #isFoldable(id: string): Promise<boolean> {
    const script = this.scripts.graph.get(id);
    const { operations, obstacle } = await this.work.record(script);
    const isElided = this.work.isElided(script);
    let isFoldable = true;
    let runsSql = this.work.carried(id, 'upgrade') !== undefined;
    this.#hasOthers ||= runsSql;
    for (const operation of operations) {
      if (!isDataStep(operation)) isFoldable = this.#note(operation) && isFoldable;
      else if (!isElided) {
        isFoldable = false;
        this.#hasOthers = true;
        runsSql ||= operation.kind === 'execute';
        if (operation.kind === 'bulkInsert') this.#empty.delete(keyOf(operation));
      }
    }
    // only the database knows what SQL has filled
    if (runsSql && this.#empty.size > 0) for (const table of await this.#filledBehind(id)) this.#empty.delete(table);
    if (this.work.carried(id, 'upgrade') !== undefined) return false;
    // what is not known can't be repeated
    return isFoldable || obstacle !== null;
  }

  /** Whether an operation is about tables without rows alone. */
  #note(operation: Operation): boolean {
    if (operation.kind === 'createTable') {
      this.#empty.add(keyOf(operation));
      return true;
    }
    const tables = touchedTables(operation).map(keyOf);
    if (tables.length === 0) return !this.#hasOthers || operation.kind.startsWith('create');
    if (!tables.every((table) => this.#empty.has(table))) return false;
    for (const { does, object, schema, table = '', after } of objectChanges(operation)) {
      if (object !== 'table' || (does !== 'drops' && does !== 'renames')) continue;
      this.#empty.delete(keyOf({ schema, table }));
      if (after !== undefined) this.#empty.add(keyOf({ schema: after.schema, table: after.name }));
    }
    return true;
  }

  /** The revisions as one difference where that makes the same schema, else as two or more. */
  async #folded(ids: readonly string[]): Promise<readonly SquashedOperations[]> {
    const [only, ...others] = ids;
    if (only === undefined) return [];
    const isAlone = others.length === 0;
    if (isAlone && (await this.#isKnown(only))) return [await this.#repeated(only)];
    const { isFaithful, ...folded } = await this.#difference(ids);
    // what an only revision loses here is found by the proof
    if (isFaithful || isAlone) return [folded];
    const half = Math.ceil(ids.length / 2);
    return [...(await this.#folded(ids.slice(0, half))), ...(await this.#folded(ids.slice(half)))];
  }

  /** Whether all that a revision does can be repeated. */
  async #isKnown(id: string): Promise<boolean> {
    const script = this.scripts.graph.get(id);
    const { operations, obstacle } = await this.work.record(script);
    return obstacle === null && !(this.work.isElided(script) && operations.some(isDataStep));
  }

  async #difference(ids: readonly string[]): Promise<SquashedOperations & { readonly isFaithful: boolean }> {
    const behind = await this.#rehearse(this.#behind(ids), stateOf);
    return this.#rehearse(this.#before(ids), async (scratch) => {
      const before = await fingerprintAt(scratch);
      const { upgrade, downgrade, batches } = await difference(scratch, behind.schema);
      const leadsTo = async (operations: readonly Operation[], wanted: Fingerprint): Promise<boolean> =>
        (await this.#run(scratch, operations)) &&
        compareFingerprints(wanted, await fingerprintAt(scratch)).verdict === 'equal';
      return {
        upgrade: inTransaction(upgrade, this.#told(batches).upgrade),
        downgrade: inTransaction(downgrade, this.#told(batches).downgrade),
        isFaithful: (await leadsTo(upgrade, behind.fingerprint)) && (await leadsTo(downgrade, before)),
      };
    });
  }

  /** Whether operations work on a scratch database. */
  async #run(scratch: CommandContext, operations: readonly Operation[]): Promise<boolean> {
    const { signal, xArguments } = this.work.common;
    try {
      await runBeside(scratch, this.scripts, { signal, xArguments }, async (op) => {
        for (const operation of operations) await op.invoke(operation);
      });
      return true;
    } catch (error) {
      if (error instanceof RevisionFailedError) return false;
      throw error;
    }
  }

  /** What a revision does, without what it does to rows where that is left out. */
  async #repeated(id: string): Promise<SquashedOperations> {
    const script = this.scripts.graph.get(id);
    const isElided = this.work.isElided(script);
    const code = this.work.carried(id, 'upgrade');
    const upgrade = code === undefined ? blocksOf(await this.work.record(script), isElided) : [code];
    if (script.irreversible !== null) return { upgrade, downgrade: [] };
    const back = await this.work.record(script, 'downgrade');
    const codeBack = this.work.carried(id, 'downgrade');
    if (codeBack !== undefined) return { upgrade, downgrade: [codeBack] };
    return { upgrade, downgrade: back.obstacle === null ? blocksOf(back, isElided) : await this.wayBack([id]) };
  }

  async #filledBehind(id: string): Promise<readonly string[]> {
    return this.#rehearse(this.#behind([id]), async (scratch) => {
      const database = databaseOf(scratch);
      const { filled } = await database.pin(({ introspection }) =>
        readContents(introspection, database.engine, ownTablePlaces(scratch)),
      );
      return filled.map(({ place: { name, schema } }) => keyOf({ schema, table: name }));
    });
  }

  #before(ids: readonly string[]): readonly string[] {
    const { revisions } = this.work.place;
    return this.#tips(revisions.slice(0, revisions.indexOf(ids[0] ?? '')));
  }

  #behind(ids: readonly string[]): readonly string[] {
    const { revisions } = this.work.place;
    return this.#tips(revisions.slice(0, revisions.indexOf(ids.at(-1) ?? '') + 1));
  }

  #tips(applied: readonly string[]): readonly string[] {
    return tipsOf(this.scripts.graph, [...this.#below, ...applied]);
  }

  #rehearse<T>(at: readonly string[], work: (scratch: CommandContext) => Promise<T>): Promise<T> {
    return rehearse(this.context, { ...this.work.common, at }, work);
  }
}

interface SchemaState {
  readonly fingerprint: Fingerprint;
  readonly schema: SchemaModel;
}

async function stateOf(scratch: CommandContext): Promise<SchemaState> {
  return { fingerprint: await fingerprintAt(scratch), schema: await schemaOf(scratch) };
}

/** What makes the schema of a scratch database another one. */
function difference(scratch: CommandContext, wanted: SchemaModel): ReturnType<typeof compareSchema> {
  return databaseOf(scratch).pin(({ introspection: connection }) =>
    compareSchema({ orm: scratch.orm, connection, ignoreTables: comparedWithout(scratch), wanted }),
  );
}

function inTransaction(operations: readonly Operation[], batches: readonly AlterationBatch[]): readonly SquashBlock[] {
  return operations.length === 0 ? [] : [{ operations, batches, isAutocommit: false }];
}

/** What a function of a revision does, in the blocks in which it does it. */
function blocksOf(
  { operations, batches, autocommitBlocks }: RecordedRevision,
  isElided: boolean,
): readonly OperationBlock[] {
  const blockOf = new Map(autocommitBlocks.flatMap((block) => block.map((operation) => [operation, block] as const)));
  const blocks: (OperationBlock & {
    readonly operations: Operation[];
    readonly of: readonly Operation[] | undefined;
  })[] = [];
  for (const operation of operations) {
    if (isElided && isDataStep(operation)) continue;
    const of = blockOf.get(operation);
    const last = blocks.at(-1);
    if (last === undefined || last.of !== of) {
      const known = batches as readonly AlterationBatch[];
      blocks.push({ operations: [operation], batches: known, isAutocommit: of !== undefined, of });
    } else last.operations.push(operation);
  }
  return blocks.map(({ of: _, ...block }) => block);
}

function keyOf({ schema = '', table }: { readonly schema?: string; readonly table: string }): string {
  return `${schema}.${table}`;
}
