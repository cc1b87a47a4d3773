import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const source = resolve('libs/nest-migrate/src');

/** What importing a file of the library loads. */
export interface LoadedFiles {
  /** The files of the library, from its `src/`. */
  readonly files: ReadonlySet<string>;
  /** The packages, and modules of Node.js. */
  readonly packages: ReadonlySet<string>;
}

/**
 * What importing a file of the library loads with it. Types are erased, and an `import()` loads when it is reached.
 *
 * @param later Whether what an `import()` of a file loads counts as well. Default: false.
 */
export function loadedFiles(file: string, later: (file: string) => boolean = () => false): LoadedFiles {
  const files = new Set<string>();
  const packages = new Set<string>();
  const load = (path: string): void => {
    if (files.has(path)) return;
    files.add(path);
    const code = readFileSync(join(source, path), 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/^\s*\/\/.*$/gm, '')
      // templates of revisions hold imports of their own
      .replace(/`[^`]*`/g, '');
    const fileOf = (specifier: string): string =>
      relative(source, resolve(source, dirname(path), specifier.replace(/\.js$/, '.ts')));
    for (const [statement, names = '', specifier = ''] of code.matchAll(
      /^(?:import|export)\b([^';]*?)\bfrom\s+'([^']+)'/gm,
    )) {
      const listed = /\{([^}]*)\}/
        .exec(names)?.[1]
        .split(',')
        .filter((name) => name.trim() !== '') ?? [''];
      if (/^(?:import|export) type\b/.test(statement) || listed.every((name) => /^\s*type\b/.test(name))) continue;
      if (specifier.startsWith('.')) load(fileOf(specifier));
      else packages.add(specifier);
    }
    for (const [, specifier = ''] of code.matchAll(/^import\s+'([^']+)'/gm)) packages.add(specifier);
    for (const [, specifier = ''] of code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)) {
      if (!specifier.startsWith('.')) packages.add(specifier);
      else if (later(fileOf(specifier))) load(fileOf(specifier));
    }
  };
  load(file);
  return { files, packages };
}
