/**
 * What a symbol says, before it is looked up in a graph. `branch` is the text before the `@`: a label, or a full or
 * partial id of a revision on the branch. `text` is for messages alone.
 */
export type RevisionSymbol = KeywordSymbol | NameSymbol | RelativeSymbol;

interface Written {
  readonly text: string;
  readonly branch?: string;
}

/** `head`, `billing@heads`. */
export interface KeywordSymbol extends Written {
  readonly kind: 'head' | 'heads' | 'base';
}

/** `ae10`, `ae1`, `billing`, `billing@ae10`: a full id, a partial id or a label. */
export interface NameSymbol extends Written {
  readonly kind: 'name';
  readonly name: string;
}

/**
 * `+2`, `ae10+2`, `billing@-1`, `billing@head-1`; without an anchor it is relative to a place that depends on the
 * command.
 */
export interface RelativeSymbol extends Written {
  readonly kind: 'relative';
  readonly anchor?: string;
  readonly steps: number;
  /** The steps as written, with their sign. */
  readonly written: string;
  /** The text after the `@`, which a command that takes no steps looks up. */
  readonly name: string;
}

/**
 * Parses one symbol. Every text is a symbol: a text without another meaning is a name, which the look-up then refuses.
 *
 * The grammar is Alembic's without two ambiguities: a branch label such as `rel-1` is that label and not "one below
 * `rel`", and text after the digits of `+1` makes it a name that no revision has.
 *
 * @param isLabel Whether a text is a branch label.
 * @example
 * parseSymbol('billing@+2', () => false);
 * // { kind: 'relative', branch: 'billing', steps: 2, written: '+2', name: '+2', text: 'billing@+2' }
 */
export function parseSymbol(text: string, isLabel: (text: string) => boolean): RevisionSymbol {
  if (isLabel(text)) return { kind: 'name', name: text, text };
  const at = text.indexOf('@');
  const name = text.slice(at + 1);
  // an empty branch counts as no branch
  const rest = at > 0 ? { branch: text.slice(0, at), text } : { text };
  if (isKeyword(name)) return { kind: name, ...rest };
  const relative = isLabel(name) || at === 0 ? null : /^([\p{L}\p{N}_]+)?([+-]\d+)$/u.exec(name);
  if (relative === null) return { kind: 'name', name, ...rest };
  const [, anchor, written = ''] = relative;
  return {
    kind: 'relative',
    ...(anchor === undefined ? {} : { anchor }),
    steps: Number(written),
    written,
    name,
    ...rest,
  };
}

/** The symbol of a revision; with a branch, limited to the line of that branch through the revision. */
export function revisionSymbol(id: string, branch?: string): NameSymbol {
  return branch === undefined
    ? { kind: 'name', name: id, text: id }
    : { kind: 'name', name: id, branch, text: `${branch}@${id}` };
}

/** The symbol of the place below the first revision, of all lines or of one branch. */
export function baseSymbol(branch?: string): KeywordSymbol {
  return branch === undefined ? { kind: 'base', text: 'base' } : { kind: 'base', branch, text: `${branch}@base` };
}

/** The symbol of all heads. */
export const HEADS: KeywordSymbol = { kind: 'heads', text: 'heads' };

/** The symbol of an anchor that a relative symbol counts from, with or without a branch. */
export function anchorSymbol(anchor: string, branch?: string): KeywordSymbol | NameSymbol {
  const name = revisionSymbol(anchor, branch);
  return isKeyword(anchor) ? { kind: anchor, branch, text: name.text } : name;
}

function isKeyword(text: string): text is KeywordSymbol['kind'] {
  return text === 'head' || text === 'heads' || text === 'base';
}
