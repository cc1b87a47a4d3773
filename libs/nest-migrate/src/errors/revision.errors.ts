import { MigrationError } from './migration.error.js';
import { command, type Wording, worded } from './wording.js';

/**
 * The base of the errors of the revision graph: a symbol that means nothing, a plan that can't be made, scripts that
 * form no graph. Such an error is thrown before anything is run or written.
 */
export abstract class RevisionError extends MigrationError {}

/** Thrown where a symbol names no revision and no branch. */
export class RevisionNotFoundError extends RevisionError {
  readonly code = 'REVISION_NOT_FOUND';

  /** An id or branch label that differs little from the symbol; absent where there is none. */
  readonly nearest?: string;

  constructor(
    /** The part of the input that means nothing. */
    readonly symbol: string,
    { nearest, cure }: { readonly nearest?: string; readonly cure?: string | Wording } = {},
  ) {
    super(`Can't locate revision identified by '${symbol}': no revision and no branch has that name.`, {
      cure:
        cure ??
        (nearest === undefined ? worded`Look the name up with ${command('history')}.` : `Did you mean '${nearest}'?`),
    });
    this.nearest = nearest;
  }
}

/** Thrown where several ids or branch labels start with a partial id. */
export class AmbiguousRevisionError extends RevisionError {
  readonly code = 'AMBIGUOUS_REVISION';

  constructor(
    /** The partial id, as the caller wrote it. */
    readonly symbol: string,
    /** The ids and branch labels that start with it. */
    readonly candidates: readonly string[],
  ) {
    super(`Can't locate revision identified by '${symbol}': ${listed(candidates)} start with it.`, {
      cure: 'Write more of the one that is meant.',
    });
  }
}

/** Thrown for `label@revision` where the revision is neither above nor below the branch's own revision. */
export class RevisionNotOnBranchError extends RevisionError {
  readonly code = 'REVISION_NOT_ON_BRANCH';

  constructor(
    /** The id of the revision. */
    readonly symbol: string,
    /** The branch, as the caller wrote it before the `@`. */
    readonly branch: string,
  ) {
    super(`Can't locate revision identified by '${symbol}' on branch '${branch}': it belongs to another branch.`, {
      cure: worded`List the branch with ${command('history', '-r', `${branch}:${branch}@heads`)}.`,
    });
  }
}

/**
 * Thrown where the version table holds a revision that no script has: another application's, or one whose file is gone.
 */
export class UnknownVersionRowError extends RevisionError {
  readonly code = 'UNKNOWN_VERSION_ROW';

  constructor(
    /** The id in the version table. */
    readonly revision: string,
    /** The squash that replaces the revision, where one does: the scripts of its old path are gone. */
    readonly squash?: string,
  ) {
    super(
      squash === undefined
        ? `Can't locate revision identified by '${revision}': the database holds it and no script has it.`
        : `Can't locate revision identified by '${revision}': the database holds it, in the middle of what '${squash}' replaces, and the scripts of that path are gone.`,
      {
        cure:
          squash === undefined
            ? worded`Bring its script back, or declare where the schema stands with ${command('stamp', '--purge', '<revision>')}.`
            : worded`Bring back the scripts that '${squash}' replaces, run ${command('upgrade')} on this database, and delete them afterwards.`,
      },
    );
  }
}

/** A head, with what helps a person to recognise it. */
export interface HeadScript {
  /** The id of the head. */
  readonly revision: string;
  /** The labels that the head carries. */
  readonly branchLabels: readonly string[];
  /** The path of its script inside the script directory. */
  readonly file: string;
  /** The ids of the revisions that depend on it. It is an effective head where there are any. */
  readonly dependents: readonly string[];
}

/**
 * Thrown where one head is asked for and there are several.
 *
 * @example
 * try {
 *   await migrations.revision({ message: 'reviews' });
 * } catch (error) {
 *   if (!(error instanceof MultipleHeadsError)) throw error;
 *   await migrations.revision({ message: 'reviews', head: error.heads[0] });
 * }
 */
