import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MigrationError, type MigrationEvent } from 'nest-migrate';
import { type Engine } from '../../support/engines.ts';
import { tablesQuery } from '../../support/inspect.ts';
import { given } from '../../support/revision-file.ts';
import { scenario, type Scenario, type ScenarioOptions, type ScenarioRevision } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

/** What the database holds: the table of every applied revision, named as its revision, and the version rows. */
interface State {
  readonly tables: readonly string[];
  readonly rows: readonly string[];
}

class Branched {
  readonly warnings: string[] = [];

  constructor(readonly at: Scenario) {}

  get migrations(): Scenario['migrations'] {
    return this.at.migrations;
  }

  async select(sql: string): Promise<readonly string[]> {
    const found = await (this.at.orm.em.getConnection() as AbstractSqlConnection).execute(sql);
    return (found as { readonly name: string }[]).map(({ name }) => name).sort();
  }

  /** Asks the database itself, not the tool. */
  async state(): Promise<State> {
    const tables = await this.select(tablesQuery(this.at.database.engine));
    const rows = tables.includes('nest_migrate_version')
      ? await this.select('select version_num as name from nest_migrate_version')
      : [];
    return { tables: tables.filter((name) => !name.startsWith('nest_migrate_')), rows };
  }

  readonly #onEvent = (event: MigrationEvent): void => {
    if (event.type === 'warning') this.warnings.push(event.message);
  };

  async upgrade(target?: string): Promise<State> {
    await this.migrations.upgrade({ target, onEvent: this.#onEvent });
    return this.state();
  }

  async downgrade(target?: string): Promise<State> {
    await this.migrations.downgrade({ target, onEvent: this.#onEvent });
    return this.state();
  }

  async stamp(...revisions: string[]): Promise<State> {
    await this.migrations.stamp({ revisions });
    return this.state();
  }

  /** A refusal, which must leave the database as it was. */
  async refused(work: Promise<unknown>): Promise<MigrationError> {
    const before = await this.state();
    const error = await work.then(
      () => new Error('was not refused'),
      (failure: unknown) => failure,
    );
    expect(error).toBeInstanceOf(MigrationError);
    expect(await this.state()).toEqual(before);
    return error as MigrationError;
  }
}

type Places = Readonly<Record<string, Omit<ScenarioRevision, 'upgrade' | 'downgrade'>>>;

/** Every revision creates the table of its name and drops it again. */
async function branched(engine: Engine, places: Places, options: ScenarioOptions = {}): Promise<Branched> {
  const revisions = Object.fromEntries(
    Object.entries(places).map(([id, place]) => [
      id,
      {
        ...place,
        upgrade: given({ id }, (op, { id: table }) => op.createTable(table, { columns: { n: { type: 'integer' } } })),
        downgrade: given({ id }, (op, { id: table }) => op.dropTable(table)),
      },
    ]),
  );
  const at = await scenario(engine, { ...options, revisions });
  running.push(at);
  return new Branched(at);
}

/** Two teams on one base, joined at the end:  root <- cart1 <- cart2 ; root <- mail1 ; cart2 + mail1 <- both0  */
const teams: Places = {
  root0: {},
  cart1: { labels: 'cart' },
  cart2: {},
  mail1: { down: 'root0', labels: 'mail' },
};
const joined: Places = { ...teams, both0: { down: ['cart2', 'mail1'] } };

/** Two bases in one directory:  core1 <- core2 <- core3 ; bill1 <- bill2, which needs core2 */
const bases: Places = {
  core1: { labels: 'core' },
  core2: {},
  core3: {},
  bill1: { down: null, labels: 'billing' },
  bill2: { dependsOn: 'core2' },
};

/** As {@link bases}, but what billing needs is the newest of core: an effective head. */
const effective: Places = {
  core1: { labels: 'core' },
  core2: {},
  bill1: { down: null, labels: 'billing' },
  bill2: { dependsOn: 'core' },
  bill3: { dependsOn: 'core2' },
};

function state(tables: string, rows: string): State {
  return { tables: tables.split(' ').filter(Boolean), rows: rows.split(' ').filter(Boolean) };
}

describe.each(enginesByDialect('branches'))('branches on %s', (engine) => {
  it('of two teams go up alone or together, and have a row each', async () => {
    const at = await branched(engine, teams);
    const several = await at.refused(at.migrations.upgrade());
    expect(several.code).toBe('MULTIPLE_HEADS');
    expect(await at.upgrade('cart@head')).toEqual(state('cart1 cart2 root0', 'cart2'));
    expect(await at.upgrade('mail@+1')).toEqual(state('cart1 cart2 mail1 root0', 'cart2 mail1'));
    // one goes down and up again, the other stays
    expect(await at.downgrade('cart@-1')).toEqual(state('cart1 mail1 root0', 'cart1 mail1'));
    expect(await at.downgrade('cart@root0')).toEqual(state('mail1 root0', 'mail1'));
    expect(await at.upgrade('cart@head')).toEqual(state('cart1 cart2 mail1 root0', 'cart2 mail1'));
    expect(at.warnings).toEqual([]);
    expect(await at.downgrade('root0')).toEqual(state('root0', 'root0'));
    expect(await at.upgrade('heads')).toEqual(state('cart1 cart2 mail1 root0', 'cart2 mail1'));
    expect(await at.downgrade('base')).toEqual(state('', ''));
  });

  it('merge into one row, and come apart again below the merge', async () => {
    const at = await branched(engine, joined);
    expect(await at.upgrade()).toEqual(state('both0 cart1 cart2 mail1 root0', 'both0'));
    // one step is the merge, whichever branch it would lead to; two are not the same on both
    const two = await at.refused(at.migrations.downgrade({ target: '-2' }));
    expect(two.message).toBe(
      "Ambiguous walk: 'both0' merges 'cart2' and 'mail1'. Name the revision to go back to, such as 'cart2'.",
    );
    expect(await at.downgrade()).toEqual(state('cart1 cart2 mail1 root0', 'cart2 mail1'));
    expect(at.warnings).toEqual([]);
    await at.upgrade();
    expect(await at.downgrade('mail@-1')).toEqual(state('cart1 cart2 mail1 root0', 'cart2 mail1'));
    await at.upgrade();
    expect(await at.downgrade('mail1')).toEqual(state('cart1 cart2 mail1 root0', 'cart2 mail1'));
    expect(await at.upgrade()).toEqual(state('both0 cart1 cart2 mail1 root0', 'both0'));
    // only what stands on the target goes: the other branch keeps all it has
    expect(await at.downgrade('cart1')).toEqual(state('cart1 mail1 root0', 'cart1 mail1'));
    expect(await at.upgrade()).toEqual(state('both0 cart1 cart2 mail1 root0', 'both0'));
    expect(await at.downgrade('cart@root0')).toEqual(state('mail1 root0', 'mail1'));
    expect(await at.downgrade('mail1')).toEqual(state('mail1 root0', 'mail1'));
  });

  it('of which one branch is applied take in the other at the merge', async () => {
    const at = await branched(engine, joined);
    await at.upgrade('mail1');
    const { steps } = await at.migrations.upgrade();
    expect(steps.map(({ revision, rows }) => [revision, rows])).toEqual([
      ['cart1', ['cart1', 'mail1']],
      ['cart2', ['cart2', 'mail1']],
      ['both0', ['both0']],
    ]);
    expect(await at.state()).toEqual(state('both0 cart1 cart2 mail1 root0', 'both0'));
  });

  it('that share a base are not undone for one of them without a word', async () => {
    const at = await branched(engine, teams);
    await at.upgrade('heads');
    const error = await at.refused(at.migrations.downgrade({ target: 'cart@base' }));
    expect(error).toMatchObject({ code: 'BEYOND_BRANCH', revisions: ['mail1'] });
    expect(error.message).toBe(
      "'cart@base' would also undo 'mail1' of another branch: both stand on 'root0'. Undo the branch alone with cart@root0, or all of them with base.",
    );
    expect(await at.downgrade('cart@root0')).toEqual(state('mail1 root0', 'mail1'));
    // nobody else stands on the base any more
    expect(await at.downgrade('mail@base')).toEqual(state('', ''));
  });

  it('refuse a downgrade to a revision that is on another branch', async () => {
    const at = await branched(engine, teams);
    await at.upgrade('heads');
    expect((await at.refused(at.migrations.downgrade({ target: 'mail@cart1' }))).code).toBe('REVISION_NOT_ON_BRANCH');
  });

  it('with a base each go their own way', async () => {
    const at = await branched(engine, bases);
    expect(await at.upgrade('billing@bill1')).toEqual(state('bill1', 'bill1'));
    expect(await at.upgrade('heads')).toEqual(state('bill1 bill2 core1 core2 core3', 'bill2 core3'));
    expect(await at.downgrade('billing@base')).toEqual(state('core1 core2 core3', 'core3'));
    expect(at.warnings).toEqual([]);
    // what a branch needs of another comes with it, and needs no row of its own
    expect(await at.downgrade('base')).toEqual(state('', ''));
    expect(await at.upgrade('billing@head')).toEqual(state('bill1 bill2 core1 core2', 'bill2'));
    const depended = await at.refused(at.migrations.downgrade({ target: 'core2' }));
    expect(depended.message).toMatch(/'bill2' only depends on it, and is undone with db downgrade bill2@-1\.$/);
    expect(await at.upgrade('core@head')).toEqual(state('bill1 bill2 core1 core2 core3', 'bill2 core3'));
    // and stays when the branch goes one back
    expect(await at.downgrade('core@-1')).toEqual(state('bill1 bill2 core1 core2', 'bill2'));
    expect(await at.downgrade('billing@-1')).toEqual(state('bill1 core1 core2', 'bill1 core2'));
  });

  it('that depend on what is undone go with it, and a warning says so', async () => {
    const at = await branched(engine, bases);
    await at.upgrade('heads');
    expect(await at.downgrade('core1')).toEqual(state('bill1 core1', 'bill1 core1'));
    expect(at.warnings).toEqual(["downgrade core1 also undoes 'bill2' of another branch, which depends on what goes."]);
  });

  it('whose head another one depends on have one head in charge', async () => {
    const at = await branched(engine, effective);
    expect((await at.migrations.heads()).map(({ revision, isEffectiveHead }) => [revision, isEffectiveHead])).toEqual([
      ['bill3', false],
      ['core2', true],
    ]);
    expect((await at.migrations.show()).map(({ revision }) => revision)).toEqual(['bill3']);
    expect(await at.upgrade()).toEqual(state('bill1 bill2 bill3 core1 core2', 'bill3'));
    const current = await at.migrations.current();
    expect(current).toMatchObject({ rows: ['bill3'], atHead: true });
    expect(current.revisions.map(({ revision }) => revision)).toEqual(['bill3', 'core2']);
    expect(await at.stamp('head')).toEqual(state('bill1 bill2 bill3 core1 core2', 'bill3'));
    // nobody can guess for which branch a new revision is
    const error = await at.refused(at.migrations.revision({ message: 'for whom?' }));
    expect(error.code).toBe('MULTIPLE_HEADS');
    expect(error.message).toContain("'core2' (core, versions/core2.ts, 'bill3' depends on it)");
    // and `heads` would leave nothing to merge
    expect(error.message).toContain(
      'Go on with one, as in --head billing@head, or make one of them with db merge bill3 core2.',
    );
  });

  it('are stamped one by one, and a stamp of one forgets no other', async () => {
    const at = await branched(engine, joined);
    await at.upgrade();
    const tables = 'both0 cart1 cart2 mail1 root0';
    const error = await at.refused(at.migrations.stamp({ revisions: 'cart@base' }));
    expect(error.code).toBe('BEYOND_BRANCH');
    expect(error.message).toMatch(/would also forget 'mail1'.*db stamp --purge mail1\.$/);
    expect((await at.migrations.stamp({ revisions: 'mail1', purge: true })).rows).toEqual(['mail1']);
    expect(await at.stamp('cart1')).toEqual(state(tables, 'cart1 mail1'));
    expect(await at.stamp('head')).toEqual(state(tables, 'both0'));
    expect(await at.stamp('base')).toEqual(state(tables, ''));
  });

  it('are begun on purpose and merged by the commands themselves', async () => {
    const at = await branched(engine, {});
    const write = async (message: string, options: object = {}): Promise<string> =>
      (await at.migrations.revision({ message, ...options })).created[0].revision;
    await write('base', { revId: 'root0' });
    await write('cart', { revId: 'cart1', branchLabels: 'cart' });
    // not on a head, so that it has to be said
    expect((await at.refused(at.migrations.revision({ head: 'root0', branchLabels: 'mail' }))).code).toBe('NOT_A_HEAD');
    await write('mail', { revId: 'mail1', head: 'root0', splice: true, branchLabels: 'mail' });
    await write('more cart', { revId: 'cart2', head: 'cart@head' });
    const several = await at.refused(at.migrations.revision({ message: 'where?' }));
    expect(several.message).toBe(
      'Multiple heads are present: ' +
        "'cart2' (cart, versions/cart2_more_cart.ts) and 'mail1' (mail, versions/mail1_mail.ts). " +
        'Go on with one, as in --head cart@head, or make one of them with db merge heads.',
    );
    expect((await at.refused(at.migrations.upgrade())).message).toMatch(
      /Take one, as in cart@head, all with heads, or make one of them with db merge heads\.$/,
    );
    await at.migrations.upgrade({ target: 'heads' });
    expect((await at.state()).rows).toEqual(['cart2', 'mail1']);
    const [merged] = (await at.migrations.merge({ revisions: 'heads', revId: 'both0' })).created;
    expect(merged).toMatchObject({
      downRevision: ['cart2', 'mail1'],
      message: 'merge cart2 and mail1',
      isMergePoint: true,
    });
    await at.migrations.upgrade();
    expect((await at.state()).rows).toEqual(['both0']);
    // a base of its own, with what it needs by its label
    await write('billing', { revId: 'bill1', head: 'base', branchLabels: 'billing', dependsOn: 'mail' });
    expect((await at.migrations.show({ revision: 'bill1' }))[0]).toMatchObject({ isBase: true, dependsOn: ['mail'] });
    await at.migrations.upgrade({ target: 'heads' });
    expect((await at.state()).rows).toEqual(['bill1', 'both0']);
  });
});
