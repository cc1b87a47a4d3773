import { type MigrationError } from '../errors/migration.error.js';
import {
  RevisionFailedError,
  ServiceNotProvidedError,
  ServicesUnavailableError,
  ServiceUnresolvedError,
} from '../errors/runtime.errors.js';
import { asksCurrent, rangeFor, requestedRange } from '../revision/requested-range.js';
import { ancestors, descendants } from '../revision/traversal.js';
import { type Chain, chainsOf, ordersOf } from '../revision/verification-order.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { compareAtHead } from './compare-at-head.js';
import { compareOrders } from './compared-orders.js';
import { differenceWords } from './difference-words.js';
import { type Finding, withAccepted } from './finding.js';
import { published } from './published-revisions.js';
import { randomFrom } from './random-numbers.js';
import { rehearse, type RehearseOptions } from './rehearse.js';
import { namingHeads, readScripts, type RevisionScripts } from './revision-scripts.js';
import { fixtureFunction } from '../script/revision-module.js';
import { proveSquash, SQUASH_DIFFERS } from './squash-proof.js';
import { schemaOf, type TrialOptions, tryRevision } from './verified-revision.js';

/**
 * Options of `verify`.
 *
 * @example
 * const { clean, findings } = await migrations.verify({ range: 'ae10:heads' });
 */
export interface VerifyOptions extends Common {
  /** `[start]:[end]` as symbols, both inclusive. Default: the revisions that are not applied in the database. */
  range?: string;
  /**
   * A git commit, such as `origin/main`: the revisions that it does not have are verified, and no database of the
   * application is asked. Default: the database tells.
   */
  base?: string;
  /** Whether all revisions are verified. Then no database of the application is asked. Default `false`. */
  all?: boolean;
  /** The seed of the orders in which branches are applied: the same one repeats them. Default `0`. */
  seed?: number;
}

/** What became of one revision. */
export interface VerifiedRevision {
  /** The id of the revision. */
  readonly revision: string;
  /** What it does, in its author's words; may be empty. */
  readonly message: string;
  /**
   * `verified`: up, down and up again; `upgrade only`: it says that it is irreversible; `not verified`: it was not
   * tried to the end.
   */
  readonly outcome: 'verified' | 'upgrade only' | 'not verified';
  /** Why it was not verified, or why it is irreversible; `null` for a verified one. */
  readonly reason: string | null;
}

/** What `verify` found. */
export interface VerifyResult {
  /** Whether nothing was found but what revisions accept. */
  readonly clean: boolean;
  /** The revisions of the range, oldest first. */
  readonly revisions: readonly VerifiedRevision[];
  /** What was found, in the order of the revisions. */
  readonly findings: readonly Finding[];
}

/** The ids of what `verify` can find. A revision may accept them. */
export const VERIFY_RULES: ReadonlySet<string> = new Set([
  'upgrade-fails',
  'downgrade-fails',
  'downgrade-differs',
  'upgrade-differs',
  'rows-lost',
  'fixture-fails',
  SQUASH_DIFFERS,
]);

/** How many orders of branches are tried. */
const ORDERS = 4;

/**
 * Tries revisions on scratch databases: each goes up, down and up again, on a database that stands exactly where the
 * revision starts, without rows and with those of `fixture` and of the option `verify.rows`. At the heads the entities
 * have to match. Branches are applied in several orders, which have to lead to one schema. Findings are data, not
 * errors.
 *
 * @throws ScratchPlaceMissingError where the options do not say where a scratch database may be created.
 */
export async function verify(
  context: CommandContext,
  options: VerifyOptions = {},
  services: RehearsedServices = {},
): Promise<VerifyResult> {
  const { scripts, ids } = await requested(context, options);
  return new Verification(context, scripts, options, services).run(ids);
}

/** Whether an error says that a service can't be had. */
function isOfServices(error: unknown): error is MigrationError {
  return (
    error instanceof ServiceUnresolvedError ||
    error instanceof ServicesUnavailableError ||
    error instanceof ServiceNotProvidedError
  );
}

/** Where the services of revisions come from on scratch databases; without it there are none. */
export type RehearsedServices = Pick<RehearseOptions, 'services' | 'servicesText'>;

/** Revisions to verify, and the scripts in whose graph they are. */
interface Requested {
  readonly scripts: RevisionScripts;
  readonly ids: ReadonlySet<string>;
}

