import { describe, expect, it } from '@jest/globals';
import { loadedFiles } from './loaded-files.ts';

describe('what an application loads with the package', () => {
  const loaded = [...loadedFiles('index.ts').files];

  it('is the engines and the gate', () => {
    expect(loaded).toContain('engines/postgres/postgres.ts');
    expect(loaded).toContain('nest/connection-boot.ts');
  });

  it('leaves each command to its call, the upgrade of a boot too, and the command line to `db`', () => {
    const commands = ['boot', 'upgrade', 'migrate', 'history'].map((name) => `commands/${name}.ts`);
    const others = [...commands, 'runtime/execution.ts', 'autogenerate/compare-schema.ts', 'cli/execute-db-command.ts'];
    expect(loaded.filter((file) => others.includes(file))).toEqual([]);
    expect([...loadedFiles('commands/boot.ts').files]).not.toContain('runtime/execution.ts');
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
    const loaded = [...loadedFiles('testing/index.ts').files];
    expect(loaded).toContain('commands/rehearse.ts');
    expect(loaded.filter((file) => /^(?:nest|cli)\//.test(file))).toEqual([]);
  });
});

describe('what the program nest-migrate loads', () => {
  /** Loaded where a command has a database, which this program leaves to the application. */
  const ofDatabases = ['commands/database-of.ts', 'commands/merge-proof.ts', 'commands/recorded-contents.ts'];
  const { files, packages } = loadedFiles('cli/nest-migrate.ts', (file) => !ofDatabases.includes(file));

  it('is without Nest, MikroORM and nest-commander, whatever is reached', () => {
    expect([...files]).toEqual(expect.arrayContaining(['commands/merge.ts', 'cli/commands/all-commands.ts']));
    expect([...packages].filter((name) => !name.startsWith('node:')).sort()).toEqual(['acorn', 'get-tsconfig']);
  });

  it('is little until a command is known', () => {
    const first = loadedFiles('cli/bin-program.ts').files;
    expect([...first].filter((file) => /^(?:operations|autogenerate|engines|revision)\//.test(file))).toEqual([]);
  });
});
