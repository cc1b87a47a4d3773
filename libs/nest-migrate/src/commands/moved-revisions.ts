import { basename, dirname, join } from 'node:path';
import { ScratchPlaceMissingError } from '../errors/rehearsal.errors.js';
import {
  RevisionFailedError,
  ServiceNotProvidedError,
  ServicesUnavailableError,
  ServiceUnresolvedError,
} from '../errors/runtime.errors.js';
import { type Operation } from '../operations/operation.js';
import { RevisionGraph } from '../revision/revision-graph.js';
import { ancestors, tipsOf } from '../revision/traversal.js';
import { type RevisionScript } from '../script/revision-script.js';
import { changesOf, namedIn } from './base-changes.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { compareAtHead } from './compare-at-head.js';
import { divided } from './derived-statements.js';
import { withDraftFolder } from './draft-folder.js';
import { type Finding } from './finding.js';
import { type RebaseConflict, type RebasedRevision, type RebaseOverlap } from './rebase.js';
import { type Recorder, type RecordingObstacle } from './recorded-revisions.js';
import { regenerated } from './regenerated-revision.js';
import { rehearse } from './rehearse.js';
import { type RevisionScripts } from './revision-scripts.js';
import { sharing } from './shared-directory.js';
import { moveOne, reasonOf, schemaOf, tryRevision } from './verified-revision.js';

/** A revision that is moved, with its new text. */
export interface MovedScript extends RebasedRevision {
  readonly text: string;
}

/** What is moved, and what is known of it. */
export interface Moving {
  /** The revisions that follow another one now, by id. */
  readonly moves: ReadonlyMap<string, MovedScript>;
  /** For each revision that moves, or stands on one, the published ones that come before it now, oldest first. */
  readonly theirs: ReadonlyMap<string, readonly string[]>;
  readonly shared: readonly RebaseOverlap[];
  readonly unrecorded: ReadonlyMap<string, RecordingObstacle>;
  /** The ids of the revisions whose code is right as it is. */
  readonly keep: ReadonlySet<string>;
  readonly record: Recorder;
  readonly common: Pick<Common, 'signal' | 'xArguments' | 'directory'>;
}

/** What comes of a move. */
export interface MovedRevisions {
  /** The new text of each file that changes, by the id of its revision. */
  readonly texts: ReadonlyMap<string, string>;
  /** The ids of those that do not only follow another one. */
  readonly rewritten: readonly string[];
  readonly conflicts: readonly RebaseConflict[];
  readonly unproven: readonly { readonly revision: string; readonly reason: string }[];
  readonly missing: readonly Operation[];
}

/** Writes what moves for its new place, and tries it there. Nothing is changed but drafts. */
export async function moveRevisions(
  context: CommandContext,
  scripts: RevisionScripts,
  moving: Moving,
): Promise<MovedRevisions> {
  const folders = [...new Set([...moving.theirs.keys()].map((id) => dirname(scripts.graph.get(id).path)))];
  const within = (drafts: ReadonlyMap<string, string>): Promise<MovedRevisions> => {
    const [folder] = folders.slice(drafts.size);
    return folder === undefined
      ? new Move(context, scripts, moving, drafts).run()
      : withDraftFolder(context, folder, (path) => within(new Map([...drafts, [folder, path]])));
  };
  return within(new Map());
}

/** The code of a revision can't be moved further before a person has looked at it. */
class Stopped extends Error {}

class Move {
  /** The scripts as they are afterwards; those that move are drafts. */
  #scripts: RevisionScripts;
  readonly #ids: readonly string[];
  readonly #texts = new Map<string, string>();
  readonly #rewritten: string[] = [];
  readonly #conflicts: RebaseConflict[] = [];
  readonly #unproven = new Map<string, string>();
  #missing: readonly Operation[] = [];
  #drafts = 0;

  constructor(
    private readonly context: CommandContext,
    private readonly before: RevisionScripts,
    private readonly moving: Moving,
    /** The folder of the drafts, by the folder of the revisions. */
    private readonly folders: ReadonlyMap<string, string>,
  ) {
    const { graph, directory } = before;
    this.#ids = graph.oldestFirst.filter((id) => moving.theirs.has(id));
    const moved = [...graph.scripts].map((script) => {
      const change = moving.moves.get(script.id);
      return change === undefined ? script : { ...script, downRevision: change.to };
    });
    this.#scripts = { directory, graph: RevisionGraph.of(moved) };
  }