async function requested(
  context: CommandContext,
  { range: text, base, all = false, ...common }: VerifyOptions,
): Promise<Requested> {
  const scripts = await readScripts(context, common);
  const { graph } = scripts;
  if (all) return { scripts, ids: new Set(graph.oldestFirst) };
  if (base !== undefined) {
    const { tip, fork } = await published(scripts, { base, signal: common.signal });
    return { scripts, ids: new Set(graph.oldestFirst.filter((id) => !tip.scripts.has(id) && !fork.scripts.has(id))) };
  }
  const database = databaseOf(context, common);
  if (text === undefined) {
    const { rows, interrupted: begun } = await database.glance();
    const here = graph.at(rows, { begun });
    const applied = ancestors(
      here,
      here.namesHere(rows).filter((id) => here.has(id)),
      'all',
    );
    const ids = new Set(here.oldestFirst.filter((id) => !applied.has(id)));
    return { scripts: { ...scripts, graph: here }, ids };
  }
  const names = graph.replacedNamesIn([text], { ends: true });
  const named = { ...scripts, graph: graph.at([], { names }) };
  const isOfRows = asksCurrent(namingHeads(named, () => rangeFor(named.graph, text)));
  const { rows: table, interrupted: begun } = isOfRows ? await database.glance() : { rows: undefined, interrupted: [] };
  const here = table === undefined ? named : { ...scripts, graph: graph.at(table, { names, begun }) };
  const { ids, warnings } = namingHeads(here, () =>
    requestedRange(here.graph, rangeFor(here.graph, text), table && here.graph.namesHere(table)),
  );
  const emit = emitter(context, common);
  for (const message of warnings) emit({ type: 'warning', message });
  return { scripts: here, ids: new Set(ids) };
}

/** One call of `verify`. */
class Verification {
  readonly #findings: Finding[] = [];
  /** Why revisions could not be tried. */
  readonly #reasons = new Map<string, string>();
  #done = 0;
  #total = 0;

  constructor(
    private readonly context: CommandContext,
    private readonly scripts: RevisionScripts,
    private readonly options: VerifyOptions,
    private readonly services: RehearsedServices,
  ) {}

  async run(ids: ReadonlySet<string>): Promise<VerifyResult> {
    const { graph } = this.scripts;
    for (const { id, services } of this.services.services === undefined ? graph.revisions : []) {
      if (services.length > 0) this.#block(id, `needs the services ${services.join(', ')}, which a rehearsal has not`);
    }
    const passes: readonly TrialOptions['rows'][] = (await this.#anyRows(ids))
      ? [undefined, this.context.options.verify.rows ?? 'fixtures']
      : [undefined];
    this.#total = ids.size * passes.length;
    const chains = chainsOf(graph, ids);
    for (const rows of passes) for (const chain of chains) await this.#tryChain(chain, rows);
    await this.#proveSquashes([...ids].filter((id) => !this.#reasons.has(id)));
    if (ids.size > 0 && graph.heads.every((id) => !this.#reasons.has(id)))
      await this.#inOneRun(() => this.#compareModels());
    if (chains.length > 1) {
      await this.#inOneRun(() => this.#tryOrders(new Set([...ids].filter((id) => !this.#reasons.has(id)))));
    }
    return this.#result(ids);
  }

  /** Whether rows are put in before one of the revisions. */
  async #anyRows(ids: ReadonlySet<string>): Promise<boolean> {
    if (this.context.options.verify.rows !== undefined) return true;
    const { graph, directory } = this.scripts;
    for (const id of ids) {
      if (this.#reasons.has(id)) continue;
      const module = await directory.load(graph.get(id));
      if (fixtureFunction(module, this.context.connection) !== undefined) return true;
    }
    return false;
  }

  /** Tries the revisions of a chain one after the other, on as few scratch databases as the findings allow. */
  async #tryChain({ start, revisions }: Chain, rows: TrialOptions['rows']): Promise<void> {
    const waiting = revisions.filter((id) => !this.#reasons.has(id));
    let at = start;
    while (waiting.length > 0) {
      let begun = false;
      const trial = this.#rehearse(at, async (scratch) => {
        begun = true;
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          this.#tell(id);
          const outcome = await tryRevision(scratch, this.scripts, id, this.#trialOptions(rows)).catch(
            (error: unknown) => {
              if (!isOfServices(error)) throw error;
              this.#block(id, `needs services that can't be had: ${error.message}`);
            },
          );
          if (outcome === undefined) return void (waiting.length = 0);
          this.#add(outcome.findings);
          at = [id];
          if (!outcome.upgrades) {
            this.#block(id, 'fails in its upgrade');
            waiting.length = 0;
          }
          if (outcome.leaves === 'nothing') return;
        }
      });
      await trial.catch((error: unknown) => {
        if (begun || !(error instanceof RevisionFailedError || isOfServices(error))) throw error;
        // each branch below a merge can be applied, and not one behind the other; or the services are not there
        for (const id of waiting.splice(0)) this.#block(id, `stands on revisions that fail together: ${error.message}`);
      });
    }
  }

