import { createHash } from 'node:crypto';
import { type Certificate, readCertificate, withCertificate } from '../script/certificate-text.js';
import { movedRevision } from '../script/moved-revision.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type RevisionScripts } from './revision-scripts.js';

/**
 * What is wrong with the certificate of a squash, which stands at the head of its file since it was proven:
 *
 * - `missing`: it has none: it was written by hand, or the comment is gone;
 * - `edited`: the squash has another program than the one that was proven;
 * - `replaced edited`: what it replaces has another program than when it was proven.
 */
export type CertificateProblem = 'missing' | 'edited' | 'replaced edited';

/** A squash whose certificate does not fit. */
export interface CertificateFinding {
  /** The id of the squash. */
  readonly revision: string;
  /** What is wrong. */
  readonly problem: CertificateProblem;
  /** The file, absolute. */
  readonly path: string;
}

/**
 * The squashes whose certificate does not fit. Nothing is run: programs are compared, so that comments, layout and types
 * do not count. What it replaces is looked at as long as all of its files are there.
 */
export async function certificateFindings(scripts: RevisionScripts): Promise<readonly CertificateFinding[]> {
  const { graph, directory } = scripts;
  const found: CertificateFinding[] = [];
  // it is in the file
  if (directory.isBundled) return found;
  for (const script of graph.scripts) {
    if (script.replaces.length === 0) continue;
    const { id: revision, path } = script;
    const certificate = readCertificate(await directory.fs.readText(path));
    const problem = certificate === undefined ? 'missing' : await problemOf(scripts, script, certificate);
    if (problem !== undefined) found.push({ revision, problem, path });
  }
  return found;
}

async function problemOf(
  scripts: RevisionScripts,
  script: RevisionScript,
  { own, replaced }: Certificate,
): Promise<CertificateProblem | undefined> {
  if ((await ownDigest(scripts, script)) !== own) return 'edited';
  const now = await replacedDigest(scripts, script);
  return now === undefined || now === replaced ? undefined : 'replaced edited';
}

/** Writes the certificate of a squash that was proven just now into its file. */
export async function certify(scripts: RevisionScripts, script: RevisionScript): Promise<void> {
  const { fs } = scripts.directory;
  const own = await ownDigest(scripts, script);
  const replaced = (await replacedDigest(scripts, script)) ?? '';
  await fs.replace(script.path, withCertificate(await fs.readText(script.path), { own, replaced }));
}

/** Where the squash stands does not count: a rebase moves it. */
async function ownDigest(
  { directory }: RevisionScripts,
  { path, source, downRevision }: RevisionScript,
): Promise<string> {
  const text = await directory.fs.readText(path);
  const placeless = movedRevision(text, { from: downRevision, to: [] }) ?? text;
  return digestOf((await directory.programOf(source.kind, placeless)) ?? source.digest);
}

/** `undefined` where not all that it replaces is there. */
async function replacedDigest(
  { graph, directory }: RevisionScripts,
  { replaces }: RevisionScript,
): Promise<string | undefined> {
  const digests: (readonly [string, string])[] = [];
  for (const id of replaces) {
    const script = graph.script(id);
    if (script === undefined) return undefined;
    digests.push([id, (await directory.programDigest(script)) ?? script.source.digest]);
  }
  return digestOf(JSON.stringify(digests));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** What is wrong, in a sentence. */
export function describeCertificate({ revision, problem, path }: CertificateFinding): string {
  switch (problem) {
    case 'missing':
      return `Squash ${revision} has no certificate of a proof: ${path}.`;
    case 'edited':
      return `Squash ${revision} was edited after it was proven: ${path}.`;
    case 'replaced edited':
      return `What squash ${revision} replaces was edited after it was proven: ${path}.`;
  }
}
