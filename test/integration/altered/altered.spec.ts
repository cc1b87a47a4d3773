import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import typescript from 'typescript';
import { type AlteredRevision, type MigrationModuleOptions, type MigrationService } from 'nest-migrate';
import { describeAltered } from '../../../libs/nest-migrate/src/commands/altered-revisions.ts';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { temporaryFolder } from '../../support/projects.ts';
import { allEngines } from '../../support/engines.ts';
import { queryDatabase } from '../../support/inspect.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { isTurn } from '../../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

/** As text, of which the tests change a letter, a comment or the order. */
const table = (name: string, type = 'integer'): string =>
  `await op.createTable('${name}', { columns: { id: { type: 'integer', primary: true }, n: { type: '${type}' } } });`;
const history: Readonly<Record<string, string>> = {
  aaaa: table('a'),
  bbbb: table('b'),
  cccc: `${table('c')}\n  await op.query('select 1');`,
  dddd: table('d'),
};

/** The application once more, with other files, on the same database. */
async function checkout(
  database: TestDatabase,
  revisions: Revisions = history,
  module: MigrationModuleOptions = {},
): Promise<Scenario> {
  const at = await scenario(database.engine, { database, revisions, module });
  ending.push(() => at.end());
  return at;
}

async function applied(engine: (typeof allEngines)[number]): Promise<TestDatabase> {
  const database = await createDatabase(engine);
  ending.push(() => database.drop());
  const at = await checkout(database);
  await at.migrations.upgrade();
  // an embedded database is open in one place only
  await ending.pop()!();
  return database;
}

/** Says something else with a file of a checkout. */
async function rewrite(
  at: Scenario,
  id: string,
  change: (text: string) => string | Promise<string>,
  extension = 'ts',
): Promise<void> {
  const path = join(at.folder.path, 'migrations', 'versions', `${id}.ts`);
  const text = await change(await readFile(path, 'utf8'));
  await rm(path);
  await writeFile(path.replace(/ts$/, extension), text);
}

function brief(altered: readonly AlteredRevision[]): readonly string[] {
  return altered.map(({ revision, alteration }) => `${revision} ${alteration}`);
}

async function warnings(migrations: MigrationService): Promise<readonly string[]> {
  const heard: string[] = [];
  await migrations.upgrade({ onEvent: (event) => void (event.type === 'warning' && heard.push(event.message)) });
  return heard;
}

/** What a compiler leaves of a revision. */
const compiled = (text: string, module = typescript.ModuleKind.ESNext): string =>
  typescript.transpileModule(text, { compilerOptions: { module, target: typescript.ScriptTarget.ES2023 } }).outputText;

/** What a minifier leaves of a revision. */
const minified = (text: string): string =>
  compiled(text)
    .replaceAll(/\bop\b/g, 'o')
    .replaceAll(/\s*\n\s*/g, ' ');