  /** A squash has to do what the revisions do that it replaces, as long as their files are there. */
  async #proveSquashes(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (this.scripts.graph.get(id).replaces.length === 0) continue;
      const proof = await proveSquash(this.context, this.scripts, id, this.options);
      this.#add(proof?.findings ?? []);
    }
  }

  /**
   * Runs work on a database to which several revisions are applied in one run. The services of all of them are made
   * before the first one, when the tables that a provider reads may not be there.
   */
  async #inOneRun(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isOfServices(error)) throw error;
      const message = `In one run from an empty database its services can't be had. ${error.message}`;
      const finding = { rule: 'upgrade-fails', direction: 'upgrade', message, operations: [], schema: [] } as const;
      this.#add([{ ...finding, revision: null }]);
    }
  }

  /** At the heads the entities have to be what the revisions make. */
  async #compareModels(): Promise<void> {
    const { graph } = this.scripts;
    await this.#rehearse(graph.realHeads, async (scratch) => {
      const { upgrade: operations } = await compareAtHead(scratch, this.scripts, { database: databaseOf(scratch) });
      if (operations.length === 0) return;
      const message = `The entities are not what the revisions make. Missing: ${differenceWords(operations).join(', ')}.`;
      this.#add([{ rule: 'models-differ', revision: null, direction: null, message, operations, schema: [] }]);
    });
  }

  /** The orders in which branches can be applied have to lead to one schema. */
  async #tryOrders(ids: ReadonlySet<string>): Promise<void> {
    const { graph } = this.scripts;
    const { start, orders } = ordersOf(graph, ids, ORDERS, randomFrom(this.options.seed ?? 0));
    const findings = await compareOrders(this.scripts, {
      orders,
      rehearse: (work) => this.#rehearse(start, work),
      options: this.options,
    });
    this.#add(findings);
  }

  #trialOptions(rows: TrialOptions['rows']): TrialOptions {
    const { signal, xArguments } = this.options;
    return { signal, xArguments, rows, schemaAt: (at) => this.#rehearse(at, schemaOf) };
  }

  #rehearse<T>(at: readonly string[], work: (scratch: CommandContext) => Promise<T>): Promise<T> {
    const { directory, signal, xArguments } = this.options;
    return rehearse(this.context, { directory, signal, xArguments, at, ...this.services }, work);
  }

  /** Notes why a revision, and with it all that stands on it, can't be tried. */
  #block(id: string, why: string): void {
    for (const other of descendants(this.scripts.graph, [id], 'all')) {
      if (!this.#reasons.has(other)) this.#reasons.set(other, other === id ? why : `stands on ${id}, which ${why}`);
    }
  }

  /** Adds findings, once each: a trial with rows repeats those of the trial without. */
  #add(findings: readonly Finding[]): void {
    const isSame = (a: Finding, b: Finding): boolean =>
      a.rule === b.rule &&
      a.revision === b.revision &&
      a.direction === b.direction &&
      (a.rule !== SQUASH_DIFFERS || a.message === b.message);
    for (const finding of findings) {
      if (finding.revision === null || !this.#findings.some((other) => isSame(other, finding))) {
        this.#findings.push(finding);
      }
    }
  }

  #tell(id: string): void {
    const { message } = this.scripts.graph.get(id);
    const event = { type: 'verifying', revision: id, message, index: this.#done++, total: this.#total } as const;
    emitter(this.context, this.options)(event);
  }

  #result(ids: ReadonlySet<string>): VerifyResult {
    const { graph } = this.scripts;
    const scripts = chainsOf(graph, ids).flatMap(({ revisions }) => revisions.map((id) => graph.get(id)));
    const revisions = scripts.map(({ id, message, irreversible }): VerifiedRevision => {
      const reason = this.#reasons.get(id);
      if (reason !== undefined) return { revision: id, message, outcome: 'not verified', reason };
      if (irreversible !== null) return { revision: id, message, outcome: 'upgrade only', reason: irreversible };
      return { revision: id, message, outcome: 'verified', reason: null };
    });
    const about = (id: string | null): readonly Finding[] => this.#findings.filter(({ revision }) => revision === id);
    const findings = [
      ...scripts.flatMap((script) =>
        this.#reasons.has(script.id) ? about(script.id) : withAccepted(about(script.id), script, VERIFY_RULES),
      ),
      ...about(null),
    ];
    const clean = findings.every(({ accepted }) => accepted !== undefined);
    return { clean, revisions, findings };
  }
}
