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

/** What the proof has shown, a line a connection, and what is to be done with the files. */
export function provenLines({ created, clean, proofs }: SquashResult, group: string): readonly string[] {
  if (!clean) return [];
  const proven = proofs.map(({ connection, engine, places, isAll }) => {
    const where = proofs.length > 1 ? `${engine} for ${connection}` : engine;
    const from = isAll ? `each of ${places} places` : `${places} places`;
    return `Proven on ${where}: one schema and the same rows from ${from} at which a database may stand.`;
  });
  if (created.length === 0) return proven;
  return [
    ...proven,
    `Keep the files that it replaces until ${group} status says of every database that it does not need them.`,
  ];
}
