import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const source = resolve('libs/nest-migrate/src');

/** What importing a file loads with it. Types are erased, and an `import()` loads when it is reached. */
function loadedBy(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  const code = readFileSync(join(source, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  for (const [statement, names = '', specifier = ''] of code.matchAll(
    /^(?:import|export)\b([^';]*?)\bfrom\s+'(\.[^']+)'/gm,
  )) {
    const listed = /\{([^}]*)\}/
      .exec(names)?.[1]
      .split(',')
      .filter((name) => name.trim() !== '') ?? [''];
    if (/^(?:import|export) type\b/.test(statement) || listed.every((name) => /^\s*type\b/.test(name))) continue;
    loadedBy(relative(source, resolve(source, dirname(file), specifier.replace(/\.js$/, '.ts'))), found);
  }
  return found;
}

describe('what an application loads with the package', () => {
  const loaded = [...loadedBy('index.ts')];

  it('is most of it', () => {
    expect(loaded).toContain('engines/postgres/postgres.ts');
    expect(loaded).toContain('runtime/execution.ts');
  });

  it('leaves rehearsals, fingerprints, measuring, plans and imports to the commands that need them', () => {
    expect(
      loaded.filter((file) =>
        /^rehearsal\/|^plan\/|^import\/|^commands\/(?:rehearse|measured-statements)|^engines\/(?:\w+\/)?(?:fingerprint\/|impact\/|statistics\/|scratch)/.test(
          file,
        ),
      ),
    ).toEqual([]);
  });
});

describe('what a test suite loads with nest-migrate/testing', () => {
  it('is without Nest: a suite may be about the migrations alone', () => {
    const loaded = [...loadedBy('testing/index.ts')];
    expect(loaded).toContain('commands/rehearse.ts');
    expect(loaded.filter((file) => /^(?:nest|cli)\//.test(file))).toEqual([]);
  });
});
