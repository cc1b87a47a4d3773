import { InterruptedRevisionError } from '../errors/interrupted.errors.js';
import { type RevisionGraph } from '../revision/revision-graph.js';
import { type BegunStep, type Claim, claimOf, type WaysOut, waysOut } from '../revision/unfinished.js';
import { type BegunRevisions, type Interrupted } from '../runtime/executable-step.js';
import { type InterruptedRevision, statementsDone } from '../runtime/interrupted-revision.js';
import { type Wording, worded } from '../errors/wording.js';

/** Where a database stands, and what its journal says of unfinished revisions. */
export interface NotedState {
  readonly rows: readonly string[];
  readonly interrupted: readonly InterruptedRevision[];
  /** What each revision stood on when it was applied; needed where the graph lacks one of the rows. */
  readonly parents?: ReadonlyMap<string, readonly string[]>;
}

/** A revision that a run has begun, and what that means for this application. */
export interface BegunRevision {
  readonly notes: InterruptedRevision;
  readonly claim: Claim;
  readonly exits: WaysOut;
}

/** The unfinished revisions of a database, as this application sees them. */
export function begunRevisions(
  graph: RevisionGraph,
  { rows, interrupted, parents = new Map() }: NotedState,
): readonly BegunRevision[] {
  const here = graph.at(rows, { begun: interrupted });
  const named = here.namesHere(rows);
  return interrupted.map((notes) => ({
    notes,
    claim: claimOf(here, named, parents, notes),
    exits: waysOut(here, named, notes),
  }));
}

/**
 * Whether an unfinished revision stops every command that does not finish it. A revision of this application does,
 * since only a part of it is in the database. A revision of another version of the application does only while it is
 * being undone, since its row says that it is whole. Notes that cannot be read stop every command too.
 */
export function isInTheWay({ notes, claim }: BegunRevision): boolean {
  if (!notes.isReadable) return true;
  return claim === 'unfinished' || (claim === 'foreign' && notes.direction === 'downgrade');
}

/**
 * The error about an unfinished revision.
 *
 * @param isLocked Whether another process has the migration lock and may be running the revision.
 */
export function interruption({ notes, claim, exits }: BegunRevision, isLocked = false): InterruptedRevisionError {
  const { revision, direction, isReadable } = notes;
  const statements = statementsDone(notes);
  const isKnown = claim !== 'foreign';
  return new InterruptedRevisionError({ revision, direction, statements, isKnown, isReadable, isLocked, exits });
}

/** The warning about an unfinished revision that stops no command; `undefined` where there is nothing to say. */
export function noteWarning({ notes, claim, exits }: BegunRevision): Wording | undefined {
  const name = `${notes.direction} of ${notes.revision}`;
  if (claim === 'settled' && notes.isReadable) {
    const isNow = notes.direction === 'upgrade' ? 'is applied' : 'is not applied';
    return worded`The journal has notes of the ${name}, which ${isNow}: ${exits.stamp} forgets them.`;
  }
  if (claim !== 'foreign') return undefined;
  return worded`The ${name}, which no script of this application has, is not finished: ${statementsDone(notes)} of its statements are done. Where nothing is to finish it, ${exits.stamp} forgets it.`;
}

/** What a run says about unfinished revisions. */
export interface Dealing {
  /** Whether the run says where the database is, so that all of them are forgotten. */
  readonly areForgotten: boolean;
  /** What the caller says of a statement that was running when its run died. */
  readonly interrupted: Interrupted | undefined;
  readonly warn: (text: Wording) => void;
}

/** How a run deals with unfinished revisions. */
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
