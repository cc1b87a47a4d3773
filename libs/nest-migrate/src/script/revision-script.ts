import { hash } from 'node:crypto';
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
  readonly replaces: readonly string[];
  /** Why it cannot be undone; `null` where it can. */
  readonly irreversible: string | null;
  /** Whether what it does to rows need not be done again by a revision that replaces it. */
  readonly elidable: boolean;
  readonly accept: readonly AcceptedFinding[];
  /** The tool and the migration that it was imported from, such as `mikro-orm/Migration20240101120000`; absent for none. */
  readonly importedFrom?: string;
  /** The file, absolute. */
  readonly path: string;
  readonly source: RevisionSource;
}

/**
 * A finding about a revision that its author accepts, and why.
 *
 * @example
 * export const accept: readonly AcceptedFinding[] = [{ rule: 'drop-column', reason: 'unused since release 14' }];
 */
export interface AcceptedFinding {
  /** The id of the rule that finds it. */
  readonly rule: string;
  /** Why the finding is no problem here. */
  readonly reason: string;
}

/** The state of a revision's file when its constants were read. */
export interface RevisionSource {
  /** Whether it is TypeScript or JavaScript, in which the same revision has different texts. */
  readonly kind: 'ts' | 'js';
  /** SHA-256 of its text, in hexadecimal; line endings do not count. */
  readonly digest: string;
}

function plain(text: string): string {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return body.includes('\r') ? body.replace(/\r\n?/g, '\n') : body;
}

/** A revision without its file's text. */
export type RevisionHead = Omit<RevisionScript, 'source'>;

/** The source of a file with this text. */
export function revisionSource(path: string, text: string): RevisionSource {
  let digest: string | undefined;
  return {
    kind: /\.[mc]?ts$/.test(path) ? 'ts' : 'js',
    // of thousands that are read, most commands ask for few or none
    get digest() {
      return (digest ??= hash('sha256', plain(text)));
    },
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
  const { revision, downRevision, message, createDate, irreversible, elidable = null, importedFrom } = constants;

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
  if (irreversible != null && !isSentence(irreversible)) {
    throw invalid("exports an 'irreversible' that is no reason", "Say why: export const irreversible = '…';");
  }
  if (elidable !== null && typeof elidable !== 'boolean')
    throw invalid("exports an 'elidable' that is neither true nor false");

  if (importedFrom != null && !isSentence(importedFrom)) throw invalid("exports an 'importedFrom' that is not a text");

  return Object.freeze({
    id: revision,
    downRevision: names('downRevision'),
    dependsOn: names('dependsOn'),
    branchLabels: names('branchLabels'),
    message: message ?? '',
    createDate: createDate ?? null,
    services: names('services'),
    replaces: names('replaces'),
    irreversible: irreversible ?? null,
    elidable: elidable ?? false,
    accept: acceptedFindings(constants['accept'], invalid),
    ...(importedFrom != null && { importedFrom }),
    path,
  });
}

function acceptedFindings(
  value: unknown,
  invalid: (problem: string, cure: string) => Error,
): readonly AcceptedFinding[] {
  if (value == null) return [];
  const cure = "Write export const accept = [{ rule: '…', reason: '…' }]; the reason has to be there.";
  if (!Array.isArray(value)) throw invalid("exports an 'accept' that is not a list", cure);
  return Object.freeze(
    value.map((finding: unknown) => {
      const { rule, reason, ...others } = Object(finding) as Readonly<Record<string, unknown>>;
      if (!isSentence(rule)) throw invalid("exports an 'accept' with a finding without its rule", cure);
      if (!isSentence(reason)) throw invalid(`exports an 'accept' of '${rule}' without a reason`, cure);
      const [stranger] = Object.keys(others);
      if (stranger !== undefined) throw invalid(`exports an 'accept' of '${rule}' with a '${stranger}'`, cure);
      return Object.freeze({ rule, reason });
    }),
  );
}

function isSentence(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** The constants among the exports of a loaded module. */
export function constantsOf(exports: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(CONSTANT_NAMES.map((name) => [name, exports[name]]));
}
