import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { FileSystem } from './file-system.js';
import { NotUnderstood, SourceScanner } from './source-scanner.js';

/**
 * The parts of a TypeScript configuration that decide which files are compiled, and where the output goes. All paths
 * are absolute.
 */
export interface Tsconfig {
  readonly rootDir: string | null;
  readonly outDir: string | null;
  /** Patterns; null where the setting is absent. */
  readonly files: readonly string[] | null;
  readonly include: readonly string[] | null;
  readonly exclude: readonly string[] | null;
  /** The folder that all paths are relative to. */
  readonly folder: string;
}

/** Reads a configuration and those that it extends. Returns null if it cannot be read; then it is not checked. */
export async function readTsconfig(path: string, fs: FileSystem, depth = 0): Promise<Tsconfig | null> {
  const json = depth < 10 ? await readJsonWithComments(path, fs) : undefined;
  if (!isRecord(json)) return null;
  const folder = dirname(path);
  const patterns = (key: string): readonly string[] | null => {
    const value = json[key];
    return Array.isArray(value)
      ? value.filter((item) => typeof item === 'string').map((p) => resolve(folder, p))
      : null;
  };
  let base: Tsconfig | null = null;
  for (const parent of [json['extends']].flat()) {
    if (typeof parent !== 'string' || !(parent.startsWith('.') || isAbsolute(parent))) continue;
    const file = resolve(folder, parent);
    base = (await readTsconfig(file.endsWith('.json') ? file : `${file}.json`, fs, depth + 1)) ?? base;
  }
  const compilerOptions = isRecord(json['compilerOptions']) ? json['compilerOptions'] : {};
  const directory = (key: 'rootDir' | 'outDir'): string | null => {
    const value = compilerOptions[key];
    return typeof value === 'string' ? resolve(folder, value) : (base?.[key] ?? null);
  };
  return {
    rootDir: directory('rootDir'),
    outDir: directory('outDir'),
    files: patterns('files') ?? base?.files ?? null,
    include: patterns('include') ?? base?.include ?? null,
    exclude: patterns('exclude') ?? base?.exclude ?? null,
    folder,
  };
}

/** Whether the configuration compiles the file, which need not exist yet. */
export function includes({ files, include, exclude, folder }: Tsconfig, file: string): boolean {
  const included = include ?? (files === null ? [join(folder, '**', '*')] : []);
  return (
    included.some((pattern) => matches(pattern, file)) && !(exclude ?? []).some((pattern) => matches(pattern, file))
  );
}

/** Whether a pattern includes a file. A pattern names files, or a folder with everything in it. */
function matches(pattern: string, file: string): boolean {
  const expression = pattern
    .split(sep)
    .join('/')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, (wildcard) => {
      if (wildcard === '**/') return '(?:.*/)?';
      if (wildcard === '**') return '.*';
      return wildcard === '*' ? '[^/]*' : '[^/]';
    });
  return new RegExp(`^${expression}(?:/.*)?$`).test(file.split(sep).join('/'));
}

/** The `exclude` that adds a folder to what is excluded now, by the setting or by TypeScript's default. */
export function excludeWith({ exclude, outDir, folder }: Tsconfig, more: string): readonly string[] {
  const now = exclude ?? [join(folder, 'node_modules'), ...(outDir === null ? [] : [outDir])];
  return [...now, more].map((path) => relative(folder, path).split(sep).join('/'));
}

/** Parses a JSON file as the tools of TypeScript and Nest do; undefined if it does not exist or is no JSON. */
export async function readJsonWithComments(path: string, fs: FileSystem): Promise<unknown> {
  return (await fs.exists(path)) ? parseJsonWithComments(await fs.readText(path)) : undefined;
}

function parseJsonWithComments(text: string): unknown {
  try {
    const scanner = new SourceScanner(text);
    let json = '';
    for (let token = scanner.next(); token.kind !== 'end'; token = scanner.next()) {
      const { kind, value } = scanner.peek();
      const isTrailingComma = token.value === ',' && kind === 'punctuation' && (value === ']' || value === '}');
      if (!isTrailingComma) json += text.slice(token.start, token.end);
    }
    return JSON.parse(json) as unknown;
  } catch (error) {
    if (error instanceof NotUnderstood || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether the value is an object with named properties. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
