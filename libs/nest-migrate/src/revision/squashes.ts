import { SquashInvalidError } from '../errors/revision.errors.js';
import { type Revision } from './revision-node.js';

/** The graph that a database sees: which revisions there are in it, and what the others are to it. */
export interface SquashView<R extends Revision> {
  /** In load order. They refer to one another alone. */
  readonly revisions: readonly R[];
  /** For each name of the same state that is no revision here, the revision that means it. */
  readonly standIns: ReadonlyMap<string, string>;
  /** For each revision that a squash replaces here, that squash. */
  readonly replacedBy: ReadonlyMap<string, string>;
  /** For each revision that a squash ends at, while its old path is taken: that squash, which the table is to hold. */
  readonly stored: ReadonlyMap<string, string>;
}

/** A revision that does the work of others. */
interface Squash {
  readonly id: string;
  /** The ids that it replaces, also those that a squash among them replaces. */
  readonly replaces: ReadonlySet<string>;
  /** The ids that mean the state that it leads to: the last that it replaces. */
  readonly ends: ReadonlySet<string>;
}

/**
 * The squashes among revisions. Each is either closed: it counts, and what it replaces does not; or open: its old path
 * is taken, and the squash itself does not count. A database that stands in the middle of an old path has it open.
 */
export class Squashes<R extends Revision> {
  readonly #squashes: ReadonlyMap<string, Squash>;
  readonly #scripts: ReadonlyMap<string, R>;
  /** The revision that declares each label, whether it counts or not. */
  readonly #labels: ReadonlyMap<string, string>;

