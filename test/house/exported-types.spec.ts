import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { apiReport, reportFile } from '../../scripts/api-report.ts';

const library = resolve('libs/nest-migrate');
/** Nothing is written there: it is where the compiler is told that the files are. */
const emitted = join(library, 'declarations');

/** Reads each file once for several programs, whose options parse it the same way. */
function sharedHost(): ts.CompilerHost {
  const host = ts.createCompilerHost({});
  const read = new Map<string, ts.SourceFile | undefined>();
  const disk = { ...host };
  host.getSourceFile = (name, ...rest) => {
    if (!read.has(name)) read.set(name, disk.getSourceFile(name, ...rest));
    return read.get(name);
  };
  return host;
}

/** The library's program, which takes seconds to make: one for all that is asked of it here. */
function libraryProgram(host: ts.CompilerHost): ts.Program {
  const configured = ts.getParsedCommandLineOfConfigFile(
    join(library, 'tsconfig.publish.json'),
    // `npm run typecheck` finds type errors; finding them again takes most of the time
    { emitDeclarationOnly: true, outDir: emitted, noEmit: false, noCheck: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  if (configured === undefined) throw new Error('tsconfig.publish.json cannot be read');
  return ts.createProgram(configured.fileNames, configured.options, host);
}

/** The declarations of the package, by path, as `npm run build:lib` writes them. */
function emitDeclarations(program: ts.Program): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  program.emit(undefined, (path, text) => void files.set(resolve(path), text), undefined, true);
  return files;
}

/** What is wrong with the declarations in an application that has no `@types/node`, or names other types. */
function problemsWithoutNodeTypes(files: ReadonlyMap<string, string>): readonly string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    types: [],
    skipLibCheck: false,
  };
  const isHidden = (path: string): boolean => /[\\/]@types[\\/](node|bun)[\\/]/.test(path);
  const host = ts.createCompilerHost(options);
  const disk = { ...host };
  host.fileExists = (path) => files.has(resolve(path)) || (!isHidden(path) && disk.fileExists(path));
  host.readFile = (path) => files.get(resolve(path)) ?? disk.readFile(path);
  const folders = new Set([...files.keys()].map((path) => dirname(path)));
  host.directoryExists = (path) =>
    folders.has(resolve(path)) || (!isHidden(`${path}/`) && (disk.directoryExists?.(path) ?? true));
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    if (source === undefined) return [`${path} was not read`];
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
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

/** The members that a caller sees of a type's declarations, nested types included. */
function membersOf(node: ts.Node): readonly ts.NamedDeclaration[] {
  if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) return node.members.flatMap(visibleMembers);
  if (ts.isTypeLiteralNode(node)) return node.members.flatMap(visibleMembers);
  const found: ts.NamedDeclaration[] = [];
  if (ts.isTypeAliasDeclaration(node) || ts.isTypeNode(node)) {
    ts.forEachChild(node, (child) => void found.push(...membersOf(child)));
  }
  return found;
}

function visibleMembers(member: ts.ClassElement | ts.TypeElement): readonly ts.NamedDeclaration[] {
  if (isHidden(member)) return [];
  if (!ts.isConstructorDeclaration(member)) return member.name === undefined ? [] : [member];
  return member.parameters.filter(
    (parameter) => ts.isParameterPropertyDeclaration(parameter, member) && !isPrivateParameter(parameter),
  );
}

function isPrivateParameter(parameter: ts.ParameterDeclaration): boolean {
  return (ts.getCombinedModifierFlags(parameter) & ts.ModifierFlags.Private) !== 0;
}

/** What the doors export. */
function publicSymbols(program: ts.Program, doors: readonly string[]): readonly ts.Symbol[] {
  const checker = program.getTypeChecker();
  return doors.flatMap((door) => {
    const file = program.getSourceFile(join(library, 'src', door));
    const module = file && checker.getSymbolAtLocation(file);
    const exported = module === undefined ? [] : checker.getExportsOfModule(module);
    return exported.map((symbol) =>
      (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol),
    );
  });
}

