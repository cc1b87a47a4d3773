import { join, resolve, sep } from 'node:path';
import {
  DuplicateRevisionFileError,
  RevisionFileInvalidError,
  ScriptDirectoryMissingError,
  VersionPathRequiredError,
  VersionPathUnknownError,
} from '../errors/script.errors.js';
import { type BundledRevision } from './bundled-revision.js';
import { errorFields, type FileSystem } from './file-system.js';
import { isJavaScriptFile, readCompiledConstants } from './compiled-constants.js';
import { readConstants } from './revision-constants.js';
import {
  checkFixture,
  exportsOf,
  importRevision,
  type RevisionFunction,
  type RevisionModule,
} from './revision-module.js';
import { isPlainFunction } from './plain-function.js';
import { programDigest, type ReadProgram, readProgram } from './program-digest.js';
import { constantsOf, revisionSource, toRevisionScript, type RevisionScript } from './revision-script.js';
import { isWithin, revisionFiles, twinsOf } from './version-locations.js';
import { command, worded } from '../errors/wording.js';

/** How a script directory is opened. */
export interface ScriptDirectoryOptions {
  /** The script directory, absolute. */
  readonly path: string;
  /** Further folders of revisions, absolute, in addition to `<path>/versions`. */
  readonly versionLocations?: readonly string[];
  /**
   * The folder of a revision that is about to be written, absolute. It is a version location that need not exist yet.
   */
  readonly versionPath?: string;
  /** The folder that a relative path was resolved against; only printed. */
  readonly base: string;
  readonly fs: FileSystem;
  /** Whether this process can import `.ts`; decides between `x.ts` and `x.js`. Default true. */
  readonly runsTypeScript?: boolean;
  /** The revisions where the directory is not there, since the application is bundled. Default: that is an error. */
  readonly bundled?: readonly BundledRevision[];
}

/** The folder that holds the revision scripts. Reading it runs none of them, unless a script computes its constants. */
export class ScriptDirectory {
  readonly #programs = new WeakMap<RevisionScript, Promise<ReadProgram>>();

  private constructor(
    readonly path: string,
    /** Folders with revisions, in load order, the script directory's own `versions` first. */
    readonly versionLocations: readonly string[],
    readonly fs: FileSystem,
    /** Whether this process can import `.ts`. */
    readonly runsTypeScript: boolean,
    private readonly bundled?: ReadonlyMap<string, BundledRevision>,
  ) {}

  /**
   * @throws ScriptDirectoryMissingError if the directory or one of its version locations does not exist, since its
   * revisions would silently be missing. An empty version location is valid: it has no revisions yet.
   */
  static async open(options: ScriptDirectoryOptions): Promise<ScriptDirectory> {
    const { path, base, fs } = options;
    const versions = join(path, 'versions');
    if (options.bundled !== undefined && (await fs.stat(versions))?.kind !== 'folder') {
      const bundled = new Map(options.bundled.map((revision) => [join(path, revision.file), revision]));
      return new ScriptDirectory(path, [], fs, options.runsTypeScript ?? true, bundled);
    }
    if ((await fs.stat(path))?.kind !== 'folder') {
      throw new ScriptDirectoryMissingError(path, base, 'There is no script directory');
    }
    if ((await fs.stat(versions))?.kind !== 'folder') {
      throw new ScriptDirectoryMissingError(path, base, 'The script directory is not initialised, it has no versions/');
    }
    const locations = [versions];
    const known = new Set([await fs.realPath(versions)]);
    for (const location of options.versionLocations ?? []) {
      const there = (await fs.stat(location))?.kind === 'folder';
      if (!there && !(options.versionPath !== undefined && isWithin(location, resolve(options.versionPath)))) {
        const cure = worded`Begin it with '${command('revision', '--version-path')}' and this path, or correct 'versionLocations'.`;
        throw new ScriptDirectoryMissingError(location, base, 'There is no version location', cure);
      }
      const real = there ? await fs.realPath(location) : location;
      if (!known.has(real)) locations.push(location);
      known.add(real);
    }
    return new ScriptDirectory(path, locations, fs, options.runsTypeScript ?? true);
  }

  /** Whether the revisions come from the bundle of the application, and there are no files. */
  get isBundled(): boolean {
    return this.bundled !== undefined;
  }

  /**
   * All revisions, in load order: location by location, by file name in code point order, sub-folders last.
   *
   * @throws DuplicateRevisionFileError, RevisionFileInvalidError, RevisionFileSyntaxError
   */
  async read(): Promise<readonly RevisionScript[]> {
    const byId = new Map<string, RevisionScript>();
    for (const path of this.bundled?.keys() ?? (await revisionFiles(this.versionLocations, this))) {
      const script = await this.readFile(path);
      const other = byId.get(script.id);
      if (other !== undefined) throw new DuplicateRevisionFileError(script.id, [other.path, script.path]);
      byId.set(script.id, script);
    }
    return [...byId.values()];
  }

  /** Reads a single file of one of the locations, such as one that was just written. */
  async readFile(path: string): Promise<RevisionScript> {
    const bundled = this.bundled?.get(path);
    if (bundled !== undefined) {
      const { kind } = revisionSource(path, '');
      const head = toRevisionScript(path, constantsOf(exportsOf(bundled.module)));
      return Object.freeze({ ...head, source: { kind, digest: bundled.digest } });
    }
    const text = await this.#readText(path);
    const script = await this.scriptOf(path, text);
    if (script !== undefined) return script;
    const head = toRevisionScript(path, constantsOf(await importRevision(path, this.fs)));
    return Object.freeze({ ...head, source: revisionSource(path, text) });
  }