export class MultipleHeadsError extends RevisionError {
  readonly code = 'MULTIPLE_HEADS';
  /** What the head was wanted for. */
  readonly purpose: HeadPurpose;
  /** The heads with labels and files; empty where these were not looked up. */
  readonly scripts: readonly HeadScript[];

  constructor(
    /** The symbol that had to denote one head, as the caller wrote it. */
    readonly argument: string,
    /** The ids of the heads that it denotes. */
    readonly heads: readonly string[],
    {
      purpose = 'target',
      scripts = [],
    }: { readonly purpose?: HeadPurpose; readonly scripts?: readonly HeadScript[] } = {},
  ) {
    const known = new Map(scripts.map((script) => [script.revision, script]));
    const named = listed(heads, (id) => headText(id, known.get(id)));
    super(`${multipleHeads[purpose].replace('{argument}', () => argument)}: ${named}.`, {
      cure: multipleHeadsCure(argument, heads, { purpose, scripts }),
    });
    this.purpose = purpose;
    this.scripts = scripts;
  }
}

/**
 * What one head was wanted for: the target of a downgrade, a stamp, the place of a new revision, or (`target`) anything
 * else.
 */
export type HeadPurpose = 'target' | 'downgrade' | 'stamp' | 'new revision';

/** The beginnings of Alembic's messages, which users search for. The rest of the message names the heads instead. */
const multipleHeads = {
  target: "Multiple head revisions are present for given argument '{argument}'",
  downgrade: "Multiple head revisions are present for given argument '{argument}'",
  stamp: 'Multiple heads are present',
  'new revision': 'Multiple heads are present',
};

function headText(id: string, script: HeadScript | undefined): string {
  if (script === undefined) return `'${id}'`;
  const { branchLabels, file, dependents } = script;
  const depended = dependents.length === 0 ? [] : [`${listed(dependents)} depends on it`];
  return `'${id}' (${[...branchLabels, file, ...depended].join(', ')})`;
}

/** The two ways out: one of them, by a label of its own where it has one, or a merge. */
function multipleHeadsCure(
  argument: string,
  heads: readonly string[],
  { purpose, scripts }: { readonly purpose: HeadPurpose; readonly scripts: readonly HeadScript[] },
): string | Wording {
  const [first = ''] = heads;
  const labels = scripts.find(({ revision }) => revision === first)?.branchLabels ?? [];
  const own = labels.find((label) =>
    scripts.every((other) => other.revision === first || !other.branchLabels.includes(label)),
  );
  const one = own === undefined ? first : `${own}@head`;
  // `heads` leaves out what is depended on, so that there would be nothing to merge
  const all = scripts.some(({ dependents }) => dependents.length > 0)
    ? heads.join(' ')
    : argument.replace(/head$/, 'heads');
  const merge = worded`make one of them with ${command('merge', all)}`;
  if (purpose === 'downgrade') return `Name the one revision to go back to, as in ${one}.`;
  if (purpose === 'new revision') return worded`Go on with one, as in --head ${one}, or ${merge}.`;
  return worded`Take one, as in ${one}, all with ${argument.replace(/head$/, 'heads')}, or ${merge}.`;
}

/** Thrown where a relative symbol asks for more steps than there are, for none, or for steps in the wrong direction. */
export class RelativeRevisionError extends RevisionError {
  readonly code = 'RELATIVE_REVISION';

  constructor(
    /** The whole symbol, as the caller wrote it. */
    readonly symbol: string,
    /** Its steps, as the caller wrote them, such as `+9`. */
    readonly steps: string,
    cure?: string | Wording,
  ) {
    super(`Relative revision ${steps} didn't produce ${steps.replace(/^[+-]/, '')} migrations.`, {
      cure:
        cure ??
        worded`Count with ${command('history')}; '${symbol}' goes further than the revisions do, or in the wrong direction.`,
    });
  }
}

/** Thrown where a symbol such as `ae10-9` leads below the base, or one such as `ae10+9` above the heads. */
export class WalkedTooFarError extends RevisionError {
  readonly code = 'WALKED_TOO_FAR';

