import { type AnyOperation } from '../operations/registered-operations.js';
import { type DirectiveOperations } from './revision-directives.js';

/** A difference of one connection, with all that was said of it. */
export interface ToldDifference extends Readonly<DirectiveOperations> {
  readonly warnings?: readonly string[];
}

/**
 * What the head of a revision says: what belongs to no step of it as a whole, and of each step that can lose something or
 * fail the half that says which; the rest stands above the step. Steps of the way back are counted.
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

/** What a step does, without what follows from it. A possible rename is told beside it. */
function headOf(warning: string): string {
  const [what = warning] = warning.split(': ');
  const rename = / may have become (.*?): /.exec(warning)?.[1];
  return rename === undefined ? what : `${what.replace(/ may have become .*/, '')} (or was it renamed to ${rename}?)`;
}
