import { type RenameCandidate } from '../commands/results.js';
import { type Terminal } from './terminal.js';

/** Asks for each candidate whether it is a rename. Whatever is not a clear yes counts as no: nothing is guessed. */
export async function askForRenames(
  candidates: readonly RenameCandidate[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const renames: string[] = [];
  for (const { kind, from, to, answer } of candidates) {
    const words = kind === 'enumValue' ? 'enum value' : kind;
    const reply = await terminal.ask(`Was the ${words} '${from}' renamed to '${to}'? [y/N] `, signal);
    if (/^y(es)?$/i.test(reply.trim())) renames.push(answer);
  }
  return renames;
}