  constructor(
    /** The symbol, as the caller wrote it; several targets are separated by blanks. */
    readonly symbol: string,
  ) {
    super(`Walked too far: '${symbol}' leads past the last revision.`, {
      cure: worded`Count with ${command('history')}.`,
    });
  }
}

/**
 * Thrown where a relative symbol crosses a branch point upwards or a merge point downwards, where there is more than
 * one next revision.
 */
export class AmbiguousWalkError extends RevisionError {
  readonly code = 'AMBIGUOUS_WALK';

  constructor(
    /** The id of the revision where the walk stands; `base` below the first revisions. */
    readonly from: string,
    /** The ids of the revisions that come next. */
    readonly candidates: readonly string[],
    /** `up` towards the heads, `down` towards base. */
    readonly direction: 'up' | 'down',
    /** What to call each candidate before an `@`. */
    branches: readonly string[] = candidates,
  ) {
    const isMerge = direction === 'down' && from !== 'base';
    super(`Ambiguous walk: ${isMerge ? `'${from}' merges` : `after '${from}' come`} ${listed(candidates)}.`, {
      cure: isMerge
        ? `Name the revision to go back to, such as '${candidates[0]}'.`
        : `Name the one that you mean, or its branch: ${either(branches, direction === 'up' ? '+1' : '-1')}.`,
    });
  }
}

/** Thrown for `upgrade +N`, `downgrade label@-N` or `stamp -N`, where there are several revisions to count from. */
export class AmbiguousStartError extends RevisionError {
  readonly code = 'AMBIGUOUS_START';

  constructor(
    /** The symbol, as the caller wrote it. */
    readonly symbol: string,
    /** The command that was called. */
    readonly direction: 'upgrade' | 'downgrade' | 'stamp',
    /** The ids of the revisions to count from. */
    readonly candidates: readonly string[],
    /** What to call each candidate before an `@`. */
    branches: readonly string[] = candidates,
  ) {
    super(
      `Ambiguous ${direction} from multiple current revisions: '${symbol}' could count from ${listed(candidates)}.`,
      { cure: `Name the branch, ${either(branches, symbol.slice(symbol.indexOf('@') + 1))}, or the revision itself.` },
    );
  }
}

/** Thrown for a `start:end` target where one revision is wanted. */
export class RangeNotAllowedError extends RevisionError {
  readonly code = 'RANGE_NOT_ALLOWED';

  constructor(
    /** The target, as the caller wrote it. */
    readonly symbol: string,
    cure: string | Wording = 'Name the target alone: where the database stands is read from it. A range is for --sql.',
  ) {
    super(`Range revision not allowed: '${symbol}'.`, { cure });
  }
}

/** Thrown where revisions must be independent, and one is an ancestor of another. */
export class OverlappingRevisionsError extends RevisionError {
  readonly code = 'OVERLAPPING_REVISIONS';

  constructor(
    /** The id of the revision that overlaps with others. */
    readonly revision: string,
    /** The ids of those others, which the revision stands on. */
    readonly ancestors: readonly string[],
  ) {
    super(`Requested revision ${revision} overlaps with other requested revisions ${ancestors.join(', ')}.`, {
      cure: worded`Leave out ${listed(ancestors)}: '${revision}' includes it. If the version table holds both, correct it with ${command('stamp', '--purge')}.`,
    });
  }
}

/** Thrown for `stamp a b`, where both would replace the same rows of the version table. */
export class ConflictingStampError extends RevisionError {
  readonly code = 'CONFLICTING_STAMP';

  constructor(
    /** The id of the revision that comes second. */
    readonly revision: string,
    /** The rows that it would replace and that are replaced already. */
    readonly rows: readonly string[],
  ) {
    super(`Can't stamp '${revision}' as well: the rows it replaces, ${listed(rows)}, are replaced already.`, {
      cure: worded`Stamp independent revisions only, or start from nothing with ${command('stamp', '--purge')}.`,
    });
  }
}

/** Thrown where a step has to change a row that the version table holds more than once. */
export class DuplicateVersionRowError extends RevisionError {
  readonly code = 'DUPLICATE_VERSION_ROW';

