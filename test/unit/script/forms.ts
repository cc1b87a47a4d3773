/** One revision in every form that compilers give it: for tests of reading the constants, and of loading the file. */
import { transformSync } from '@swc/core';
import ts from 'typescript';

/** The forms that the compilers installed here write. `js` is the extension by which Node knows what it is. */
export interface Form {
  readonly name: string;
  readonly kind: 'module' | 'commonjs' | 'typescript';
  readonly extension: '.ts' | '.mjs' | '.cjs';
  readonly compile: (source: string) => string;
}

function tsc(module: ts.ModuleKind, target = ts.ScriptTarget.ES2023): (source: string) => string {
  const compilerOptions = { module, target, removeComments: true };
  return (source) => ts.transpileModule(source, { compilerOptions }).outputText;
}

function swc(type: 'es6' | 'commonjs', target: 'es5' | 'es2023', minify = false): (source: string) => string {
  const mangled = { minify: { compress: true, mangle: true, toplevel: true } };
  return (source) =>
    transformSync(source, {
      ...{ filename: 'revision.ts', swcrc: false, configFile: false, module: { type }, minify },
      jsc: { target, parser: { syntax: 'typescript' }, ...(minify ? mangled : {}) },
    }).code;
}

const esModule = { kind: 'module', extension: '.mjs' } as const;
const commonJs = { kind: 'commonjs', extension: '.cjs' } as const;

export const forms: readonly Form[] = [
  { name: 'TypeScript', kind: 'typescript', extension: '.ts', compile: (source) => source },
  { name: 'ES module of tsc', ...esModule, compile: tsc(ts.ModuleKind.ESNext) },
  { name: 'ES module of swc', ...esModule, compile: swc('es6', 'es2023') },
  { name: 'ES module of swc, minified', ...esModule, compile: swc('es6', 'es2023', true) },
  { name: 'CommonJS of tsc', ...commonJs, compile: tsc(ts.ModuleKind.CommonJS) },
  { name: 'CommonJS of tsc, old', ...commonJs, compile: tsc(ts.ModuleKind.CommonJS, ts.ScriptTarget.ES2015) },
  { name: 'CommonJS of swc', ...commonJs, compile: swc('commonjs', 'es2023') },
  { name: 'CommonJS of swc, old', ...commonJs, compile: swc('commonjs', 'es5') },
  { name: 'CommonJS of swc, minified', ...commonJs, compile: swc('commonjs', 'es2023', true) },
];

/** What the revision below says, by constant. */
export const said = {
  revision: '3f2a9c1b7d10',
  downRevision: ['a', 'b'],
  branchLabels: null,
  dependsOn: null,
  message: 'add "users"',
  createDate: '2026-11-20T10:00:00+00:00',
  services: ['mailer'],
} as const;

/** A revision as people write it, with variables whose names minifiers use again. */
export const source = `/** add users */
import type { Operations } from 'nest-migrate';

export const revision = '3f2a9c1b7d10';
export const downRevision = ['a', 'b'];
export const branchLabels = null;
export const dependsOn = null;
export const message = 'add "users"';
export const createDate = '2026-11-20T10:00:00+00:00';
export const services = ['mailer'];

export async function upgrade(op: Operations): Promise<void> {
  let a = 1; a = 2; var e: any; e = a;
  await op.createTable('user', { e });
}
export async function downgrade(op: Operations): Promise<void> {
  await op.dropTable('user');
}
`;
