import { type AnyOperation } from '../operations/registered-operations.js';
import { type DirectiveOperations } from './revision-directives.js';

/** The difference of one connection, with its warnings. */
export interface ToldDifference extends Readonly<DirectiveOperations> {
  readonly warnings?: readonly string[];
}

/**
 * The warnings in the head of a revision's file. A warning that belongs to no step is there as a whole. Of the warning
 * of a step, which stands above the step, only the part that says what the step does is there. The steps of `downgrade`
 * with a warning are counted.
 */
export function revisionWarnings(
  operations: readonly Readonly<DirectiveOperations>[],
  drafted: readonly ToldDifference[],
): readonly string[] {
  return operations.flatMap(({ connection, upgrade, downgrade }) => {
    const own = drafted.find((other) => other.connection === connection);
    const general = (own?.warnings ?? []).filter((warning) => !own?.upgrade.some((step) => holds(step, warning)));
    const steps = upgrade.flatMap(({ warning }) => (warning === undefined ? [] : [headOf(warning)]));
    const back = downgrade.filter(({ warning }) => warning !== undefined).length;
    const counted = back === 0 ? [] : [`${back} ${back === 1 ? 'step' : 'steps'} of the downgrade`];
    const prefix = operations.length > 1 ? `${connection}: ` : '';
    return [...steps, ...general, ...counted].map((warning) => prefix + warning);
  });
}

function holds({ warning }: AnyOperation, sentence: string): boolean {
  return warning?.includes(sentence) === true;
}

/** What a step does, without the consequences. A possible rename is added in brackets. */
function headOf(warning: string): string {
  const [what = warning] = warning.split(': ');
  const rename = / may have become (.*?): /.exec(warning)?.[1];
  return rename === undefined ? what : `${what.replace(/ may have become .*/, '')} (or was it renamed to ${rename}?)`;
}
