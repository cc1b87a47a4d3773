import { join, relative, sep } from 'node:path';
import { GitFailedError } from '../errors/script.errors.js';
import { ProgramNotStarted, runProgram } from './run-program.js';

/** A file that differs between a commit and the working tree. */
export interface ChangedFile {
  /** Absolute. */
  readonly path: string;
  /** What happened to it since the commit. Git knows nothing of files that were never added. */
  readonly change: 'added' | 'deleted' | 'modified';
}

/** The git repository around a folder. It is only read. */
export class GitRepository {
  private constructor(
    /** The top folder, absolute. */
    readonly root: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** @throws GitFailedError where the folder is in no repository, or there is no git. */
  static async around(folder: string, signal?: AbortSignal): Promise<GitRepository> {
    const root = await git(folder, ['rev-parse', '--show-toplevel'], signal);
    return new GitRepository(root.replace(/\n$/, ''), signal);
  }

  /**
   * The full id of a commit.
   *
   * @throws GitFailedError where the text names none.
   */
  async commit(ref: string): Promise<string> {
    return (await this.#git('rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`)).trim();
  }

  /** The last commit that two commits share. */
  async mergeBase(one: string, other: string): Promise<string> {
    return (await this.#git('merge-base', one, other)).trim();
  }

  /** The remote's default branch, such as `origin/main`; `undefined` where git does not know one. */
  async defaultBranch(): Promise<string | undefined> {
    try {
      return (await this.#git('rev-parse', '--abbrev-ref', 'origin/HEAD')).trim();
    } catch (error) {
      if (error instanceof GitFailedError) return undefined;
      throw error;
    }
  }

  /** The files of a commit below folders, absolute. */
  async files(commit: string, folders: readonly string[]): Promise<readonly string[]> {
    const listed = await this.#git(
      'ls-tree',
      '-r',
      '--name-only',
      '-z',
      '--full-tree',
      commit,
      '--',
      ...this.#paths(folders),
    );
    return parts(listed).map((path) => join(this.root, path));
  }

  /** The files below folders that differ between a commit and the working tree. */
  async changes(commit: string, folders: readonly string[]): Promise<readonly ChangedFile[]> {
    const listed = parts(
      await this.#git('diff', '--name-status', '--no-renames', '-z', commit, '--', ...this.#paths(folders)),
    );
    return Array.from({ length: listed.length / 2 }, (_, index) => {
      const [status = '', path = ''] = listed.slice(2 * index);
      const change = status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'modified';
      return { path: join(this.root, path), change };
    });
  }

  /** The text of a file in a commit. */
  async text(commit: string, path: string): Promise<string> {
    return this.#git('show', `${commit}:${this.#paths([path])[0]}`);
  }

  #paths(paths: readonly string[]): readonly string[] {
    return paths.map((path) => relative(this.root, path).split(sep).join('/') || '.');
  }

  #git(...args: readonly string[]): Promise<string> {
    return git(this.root, args, this.signal);
  }
}

function parts(text: string): readonly string[] {
  return text.split('\0').filter((part) => part !== '');
}

async function git(cwd: string, args: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  // a path is a path, whatever characters it has
  const run = { command: 'git', args: ['--literal-pathspecs', ...args], cwd, signal };
  const result = await runProgram(run).catch((error: unknown) => {
    if (error instanceof ProgramNotStarted) throw new GitFailedError(args, `can't be started: ${error.code}`, error);
    throw error;
  });
  if ('code' in result && result.code === 0) return result.stdout;
  const reason = 'code' in result ? (result.stderr.trim().split('\n')[0] ?? '') : `was ended by ${result.killedBy}`;
  throw new GitFailedError(args, reason);
}
