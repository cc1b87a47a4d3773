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
  script: AcceptingRevision,
  rules: ReadonlySet<string>,
): readonly Finding[] {
  return [
    ...marked(findings, script),
    ...unusedAccepts(findings, script, rules).map((message): Finding => ({
      rule: UNUSED_ACCEPT,
      revision: script.id,
      direction: null,
      message,
      operations: [],
      schema: [],
    })),
  ];
}

/** A revision that may accept findings. */
export interface AcceptingRevision {
  readonly id: string;
  readonly accept: readonly AcceptedFinding[];
}

/** The findings, those that the revision accepts with its reason. */
export function marked<F extends Finding>(findings: readonly F[], { accept }: AcceptingRevision): readonly F[] {
  return findings.map((finding) => {
    const reason = accept.find(({ rule }) => rule === finding.rule)?.reason;
    return reason === undefined ? finding : { ...finding, accepted: reason };
  });
}

/** What there is to say about findings that a revision accepts and that were not found. */
export function unusedAccepts(
  findings: readonly Finding[],
  { accept }: AcceptingRevision,
  rules: ReadonlySet<string>,
): readonly string[] {
  return accept
    .filter(({ rule }) => rules.has(rule) && !findings.some((finding) => finding.rule === rule))
    .map(({ rule }) => `It accepts ${rule}, which was not found. Take it out of the constant accept.`);
}
