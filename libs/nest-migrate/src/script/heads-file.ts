import { join } from 'node:path';
import { type FileSystem } from './file-system.js';

const NOTE = '# The heads of the history. Branches that both add a revision conflict here.';

/**
 * The file `HEADS` of a script directory: the revisions that no other follows, a line each. Two branches that both add a
 * revision change the same line, so that git tells about them when they are merged.
 */
export class HeadsFile {
  constructor(
    directory: string,
    private readonly fs: FileSystem,
  ) {
    this.path = join(directory, 'HEADS');
  }

  readonly path: string;

  /** The ids that it names; `undefined` where there is no such file. A conflict that git has left is no id. */
  async read(): Promise<readonly string[] | undefined> {
    if (!(await this.fs.exists(this.path))) return undefined;
    const lines = (await this.fs.readText(this.path)).split(/\r?\n/).map((line) => line.trim());
    return lines.filter((line) => line !== '' && !line.startsWith('#'));
  }

  /** Writes the heads. Nothing is written where they are there already. */
  async write(heads: readonly string[]): Promise<void> {
    const text = [NOTE, ...heads.toSorted(), ''].join('\n');
    if ((await this.fs.exists(this.path)) && (await this.fs.readText(this.path)) === text) return;
    await this.fs.replace(this.path, text);
  }
}
