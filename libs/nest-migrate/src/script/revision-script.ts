import { createHash } from 'node:crypto';
import { RevisionFileInvalidError } from '../errors/script.errors.js';
import type { Revision } from '../revision/revision-node.js';
import { CONSTANT_NAMES, type ConstantName } from './revision-constants.js';

/** A revision together with what its file states beyond the graph. */
export interface RevisionScript extends Revision {
  /** Empty if the file has none. */
  readonly message: string;
  /** ISO 8601, as written in the file; null if the file has none. */
  readonly createDate: string | null;
  /** Names of the services that the revision asks for. */
  readonly services: readonly string[];
  /** The file, absolute. */
  readonly path: string;
  readonly source: RevisionSource;
}

/** The state of a revision's file when its constants were read. */
export interface RevisionSource {
  /** Whether it is TypeScript or JavaScript, in which the same revision has different texts. */
  readonly kind: 'ts' | 'js';
  /** SHA-256 of its text, in hexadecimal; line endings do not count. */
  readonly digest: string;
}

/** A revision without its file's text. */
export type RevisionHead = Omit<RevisionScript, 'source'>;

/** The source of a file with this text. */
export function revisionSource(path: string, text: string): RevisionSource {
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  return {
    kind: /\.[mc]?ts$/.test(path) ? 'ts' : 'js',
    digest: createHash('sha256').update(plain).digest('hex'),
  };
}

/**
 * Checks the constants of a revision, as read from its text or from its loaded module, and gives them one shape:
 * no names, one name and several become a list.
 *
 * @throws RevisionFileInvalidError naming the file and the constant.
 */
export function toRevisionScript(path: string, constants: Readonly<Record<string, unknown>>): RevisionHead {
  const invalid = (problem: string, cure?: string): RevisionFileInvalidError =>
    new RevisionFileInvalidError(path, problem, { cure });
  const { revision, downRevision, message, createDate } = constants;

  const names = (name: ConstantName): readonly string[] => {
    const value = constants[name];
    if (value === undefined || value === null || value === '') return [];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (list.every((item) => typeof item === 'string' && item !== '')) return Object.freeze([...list] as string[]);
    throw invalid(`exports a '${name}' that is neither a string, a list of strings nor null`);
  };

  if (revision === undefined) {
    const cure = "Add `export const revision = '…';`, or move the file out of the version location.";
    throw invalid("exports no 'revision'", cure);
  }
  if (typeof revision !== 'string' || revision === '') throw invalid("exports a 'revision' that is not a string");
  if (downRevision === undefined) {
    throw invalid("exports no 'downRevision'", 'Add it: the id of the revision before, or null for the first one.');
  }
  if (message != null && typeof message !== 'string') throw invalid("exports a 'message' that is not a string");
  if (createDate != null && typeof createDate !== 'string')
    throw invalid("exports a 'createDate' that is not a string");

  return Object.freeze({
    id: revision,
    downRevision: names('downRevision'),
    dependsOn: names('dependsOn'),
    branchLabels: names('branchLabels'),
    message: message ?? '',
    createDate: createDate ?? null,
    services: names('services'),
    path,
  });
}

/** The constants among the exports of a loaded module. */
export function constantsOf(exports: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(CONSTANT_NAMES.map((name) => [name, exports[name]]));
}
