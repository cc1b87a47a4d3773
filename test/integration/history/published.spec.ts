import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationModuleOptions } from 'nest-migrate';
import { TestRepository } from '../../support/git.ts';
import { revision, type RevisionFile } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

/** An application in a repository whose branch main has the revisions a1, b2 and c3, and which is on another branch. */
class Application {
  readonly git: TestRepository;

  private constructor(readonly at: Scenario) {
    this.git = new TestRepository(at.folder.path);
  }

  static async start(module: MigrationModuleOptions = {}): Promise<Application> {
    const at = await scenario('sqlite', { module });
    running.push(at);
    const application = new Application(at);
    application.add({ id: 'a1' }, { id: 'b2', down: 'a1' }, { id: 'c3', down: 'b2' });
    application.git.commit();
    application.git.run('switch', '--quiet', '--create', 'topic');
    return application;
  }

  add(...files: readonly RevisionFile[]): void {
    for (const file of files) this.git.write(this.file(file.id), revision(file));
  }

  file(id: string): string {
    return `migrations/versions/${id}.ts`;
  }

  text(path: string): string {
    return readFileSync(join(this.git.folder, path), 'utf8');
  }

  /** What `check` finds, as words. */
  async found(base = 'main'): Promise<unknown> {
    const { published, squashes, clean } = await this.at.migrations.check({ base });
    expect(clean).toBe(published.length === 0 && squashes.length === 0);
    return published.map(({ revision: id, problem, others }) => [id, problem, ...others].join(' '));
  }
}

describe('check --base', () => {
  it('finds nothing where new revisions are behind the heads, committed or not', async () => {
    const app = await Application.start();
    expect(await app.found()).toEqual([]);
    app.add({ id: 'd4', down: 'c3' });
    app.git.commit();
    app.add({ id: 'e5', down: 'd4' });
    expect(await app.found()).toEqual([]);
    expect(await app.found(app.git.run('rev-parse', 'main').trim())).toEqual([]);
  });

  it('finds what was edited, unless the program is the same', async () => {
    const app = await Application.start();
    app.git.write(app.file('b2'), `// a comment\n${app.text(app.file('b2')).replaceAll(';', ' ;')}`);
    expect(await app.found()).toEqual([]);
    app.git.write(app.file('b2'), app.text(app.file('b2')).replace('revision b2', 'another message'));
    expect(await app.found()).toEqual(['b2 edited']);
    app.git.commit();
    expect(await app.found()).toEqual(['b2 edited']);
  });

  it('finds what was deleted, and not what was moved or squashed', async () => {
    const app = await Application.start();
    app.git.run('mv', app.file('b2'), 'migrations/versions/b2_with_another_name.ts');
    expect(await app.found()).toEqual([]);
    app.git.commit();
    expect(await app.found()).toEqual([]);
    app.git.remove(app.file('a1'));
    app.add({ id: 'b2', down: null });
    app.git.remove('migrations/versions/b2_with_another_name.ts');
    expect(await app.found()).toEqual(['a1 deleted', 'b2 edited']);
    app.git.remove(app.file('b2'));
    app.add({ id: 's9', constants: { replaces: ['a1', 'b2'] } });
    expect(await app.found()).toEqual([]);
  });

  it('finds new revisions below the heads', async () => {
    const app = await Application.start();
    app.add({ id: 'x9', down: 'b2' }, { id: 'y9', down: 'x9' });
    expect(await app.found()).toEqual(['x9 below b2']);
    app.add({ id: 'm9', down: ['c3', 'y9'] });
    expect(await app.found()).toEqual([]);
    app.add({ id: 'z9', down: 'y9' });
    expect(await app.found()).toEqual(['x9 below b2']);
  });

  it('compares with where the branch began: what the base did since is not ours', async () => {
    const app = await Application.start();
    app.add({ id: 'd4', down: 'c3' });
    app.git.commit();
    app.git.run('switch', '--quiet', 'main');
    app.add({ id: 'e5', down: 'c3' }, { id: 'b2', down: 'a1', message: 'edited there' });
    app.git.commit();
    app.git.run('switch', '--quiet', 'topic');
    expect(await app.found()).toEqual([]);
  });

  it('runs no revision, not even one whose constants are computed', async () => {
    const app = await Application.start();
    app.git.write(app.file('d4'), "throw new Error('run');\n" + revision({ id: 'd4', down: 'c3' }));
    app.git.commit();
    app.git.write(app.file('d4'), "throw new Error('run again');\n" + revision({ id: 'd4', down: 'c3' }));
    expect(await app.found('topic')).toEqual(['d4 edited']);
  });

  it('says what git says where it does not know the base, and where there is none', async () => {
    const app = await Application.start();
    await expect(app.found('nowhere')).rejects.toMatchObject({ code: 'GIT_FAILED' });
    await expect(app.found('--output=x')).rejects.toMatchObject({ code: 'GIT_FAILED' });
    expect(existsSync(join(app.git.folder, 'x'))).toBe(false);
    const at = await scenario('sqlite');
    running.push(at);
    await expect(at.migrations.check({ base: 'main' })).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });
});