  async run(): Promise<MovedRevisions> {
    for (const id of this.#ids) {
      const text = this.moving.moves.get(id)?.text;
      if (text !== undefined) await this.#draft(id, text);
    }
    await this.#checkNames();
    for (const other of new Set([...this.moving.theirs.values()].flat())) {
      const { operations } = await this.moving.record(this.before.graph.get(other));
      if (operations.some(({ kind }) => kind === 'execute')) this.#runsSql.add(other);
    }
    if (this.#conflicts.length === 0) {
      try {
        for (const id of this.#ids) if (this.#isAffected(id)) await this.#rewrite(id);
        for (const context of sharing(this.context)) await this.#try(context);
      } catch (error) {
        if (!(error instanceof Stopped)) this.#explain(error);
      }
    }
    return {
      texts: this.#texts,
      rewritten: this.#rewritten,
      conflicts: this.#conflicts,
      unproven: [...this.#unproven].map(([revision, reason]) => ({ revision, reason })),
      missing: this.#missing,
    };
  }

  /** The revisions stay as they are where they can't be rehearsed, and this is the reason. */
  #explain(error: unknown): void {
    const isOfPlace = error instanceof ScratchPlaceMissingError && !this.#ids.some((id) => this.#isAffected(id));
    if (!(isOfPlace || isOfServices(error) || error instanceof RevisionFailedError)) throw error;
    for (const id of this.#ids) this.#unproven.set(id, error.message);
  }

  /** Gives a revision another text, of which there is only a draft. */
  async #draft(id: string, text: string): Promise<void> {
    const { graph, directory } = this.#scripts;
    const { path } = this.before.graph.get(id);
    this.#drafts += 1;
    const draft = join(this.folders.get(dirname(path)) ?? '', `${this.#drafts}_${basename(path)}`);
    await directory.fs.writeNew(draft, text);
    const script = await directory.scriptOf(draft, text);
    if (script === undefined) return;
    this.#texts.set(id, text);
    this.#scripts = {
      directory,
      graph: RevisionGraph.of([...graph.scripts].map((other) => (other.id === id ? script : other))),
    };
  }

