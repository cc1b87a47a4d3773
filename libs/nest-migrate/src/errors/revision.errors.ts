import { MigrationError } from './migration.error.js';
import { command, type Wording, worded } from './wording.js';

/**
 * The base of what the revision graph refuses: a symbol that means nothing, a plan that can't be made, scripts that
 * make no graph. Such an error is thrown before anything is run or written.
 */
export abstract class RevisionError extends MigrationError {}

/** A symbol names no revision and no branch. */
export class RevisionNotFoundError extends RevisionError {
  readonly code = 'REVISION_NOT_FOUND';

  /** An id or branch label that differs from it by little, if there is one. */
  readonly nearest?: string;

  /** @param symbol The part of the input that means nothing. */
  constructor(
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

/** A partial id that several ids or branch labels start with. */
export class AmbiguousRevisionError extends RevisionError {
  readonly code = 'AMBIGUOUS_REVISION';

  /** @param candidates The ids and branch labels that start with the symbol. */
  constructor(
    readonly symbol: string,
    readonly candidates: readonly string[],
  ) {
    super(`Can't locate revision identified by '${symbol}': ${listed(candidates)} start with it.`, {
      cure: 'Write more of the one that is meant.',
    });
  }
}

/** `label@revision`, where the revision is neither above nor below the branch's own revision. */
export class RevisionNotOnBranchError extends RevisionError {
  readonly code = 'REVISION_NOT_ON_BRANCH';

  constructor(
    readonly symbol: string,
    readonly branch: string,
  ) {
    super(`Can't locate revision identified by '${symbol}' on branch '${branch}': it belongs to another branch.`, {
      cure: worded`List the branch with ${command('history', '-r', `${branch}:${branch}@heads`)}.`,
    });
  }
}

/** The version table holds a revision that no script has: another application's, or one whose file is gone. */
export class UnknownVersionRowError extends RevisionError {
  readonly code = 'UNKNOWN_VERSION_ROW';

  constructor(readonly revision: string) {
    super(`Can't locate revision identified by '${revision}': the database holds it and no script has it.`, {
      cure: worded`Bring its script back, or declare where the schema stands with ${command('stamp', '--purge', '<revision>')}.`,
    });
  }
}

/** Where a head is, for people. */
export interface HeadScript {
  readonly revision: string;
  readonly branchLabels: readonly string[];
  /** The script, in the words of whoever reads the scripts: a path inside the script directory. */
  readonly file: string;
  /** The revisions that depend on it: it is an effective head then. */
  readonly dependents: readonly string[];
}

/**
 * One head was asked for and there are several.
 *
 * @example
 * if (error instanceof MultipleHeadsError) error.heads; // ['8f27ab90c302', 'c61d55e7f403']
 */
export class MultipleHeadsError extends RevisionError {
  readonly code = 'MULTIPLE_HEADS';
  /** What the head was wanted for. */
  readonly purpose: HeadPurpose;
  /** The heads with labels and files; empty where nobody has looked. */
  readonly scripts: readonly HeadScript[];

  /**
   * @param argument The symbol that was to denote one head.
   * @param heads The heads that it denotes.
   */
  constructor(
    readonly argument: string,
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

export type HeadPurpose = 'target' | 'downgrade' | 'stamp' | 'new revision';

/** The beginnings of Alembic's messages, which people search for; what else those say is said with names instead. */
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

/** A relative symbol asks for more steps than there are, or for steps in the wrong direction. */
export class RelativeRevisionError extends RevisionError {
  readonly code = 'RELATIVE_REVISION';

  /** @param steps The steps as written, such as `+9`. */
  constructor(
    readonly symbol: string,
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

/** A symbol such as `ae10-9` leads below the base, or one such as `ae10+9` above the heads. */
export class WalkedTooFarError extends RevisionError {
  readonly code = 'WALKED_TOO_FAR';

  constructor(readonly symbol: string) {
    super(`Walked too far: '${symbol}' leads past the last revision.`, {
      cure: worded`Count with ${command('history')}.`,
    });
  }
}

/** A relative symbol crosses a branch point upwards or a merge point downwards, where there is no one next revision. */
export class AmbiguousWalkError extends RevisionError {
  readonly code = 'AMBIGUOUS_WALK';

  /**
   * @param from Where the walk stands; `base` below the first revisions.
   * @param candidates The revisions that come next.
   * @param branches What each of them may be called before an `@`.
   */
  constructor(
    readonly from: string,
    readonly candidates: readonly string[],
    readonly direction: 'up' | 'down',
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

/** `upgrade +N`, `downgrade label@-N` or `stamp -N`, where the rows offer several revisions to count from. */
export class AmbiguousStartError extends RevisionError {
  readonly code = 'AMBIGUOUS_START';

  constructor(
    readonly symbol: string,
    readonly direction: 'upgrade' | 'downgrade' | 'stamp',
    readonly candidates: readonly string[],
    /** What each of them may be called before an `@`. */
    branches: readonly string[] = candidates,
  ) {
    super(
      `Ambiguous ${direction} from multiple current revisions: '${symbol}' could count from ${listed(candidates)}.`,
      { cure: `Name the branch, ${either(branches, symbol.slice(symbol.indexOf('@') + 1))}, or the revision itself.` },
    );
  }
}

/** A `start:end` target where one revision is wanted. */
export class RangeNotAllowedError extends RevisionError {
  readonly code = 'RANGE_NOT_ALLOWED';

  constructor(
    readonly symbol: string,
    cure: string | Wording = 'Name the target alone: where the database stands is read from it. A range is for --sql.',
  ) {
    super(`Range revision not allowed: '${symbol}'.`, { cure });
  }
}

/** Two revisions that must be independent, and one is an ancestor of the other. */
export class OverlappingRevisionsError extends RevisionError {
  readonly code = 'OVERLAPPING_REVISIONS';

  /** @param ancestors Which of the other revisions the revision stands on. */
  constructor(
    readonly revision: string,
    readonly ancestors: readonly string[],
  ) {
    super(`Requested revision ${revision} overlaps with other requested revisions ${ancestors.join(', ')}.`, {
      cure: worded`Leave out ${listed(ancestors)}: '${revision}' includes it. If the version table holds both, correct it with ${command('stamp', '--purge')}.`,
    });
  }
}

/** `stamp a b`, where both would replace the same rows of the version table. */
export class ConflictingStampError extends RevisionError {
  readonly code = 'CONFLICTING_STAMP';

  constructor(
    readonly revision: string,
    readonly rows: readonly string[],
  ) {
    super(`Can't stamp '${revision}' as well: the rows it replaces, ${listed(rows)}, are replaced already.`, {
      cure: worded`Stamp independent revisions only, or start from nothing with ${command('stamp', '--purge')}.`,
    });
  }
}

/** A row that a step has to change stands in the version table more than once. */
export class DuplicateVersionRowError extends RevisionError {
  readonly code = 'DUPLICATE_VERSION_ROW';

  constructor(
    readonly revision: string,
    readonly count: number,
  ) {
    super(`Online migration expected to match one row when changing '${revision}'; ${count} found.`, {
      cure: `Delete the surplus rows: the version table must hold '${revision}' once.`,
    });
  }
}

/** A step is to be taken back that the version table doesn't hold. */
export class RevisionNotAppliedError extends RevisionError {
  readonly code = 'REVISION_NOT_APPLIED';

  constructor(readonly revision: string) {
    super(`Can't downgrade '${revision}': the version table doesn't hold it.`, {
      cure: worded`Compare ${command('current')} with ${command('history')}.`,
    });
  }
}

/** The target of a downgrade is neither applied nor below anything that is. */
export class InvalidDowngradeTargetError extends RevisionError {
  readonly code = 'INVALID_DOWNGRADE_TARGET';

  /** @param dependents Applied revisions of other branches that depend on the target: it is applied then, as they need it. */
  constructor(
    readonly target: string,
    readonly rows: readonly string[],
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

/** `downgrade label@revision`, where nothing above the revision is on the label's branch. */
export class DowngradeOffBranchError extends RevisionError {
  readonly code = 'DOWNGRADE_OFF_BRANCH';

  constructor(
    readonly target: string,
    readonly branch: string,
  ) {
    super(`Not a valid downgrade target from current heads: '${target}' is not below branch '${branch}'.`, {
      cure: 'Name the target without the branch, or one below the branch.',
    });
  }
}

/** A downgrade or stamp of one branch, `label@…`, that would take revisions of another branch with it. */
export class BeyondBranchError extends RevisionError {
  readonly code = 'BEYOND_BRANCH';

  /**
   * @param target The symbol, as written.
   * @param revisions What would be lost though it is not on the branch.
   * @param wayOut What to write instead.
   */
  constructor(
    readonly target: string,
    readonly revisions: readonly string[],
    wayOut: { readonly does: 'undo' | 'forget'; readonly because: string; readonly cure: string | Wording },
  ) {
    super(`'${target}' would also ${wayOut.does} ${listed(revisions)} of another branch: ${wayOut.because}.`, {
      cure: wayOut.cure,
    });
  }
}

/** The start of a range is not an ancestor of its end. */
export class RangeNotAncestorError extends RevisionError {
  readonly code = 'RANGE_NOT_ANCESTOR';

  constructor(
    readonly start: string,
    readonly end: string,
  ) {
    super(`Requested range ${start}:${end} does not refer to ancestor/descendant revisions along the same branch.`, {
      cure: worded`Begin further down, or list everything with ${command('history')}.`,
    });
  }
}

/** The argument of `history -r` is no range. */
export class HistoryRangeSyntaxError extends RevisionError {
  readonly code = 'HISTORY_RANGE_SYNTAX';

  constructor(readonly range: string) {
    const cure =
      range === '' || range.includes(':')
        ? 'Leave an end out for everything on that side.'
        : worded`One revision is ${command('show', range)}; from it to the heads is ${range}:`;
    super(`History range requires [start]:[end], [start]:, or :[end]; '${range}' is none of them.`, { cure });
  }
}

/** `revision@base:` as the start of a range, where the revision has no label, or several, that could be the branch. */
export class NoBranchLabelError extends RevisionError {
  readonly code = 'NO_BRANCH_LABEL';

  constructor(
    readonly revision: string,
    readonly labels: readonly string[],
  ) {
    super(`'${revision}' doesn't say which branch is meant: it carries ${listed(labels)} for a branch label.`, {
      cure: 'Write the branch label itself before the @.',
    });
  }
}

/** Revisions form a circle, so that none of them could be applied first. */
export class RevisionCycleError extends RevisionError {
  readonly code = 'REVISION_CYCLE';

  /**
   * @param kind Whether `downRevision` alone closes the circle or `dependsOn` is needed for it, over one or more steps.
   * @param revisions The circle; every revision stands on the next, the last on the first.
   */
  constructor(
    readonly kind: 'Cycle' | 'Dependency cycle' | 'Self-loop' | 'Dependency self-loop',
    readonly revisions: readonly string[],
  ) {
    super(`${kind} is detected in revisions (${revisions.join(', ')}).`, {
      cure: `Correct ${kind.startsWith('Dep') ? 'dependsOn' : 'downRevision'} in one of their scripts.`,
    });
  }
}

/** Two scripts have the same revision id. */
export class DuplicateRevisionError extends RevisionError {
  readonly code = 'DUPLICATE_REVISION';

  constructor(readonly revision: string) {
    super(`Revision ${revision} is present more than once.`, {
      cure: 'Delete one of the scripts, or give it another id.',
    });
  }
}

/** A branch label that is taken by another branch, or is a revision's id. */
export class DuplicateBranchLabelError extends RevisionError {
  readonly code = 'DUPLICATE_BRANCH_LABEL';

  constructor(
    readonly label: string,
    readonly revision: string,
    readonly usedBy: string,
  ) {
    super(`Branch name '${label}' in revision ${revision} already used by revision ${usedBy}.`, {
      cure: 'Choose another label: labels and ids share one namespace.',
    });
  }
}

/** Scripts refer to revisions that no script has. */
export class MissingRevisionError extends RevisionError {
  readonly code = 'MISSING_REVISION';

  /** @param references What is missing, and the revision that refers to it. */
  constructor(readonly references: readonly { readonly missing: string; readonly referencedBy: string }[]) {
    super(
      references
        .map(({ missing, referencedBy }) => `Revision ${missing} referenced from ${referencedBy} is not present.`)
        .join(' '),
      { cure: 'Bring the script back, or correct the reference: downRevision takes full ids, dependsOn also labels.' },
    );
  }
}

/** A revision id that the symbol syntax could not refer to. */
export class IllegalRevisionIdError extends RevisionError {
  readonly code = 'ILLEGAL_REVISION_ID';

  /** @param characters The characters that are not allowed; empty where the id itself is empty. */
  constructor(
    readonly revision: string,
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

/** The id for a new revision is taken, by a revision or by a branch label. */
export class RevisionIdInUseError extends RevisionError {
  readonly code = 'REVISION_ID_IN_USE';

  constructor(readonly revision: string) {
    super(`Revision identifier '${revision}' is in use.`, { cure: 'Pass another --rev-id, or none.' });
  }
}

/** A new revision is to follow one that has followers already. */
export class NotAHeadError extends RevisionError {
  readonly code = 'NOT_A_HEAD';

  constructor(readonly revision: string) {
    super(
      `Revision ${revision} is not a head revision; please specify --splice to create a new branch from this revision.`,
    );
  }
}

/** The revisions that a new one is to follow are not distinct. */
export class DuplicateHeadsError extends RevisionError {
  readonly code = 'DUPLICATE_HEADS';

  constructor(readonly heads: readonly string[]) {
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
