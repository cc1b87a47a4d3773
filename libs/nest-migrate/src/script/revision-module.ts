import { hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import {
  RevisionFileInvalidError,
  RevisionFileSyntaxError,
  RevisionFunctionMissingError,
} from '../errors/script.errors.js';
import { nearestName } from '../errors/nearest-name.js';
import { errorFields, type FileSystem } from './file-system.js';
import { withoutNodeWarnings } from './node-warnings.js';

/** The function that a revision exports for a direction. The argument is the `op` that the engine passes. */
export type RevisionFunction = (op: unknown) => unknown;

/** A loaded revision. Its functions are looked up with {@link moduleFunction}, when a plan needs them. */
export interface RevisionModule {
  readonly path: string;
  readonly revision: string;
  /**
   * A function, or a record of functions by connection name. Not yet checked, so it may be anything that the file
   * exports.
   */
  readonly upgrade: unknown;
  readonly downgrade: unknown;
  /** A function that puts rows in before the revision is tried, or a record of such functions; `undefined` for none. */
  readonly fixture: unknown;
}

/**
 * Checks the `fixture` that a file exports.
 *
 * @throws RevisionFileInvalidError where it is neither a function nor a record of functions.
 */
export function checkFixture(path: string, fixture: unknown): void {
  if (fixture === undefined || isFunction(fixture)) return;
  if (isRecord(fixture) && Object.values(fixture).every(isFunction)) return;
  throw new RevisionFileInvalidError(path, "exports a 'fixture' that is neither a function nor a record of functions", {
    cure: 'Write export const fixture = async (op) => { … };',
  });
}

/** The function that puts rows in for a connection before the revision is tried; `undefined` where there is none. */
export function fixtureFunction({ fixture }: RevisionModule, connection: string): RevisionFunction | undefined {
  const own = isRecord(fixture) && Object.hasOwn(fixture, connection) ? fixture[connection] : fixture;
  return isFunction(own) ? own : undefined;
}

/** Runs where a revision has nothing to do for a connection. */
const nothing: RevisionFunction = () => undefined;

/**
 * The function of a direction. Where the file exports records of functions by connection, a connection that neither
 * record names has nothing to do: it was added later, or the revision is for other connections.
 *
 * @param connection - name of the connection; matters only where the file exports a record of functions.
 * @param connections - the connections of the application; an unknown name in a record may be this one mistyped.
 * @throws RevisionFunctionMissingError
 */
export function moduleFunction(
  module: RevisionModule,
  direction: 'upgrade' | 'downgrade',
  connection: string,
  connections: readonly string[] = [connection],
): RevisionFunction {
  const { path, revision, [direction]: exported } = module;
  const { [direction === 'upgrade' ? 'downgrade' : 'upgrade']: opposite } = module;
  if (!isFunction(exported) && !isRecord(exported)) {
    throw new RevisionFunctionMissingError(path, revision, direction, null);
  }
  // one direction has a function for the connection, the other has none
  if (concerns(exported, connection)) {
    const other = direction === 'upgrade' ? 'downgrade' : 'upgrade';
    if (isRecord(opposite) && !concerns(opposite, connection)) {
      throw new RevisionFunctionMissingError(path, revision, other, connection);
    }
    const own = isFunction(exported) ? exported : exported[connection];
    if (isFunction(own)) return own;
    throw new RevisionFunctionMissingError(path, revision, direction, connection);
  }
  const strangers = Object.keys(exported).filter((name) => name !== connection && !connections.includes(name));
  const mistyped = nearestName(connection, strangers);
  if (mistyped !== undefined || concerns(opposite, connection)) {
    throw new RevisionFunctionMissingError(path, revision, direction, connection, mistyped);
  }
  return nothing;
}

function isRecord(exported: unknown): exported is Readonly<Record<string, unknown>> {
  return typeof exported === 'object' && exported !== null;
}

function concerns(exported: unknown, connection: string): boolean {
  return isFunction(exported) || (isRecord(exported) && Object.hasOwn(exported, connection));
}

/**
 * The text that each file had when this process first imported it. It lives exactly as long as the module cache, which
 * belongs to the process too.
 */
const firstLoaded = new Map<string, string>();

/**
 * Runs a revision file and returns its exports.
 *
 * Modules are cached for the life of the process, so a file that has changed since is imported under another URL. The
 * first import uses the plain URL, by which debuggers, coverage and Jest know a file. (Jest caches the text of files
 * too: within one test file an edited revision stays unchanged.)
 *
 * @throws RevisionFileSyntaxError, RevisionFileInvalidError
 */
export async function importRevision(path: string, fs: FileSystem): Promise<Readonly<Record<string, unknown>>> {
  const url = pathToFileURL(path).href;
  try {
    const version = hash('sha256', await fs.readText(path)).slice(0, 16);
    const first = firstLoaded.get(path) ?? version;
    firstLoaded.set(path, first);
    if (first === version) return exportsOf(await withoutNodeWarnings(() => import(url)));
    // CommonJS has its own cache, by path.
    delete createRequire(url).cache[await fs.realPath(path)];
    return exportsOf(await withoutNodeWarnings(() => import(`${url}?version=${version}`)));
  } catch (error) {
    throw loadError(path, url, error);
  }
}

/**
 * The exports of a module. CommonJS has all of them on the default export; Node names only those that it recognises in
 * the text.
 */
export function exportsOf(module: unknown): Readonly<Record<string, unknown>> {
  const exports = module as Readonly<Record<string, unknown>>;
  const whole = exports['default'] as Readonly<Record<string, unknown>> | null | undefined;
  const isWhole = typeof whole === 'object' && whole !== null && whole['revision'] !== undefined;
  return isWhole && [undefined, whole['revision']].includes(exports['revision']) ? whole : exports;
}

function isFunction(value: unknown): value is RevisionFunction {
  return typeof value === 'function';
}

/** How errors about invalid syntax begin: those of V8, Node's type stripping and swc (Jest). */
const SYNTAX = /^SyntaxError\b|_TYPESCRIPT_SYNTAX\b|\bSyntax Error\b/;

function loadError(path: string, url: string, cause: unknown): Error {
  const { name, message, stack, code } = errorFields(cause);
  const reason = firstLine(message);
  const options = { cure: cureFor(code, message), cause };
  if (SYNTAX.test(name) || SYNTAX.test(code) || SYNTAX.test(message)) {
    return new RevisionFileSyntaxError(path, lineIn(`${message}\n${stack}`, [path, url]), reason, options);
  }
  const line = lineIn(stack, [path, url]);
  return new RevisionFileInvalidError(
    path,
    `does not load${line === null ? '' : ` (line ${line})`}: ${reason}`,
    options,
  );
}

function firstLine(message: string): string {
  const line = message.split('\n').find((candidate) => candidate.trim() !== '') ?? 'unknown reason';
  return line.trim().replace(/^x /, '').replace(/\.$/, '');
}

function lineIn(text: string, files: readonly string[]): number | null {
  for (const file of files) {
    const at = text.indexOf(file);
    const line = at === -1 ? undefined : /^(?:\?version=\w+)?:(\d+)/.exec(text.slice(at + file.length))?.[1];
    if (line !== undefined) return Number(line);
  }
  return null;
}

function cureFor(code: string, message: string): string | undefined {
  if (/Unexpected token 'export'|Cannot use import statement/.test(message)) {
    return 'Put a package.json with { "type": "module" } into the script directory.';
  }
  if (/\b(?:exports|module|require) is not defined in ES module scope/.test(message)) {
    return 'It is CommonJS in a folder of ES modules: name it .cjs, or compile the revisions to ES modules.';
  }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING') {
    return 'TypeScript does not run here: use Node 22.18 or newer outside node_modules, or compile the revisions.';
  }
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return 'Use only TypeScript whose types can be erased: no enum, namespace or parameter property.';
  }
  if (code === 'ENOENT' && message.includes('?version=')) {
    return 'The file was edited after it was loaded, and what loads modules here (jest as CommonJS) cannot load it again.';
  }
  return undefined;
}
