import { dirname, relative, sep } from 'node:path';
import type ts from 'typescript';
import { type FileSystem } from '../script/file-system.js';
import { type Compiler } from './application-compiler.js';

/** A file that the application loads. */
export interface ApplicationSource {
  /** From the folder of the application, with slashes; it begins with `../` outside of it. */
  readonly path: string;
  readonly text: string;
}

interface Search {
  readonly compiler: Compiler;
  /** The folder of the application, absolute. */
  readonly root: string;
  /** The main file, absolute. */
  readonly main: string;
  readonly fs: FileSystem;
}

/** The files that an application loads, and how they refer to one another. */
export interface ApplicationSources {
  /** The main file is the first. */
  readonly files: readonly ApplicationSource[];
  /** The file that one of them means by a specifier; undefined for packages and what is not found. */
  readonly resolve: (path: string, specifier: string) => string | undefined;
}

/**
 * Follows the imports from the main file through the application's own sources, as the compiler resolves them: `paths`,
 * endings, packages of the workspace. So tests, and the other applications of a monorepo, are not among the files.
 */
export async function applicationSources({ compiler, root, main, fs }: Search): Promise<ApplicationSources> {
  const options = { ...optionsOf(compiler, main), ...(/\.[cm]?js$/.test(main) && { allowJs: true }) };
  const cache = compiler.createModuleResolutionCache(root, (name) => name, options);
  const resolved = (file: string, specifier: string): string | undefined => {
    const { resolvedModule } = compiler.resolveModuleName(specifier, file, options, compiler.sys, cache);
    if (resolvedModule === undefined) return undefined;
    const { resolvedFileName: found } = resolvedModule;
    return /[\\/]node_modules[\\/]/.test(found) || /\.d\.[cm]?ts$|\.json$/.test(found) ? undefined : found;
  };
  const relatively = (file: string): string => relative(root, file).split(sep).join('/');
  const files = new Map<string, ApplicationSource>();
  const places = new Map<string, string>();
  const waiting = [main];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    const text = await fs.readText(file);
    files.set(file, { path: relatively(file), text });
    places.set(relatively(file), file);
    for (const { fileName } of compiler.preProcessFile(text, true, true).importedFiles) {
      const next = resolved(file, fileName);
      if (next !== undefined) waiting.push(next);
    }
  }
  return {
    files: [...files.values()],
    resolve: (path, specifier) => {
      const file = places.get(path);
      const found = file === undefined ? undefined : resolved(file, specifier);
      return found === undefined ? undefined : relatively(found);
    },
  };
}

/** The compiler's options for a file, as far as they say where modules are. */
function optionsOf(compiler: Compiler, main: string): ts.CompilerOptions {
  const configuration = compiler.findConfigFile(dirname(main), (path) => compiler.sys.fileExists(path));
  const usual: ts.CompilerOptions = { moduleResolution: compiler.ModuleResolutionKind.Bundler, allowJs: false };
  if (configuration === undefined) return usual;
  const { config } = compiler.readConfigFile(configuration, (path) => compiler.sys.readFile(path)) as {
    readonly config?: unknown;
  };
  const host: ts.ParseConfigHost = {
    useCaseSensitiveFileNames: compiler.sys.useCaseSensitiveFileNames,
    fileExists: (path) => compiler.sys.fileExists(path),
    readFile: (path) => compiler.sys.readFile(path),
    // which files there are is not asked
    readDirectory: () => [],
  };
  const { options } = compiler.parseJsonConfigFileContent(config ?? {}, host, dirname(configuration));
  return Object.keys(options).length === 0 ? usual : options;
}
