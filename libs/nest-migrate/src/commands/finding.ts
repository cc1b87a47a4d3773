import { type Operation } from '../operations/operation.js';
import { type AcceptedFinding } from '../script/revision-script.js';

/**
 * Something that was found out about a revision and that its author should know. Plain data: JSON holds all of it.
 *
 * @example
 * const { findings } = await migrations.verify({ all: true });
 * for (const { rule, revision, message } of findings) console.log(rule, revision, message);
 */
export interface Finding {
  /** The id of the rule: `downgrade-differs`. */
  readonly rule: string;
  /** The id of the revision; `null` for a finding about all of them together. */
  readonly revision: string | null;
  /** The function of the revision that it is about; `null` where it is about neither. */
  readonly direction: 'upgrade' | 'downgrade' | null;
  /** What was found, in one or two sentences. */
  readonly message: string;
  /** What would still have to be done to get the schema that there should be; empty where no operation says it. */
  readonly operations: readonly Operation[];
  /** The lines in which the fingerprints of the schemas differ: `- ` there should be, `+ ` there is. */
  readonly schema: readonly string[];
  /** The reason for which the revision accepts the finding; absent where it does not. */
  readonly accepted?: string;
}

/** The rule of a finding about an `accept` that nothing was found for. */
export const UNUSED_ACCEPT = 'unused-accept';

/**
 * Marks the findings that a revision accepts.
 *
 * @param rules The rules that were checked. An accepted finding of one of them that was not found is a finding itself.
 */
export function withAccepted(
  findings: readonly Finding[],
  { id, accept }: { readonly id: string; readonly accept: readonly AcceptedFinding[] },
  rules: ReadonlySet<string>,
): readonly Finding[] {
  const marked = findings.map((finding) => {
    const reason = accept.find(({ rule }) => rule === finding.rule)?.reason;
    return reason === undefined ? finding : { ...finding, accepted: reason };
  });
  const unused = accept.filter(({ rule }) => rules.has(rule) && !findings.some((finding) => finding.rule === rule));
  return [
    ...marked,
    ...unused.map(({ rule }): Finding => ({
      rule: UNUSED_ACCEPT,
      revision: id,
      direction: null,
      message: `It accepts ${rule}, which was not found. Take it out of the constant accept.`,
      operations: [],
      schema: [],
    })),
  ];
}
