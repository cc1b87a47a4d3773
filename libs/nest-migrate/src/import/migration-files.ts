import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MigrationUnreadableError } from '../errors/import.errors.js';
import { errorFields, type FileSystem } from '../script/file-system.js';
import { withoutNodeWarnings } from '../script/node-warnings.js';

/** A file of a folder of migrations. */
export interface MigrationFile {
  /** Without its folder. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** The files of a folder whose names fit, in the order of their names; none where there is no such folder. */
export async function filesIn(folder: string, fits: RegExp, fs: FileSystem): Promise<readonly MigrationFile[]> {
  if ((await fs.stat(folder))?.kind !== 'folder') return [];
  const entries = await fs.list(folder);
  return entries
    .filter(({ name, kind }) => kind !== 'folder' && !name.startsWith('.') && fits.test(name))
    .map(({ name }) => ({ name, path: join(folder, name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The folders in a folder, in the order of their names; none where there is no such folder. */
export async function foldersIn(folder: string, fs: FileSystem): Promise<readonly MigrationFile[]> {
  if ((await fs.stat(folder))?.kind !== 'folder') return [];
  const entries = await fs.list(folder);
  return entries
    .filter(({ kind }) => kind === 'folder')
    .map(({ name }) => ({ name, path: join(folder, name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * What a file of migrations exports. Nothing but its top level runs.
 *
 * @param name The file for an error.
 * @throws MigrationUnreadableError
 */
export async function exportsOf(path: string, name = path): Promise<Readonly<Record<string, unknown>>> {
  const url = pathToFileURL(path).href;
  try {
    const module = (await withoutNodeWarnings(() => import(url))) as Readonly<Record<string, unknown>>;
    const { default: whole, ...named } = module;
    // CommonJS has all of its exports on the default one
    const isWhole = typeof whole === 'object' && whole !== null;
    return isWhole ? { ...named, ...(whole as Readonly<Record<string, unknown>>) } : module;
  } catch (error) {
    const { message, stack } = errorFields(error);
    const line = new RegExp(`${escaped(path)}:(\\d+)`).exec(`${message}\n${stack}`)?.[1];
    throw new MigrationUnreadableError(
      name,
      line === undefined ? null : Number(line),
      message.split('\n')[0] ?? '',
      error,
    );
  }
}

/**
 * As {@link exportsOf}, of a file that imports types of a package without saying that they are types. Compilers leave such
 * an import out, and Node cannot: a hidden copy beside the file says it.
 *
 * @throws MigrationUnreadableError
 */
export async function exportsWithTypesOf(
  path: string,
  packageName: string,
  fs: FileSystem,
): Promise<Readonly<Record<string, unknown>>> {
  const text = await fs.readText(path);
  const pattern = new RegExp(`^import\\s+(?!type\\b)([^'";]*?)(\\bfrom\\s*['"]${packageName}['"])`, 'gm');
  const typed = text.replace(
    pattern,
    (_, names: string, from: string) => `import type ${names.replace(/\btype\s+/g, '')}${from}`,
  );
  if (!/\.[mc]?ts$/.test(path) || typed === text) return exportsOf(path);
  const copy = join(dirname(path), `.${randomUUID()}${extname(path)}`);
  try {
    await fs.writeNew(copy, typed);
    return await exportsOf(copy, path);
  } finally {
    await fs.remove(copy);
  }
}

/** What a package of the application exports; `undefined` where it is not installed. */
export async function packageOf(name: string, base: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const path = createRequire(pathToFileURL(join(base, 'package.json'))).resolve(name);
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const { code } = errorFields(error);
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The specifiers of files, not of packages, that the code of a file imports, each with its line. Types count not. */
export function relativeImports(text: string): readonly { readonly specifier: string; readonly line: number }[] {
  const found: { specifier: string; line: number }[] = [];
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])(\.{1,2}\/[^'"]*|\.{1,2})\1/g;
  for (const match of text.matchAll(pattern)) {
    const before = text.slice(0, match.index);
    const statement = before.slice(Math.max(before.lastIndexOf(';'), before.lastIndexOf('\n'), 0));
    if (/^\s*;?\s*(?:import|export)\s+type\b/.test(statement)) continue;
    found.push({ specifier: match[2] ?? '', line: before.split('\n').length });
  }
  return found;
}
