/**
 * What an application can import from the package, name by name, as the compiler sees it: a change of the public face shows
 * as a change of `docs/api-report.md`.
 *
 *     node scripts/api-report.ts            writes the file
 */
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '..');
const library = join(root, 'libs', 'nest-migrate');

export const reportFile = join(root, 'docs', 'api-report.md');

const doors = [
  ['nest-migrate', 'index'],
  ['nest-migrate/testing', join('testing', 'index')],
] as const;

/** The declarations of the package in memory, by path. */
function emitted(host?: ts.CompilerHost): ReadonlyMap<string, string> {
  const configured = ts.getParsedCommandLineOfConfigFile(
    join(library, 'tsconfig.publish.json'),
    {
      emitDeclarationOnly: true,
      removeComments: true,
      stripInternal: true,
      // `npm run typecheck` finds type errors; finding them again takes most of the time
      noCheck: true,
      outDir: join(library, 'api'),
      noEmit: false,
    },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  if (configured === undefined) throw new Error('tsconfig.publish.json cannot be read');
  const files = new Map<string, string>();
  const program = ts.createProgram(configured.fileNames, configured.options, host);
  program.emit(undefined, (path, text) => void files.set(resolve(path), text), undefined, true);
  return files;
}

function programOf(files: ReadonlyMap<string, string>): ts.Program {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ESNext,
    noLib: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const disk = { ...host };
  host.fileExists = (path) => files.has(resolve(path)) || disk.fileExists(path);
  const folders = new Set([...files.keys()].map((path) => dirname(path)));
  host.directoryExists = (path) => folders.has(resolve(path)) || (disk.directoryExists?.(path) ?? true);
  host.readFile = (path) => files.get(resolve(path)) ?? disk.readFile(path);
  return ts.createProgram([...files.keys()], options, host);
}

/** The text of the report. The host reads the sources: a caller that has parsed them gives its own. */
export function apiReport(host?: ts.CompilerHost): string {
  const program = programOf(emitted(host));
  const checker = program.getTypeChecker();
  const printer = ts.createPrinter({ removeComments: true });
  const sections = doors.map(([specifier, file]) => {
    const source = program.getSourceFile(join(library, 'api', `${file}.d.ts`));
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${specifier} has no declarations`);
    const names = checker.getExportsOfModule(module).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const declarations = names.flatMap((name) => {
      const symbol = (name.flags & ts.SymbolFlags.Alias) === 0 ? name : checker.getAliasedSymbol(name);
      return (symbol.declarations ?? []).map((declaration) => {
        const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
        const text = printer.printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile());
        return text.replace(/^export (?:default )?/, '').replace(/^declare /, '');
      });
    });
    return `## \`${specifier}\`\n\n\`\`\`ts\n${declarations.join('\n\n')}\n\`\`\`\n`;
  });
  const head =
    '# The public face\n\nWritten by `npm run docs:api` from the declarations of the package; a test compares it.\n';
  return [head, ...sections].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(reportFile, apiReport());
