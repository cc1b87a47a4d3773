/**
 * Runs in a process of its own, under Node alone: there revisions are loaded as users' revisions are, by Node's own type
 * stripping and module cache, which jest replaces by its own. Prints what happened as JSON.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

// The library's sources import './x.js', and use parameter properties: only a build makes them plain JavaScript.
const isSource = (url = ''): boolean => url.includes('/libs/nest-migrate/src/');
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    nextResolve(isSource(context.parentURL) ? specifier.replace(/^(\..*)\.js$/, '$1.ts') : specifier, context),
  load: (url, context, nextLoad) => {
    if (!isSource(url)) return nextLoad(url, context);
    const source = stripTypeScriptTypes(readFileSync(new URL(url), 'utf8'), { mode: 'transform' });
    return { format: 'module', source, shortCircuit: true };
  },
});
const { nodeFileSystem: fs } = await import('../../../libs/nest-migrate/src/script/file-system.ts');
const { ScriptDirectory } = await import('../../../libs/nest-migrate/src/script/script-directory.ts');
const { initDirectory } = await import('../../../libs/nest-migrate/src/script/directory-init.ts');
const { moduleFunction } = await import('../../../libs/nest-migrate/src/script/revision-module.ts');
const { writeRevision } = await import('../../../libs/nest-migrate/src/script/revision-writer.ts');

const base = process.argv[2] ?? '';
const path = join(base, 'migrations');
await initDirectory({ path, base, fs });
const directory = await ScriptDirectory.open({ path, base, fs });

async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return (error as Error).message.replaceAll(base, '').replaceAll('\\', '/');
  }
}

/** Loads the only revision of that name and answers what its upgrade returns. */
async function upgrade(name: string): Promise<unknown> {
  return outcome(async () => {
    const script = await directory.readFile(join(path, 'versions', name));
    return moduleFunction(await directory.load(script), 'upgrade', 'default')('op');
  });
}

async function edited(name: string, texts: readonly string[]): Promise<readonly unknown[]> {
  const results: unknown[] = [];
  for (const text of texts) {
    writeFileSync(join(path, 'versions', name), text);
    results.push(await upgrade(name));
  }
  return results;
}

const header = "export const revision: string = 'r' as const;\nexport const downRevision = null;\n";
const module = (body: string): string => `${header}export async function upgrade(): Promise<unknown> {\n  ${body}\n}\n`;
const common = (value: number): string =>
  `exports.revision = 'r'; exports.downRevision = null; exports.upgrade = () => ${value};`;

const written = await writeRevision({
  ...{ revision: 'w', downRevision: [], dependsOn: [], branchLabels: [], message: 'written' },
  ...{ upgrade: "return 'written';", downgrade: '', directory, fs, now: new Date() },
});

console.log(
  JSON.stringify({
    written: await upgrade('w_written.ts'),
    read: (await directory.read()).map(({ path: file }) => file === written),
    ts: await edited('a.ts', [module('return 1;'), module('return 2;'), module('return 1;'), module('return 3;')]),
    js: await edited(
      'b.mjs',
      ['return 1;', 'return 2;'].map((body) => module(body).replace(/: \w+(<\w+>)?| as const/g, '')),
    ),
    cjs: await edited('c.cjs', [common(1), common(2), common(3)]),
    misplaced: await edited('h.js', [common(1)]),
    repaired: await edited('d.ts', [module('const = 1;'), module('return 4;')]),
    thrown: await edited('e.ts', [`${module('')}throw new Error('no');`, module('return 5;')]),
    enum: await edited('f.ts', [`${module('')}enum Colour { red }`]),
    missing: await edited('g.ts', [`import './nowhere.ts';\n${module('')}`]),
  }),
);
