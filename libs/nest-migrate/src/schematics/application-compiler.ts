import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';

/** The compiler's API. Its types alone are imported: the package is the application's own. */
export type Compiler = typeof ts;

/**
 * Loads the TypeScript compiler that an application has, else the one of Nest's command line: TypeScript 7 is a program
 * without this API.
 *
 * @param root The folder of the application.
 * @param program The file of the program that runs, which is in a package that Nest's command line installed.
 */
export function applicationCompiler(root: string, program: string | undefined): Compiler | undefined {
  const application = createRequire(join(root, 'package.json'));
  const ways: readonly (() => NodeJS.Require)[] = [
    () => application,
    () => createRequire(application.resolve('@nestjs/cli')),
    () => createRequire(application.resolve('@nestjs/cli/package.json')),
    () => createRequire(program ?? join(root, 'package.json')),
  ];
  for (const way of ways) {
    try {
      const compiler = way()('typescript') as Partial<Compiler>;
      if (typeof compiler.createSourceFile === 'function') return compiler as Compiler;
    } catch {
      // not to be found that way
    }
  }
  return undefined;
}