  constructor(
    /** The id in those rows. */
    readonly revision: string,
    /** How many such rows there are. */
    readonly count: number,
  ) {
    super(`Online migration expected to match one row when changing '${revision}'; ${count} found.`, {
      cure: `Delete the surplus rows: the version table must hold '${revision}' once.`,
    });
  }
}

/** Thrown where a step would undo a revision that the version table doesn't hold. */
export class RevisionNotAppliedError extends RevisionError {
  readonly code = 'REVISION_NOT_APPLIED';

  constructor(
    /** The id of that revision. */
    readonly revision: string,
  ) {
    super(`Can't downgrade '${revision}': the version table doesn't hold it.`, {
      cure: worded`Compare ${command('current')} with ${command('history')}.`,
    });
  }
}

/** Thrown where the target of a downgrade is neither applied nor below a revision that is. */
export class InvalidDowngradeTargetError extends RevisionError {
  readonly code = 'INVALID_DOWNGRADE_TARGET';

  constructor(
    /** The target, as the caller wrote it. */
    readonly target: string,
    /** The version table's rows. */
    readonly rows: readonly string[],
    /**
     * The ids of applied revisions of other branches that depend on the target. The target is applied then, since they
     * need it.
     */
    readonly dependents: readonly string[] = [],
  ) {
    const [dependent] = dependents;
    super(`Destination ${target} is not a valid downgrade target from current head(s) ${listed(rows)}.`, {
      cure:
        dependent === undefined
          ? worded`Choose one that is applied: see ${command('current')} and ${command('history')}.`
          : worded`Nothing that follows it is applied; ${listed(dependents)} only depends on it, and is undone with ${command('downgrade', `${dependent}@-1`)}.`,
    });
  }
}

/** Thrown for `downgrade label@revision`, where nothing above the revision is on the label's branch. */
export class DowngradeOffBranchError extends RevisionError {
  readonly code = 'DOWNGRADE_OFF_BRANCH';

  constructor(
    /** The target, as the caller wrote it. */
    readonly target: string,
    /** The branch before its `@`. */
    readonly branch: string,
  ) {
    super(`Not a valid downgrade target from current heads: '${target}' is not below branch '${branch}'.`, {
      cure: 'Name the target without the branch, or one below the branch.',
    });
  }
}

/** Thrown where a downgrade or stamp of one branch, `label@…`, would take revisions of another branch with it. */
export class BeyondBranchError extends RevisionError {
  readonly code = 'BEYOND_BRANCH';

  constructor(
    /** The symbol, as the caller wrote it. */
    readonly target: string,
    /** The ids of the revisions that would be lost although they are not on the branch. */
    readonly revisions: readonly string[],
    /** What would happen, why, and what to write instead. */
    wayOut: { readonly does: 'undo' | 'forget'; readonly because: string; readonly cure: string | Wording },
  ) {
    super(`'${target}' would also ${wayOut.does} ${listed(revisions)} of another branch: ${wayOut.because}.`, {
      cure: wayOut.cure,
    });
  }
}

/** Thrown where the start of a range is not an ancestor of its end. */
export class RangeNotAncestorError extends RevisionError {
  readonly code = 'RANGE_NOT_ANCESTOR';

  constructor(
    /** The start, as the caller wrote it; for `current` the ids of the rows, separated by commas. */
    readonly start: string,
    /** The end, as the caller wrote it; for `current` the ids of the rows, separated by commas. */
    readonly end: string,
  ) {
    super(`Requested range ${start}:${end} does not refer to ancestor/descendant revisions along the same branch.`, {
      cure: worded`Begin further down, or list everything with ${command('history')}.`,
    });
  }
}

/** Thrown where the argument of `history -r` is not a range. */
export class HistoryRangeSyntaxError extends RevisionError {
  readonly code = 'HISTORY_RANGE_SYNTAX';

  constructor(
    /** The argument, as the caller wrote it. */
    readonly range: string,
  ) {
    const cure =
      range === '' || range.includes(':')
        ? 'Leave an end out for everything on that side.'
        : worded`One revision is ${command('show', range)}; from it to the heads is ${range}:`;
    super(`History range requires [start]:[end], [start]:, or :[end]; '${range}' is none of them.`, { cure });
  }
}

