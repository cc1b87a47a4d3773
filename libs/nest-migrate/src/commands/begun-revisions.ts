import { InterruptedRevisionError } from '../errors/interrupted.errors.js';
import { type RevisionGraph } from '../revision/revision-graph.js';
import { type BegunStep, type Claim, claimOf, type WaysOut, waysOut } from '../revision/unfinished.js';
import { type BegunRevisions, type Interrupted } from '../runtime/executable-step.js';
import { type InterruptedRevision, statementsDone } from '../runtime/interrupted-revision.js';
import { type Wording, worded } from '../errors/wording.js';

/** Where a database stands, as far as it says what is noted of revisions that are not finished. */
export interface NotedState {
  readonly rows: readonly string[];
  readonly interrupted: readonly InterruptedRevision[];
  /** What each revision stood on when it was applied; needed where a row is none of the graph's. */
  readonly parents?: ReadonlyMap<string, readonly string[]>;
}

/** A revision that a run has begun, and what that means here. */
export interface BegunRevision {
  readonly notes: InterruptedRevision;
  readonly claim: Claim;
  readonly exits: WaysOut;
}

/** What is noted in a database, as this application sees it. */
export function begunRevisions(
  graph: RevisionGraph,
  { rows, interrupted, parents = new Map() }: NotedState,
): readonly BegunRevision[] {
  return interrupted.map((notes) => ({
    notes,
    claim: claimOf(graph, rows, parents, notes),
    exits: waysOut(graph, rows, notes),
  }));
}

/**
 * Whether it is in the way of all that does not finish it: a part of a revision of this application is there. That of another
 * version of it is none of its business, unless its row says that it is whole. What cannot be read may be anything.
 */
export function isInTheWay({ notes, claim }: BegunRevision): boolean {
  if (!notes.isReadable) return true;
  return claim === 'unfinished' || (claim === 'foreign' && notes.direction === 'downgrade');
}

/** @param isLocked Whether another process has the migration lock, which may be at it. */
export function interruption({ notes, claim, exits }: BegunRevision, isLocked = false): InterruptedRevisionError {
  const { revision, direction, isReadable } = notes;
  const statements = statementsDone(notes);
  const isKnown = claim !== 'foreign';
  return new InterruptedRevisionError({ revision, direction, statements, isKnown, isReadable, isLocked, exits });
}

/** What is worth a word although it is in nothing's way; `undefined` for all else. */
export function noteWarning({ notes, claim, exits }: BegunRevision): Wording | undefined {
  const name = `${notes.direction} of ${notes.revision}`;
  if (claim === 'settled' && notes.isReadable) {
    const isNow = notes.direction === 'upgrade' ? 'is applied' : 'is not applied';
    return worded`The journal has notes of the ${name}, which ${isNow}: ${exits.stamp} forgets them.`;
  }
  if (claim !== 'foreign') return undefined;
  return worded`The ${name}, which no script of this application has, is not finished: ${statementsDone(notes)} of its statements are done. Where nothing is to finish it, ${exits.stamp} forgets it.`;
}

/** What a run says of what is noted. */
export interface Dealing {
  /** Whether it says where the database is, so that all of it is forgotten. */
  readonly areForgotten: boolean;
  /** What the caller says of a statement that was running when its run died. */
  readonly interrupted: Interrupted | undefined;
  readonly warn: (text: Wording) => void;
}

/** How a run deals with what is noted. */
export function dealingWith(graph: RevisionGraph, { areForgotten, interrupted: said, warn }: Dealing): BegunRevisions {
  return {
    areForgotten,
    interrupted: said,
    admit: (interrupted, rows, steps) => {
      const found = begunRevisions(graph, { rows, interrupted });
      const inTheWay = found.filter(isInTheWay);
      const isGoneOnWith = ({ notes }: BegunRevision): boolean =>
        steps.some(({ revision, direction }) => revision === notes.revision && direction === notes.direction);
      const [first] = inTheWay;
      if (first !== undefined && !inTheWay.some(isGoneOnWith)) throw interruption(first);
      for (const begun of found) {
        const warning = noteWarning(begun);
        if (warning !== undefined) warn(warning);
      }
    },
    exits: (step: BegunStep, rows) => waysOut(graph, rows, step),
  };
}