describe('verify --base', () => {
  /** The revisions that are verified, as words. */
  async function verified(app: Application, base = 'main'): Promise<readonly string[]> {
    const { revisions } = await app.at.migrations.verify({ base });
    return revisions.map(({ revision: id, outcome }) => `${id} ${outcome}`);
  }

  it('takes what the base does not have, committed or not, and asks no database', async () => {
    const app = await Application.start();
    // what is applied does not count, and a database that can't be read does no harm
    await app.at.orm.em.getConnection().execute('create table nest_migrate_version (nonsense int)');
    expect(await verified(app)).toEqual([]);
    app.add({ id: 'd4', down: 'c3' });
    app.git.commit();
    app.add({ id: 'e5', down: 'd4' });
    expect(await verified(app)).toEqual(['d4 verified', 'e5 verified']);
    expect(await verified(app, 'HEAD')).toEqual(['e5 verified']);
  });

  it('leaves out what the base has got since this branch began, and what it had then', async () => {
    const app = await Application.start();
    app.add({ id: 'd4', down: 'c3' });
    app.git.commit();
    app.git.run('switch', '--quiet', 'main');
    app.add({ id: 'f6', down: 'c3' });
    app.git.commit();
    app.git.run('switch', '--quiet', 'topic');
    app.add({ id: 'f6', down: 'c3' }, { id: 'm7', down: ['d4', 'f6'] });
    expect(await verified(app)).toEqual(['d4 verified', 'm7 verified']);
    await expect(verified(app, 'nowhere')).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });
});

describe('the file HEADS', () => {
  const headsIn = (app: Application): readonly string[] =>
    app
      .text('migrations/HEADS')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));

  it('is kept by what writes revisions, where it is asked for or there', async () => {
    const app = await Application.start();
    await app.at.migrations.revision({ revId: 'd4' });
    expect(existsSync(join(app.git.folder, 'migrations/HEADS'))).toBe(false);
    app.git.write('migrations/HEADS', '');
    await app.at.migrations.revision({ revId: 'e5' });
    expect(headsIn(app)).toEqual(['e5']);
    await app.at.migrations.revision({ revId: 'f6', head: 'd4', splice: true });
    expect(headsIn(app)).toEqual(['e5', 'f6']);
    const asked = await Application.start({ headsFile: true });
    await asked.at.migrations.revision({ revId: 'd4' });
    expect(headsIn(asked)).toEqual(['d4']);
  });

  it('makes two branches conflict in git, and is right again once they are merged', async () => {
    const app = await Application.start({ headsFile: true });
    app.git.run('switch', '--quiet', 'main');
    app.git.write('migrations/HEADS', 'c3\n');
    app.git.commit();
    app.git.run('switch', '--quiet', 'topic');
    app.git.run('reset', '--quiet', '--hard', 'main');
    await app.at.migrations.revision({ revId: 'd4' });
    app.git.commit();
    app.git.run('switch', '--quiet', 'main');
    await app.at.migrations.revision({ revId: 'e5' });
    app.git.commit();
    expect(() => app.git.run('merge', 'topic')).toThrow('Command failed');
    expect(app.git.run('status', '--porcelain')).toContain('UU migrations/HEADS');
    expect(await app.found('HEAD')).toEqual(['d4 below c3', ' heads d4 e5']);
    await app.at.migrations.merge({ revisions: 'heads', revId: 'm6' });
    expect(headsIn(app)).toEqual(['m6']);
    expect(await app.found('HEAD')).toEqual([]);
  });
});
