import { join, relative, sep } from 'node:path';
import { type FileSystem } from './file-system.js';
import { type RevisionScript } from './revision-script.js';

const NOTE = '// Written by nest-migrate bundle, for applications that are bundled into one file.';

/** By the extension of a source file, that by which TypeScript and bundlers import it. */
const IMPORTED: Readonly<Record<string, string>> = { '.ts': '.js', '.mts': '.mjs', '.cts': '.cjs' };

/** A revision of the list, with the digest of its program. */
export interface ListedRevision {
  readonly script: RevisionScript;
  readonly program: string | null;
}

/** The module of a script directory that imports each revision, so that a bundler takes them along. */
export class BundleIndex {
  private constructor(
    readonly path: string,
    private readonly directory: string,
    private readonly fs: FileSystem,
  ) {}

  /** The one of a directory: where there is none yet, TypeScript if a revision is. */
  static async of(directory: string, fs: FileSystem, scripts: readonly RevisionScript[]): Promise<BundleIndex> {
    const [ts, js] = [join(directory, 'index.ts'), join(directory, 'index.js')];
    const isTypeScript = (await fs.exists(ts)) || (!(await fs.exists(js)) && scripts.some(isOfTypeScript));
    return new BundleIndex(isTypeScript ? ts : js, directory, fs);
  }

  /** Its text; `undefined` where there is none. */
  async read(): Promise<string | undefined> {
    return (await this.fs.exists(this.path)) ? this.fs.readText(this.path) : undefined;
  }

  /** Whether a text is one that was written here, and not by the application's authors. */
  static isOwn(text: string): boolean {
    return text.startsWith(NOTE);
  }

  /** The text for these revisions. */
  textFor(revisions: readonly ListedRevision[]): string {
    const names = revisions.map(({ script: { id } }, index) => `_${index + 1}_${id.replace(/\W/g, '_')}`);
    const imports = revisions.map(({ script }, index) => {
      const file = this.#fileOf(script).replace(/\.[mc]?ts$/, (extension) => IMPORTED[extension] ?? extension);
      const specifier = file.startsWith('.') ? file : `./${file}`;
      return `import * as ${names[index] ?? ''} from ${quoted(specifier)};`;
    });
    const entries = revisions.flatMap(({ script, program }, index) => [
      '  {',
      `    file: ${quoted(this.#fileOf(script))},`,
      `    digest: ${quoted(script.source.digest)},`,
      `    program: ${program === null ? 'null' : quoted(program)},`,
      `    module: ${names[index] ?? ''},`,
      '  },',
    ]);
    const list =
      entries.length === 0 ? ['export const revisions = [];'] : ['export const revisions = [', ...entries, '];'];
    return [NOTE, ...imports, '', '/** For MigrationModule.forRoot({ revisions }). */', ...list, ''].join('\n');
  }

  /** Replaces the file. */
  async write(text: string): Promise<void> {
    await this.fs.replace(this.path, text);
  }

  #fileOf({ path }: RevisionScript): string {
    return relative(this.directory, path).split(sep).join('/');
  }
}

function isOfTypeScript({ source }: RevisionScript): boolean {
  return source.kind === 'ts';
}

/** As Prettier has it where a project uses its usual quotes. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}