describe.each(allEngines)('applied revisions on %s', (engine) => {
  let ordinal = 0;
  /** What programs and files decide, and no engine, is looked at on one of them, on another one the next day. */
  const inTurn = (title: string, test: () => Promise<void>): void => {
    if (isTurn(ordinal++, engine, allEngines)) it(title, test);
  };

  it('are the same with other line endings, other words around them, printed otherwise, and compiled', async () => {
    const at = await checkout(await applied(engine));
    await rewrite(at, 'aaaa', (text) => text.replaceAll('\n', '\r\n'));
    await rewrite(at, 'bbbb', (text) =>
      text
        .replaceAll("'", '"')
        .replace('type: "integer", primary: true', '/* key */ type: `integer`, "primary": (true),'),
    );
    await rewrite(at, 'cccc', (text) => format(text, { parser: 'typescript', printWidth: 40, semi: false }));
    await rewrite(at, 'dddd', compiled, 'js');
    expect(await at.migrations.repair()).toEqual({ altered: [], accepted: [] });
    expect(await warnings(at.migrations)).toEqual([]);
    expect(await at.migrations.check()).toMatchObject({ altered: [] });
  });

  it('that do something else now are told by every upgrade and by check, until that is accepted', async () => {
    const database = await applied(engine);
    const at = await checkout(database, { ...history, bbbb: table('b', 'text') });
    const [first, second, ...more] = await warnings(at.migrations);
    expect(first).toMatch(/^Revision bbbb \(revision bbbb\) has changed since it was applied at \d{4}-.*Z\.$/);
    expect(second).toBe('Put back what was applied, or accept what is there now: db repair --accept.');
    expect(more).toEqual([]);
    const { altered, clean } = await at.migrations.check();
    expect([brief(altered), clean]).toEqual([['bbbb changed'], false]);

    const lines = async (): Promise<number> =>
      (await queryDatabase(database, 'select id from nest_migrate_history')).length;
    const before = engine === 'pglite' ? undefined : await lines();
    expect(await at.migrations.repair()).toMatchObject({ altered: [{ revision: 'bbbb' }], accepted: [] });
    if (before !== undefined) expect(await lines()).toBe(before);
    // what stands on it has its hash from it
    expect(await at.migrations.repair({ accept: true })).toMatchObject({
      altered: [{ revision: 'bbbb' }],
      accepted: ['bbbb', 'cccc', 'dddd'],
    });
    expect(await warnings(at.migrations)).toEqual([]);
    expect(await at.migrations.current()).toMatchObject({ rows: ['dddd'], atHead: true });
    expect(await at.migrations.status()).toMatchObject({ last: { direction: 'repair', revision: 'dddd' } });
    // and what was accepted is what counts from now on
    await ending.pop()!();
    const back = await checkout(database);
    expect(brief((await back.migrations.repair()).altered)).toEqual(['bbbb changed']);
  });

  inTurn('that ask the database are compared by their program too, and run they tell no more', async () => {
    const database = await applied(engine);
    const at = await checkout(database, { ...history, cccc: `${history['cccc']}\n  // a word` });
    expect(await at.migrations.repair()).toEqual({ altered: [], accepted: [] });
    await rewrite(at, 'cccc', (text) => text.replace('select 1', 'select 2'));
    for (const run of [false, true])
      expect(brief((await at.migrations.repair({ run })).altered)).toEqual(['cccc changed']);
    await ending.pop()!();
    const other = await checkout(database);
    await rewrite(other, 'cccc', minified, 'js');
    expect(brief((await other.migrations.check()).altered)).toEqual(['cccc unverifiable']);
    expect(brief((await other.migrations.repair({ run: true })).altered)).toEqual(['cccc unverifiable']);
    expect(await warnings(other.migrations)).toEqual([]);
  });

  inTurn('that were minified, or say the same in another order, are settled where a person has them run', async () => {
    const database = await applied(engine);
    const reordered = table('b').replace("type: 'integer', primary: true", "primary: true, type: 'integer'");
    const at = await checkout(database, { ...history, bbbb: reordered, dddd: table('d', 'text') });
    await rewrite(at, 'aaaa', minified, 'js');
    await rewrite(at, 'dddd', minified, 'js');
    const looked = (await at.migrations.repair()).altered;
    expect(brief(looked)).toEqual(['aaaa unverifiable', 'bbbb changed', 'dddd unverifiable']);
    const ran = (await at.migrations.repair({ run: true })).altered;
    expect(brief(ran)).toEqual(['aaaa equivalent', 'bbbb equivalent', 'dddd changed']);
    expect(ran.map(describeAltered)).toEqual([
      expect.stringMatching(
        /^Revision aaaa \(revision aaaa\) has another file than when it was applied at \S+, and does the same\.$/,
      ),
      expect.any(String),
      expect.stringMatching(/^Revision dddd \(revision dddd\) has changed since it was applied at \S+Z\.$/),
    ]);
    const { accepted } = await at.migrations.repair({ run: true, accept: true });
    expect(accepted).toEqual(['aaaa', 'bbbb', 'cccc', 'dddd']);
    expect(await at.migrations.repair()).toEqual({ altered: [], accepted: [] });
    expect(await at.migrations.check()).toMatchObject({ altered: [] });
    // what was run is known for the next run as well
    await rewrite(at, 'bbbb', minified, 'js');
    expect(brief((await at.migrations.repair({ run: true })).altered)).toEqual(['bbbb equivalent']);
  });

  inTurn('that never end hold up no command, and a run of them is given up', async () => {
    const database = await applied(engine);
    const at = await checkout(database, { ...history, bbbb: `${table('b')} await new Promise(() => undefined);` });
    expect(brief((await at.migrations.repair()).altered)).toEqual(['bbbb changed']);
    expect(await warnings(at.migrations)).toHaveLength(2);
    expect(brief((await at.migrations.repair({ run: true })).altered)).toEqual(['bbbb changed']);
  });

  for (const onBootstrap of ['upgrade', 'verify', 'wait', 'off'] as const) {
    inTurn(
      `have nothing run of them by a boot in mode ${onBootstrap} or by a look, whatever was done to their files`,
      async () => {
        const database = await createDatabase(engine);
        ending.push(() => database.drop());
        const effects = await temporaryFolder('effects');
        ending.push(() => effects.remove());
        const log = join(effects.path, 'effects');
        const effect = `(await import('node:fs')).appendFileSync(${JSON.stringify(log)}, 'sent');`;
        const body = `${effect}\n  ${table('a')}`;
        const first = await checkout(database, { aaaa: body });
        await first.migrations.upgrade();
        await ending.pop()!();
        const before = await readFile(log, 'utf8');
        const edits = [
          `${body} // a word`,
          body.replaceAll("'", '"'),
          body.replace("'integer'", "'text'"),
          `${body} 1 +;`,
        ];
        for (const edited of edits) {
          const { migrations } = await checkout(database, { aaaa: edited }, { onBootstrap });
          await migrations.upgrade();
          await migrations.check();
          await migrations.repair();
          await migrations.status();
          await migrations.history();
          await migrations.upgrade({ target: 'heads' });
          await migrations.upgrade({ sql: true, target: 'aaaa:heads' }).catch(() => undefined);
          await ending.pop()!();
          expect([edited, await readFile(log, 'utf8')]).toEqual([edited, before]);
        }
        const { migrations } = await checkout(database, { aaaa: `${body} // a word` }, { onBootstrap });
        await migrations.repair({ accept: true });
        expect(await readFile(log, 'utf8')).toBe(before);
      },
    );
  }

  inTurn('that stand on others now, or have no script any more, are told', async () => {
    const database = await applied(engine);
    const { bbbb: gone, ...rest } = history;
    expect(gone).toBeDefined();
    const at = await checkout(database, { ...rest, cccc: { down: 'aaaa', upgrade: history['cccc'] ?? '' } });
    const { altered } = await at.migrations.repair();
    expect(altered).toMatchObject([
      { revision: 'bbbb', alteration: 'vanished', standsOn: [] },
      { revision: 'cccc', alteration: 'moved', stoodOn: ['bbbb'], standsOn: ['aaaa'] },
    ]);
    await at.migrations.repair({ accept: true });
    expect(await at.migrations.repair()).toEqual({ altered: [], accepted: [] });
  });

  it('whose line in the history somebody else has written are told', async () => {
    const database = await applied(engine);
    const forged = 'f'.repeat(64);
    await queryDatabase(
      database,
      `update nest_migrate_history set operations_digest = '${forged}' where revision = 'bbbb'`,
    );
    const at = await checkout(database);
    expect(brief((await at.migrations.repair()).altered)).toEqual(['bbbb rewritten']);
  });

  it('of a history that an earlier version has kept are compared by their file, and by no more', async () => {
    const database = await applied(engine);
    // of a revision that asks the database the hash was over its file
    await queryDatabase(database, 'update nest_migrate_history set chain_hash = null');
    await queryDatabase(database, 'alter table nest_migrate_history drop column program_digest');
    const at = await checkout(database, { ...history, bbbb: `${history['bbbb']} // a word`, cccc: table('c', 'text') });
    await rewrite(at, 'dddd', compiled, 'js');
    expect(brief((await at.migrations.check()).altered)).toEqual([
      'bbbb unverifiable',
      'cccc unverifiable',
      'dddd unverifiable',
    ]);
    expect(await warnings(at.migrations)).toEqual([]);
    // the next one that takes the lock adds the column
    await at.addRevision('eeee', 'dddd', table('e'));
    await at.migrations.upgrade();
    await rewrite(at, 'eeee', compiled, 'js');
    const { altered } = await at.migrations.repair();
    expect(brief(altered)).toEqual(['bbbb unverifiable', 'cccc unverifiable', 'dddd unverifiable']);
    await at.migrations.repair({ accept: true });
    expect(await at.migrations.repair()).toEqual({ altered: [], accepted: [] });
  });

  inTurn('that were only marked as applied, or accepted, are told as that', async () => {
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const at = await checkout(database, { aaaa: table('a') });
    await at.migrations.stamp({ revisions: 'heads' });
    await rewrite(at, 'aaaa', (text) => text.replace("'integer'", "'text'"));
    const [stamped] = (await at.migrations.repair()).altered;
    expect(stamped).toMatchObject({ revision: 'aaaa', alteration: 'changed', recordedBy: 'stamp' });
    expect((await warnings(at.migrations))[0]).toMatch(/ has changed since it was stamped at \S+Z\.$/);
    await at.migrations.repair({ accept: true });
    await rewrite(at, 'aaaa', (text) => text.replace("'a'", "'b'"));
    expect((await warnings(at.migrations))[0]).toMatch(/ has changed since it was accepted at \S+Z\.$/);
  });

  it('are not compared without a history, or where an earlier version has kept it', async () => {
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const without = await checkout(database, history, { history: false });
    await without.migrations.upgrade({ target: 'aaaa' });
    await expect(without.migrations.repair()).rejects.toMatchObject({ code: 'HISTORY_DISABLED' });
    await ending.pop()!();
    const before = await checkout(database);
    await before.migrations.upgrade({ target: 'bbbb' });
    await ending.pop()!();
    for (const column of [
      'hash_algorithm',
      'file_kind',
      'file_digest',
      'operations_digest',
      'chain_hash',
      'program_digest',
    ])
      await queryDatabase(database, `alter table nest_migrate_history drop column ${column}`);
    const at = await checkout(database, { ...history, aaaa: table('a', 'text'), bbbb: table('b', 'text') });
    expect(await at.migrations.repair()).toEqual({ altered: [], accepted: [] });
    await at.migrations.upgrade();
    expect(await warnings(at.migrations)).toEqual([]);
  });

  inTurn('depend on more than their text where they ask for arguments of the call, or the clock', async () => {
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const revisions: Revisions = {
      aaaa: async (op) => {
        const columns = { id: { type: 'integer', primary: true }, n: { type: 'integer' } } as const;
        await op.createTable('a', { columns });
        if (op.xArguments['wide'] === 'yes') await op.createTable('wide', { columns });
      },
      bbbb: async (op) => {
        await op.createTable('b', { columns: { id: { type: 'integer', primary: true }, n: { type: 'integer' } } });
        await op.execute(`insert into b (id, n) values (1, ${Math.floor(Math.random() * 1e9)})`);
      },
    };
    const at = await checkout(database, revisions);
    await at.migrations.upgrade({ xArguments: { wide: 'yes' } });
    await ending.pop()!();
    const other = await checkout(database, revisions);
    await rewrite(other, 'aaaa', minified, 'js');
    await rewrite(other, 'bbbb', minified, 'js');
    for (const run of [false, true]) {
      const { altered } = await other.migrations.repair({ run });
      expect(brief(altered)).toEqual(['aaaa unverifiable', 'bbbb unverifiable']);
    }
  });
});
