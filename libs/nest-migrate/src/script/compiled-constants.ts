import type { Identifier, Literal, Program } from 'acorn';
import { commonJsExports } from './commonjs-exports.js';
import { ModuleBindings, namesIn, type StaticValue } from './module-bindings.js';
import { type ConstantName, isConstantName, type RevisionConstants } from './revision-constants.js';
import { NotUnderstood } from './source-scanner.js';

/** Whether a file of this name holds JavaScript, which a compiler, bundler or minifier may have written. */
export function isJavaScriptFile(name: string): boolean {
  return /\.[mc]?js$/.test(name);
}

/**
 * Reads the constants of a revision from JavaScript that a compiler wrote: ES modules with export lists, or CommonJS as
 * written by tsc, swc and esbuild, minified or not. Nothing is run. This needs a full parser, which is loaded only
 * here: code written by hand needs none.
 *
 * Why not `import()`, and why no lexer of exports: see docs/adr/0015-constants-are-read.md.
 *
 * @returns 'unknown' if only running the file would tell: a constant is computed, or the text is no JavaScript.
 */
export async function readCompiledConstants(text: string): Promise<RevisionConstants | 'unknown'> {
  const { parse } = await import('acorn');
  for (const sourceType of ['module', 'commonjs'] as const) {
    try {
      return constantsOf(parse(text, { ecmaVersion: 'latest', sourceType, allowHashBang: true }));
    } catch (error) {
      // RangeError: the stack overflowed, on expressions nested thousands of levels deep.
      if (error instanceof NotUnderstood || error instanceof RangeError) return 'unknown';
      // CommonJS allows code that a module does not. A text that is neither fails when it is loaded.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return 'unknown';
}

function constantsOf(program: Program): RevisionConstants | 'unknown' {
  const bindings = new ModuleBindings(program);
  const isModule = program.body.some(({ type }) => type.startsWith('Import') || type.startsWith('Export'));
  const exported = isModule ? moduleExports(program, bindings) : commonJsExports(program, bindings);
  const constants = Object.fromEntries([...exported].filter(([, value]) => value !== undefined)) as RevisionConstants;
  return constants.revision === undefined ? 'unknown' : constants;
}

function moduleExports(program: Program, bindings: ModuleBindings): ReadonlyMap<ConstantName, StaticValue> {
  const exported = new Map<ConstantName, StaticValue>();
  const add = (name: string, local: string | null): void => {
    if (!isConstantName(name)) return;
    const value = local === null ? undefined : bindings.initializerOf(local);
    if (value === undefined || local === null) throw new NotUnderstood();
    exported.set(name, bindings.valueOf({ type: 'Identifier', name: local, start: 0, end: 0 }));
  };
  for (const statement of program.body) {
    if (statement.type === 'ExportAllDeclaration') {
      if (statement.exported == null) throw new NotUnderstood();
      add(nameOf(statement.exported), null);
    } else if (statement.type === 'ExportNamedDeclaration') {
      const { declaration, specifiers, source } = statement;
      if (declaration?.type === 'VariableDeclaration') {
        for (const { id } of declaration.declarations) for (const name of namesIn(id)) add(name, name);
      } else if (declaration != null) {
        add(declaration.id.name, null);
      }
      for (const { exported: name, local } of specifiers) add(nameOf(name), source == null ? nameOf(local) : null);
    }
  }
  return exported;
}

function nameOf(node: Identifier | Literal): string {
  return node.type === 'Identifier' ? node.name : String(node.value);
}