/**
 * Thrown for `revision@base:` as the start of a range, where the revision has no label or several, so that it names no
 * branch.
 */
export class NoBranchLabelError extends RevisionError {
  readonly code = 'NO_BRANCH_LABEL';

  constructor(
    /** The id of that revision. */
    readonly revision: string,
    /** The labels that it carries: none, or several. */
    readonly labels: readonly string[],
  ) {
    super(`'${revision}' doesn't say which branch is meant: it carries ${listed(labels)} for a branch label.`, {
      cure: 'Write the branch label itself before the @.',
    });
  }
}

/** Thrown where revisions form a cycle, so that none of them could be applied first. */
export class RevisionCycleError extends RevisionError {
  readonly code = 'REVISION_CYCLE';

  constructor(
    /** Whether `downRevision` alone closes the cycle or `dependsOn` takes part, over one step or more. */
    readonly kind: 'Cycle' | 'Dependency cycle' | 'Self-loop' | 'Dependency self-loop',
    /** The ids of the cycle. Each revision stands on the next one, the last on the first. */
    readonly revisions: readonly string[],
  ) {
    super(`${kind} is detected in revisions (${revisions.join(', ')}).`, {
      cure: `Correct ${kind.startsWith('Dep') ? 'dependsOn' : 'downRevision'} in one of their scripts.`,
    });
  }
}

/** Thrown where two scripts have the same revision id. */
export class DuplicateRevisionError extends RevisionError {
  readonly code = 'DUPLICATE_REVISION';

  constructor(
    /** The id that both have. */
    readonly revision: string,
  ) {
    super(`Revision ${revision} is present more than once.`, {
      cure: 'Delete one of the scripts, or give it another id.',
    });
  }
}

/** Thrown where a branch label belongs to another branch already, or is the id of a revision. */
export class DuplicateBranchLabelError extends RevisionError {
  readonly code = 'DUPLICATE_BRANCH_LABEL';

  constructor(
    /** The branch label. */
    readonly label: string,
    /** The id of the revision that declares it. */
    readonly revision: string,
    /** The id of the revision that has it already, as a label or as its id. */
    readonly usedBy: string,
  ) {
    super(`Branch name '${label}' in revision ${revision} already used by revision ${usedBy}.`, {
      cure: 'Choose another label: labels and ids share one namespace.',
    });
  }
}

/** Thrown where scripts refer to revisions that no script has. */
export class MissingRevisionError extends RevisionError {
  readonly code = 'MISSING_REVISION';

  constructor(
    /** Each id or label that is missing, with the id of the revision that refers to it. */
    readonly references: readonly { readonly missing: string; readonly referencedBy: string }[],
  ) {
    super(
      references
        .map(({ missing, referencedBy }) => `Revision ${missing} referenced from ${referencedBy} is not present.`)
        .join(' '),
      { cure: 'Bring the script back, or correct the reference: downRevision takes full ids, dependsOn also labels.' },
    );
  }
}

/** Thrown for a revision id that the syntax of symbols could not refer to. */
export class IllegalRevisionIdError extends RevisionError {
  readonly code = 'ILLEGAL_REVISION_ID';

  constructor(
    /** The id. */
    readonly revision: string,
    /** The characters that are not allowed; empty where the id itself is empty. */
    readonly characters: readonly string[],
  ) {
    super(
      characters.length === 0
        ? 'A revision identifier is empty.'
        : `Character(s) '${characters.map(spelled).join(', ')}' not allowed in revision identifier '${[...revision].map(spelled).join('')}'.`,
      { cure: 'Use letters, digits, _ and the like: @ - + : have a meaning in symbols.' },
    );
  }
}

/** A control character as it is written in a script. */
function spelled(character: string): string {
  return /\p{Cc}/u.test(character) ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : character;
}

/** Thrown where the id for a new revision belongs to a revision or a branch label already. */
export class RevisionIdInUseError extends RevisionError {
  readonly code = 'REVISION_ID_IN_USE';

  constructor(
    /** The id that was to be used. */
    readonly revision: string,
  ) {
    super(`Revision identifier '${revision}' is in use.`, { cure: 'Pass another --rev-id, or none.' });
  }
}

