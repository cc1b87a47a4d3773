/**
 * What a symbol says, before it is looked up in a graph. `branch` is the text before the `@`: a label, or a full or
 * partial id of a revision on the branch.
 */
export type RevisionSymbol =
  | { readonly kind: 'head' | 'heads' | 'base'; readonly branch?: string }
  /** `ae10`, `ae1`, `billing`, `billing@ae10`: a full id, a partial id or a label. */
  | { readonly kind: 'name'; readonly name: string; readonly branch?: string }
  /** `+2`, `ae10+2`, `billing@-1`, `billing@head-1`; without an anchor relative to what the command stands on. */
  | {
      readonly kind: 'relative';
      readonly anchor?: string;
      readonly steps: number;
      /** The steps as written, with their sign. */
      readonly written: string;
      /** The text behind the `@`, which is what a command that takes no steps looks up. */
      readonly name: string;
      readonly branch?: string;
    };

/**
 * Parses one symbol. Every text is some symbol: what has no other meaning is a name, which the look-up then refuses.
 *
 * The grammar is Alembic's with two ambiguities removed: a branch label such as `rel-1` is that label and not "one
 * below `rel`", and text behind the digits of `+1` makes a name that nothing has.
 *
 * @param isLabel Whether a text is a branch label.
 * @example
 * parseSymbol('billing@+2', () => false); // { kind: 'relative', branch: 'billing', steps: 2, written: '+2', name: '+2' }
 */
export function parseSymbol(text: string, isLabel: (text: string) => boolean): RevisionSymbol {
  if (isLabel(text)) return { kind: 'name', name: text };
  const at = text.indexOf('@');
  const name = text.slice(at + 1);
  // an empty branch is none
  const branch = at > 0 ? { branch: text.slice(0, at) } : {};
  if (name === 'head' || name === 'heads' || name === 'base') return { kind: name, ...branch };
  const relative = isLabel(name) || at === 0 ? null : /^([\p{L}\p{N}_]+)?([+-]\d+)$/u.exec(name);
  if (relative === null) return { kind: 'name', name, ...branch };
  const [, anchor, written = ''] = relative;
  return {
    kind: 'relative',
    ...(anchor === undefined ? {} : { anchor }),
    steps: Number(written),
    written,
    name,
    ...branch,
  };
}