  /**
   * Reads a script from a text that is not in the file, such as that of another commit. Nothing is run.
   *
   * @returns `undefined` where only running it would tell its constants.
   */
  async scriptOf(path: string, text: string): Promise<RevisionScript | undefined> {
    let constants = readConstants(text);
    if (constants === 'unknown' && isJavaScriptFile(path)) constants = await readCompiledConstants(text);
    if (constants === 'unknown') return undefined;
    return Object.freeze({ ...toRevisionScript(path, constants), source: revisionSource(path, text) });
  }

  /** The digest of the program of a text. */
  programOf(kind: RevisionScript['source']['kind'], text: string): Promise<string | null> {
    return programDigest(kind, text);
  }

  /**
   * The digest of a script's program; see {@link programDigest}. Nothing is run.
   *
   * @returns `null` also where the file is no longer the one that the script was read from.
   */
  async programDigest(script: RevisionScript): Promise<string | null> {
    const bundled = this.bundled?.get(script.path);
    return bundled === undefined ? (await this.#program(script)).digest : bundled.program;
  }

  /** Whether a function that {@link load} has loaded for a script is plain; see {@link isPlainFunction}. */
  async isPlain(script: RevisionScript, run: RevisionFunction): Promise<boolean> {
    return isPlainFunction(run, this.isBundled ? undefined : (await this.#program(script)).functions);
  }

  /** Parsed once for all that asks. */
  #program(script: RevisionScript): Promise<ReadProgram> {
    const known = this.#programs.get(script);
    if (known !== undefined) return known;
    const read = async (): Promise<ReadProgram> => {
      const { path, source } = script;
      const text = await this.#readText(path);
      const isSame = revisionSource(path, text).digest === source.digest;
      return isSame ? readProgram(source.kind, text) : { digest: null, functions: new Map() };
    };
    const program = read();
    this.#programs.set(script, program);
    return program;
  }

  /** The text of a script; of a bundled one that of its functions. */
  async textOf({ path }: RevisionScript): Promise<string> {
    const bundled = this.bundled?.get(path);
    if (bundled === undefined) return this.#readText(path);
    const { upgrade, downgrade } = exportsOf(bundled.module);
    // one function, or one for each connection by name
    const functions = (part: unknown): readonly unknown[] => [
      part,
      ...Object.values<unknown>(Object(part) as Record<string, unknown>),
    ];
    return [...functions(upgrade), ...functions(downgrade)].map(String).join('\n');
  }

  /**
   * Runs the script's file and returns its module.
   *
   * @throws RevisionFileSyntaxError, RevisionFileInvalidError; the latter also if the module has another id than the
   * text.
   */
  async load(script: RevisionScript): Promise<RevisionModule> {
    const bundled = this.bundled?.get(script.path);
    const exports = bundled === undefined ? await importRevision(script.path, this.fs) : exportsOf(bundled.module);
    if (exports['revision'] !== script.id) {
      const problem = `was read as revision '${script.id}' but loads as '${String(exports['revision'])}'`;
      throw new RevisionFileInvalidError(script.path, problem, { cure: 'It changed meanwhile: start again.' });
    }
    const { upgrade, downgrade, fixture } = exports;
    checkFixture(script.path, fixture);
    return { path: script.path, revision: script.id, upgrade, downgrade, fixture };
  }

  /**
   * The folder for a new revision: the requested one, which must be a version location or be inside one. By default,
   * the location of the revision that it follows.
   *
   * @param follows - the file of that revision, as it was read; absent for a new base.
   * @throws VersionPathUnknownError, or VersionPathRequiredError where several locations are possible.
   */
  async folderFor(versionPath: string | undefined, follows: string | undefined): Promise<string> {
    const { fs, versionLocations } = this;
    if (versionPath !== undefined) {
      const path = resolve(versionPath);
      if (versionLocations.some((location) => isWithin(location, path))) return path;
      const real = (await fs.exists(path)) ? await fs.realPath(path) : path;
      for (const location of versionLocations) {
        if ((await fs.exists(location)) && isWithin(await fs.realPath(location), real)) return path;
      }
      throw new VersionPathUnknownError(versionPath, versionLocations);
    }
    const [only, ...others] = versionLocations;
    if (only !== undefined && others.length === 0) return only;
    // a location may be inside another one
    const [location] = versionLocations
      .filter((each) => follows?.startsWith(each + sep) === true)
      .sort((a, b) => b.length - a.length);
    if (location === undefined) throw new VersionPathRequiredError(versionLocations);
    return location;
  }

  /** An existing file that prevents writing a new one: it has the same name, or is its source or its compiled file. */
  async takenBy(path: string): Promise<string | undefined> {
    for (const each of [path, ...twinsOf(path)]) if (await this.fs.exists(each)) return each;
    return undefined;
  }

  async #readText(path: string): Promise<string> {
    try {
      return await this.fs.readText(path);
    } catch (cause) {
      throw new RevisionFileInvalidError(path, `cannot be read: ${errorFields(cause).message}`, { cause });
    }
  }
}
