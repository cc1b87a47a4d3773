import { type SquashProof, type SquashResult } from '../../commands/squash.js';
import { type Page } from '../palette.js';
import { findingBlock } from './verified.js';

/** What `squash` wrote or would write, and what the proof has found. */
export function squashedLines({ created, source, clean, proofs }: SquashResult, page: Page): readonly string[] {
  const header = ({ connection }: SquashProof): readonly string[] => (proofs.length > 1 ? [`[${connection}]`] : []);
  if (!clean) {
    return proofs.flatMap((proof) => [
      ...(proof.holds ? [] : header(proof)),
      ...proof.findings.flatMap((finding) => findingBlock(finding, page)),
    ]);
  }
  return [...(created.length > 0 ? created.map(({ path }) => path) : source.map((text) => text.trimEnd()))];
}

/** What is to be known beside the result: what was left out, what the proof has shown, what becomes of the files. */
export function squashNotes({ created, elided, clean, proofs }: SquashResult, group: string): readonly string[] {
  const leftOut =
    elided.length === 0 ? [] : [`Left out: what ${elided.join(', ')} ${elided.length === 1 ? 'does' : 'do'} to rows.`];
  if (!clean) return leftOut;
  const proven = proofs.map(({ connection, engine, places, isAll }) => {
    const where = proofs.length > 1 ? `${engine} for ${connection}` : engine;
    const from = isAll ? `each of ${places} places` : `${places} places`;
    return `Proven on ${where}: one schema and the same rows from ${from} at which a database may stand.`;
  });
  const keep = `Keep the files that it replaces until ${group} status says of every database that it does not need them.`;
  return [...leftOut, ...proven, ...(created.length > 0 ? [keep] : [])];
}
