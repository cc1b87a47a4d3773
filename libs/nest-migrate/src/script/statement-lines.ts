/** A call of a verb in a revision, and the names that stand in it. */
export interface VerbCall {
  readonly verb: string;
  /** Names of which one stands in the call: of the table, of the column. Empty: any call of the verb. */
  readonly names: readonly string[];
}

/** How far behind its verb a name of a call is looked for. */
const REACH = 240;

/**
 * The lines on which calls of verbs stand, from 1. It reads the text alone: where a verb is called by other means, such as
 * in a loop or a function of another file, the line is that of the function.
 *
 * @param calls In the order in which they ran.
 */
export function linesOfCalls(
  text: string,
  name: 'upgrade' | 'downgrade',
  calls: readonly VerbCall[],
): readonly (number | undefined)[] {
  const start = new RegExp(`\\b(?:function|const)\\s+${name}\\b`).exec(text)?.index;
  if (start === undefined) return calls.map(() => undefined);
  const other = name === 'upgrade' ? 'downgrade' : 'upgrade';
  const behind = text.slice(start).search(new RegExp(`\\n\\s*export\\s.*\\b${other}\\b`));
  const end = behind === -1 ? text.length : start + behind;
  let from = start;
  return calls.map(({ verb, names }) => {
    const at = placeOf(text.slice(0, end), from, verb, names) ?? placeOf(text.slice(0, end), start, verb, names);
    if (at !== undefined) from = at + 1;
    return text.slice(0, at ?? start).split('\n').length;
  });
}

function placeOf(text: string, from: number, verb: string, names: readonly string[]): number | undefined {
  const call = new RegExp(`\\.${verb}\\s*\\(`, 'g');
  call.lastIndex = from;
  for (let match = call.exec(text); match !== null; match = call.exec(text)) {
    const rest = text.slice(match.index, match.index + REACH);
    if (names.length === 0 || names.some((name) => ["'", '"', '`'].some((mark) => rest.includes(mark + name + mark)))) {
      return match.index;
    }
  }
  return undefined;
}