/** What an application calls or gives, without an example: functions, classes with their methods, and options. */
function withoutExample(program: ts.Program, doors: readonly string[]): readonly string[] {
  const checker = program.getTypeChecker();
  const isShown = (symbol: ts.Symbol): boolean => symbol.getJsDocTags(checker).some(({ name }) => name === 'example');
  return publicSymbols(program, doors).flatMap((symbol) => {
    const [declaration] = symbol.declarations ?? [];
    if (declaration === undefined || symbol.name.endsWith('Error')) return [];
    const isOptions = ts.isInterfaceDeclaration(declaration) && symbol.name.endsWith('Options');
    const isGiven = isOptions || ts.isFunctionDeclaration(declaration) || ts.isClassDeclaration(declaration);
    const methods = membersOf(declaration)
      .filter((member) => ts.isMethodDeclaration(member))
      .map(({ name }) => name);
    const silent = methods
      .map((name) => checker.getSymbolAtLocation(name))
      .filter((method) => method !== undefined && !isShown(method))
      .map((method) => `${symbol.name}.${method?.name}`);
    return [...(isGiven && !isShown(symbol) ? [symbol.name] : []), ...silent];
  });
}

/** The public names and members of which nothing is said. */
function undocumented(program: ts.Program, doors: readonly string[]): readonly string[] {
  const checker = program.getTypeChecker();
  const isSilent = (symbol: ts.Symbol): boolean =>
    symbol.getDocumentationComment(checker).length === 0 && symbol.getJsDocTags(checker).length === 0;
  return publicSymbols(program, doors).flatMap((symbol) => {
    const members = (symbol.declarations ?? []).flatMap(membersOf).flatMap((member) => {
      const own = member.name === undefined ? undefined : checker.getSymbolAtLocation(member.name);
      // what an error's code is, its class says
      const isSaid = symbol.name.endsWith('Error') && ['code', 'name'].includes(own?.name ?? '');
      return own === undefined || isSaid ? [] : [own];
    });
    // a member that several members of a union have is described in one of them
    const silent = members.filter(({ name }) => !members.some((other) => other.name === name && !isSilent(other)));
    const names = new Set(silent.map(({ name }) => `${symbol.name}.${name}`));
    return [...(isSilent(symbol) ? [symbol.name] : []), ...names];
  });
}

let host: ts.CompilerHost;
let program: ts.Program;
beforeAll(() => {
  host = sharedHost();
  program = libraryProgram(host);
});

it('the report of the public face is that of the package (npm run docs:api)', () => {
  expect(apiReport(host)).toBe(readFileSync(reportFile, 'utf8'));
});

describe('the types of the package', () => {
  it('are exported where a signature names them', () => {
    expect(forgottenTypes(program, ['index.ts', 'testing/index.ts'])).toEqual([]);
  });

  it('have TSDoc, and so has every member that a caller sees', () => {
    expect(undocumented(program, ['index.ts', 'testing/index.ts'])).toEqual([]);
  });

  it('have an example where an application calls or gives them (test/house/examples.spec.ts compiles it)', () => {
    expect(withoutExample(program, ['index.ts', 'testing/index.ts'])).toEqual([]);
  });

  it('would be found missing', () => {
    expect(forgottenTypes(program, ['testing/index.ts'])).toContain(
      'MigrationModuleOptions, which ApplicationUnderTest names',
    );
  });
});

describe('the declarations of the package', () => {
  let files: ReadonlyMap<string, string>;
  beforeAll(() => {
    files = emitDeclarations(program);
  });

  it('are there for both doors', () => {
    expect(files.has(join(emitted, 'index.d.ts'))).toBe(true);
    expect(files.has(join(emitted, 'testing', 'index.d.ts'))).toBe(true);
  });

  it('compile without the global types of Node.js and with skipLibCheck off', () => {
    expect(problemsWithoutNodeTypes(files)).toEqual([]);
  });
});
