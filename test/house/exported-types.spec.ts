import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const library = resolve('libs/nest-migrate');

function libraryProgram(): ts.Program {
  const configured = ts.getParsedCommandLineOfConfigFile(
    join(library, 'tsconfig.publish.json'),
    { noEmit: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  if (configured === undefined) throw new Error('tsconfig.publish.json cannot be read');
  return ts.createProgram(configured.fileNames, configured.options);
}

/** Whether a caller cannot see it: what is private, or marked as internal. */
function isHidden(node: ts.Node): boolean {
  if (ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal')) return true;
  if (!ts.isClassElement(node)) return false;
  const isPrivate = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0;
  return isPrivate || (node.name !== undefined && ts.isPrivateIdentifier(node.name));
}

/** The symbols that the type nodes below a declaration name: of signatures alone, not of what runs. */
function namesIn(node: ts.Node, checker: ts.TypeChecker): readonly ts.Symbol[] {
  if (ts.isBlock(node) || ts.isSourceFile(node) || isHidden(node)) return [];
  const name = ts.isTypeReferenceNode(node)
    ? node.typeName
    : ts.isExpressionWithTypeArguments(node)
      ? node.expression
      : undefined;
  const symbol = name === undefined ? undefined : checker.getSymbolAtLocation(name);
  const found = symbol === undefined ? [] : [symbol];
  const initializer = 'initializer' in node && !ts.isVariableDeclaration(node) ? node.initializer : undefined;
  ts.forEachChild(node, (child) => {
    if (child !== initializer) found.push(...namesIn(child, checker));
  });
  return found;
}

/** The types that the signatures behind some doors name and no door exports, with where each is named. */
function forgottenTypes(program: ts.Program, doors: readonly string[]): readonly string[] {
  const checker = program.getTypeChecker();
  const original = (symbol: ts.Symbol): ts.Symbol =>
    (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  const exported = doors.flatMap((door) => {
    const file = program.getSourceFile(join(library, 'src', door));
    const module = file && checker.getSymbolAtLocation(file);
    return module === undefined ? [] : checker.getExportsOfModule(module).map(original);
  });
  const isOwnType = ({ flags, declarations = [] }: ts.Symbol): boolean =>
    (flags & ts.SymbolFlags.Type) !== 0 &&
    (flags & ts.SymbolFlags.TypeParameter) === 0 &&
    declarations.some((declaration) => declaration.getSourceFile().fileName.startsWith(join(library, 'src')));
  const forgotten: string[] = [];
  const seen = new Set(exported);
  // a set that grows while it is walked is walked to its end
  for (const symbol of seen) {
    for (const named of (symbol.declarations ?? []).flatMap((declaration) => namesIn(declaration, checker))) {
      const type = original(named);
      if (seen.has(type) || !isOwnType(type)) continue;
      seen.add(type);
      forgotten.push(`${type.name}, which ${symbol.name} names`);
    }
  }
  return forgotten;
}

describe('the types of the package', () => {
  let program: ts.Program;
  beforeAll(() => {
    program = libraryProgram();
  });

  it('are exported where a signature names them', () => {
    expect(forgottenTypes(program, ['index.ts', 'testing/index.ts'])).toEqual([]);
  });

  it('would be found missing', () => {
    expect(forgottenTypes(program, ['testing/index.ts'])).toContain(
      'MigrationModuleOptions, which MigratedDatabaseOptions names',
    );
  });
});