  async #textOf(id: string): Promise<string> {
    const { graph, directory } = this.before;
    return this.#texts.get(id) ?? (await directory.fs.readText(graph.get(id).path));
  }

  /** What the base does before a revision now. */
  async #baseOf(id: string): Promise<readonly (readonly [revision: string, operations: readonly Operation[]])[]> {
    const { graph } = this.before;
    const found: (readonly [string, readonly Operation[]])[] = [];
    for (const other of this.moving.theirs.get(id) ?? [])
      found.push([other, (await this.moving.record(graph.get(other))).operations]);
    return found;
  }

  /** Finds code that names what the base takes: what is by hand is a conflict, what is derived is written again. */
  async #checkNames(): Promise<void> {
    for (const id of this.#ids) {
      const script = this.before.graph.get(id);
      const revision = await divided(this.context, script, await this.#textOf(id), this.moving.record);
      const changes = (await this.#baseOf(id)).flatMap(([other, operations]) => changesOf(other, operations));
      const derived = [...revision.runs.upgrade, ...revision.runs.downgrade].flatMap(({ statements }) => statements);
      if (namedIn(derived, changes).length > 0) this.#namesTaken.add(id);
      for (const { change, line } of this.moving.keep.has(id) ? [] : namedIn(revision.byHand, changes)) {
        const message = `It names ${change.names.join('.')}, which ${change.what}.`;
        this.#conflicts.push({ revision: id, path: script.path, line, with: [change.revision], message });
      }
    }
  }

  /** The revisions of which a derived statement names what the base takes. */
  readonly #namesTaken = new Set<string>();

  /** Whether the base changes what a revision touches, or may do so. */
  #isAffected(id: string): boolean {
    const { shared, theirs, unrecorded } = this.moving;
    return (
      shared.some(({ revision }) => revision === id) ||
      this.#namesTaken.has(id) ||
      (theirs.get(id) ?? []).some((other) => unrecorded.has(other) || this.#runsSql.has(other))
    );
  }

  /** The published revisions that run SQL. */
  readonly #runsSql = new Set<string>();

  async #rewrite(id: string): Promise<void> {
    // where several connections have functions in one file, those are all by hand
    if (sharing(this.context).length > 1) return;
    const script = this.before.graph.get(id);
    const text = await this.#textOf(id);
    const revision = await divided(this.context, script, text, this.moving.record);
    if (revision.runs.upgrade.every(({ statements }) => statements.length === 0)) return;
    const { graph, directory } = this.#scripts;
    const base = await this.#baseOf(id);
    const below = [...graph.scripts].filter((other) => other.id !== id && !this.#isAbove(other, id));
    const { signal, xArguments } = this.moving.common;
    const written = await regenerated({
      context: this.context,
      scripts: { directory, graph: RevisionGraph.of(below) },
      common: { signal, xArguments },
      text,
      revision,
      base: base.flatMap(([, operations]) => operations),
      isHead: graph.heads.length === 1 && graph.isHead(id),
      rehearse: (work) => this.#onNewBase(this.context, this.#below(id), work),
    });
    if (typeof written !== 'string') {
      const message = `It can't be applied behind them: ${written.reason}`;
      this.#conflicts.push({ revision: id, path: script.path, line: written.line, with: this.#culprits(id), message });
      throw new Stopped();
    }
    if (written === text) return;
    await this.#draft(id, written);
    this.#rewritten.push(id);
  }

  #isAbove({ id: other }: RevisionScript, id: string): boolean {
    return ancestors(this.#scripts.graph, [other], 'all').has(id);
  }

  /** The revisions that move and on which one stands, oldest first. */
  #below(id: string): readonly string[] {
    const below = ancestors(this.#scripts.graph, [id], 'all');
    return this.#ids.filter((other) => other !== id && below.has(other));
  }

  /** The published revisions that are in the way of one. */
  #culprits(id: string): readonly string[] {
    const named = this.moving.shared.filter(({ revision }) => revision === id).map(({ with: other }) => other);
    return named.length > 0 ? named : (this.moving.theirs.get(id) ?? []);
  }

  /** A scratch database behind what is published, with some of what moves. */
  #onNewBase<T>(
    context: CommandContext,
    ids: readonly string[],
    work: (scratch: CommandContext) => Promise<T>,
  ): Promise<T> {
    const { graph } = this.#scripts;
    const moving = new Set(this.#ids);
    const at = tipsOf(
      graph,
      [...ancestors(graph, this.#ids, 'all')].filter((id) => !moving.has(id)),
    );
    return rehearse(context, { ...this.moving.common, at }, async (scratch) => {
      for (const id of ids) await this.#apply(context, scratch, id);
      return work(scratch);
    });
  }

  async #apply(context: CommandContext, scratch: CommandContext, id: string): Promise<void> {
    try {
      await moveOne(scratch, this.#scripts, { direction: 'upgrade', id }, this.moving.common);
    } catch (error) {
      if (!(error instanceof RevisionFailedError)) throw error;
      const about = { rule: 'upgrade-fails', revision: id, direction: 'upgrade', operations: [], schema: [] } as const;
      const [finding] = await this.#newOnes(context, id, [{ ...about, message: `It fails. ${reasonOf(error)}` }]);
      if (finding === undefined) throw error;
      this.#add(id, finding);
      throw new Stopped();
    }
  }

  /** Tries each revision in its new place. What was wrong in the old one too is no conflict. */
  async #try(context: CommandContext): Promise<void> {
    const waiting = [...this.#ids];
    const done: string[] = [];
    while (waiting.length > 0) {
      await this.#onNewBase(context, done, async (scratch) => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          const { findings, leaves, upgrades } = await this.#trial(context, scratch, id);
          done.push(id);
          for (const finding of await this.#newOnes(context, id, findings)) this.#add(id, finding);
          if (!upgrades)
            for (const other of waiting.splice(0))
              this.#unproven.set(other, `It comes behind ${id}, whose upgrade fails.`);
          if (leaves === 'nothing' || !upgrades) return;
        }
        await this.#compare(context, scratch);
      });
    }
  }

  #trial(context: CommandContext, scratch: CommandContext, id: string): ReturnType<typeof tryRevision> {
    return tryRevision(scratch, this.#scripts, id, {
      ...this.moving.common,
      schemaAt: (revisions) =>
        this.#onNewBase(
          context,
          this.#ids.filter((other) => ancestors(this.#scripts.graph, revisions, 'all').has(other)),
          schemaOf,
        ),
    });
  }

  async #newOnes(context: CommandContext, id: string, findings: readonly Finding[]): Promise<readonly Finding[]> {
    if (findings.length === 0) return [];
    const { common } = this.moving;
    const at = this.before.graph.parentsOf(id);
    const { findings: old } = await rehearse(context, { ...common, at }, (scratch) =>
      tryRevision(scratch, this.before, id, {
        ...common,
        schemaAt: (revisions) => rehearse(context, { ...common, at: revisions }, schemaOf),
      }),
    );
    return findings.filter(
      ({ rule, direction }) => !old.some((other) => other.rule === rule && other.direction === direction),
    );
  }

  #add(revision: string, { direction, message: found }: Finding): void {
    const { path } = this.before.graph.get(revision);
    const message = `Behind them its ${direction ?? 'upgrade'} is wrong. ${found}`;
    this.#conflicts.push({ revision, path, line: null, with: this.#culprits(revision), message });
  }

  /** What the entities need beyond the revisions. */
  async #compare(context: CommandContext, scratch: CommandContext): Promise<void> {
    const { graph } = this.#scripts;
    const applied = ancestors(graph, this.#ids, 'all');
    if (context !== this.context || !graph.heads.every((head) => applied.has(head))) return;
    this.#missing = (await compareAtHead(scratch, this.#scripts, { database: databaseOf(scratch) })).upgrade;
  }
}

/** Whether an error says that a service can't be had. */
function isOfServices(error: unknown): error is Error {
  return (
    error instanceof ServiceUnresolvedError ||
    error instanceof ServicesUnavailableError ||
    error instanceof ServiceNotProvidedError
  );
}