/**
 * Thrown where a new revision is to follow one that has followers already, without `splice`.
 *
 * @remarks Name a head, or pass `--splice` to begin a branch on purpose.
 */
export class NotAHeadError extends RevisionError {
  readonly code = 'NOT_A_HEAD';

  constructor(
    /** The id of the revision that has followers. */
    readonly revision: string,
  ) {
    super(
      `Revision ${revision} is not a head revision; please specify --splice to create a new branch from this revision.`,
    );
  }
}

/** Thrown where the revisions that a new one is to follow are not distinct. */
export class DuplicateHeadsError extends RevisionError {
  readonly code = 'DUPLICATE_HEADS';

  constructor(
    /** Their ids; at least one of them is there twice. */
    readonly heads: readonly string[],
  ) {
    super(`Duplicate head revisions specified: ${listed(heads)}.`, { cure: 'Name every revision once.' });
  }
}

function listed(names: readonly string[], text = (name: string): string => `'${name}'`): string {
  const shown = names.slice(0, 10).map(text);
  if (names.length > shown.length) shown.push(`${names.length - shown.length} more`);
  const last = shown.pop();
  if (last === undefined) return 'none';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** `left@+1 or right@+1`. */
function either(branches: readonly string[], steps: string): string {
  return branches
    .slice(0, 3)
    .map((branch) => `${branch}@${steps}`)
    .join(' or ');
}

/** Thrown where a downgrade would undo a revision that says that it cannot be undone. Nothing has been run. */
export class IrreversibleRevisionError extends RevisionError {
  readonly code = 'IRREVERSIBLE_REVISION';

  constructor(
    /** The id of the revision. */
    readonly revision: string,
    /** Why it cannot be undone, in its author's words. */
    readonly reason: string,
  ) {
    super(`Revision '${revision}' cannot be undone: ${reason}`, {
      cure: 'Nothing was undone. Write a revision that goes on from here, or restore a backup.',
    });
  }
}

/** Thrown where a revision cannot replace what it says that it replaces. */
export class SquashInvalidError extends RevisionError {
  readonly code = 'SQUASH_INVALID';

  constructor(
    /** The id of the revision with `replaces`. */
    readonly revision: string,
    problem: string,
  ) {
    super(`Revision '${revision}' cannot replace what it says: ${problem}.`, {
      cure: 'What it replaces has one beginning, on which it stands too, and one end, which is the last in its list.',
    });
  }
}

/** Thrown where a symbol names a revision that a squash replaces, and that means another state than the squash. */
export class ReplacedRevisionError extends RevisionError {
  readonly code = 'REVISION_REPLACED';

  constructor(
    /** The id of the revision. */
    readonly revision: string,
    /** The id of the squash that replaces it. */
    readonly squash: string,
    /** Whether the scripts of what it replaces are there. Default: false. */
    { areThere = false }: { readonly areThere?: boolean } = {},
  ) {
    const gone = areThere ? '' : ', and its scripts are gone';
    super(`Revision '${revision}' lies in the middle of what '${squash}' replaces${gone}.`, {
      cure: `Name '${squash}', or what it stands on: '${squash}-1'.`,
    });
  }
}

/** Thrown where revisions cannot be replaced by one, since others stand in the middle of them. */
export class SquashRangeError extends RevisionError {
  readonly code = 'SQUASH_RANGE';

  constructor(
    /** The range. */
    readonly range: string,
    /** The id of a revision inside of it. */
    readonly revision: string,
    /** The id of a revision outside, which it follows or which stands on it. */
    readonly outside: string,
    /** Whether that is a further way into the range or out of it. */
    readonly way: 'in' | 'out',
  ) {
    super(
      way === 'out'
        ? `The range ${range} can't become one revision: '${outside}', outside of it, stands on '${revision}', and may do so only on the last.`
        : `The range ${range} can't become one revision: '${revision}', which is not its first, follows '${outside}', outside of it.`,
      {
        cure: worded`Choose a range with one beginning and one end; ${command('history', '--graph')} draws the branches.`,
      },
    );
  }
}
