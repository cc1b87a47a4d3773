/** What `db migrate` writes compiles against the public types, with every option that an operation can have. */
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { isTableAlteration } from '../../../libs/nest-migrate/src/operations/all.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { renderRevision } from '../../../libs/nest-migrate/src/script/render-revision.js';
import { wholeOperations, wholeTable } from './whole-operations.js';

const operations: readonly Operation[] = Object.values(wholeOperations).flat();
const alterations = operations.filter(isTableAlteration);

const asserted = alterations.map((alteration) => ({
  ...alteration,
  assertion: { algorithm: 'inplace', lock: 'none' } as const,
}));

/** One revision that holds them all: by themselves, and as batches. */
const revision = renderRevision({
  revision: 'ae1027a6',
  downRevision: [],
  dependsOn: [],
  branchLabels: [],
  message: 'everything',
  createDate: '2026-01-01T00:00:00.000Z',
  upgrade: renderOperations(operations),
  downgrade: renderOperations([...alterations, ...asserted], undefined, [
    { existing: wholeTable, alterations },
    { existing: wholeTable, alterations: asserted },
  ]),
});

describe('a rendered revision that says all that operations can say', () => {
  let file: ts.SourceFile;
  let program: ts.Program;
  beforeAll(() => {
    ({ file, program } = programOf(revision));
  });

  it('compiles', () => {
    const problems = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    expect(problems.map((problem) => textOf(problem))).toEqual([]);
  });

  it('gives each verb every option that its public type has', () => {
    const checker = program.getTypeChecker();
    const left = new Map<string, Set<string>>();
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
        const last = checker.getResolvedSignature(node)?.parameters.at(-1);
        const options = last === undefined ? undefined : optionsOf(checker, last, node);
        const verb = node.expression.name.text;
        if (options !== undefined) {
          const known = left.get(verb) ?? new Set(options);
          left.set(verb, known);
          for (const key of keysIn(node.arguments.at(-1))) known.delete(key);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    expect(left.size).toBeGreaterThan(35);
    expect([...left].filter(([, options]) => options.size > 0).map(([verb, options]) => [verb, ...options])).toEqual(
      [],
    );
  });
});

function programOf(text: string): { readonly file: ts.SourceFile; readonly program: ts.Program } {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, resolve('.'));
  const name = join(resolve('.'), 'revision.ts');
  const host = ts.createCompilerHost(options);
  const disk = { ...host };
  host.fileExists = (path) => path === name || disk.fileExists(path);
  host.getSourceFile = (path, target, ...rest) =>
    path === name ? ts.createSourceFile(path, text, target) : disk.getSourceFile(path, target, ...rest);
  const program = ts.createProgram([name], { ...options, noEmit: true, incremental: false }, host);
  return { program, file: program.getSourceFile(name)! };
}

function textOf({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
  return `${file?.text.split('\n')[line] ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}

/** The names of the options that a parameter takes; nothing where it takes something else. */
function optionsOf(checker: ts.TypeChecker, parameter: ts.Symbol, at: ts.Node): readonly string[] | undefined {
  const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, at));
  const isOptions =
    (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0 && type.getCallSignatures().length === 0;
  return isOptions && !checker.isArrayLikeType(type) ? type.getProperties().map(({ name }) => name) : undefined;
}

function keysIn(argument: ts.Expression | undefined): readonly string[] {
  if (argument === undefined || !ts.isObjectLiteralExpression(argument)) return [];
  return argument.properties.map((property) => property.name?.getText() ?? '');
}
