import { extname, join } from 'node:path';
import {
  DuplicateRevisionFileError,
  RevisionFileInvalidError,
  ScriptDirectoryMissingError,
} from '../errors/script.errors.js';
import { errorFields, type FileSystem } from './file-system.js';
import { isJavaScriptFile, readCompiledConstants } from './compiled-constants.js';
import { readConstants } from './revision-constants.js';
import { importRevision, type RevisionModule } from './revision-module.js';
import { constantsOf, toRevisionScript, type RevisionScript } from './revision-script.js';

/** How a script directory is opened. */
export interface ScriptDirectoryOptions {
  /** The script directory, absolute. */
  readonly path: string;
  /** Further folders of revisions, absolute, behind `<path>/versions`. */
  readonly versionLocations?: readonly string[];
  /** What a relative path was resolved against; only printed. */
  readonly base: string;
  readonly fs: FileSystem;
  /** Whether this process can import `.ts`; decides between `x.ts` and `x.js`. Default true. */
  readonly runsTypeScript?: boolean;
}

/** Of a file that was compiled beside its source, which is the other one. */
const COMPILED: Readonly<Record<string, string>> = { '.ts': '.js', '.mts': '.mjs', '.cts': '.cjs' };
const REVISION_FILE = /^[^.].*\.[mc]?[jt]s$/;
const NO_REVISION_FILE = /\.(?:d|spec|test)\.[mc]?[jt]s$|\.d\.\w+\.ts$/;

/** Whether a file of this name, in a version location, is taken for a revision. */
export function isRevisionFileName(name: string): boolean {
  return REVISION_FILE.test(name) && !NO_REVISION_FILE.test(name);
}

/** The folder that holds the revision scripts. Reading it runs none of them, unless a script computes its constants. */
export class ScriptDirectory {
  private constructor(
    readonly path: string,
    /** Folders with revisions, in load order, the script directory's own `versions` first. */
    readonly versionLocations: readonly string[],
    private readonly fs: FileSystem,
    /** Whether this process can import `.ts`. */
    readonly runsTypeScript: boolean,
  ) {}

  /**
   * @throws ScriptDirectoryMissingError if the directory or one of its version locations is not there. An empty
   * version location is fine: there are no revisions yet.
   */
  static async open(options: ScriptDirectoryOptions): Promise<ScriptDirectory> {
    const { path, base, fs } = options;
    const versions = join(path, 'versions');
    if ((await fs.stat(path))?.kind !== 'folder') {
      throw new ScriptDirectoryMissingError(path, base, 'There is no script directory');
    }
    if ((await fs.stat(versions))?.kind !== 'folder') {
      throw new ScriptDirectoryMissingError(path, base, 'The script directory is not initialised, it has no versions/');
    }
    const locations = [versions];
    const known = new Set([await fs.realPath(versions)]);
    for (const location of options.versionLocations ?? []) {
      if ((await fs.stat(location))?.kind !== 'folder') {
        const cure = "Create it, or correct 'versionLocations'.";
        throw new ScriptDirectoryMissingError(location, base, 'There is no version location', cure);
      }
      const real = await fs.realPath(location);
      if (!known.has(real)) locations.push(location);
      known.add(real);
    }
    return new ScriptDirectory(path, locations, fs, options.runsTypeScript ?? true);
  }

  /**
   * All revisions, in load order: location by location, by file name in code point order.
   *
   * @throws DuplicateRevisionFileError, RevisionFileInvalidError, RevisionFileSyntaxError
   */
  async read(): Promise<readonly RevisionScript[]> {
    const byId = new Map<string, RevisionScript>();
    for (const location of this.versionLocations) {
      for (const name of await this.#revisionFiles(location)) {
        const script = await this.readFile(join(location, name));
        const other = byId.get(script.id);
        if (other !== undefined) throw new DuplicateRevisionFileError(script.id, [other.path, script.path]);
        byId.set(script.id, script);
      }
    }
    return [...byId.values()];
  }

  /** Reads a single file of one of the locations, such as one that was just written. */
  async readFile(path: string): Promise<RevisionScript> {
    const text = await this.#readText(path);
    let constants = readConstants(text);
    if (constants === 'unknown' && isJavaScriptFile(path)) constants = await readCompiledConstants(text);
    return toRevisionScript(
      path,
      constants === 'unknown' ? constantsOf(await importRevision(path, this.fs)) : constants,
    );
  }

  /**
   * Runs the script's file and answers its module.
   *
   * @throws RevisionFileSyntaxError, RevisionFileInvalidError; the latter too if the module has another id than the text.
   */
  async load(script: RevisionScript): Promise<RevisionModule> {
    const exports = await importRevision(script.path, this.fs);
    if (exports['revision'] !== script.id) {
      const problem = `was read as revision '${script.id}' but loads as '${String(exports['revision'])}'`;
      throw new RevisionFileInvalidError(script.path, problem, { cure: 'It changed meanwhile: start again.' });
    }
    return { path: script.path, revision: script.id, upgrade: exports['upgrade'], downgrade: exports['downgrade'] };
  }

  async #readText(path: string): Promise<string> {
    try {
      return await this.fs.readText(path);
    } catch (cause) {
      throw new RevisionFileInvalidError(path, `cannot be read: ${errorFields(cause).message}`, { cause });
    }
  }

  async #revisionFiles(location: string): Promise<readonly string[]> {
    const entries = await this.fs.list(location);
    const names = entries.filter((entry) => entry.kind === 'file' && isRevisionFileName(entry.name));
    const present = new Set(names.map((entry) => entry.name));
    for (const name of [...present]) {
      const extension = extname(name);
      const compiled = COMPILED[extension];
      if (compiled === undefined) continue;
      const twin = name.slice(0, -extension.length) + compiled;
      if (present.has(twin)) present.delete(this.runsTypeScript ? twin : name);
    }
    // UTF-8 bytes are in code point order, JavaScript's own order of strings is not.
    return [...present]
      .map((name) => ({ name, bytes: Buffer.from(name) }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
      .map(({ name }) => name);
  }
}
