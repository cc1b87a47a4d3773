import { type RenameCandidate } from '../../commands/results.js';
import { type Terminal } from '../terminal.js';

/** Asks for each candidate whether it is a rename. Whatever is not a clear yes counts as no: nothing is guessed. */
export async function askForRenames(
  candidates: readonly RenameCandidate[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const renames: string[] = [];
  for (const { kind, from, to } of candidates) {
    const words = kind === 'enumValue' ? 'enum value' : kind;
    const answer = await terminal.ask(`Was the ${words} '${from}' renamed to '${to}'? [y/N] `, signal);
    if (/^y(es)?$/i.test(answer.trim())) renames.push(`${from}:${to.slice(to.lastIndexOf('.') + 1)}`);
  }
  return renames;
}