  private constructor(
    readonly all: readonly R[],
    squashes: ReadonlyMap<string, Squash>,
  ) {
    this.#squashes = squashes;
    this.#scripts = new Map(all.map((revision) => [revision.id, revision]));
    // the later ones first: a squash carries on the labels of what it replaces
    this.#labels = new Map(
      all.toReversed().flatMap(({ id, branchLabels }) => branchLabels.map((label) => [label, id] as const)),
    );
  }

  /**
   * Returns `undefined` where no revision replaces others.
   *
   * @throws SquashInvalidError
   */
  static of<R extends Revision>(all: readonly R[]): Squashes<R> | undefined {
    const replacing = new Map(all.filter(({ replaces = [] }) => replaces.length > 0).map((each) => [each.id, each]));
    if (replacing.size === 0) return undefined;
    const squashes = new Map([...replacing.keys()].map((id) => [id, squashOf(id, replacing, all)]));
    checkNested([...squashes.values()]);
    const found = new Squashes(all, squashes);
    found.#checkPlaces();
    return found;
  }

  /** The ids of the squashes, in load order. */
  get ids(): readonly string[] {
    return [...this.#squashes.keys()];
  }

  /** A script by its id, whether it counts or not. */
  script(id: string): R | undefined {
    return this.#scripts.get(id);
  }

  /** Whether a squash replaces this revision, or is one. */
  concerns(id: string): boolean {
    return this.#squashes.has(id) || [...this.#squashes.values()].some(({ replaces }) => replaces.has(id));
  }

  /** Whether a revision lies inside what a squash replaces, so that it means another state than the squash. */
  isInside(squash: string, id: string): boolean {
    const { replaces, ends } = this.#get(squash);
    return replaces.has(id) && !ends.has(id);
  }

  /**
   * Whether a database with this row needs scripts that a squash replaces. Without them only the last name in the list
   * is known to mean the same as the squash.
   */
  isNeededBy(squash: string, row: string): boolean {
    return this.isReplaced(squash, row) && this.#scripts.get(squash)?.replaces?.at(-1) !== row;
  }

  /** Whether a squash replaces this revision. */
  isReplaced(squash: string, id: string): boolean {
    return this.#get(squash).replaces.has(id);
  }

  /** The scripts that a squash replaces and that are still there. */
  scriptsReplacedBy(squash: string): readonly R[] {
    return this.all.filter(({ id }) => this.#get(squash).replaces.has(id));
  }

  /** The squashes of `open` whose old path can be taken: all of its scripts are there. */
  passable(open: ReadonlySet<string>): ReadonlySet<string> {
    const passable = new Set(open);
    for (let size = -1; size !== passable.size;) {
      size = passable.size;
      const { revisions, standIns, replacedBy } = this.view(passable);
      const visible = new Set(revisions.map(({ id }) => id));
      const isThere = (id: string): boolean => visible.has(id) || standIns.has(id) || replacedBy.has(id);
      for (const id of passable) if (![...this.#get(id).replaces].every(isThere)) passable.delete(id);
    }
    return passable;
  }

  /** The graph where the old paths of these squashes are taken. */
  view(open: ReadonlySet<string>): SquashView<R> {
    const replacedBy = new Map<string, string>();
    for (const { id, replaces } of this.#outermostFirst()) {
      if (open.has(id) || replacedBy.has(id)) continue;
      for (const replaced of replaces) replacedBy.set(replaced, id);
    }
    const isHere = (id: string): boolean => this.#scripts.has(id) && !open.has(id) && !replacedBy.has(id);
    const standIns = new Map<string, string>();
    const stored = new Map<string, string>();
    for (const { id, ends } of this.#outermostFirst()) {
      if (isHere(id)) for (const end of ends) standIns.set(end, id);
      if (!open.has(id)) continue;
      const end = [...ends].find(isHere);
      if (end === undefined) continue;
      for (const name of [id, ...ends]) if (name !== end && !isHere(name)) standIns.set(name, end);
      if (!stored.has(end)) stored.set(end, id);
    }
    const here = this.all.filter(({ id }) => isHere(id));
    const labels = new Set(here.flatMap(({ branchLabels }) => branchLabels));
    const named = (name: string): string => (labels.has(name) ? name : (standIns.get(this.#idOf(name)) ?? name));
    const revisions = here.map((revision) => {
      const downRevision = revision.downRevision.map(named);
      const dependsOn = revision.dependsOn.map(named);
      const isSame = isEqual(downRevision, revision.downRevision) && isEqual(dependsOn, revision.dependsOn);
      return isSame ? revision : { ...revision, downRevision, dependsOn };
    });
    return { revisions, standIns, replacedBy, stored };
  }

  #idOf(name: string): string {
    return this.#scripts.has(name) ? name : (this.#labels.get(name) ?? name);
  }

  #get(id: string): Squash {
    return this.#squashes.get(id)!;
  }

  #outermostFirst(): readonly Squash[] {
    return [...this.#squashes.values()].sort((a, b) => b.replaces.size - a.replaces.size);
  }

  /**
   * Checks that nothing outside stands in the middle of what a squash replaces, and that the squash stands on all that
   * its scripts stand on.
   */
  #checkPlaces(): void {
    const standing = this.all.map(({ id, downRevision, dependsOn }) => ({
      id,
      stoodOn: [...downRevision, ...dependsOn].map((name) => this.#idOf(name)),
    }));
    for (const { id, replaces } of this.#squashes.values()) {
      const own = new Set(standing.find((each) => each.id === id)?.stoodOn);
      const within = [...own].find((name) => replaces.has(name));
      if (within !== undefined) throw new SquashInvalidError(id, `it stands on '${within}' itself`);
      for (const { id: other, stoodOn } of standing) {
        const isReplaced = replaces.has(other);
        const middle = isReplaced ? undefined : stoodOn.find((name) => this.isInside(id, name));
        if (middle !== undefined)
          throw new SquashInvalidError(id, `'${other}' stands on '${middle}', which is not the end of it`);
        const missing = isReplaced
          ? stoodOn.find((name) => name !== id && !replaces.has(name) && !this.#meansOneOf(own, name))
          : undefined;
        if (missing !== undefined)
          throw new SquashInvalidError(id, `'${other}' stands on '${missing}', and it does not`);
      }
    }
  }

  /** Whether one of the names is this one, or means the same state. */
  #meansOneOf(names: ReadonlySet<string>, name: string): boolean {
    if (names.has(name)) return true;
    return [...this.#squashes.values()].some(({ id, ends }) => {
      const same = [id, ...ends];
      return same.includes(name) && same.some((each) => names.has(each));
    });
  }
}

function squashOf(id: string, replacing: ReadonlyMap<string, Revision>, all: readonly Revision[]): Squash {
  const replaces = new Set<string>();
  const todo = [id];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    for (const replaced of replacing.get(next)?.replaces ?? []) {
      if (replaces.has(replaced)) continue;
      replaces.add(replaced);
      todo.push(replaced);
    }
  }
  if (replaces.has(id)) throw new SquashInvalidError(id, 'it replaces itself');
  const ends = new Set<string>();
  for (let end = replacing.get(id)?.replaces?.at(-1); end !== undefined; end = replacing.get(end)?.replaces?.at(-1)) {
    ends.add(end);
  }
  // where the last one was a squash whose script is gone, what stands on its own last one tells
  const scripts = new Set(all.map((revision) => revision.id));
  for (const { id: other, downRevision, dependsOn } of all) {
    if (replaces.has(other) || other === id) continue;
    for (const name of [...downRevision, ...dependsOn]) if (replaces.has(name) && !scripts.has(name)) ends.add(name);
  }
  return { id, replaces, ends };
}

function checkNested(squashes: readonly Squash[]): void {
  for (const [index, one] of squashes.entries()) {
    for (const other of squashes.slice(index + 1)) {
      const shared = [...one.replaces].find((id) => other.replaces.has(id));
      const isNested = one.replaces.has(other.id) || other.replaces.has(one.id);
      if (shared !== undefined && !isNested)
        throw new SquashInvalidError(one.id, `'${other.id}' replaces '${shared}' as well`);
    }
  }
}

function isEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.every((name, index) => name === others[index]);
}
