import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeFileSystem } from '../../../libs/nest-migrate/src/script/file-system.js';
import { ScriptDirectory } from '../../../libs/nest-migrate/src/script/script-directory.js';

/** A folder of its own for a test, with blanks and letters in its path that a URL would have to escape. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'migrate é # 100% ü-'));
  #files = 0;

  /** Writes files by relative path and answers their absolute paths. */
  write(files: Readonly<Record<string, string>>): string[] {
    return Object.entries(files).map(([name, text]) => {
      const path = join(this.path, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    });
  }

  /** A new ES module with this text, under a name that was never imported. */
  module(text: string): string {
    this.#files += 1;
    return this.write({ 'package.json': '{"type":"module"}', [`module${this.#files}.ts`]: text })[1] ?? '';
  }

  /** An initialised script directory with these files in its versions folder. */
  async directory(
    versions: Readonly<Record<string, string>> = {},
    options: { readonly versionLocations?: readonly string[]; readonly runsTypeScript?: boolean } = {},
  ): Promise<ScriptDirectory> {
    this.write({ 'migrations/package.json': '{"type":"module"}', 'migrations/versions/.gitkeep': '' });
    for (const [name, text] of Object.entries(versions)) this.write({ [`migrations/versions/${name}`]: text });
    const path = join(this.path, 'migrations');
    return ScriptDirectory.open({ path, base: this.path, fs: nodeFileSystem, ...options });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The text of a revision as people write it, with whatever they add. */
export function revisionText(revision: string, downRevision: string | null, more = ''): string {
  const down = downRevision === null ? 'null' : `'${downRevision}'`;
  return [
    "import type { Operations } from 'nest-migrate';",
    `export const revision = '${revision}';`,
    `export const downRevision = ${down};`,
    more,
    'export async function upgrade(op: Operations): Promise<void> { void op; }',
    'export async function downgrade(op: Operations): Promise<void> { void op; }',
    '',
  ].join('\n');
}
