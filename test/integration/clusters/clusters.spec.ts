/**
 * Clusters whose members all take writes: three processes upgrade at the same time through three members of a real Galera
 * cluster and of a real replication group, and each revision runs once, whatever becomes of a member.
 *
 * A few rounds on Galera in every run of the suite; `npm run test:cluster` takes a hundred on both (CLUSTER_ROUNDS), and every
 * fault (CLUSTER_FAULTS). CLUSTER_SEED repeats a run.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterRunner, type RunnerJob, type RunnerReport } from '../../support/cluster-jobs.ts';
import { ClusterHistory } from '../../support/cluster-history.ts';
import { startGalera } from '../../support/servers/galera-cluster.ts';
import { startGroup } from '../../support/servers/replication-group.ts';
import { query, type Login } from '../../support/servers/query.ts';
import { type ClusterFault, type ClusterNode } from '../../support/servers/cluster-node.ts';
import { type TestCluster } from '../../support/servers/test-cluster.ts';

const ROUNDS = Number(process.env['CLUSTER_ROUNDS'] ?? 2);
const SEED = Number(process.env['CLUSTER_SEED'] ?? Math.floor(Math.random() * 1e6));
/** Whether members and processes are lost, which takes a minute each, and on both kinds of clusters. */
const withFaults = process.env['CLUSTER_FAULTS'] === '1';
const faults: readonly ClusterFault[] = ['frozen', 'killed', 'cut off'];
/** When a member is lost: during a statement for sure, somewhere behind its beginning, and about a change of a table. */
const moments = [{ announce: 'cents * 10', slowness: 3 }, { announce: 'cents * 10' }, { announce: 'add `note`' }];
/** For hangs only: these take seconds on a quiet machine. */
const LIMIT = 600_000;

const clusters = [
  { name: 'Galera', start: startGalera },
  ...(withFaults ? [{ name: 'group replication', start: startGroup } as const] : []),
] as const;

/** A number from 0 to below 1, the same for the same seed and index. */
function chance(index: number): number {
  const x = Math.sin(SEED * 7919 + index * 104_729) * 43_758.5453;
  return x - Math.floor(x);
}

describe.each(clusters)('on $name', ({ start }) => {
  let cluster: TestCluster;
  let runners: readonly ClusterRunner[];
  const histories: ClusterHistory[] = [];
  let count = 0;
  const seen = { rounds: 0, unprotected: [] as number[], takeovers: 0 };

  const login = (index: number): Login => cluster.nodes[index].server;
  const node = (index: number): ClusterNode => cluster.nodes[index];
  const runner = (index: number): ClusterRunner => runners[index];

  beforeAll(async () => {
    cluster = await start({ onProgress: (line) => void process.stderr.write(`${line}\n`) });
    runners = cluster.nodes.map(() => new ClusterRunner());
    // the first run of a process compiles the library
    const history = await begin();
    await Promise.all(runners.map((each, index) => each.start(job(history, index)).report));
  }, LIMIT);
  afterAll(async () => {
    await Promise.all((runners ?? []).map((each) => each.end()));
    await cluster?.stop();
    process.stderr.write(
      `${seen.rounds} rounds on a cluster, each revision once; cents without its lock: ${seen.unprotected.join()} (once: 1000); ` +
        `locks taken over: ${seen.takeovers} (CLUSTER_SEED=${SEED})\n`,
    );
  }, LIMIT);
  // what a test that failed has left behind, or a machine that is too busy, is no matter of the next one
  beforeEach(async () => void (await Promise.all(cluster.nodes.map((each) => each.comeBack()))), LIMIT);
  afterEach(async () => {
    // one that a failed test has left frozen would keep the next one waiting
    for (const each of runners) each.thaw();
    await Promise.all(histories.splice(0).map((history) => history.remove()));
  });

  /** An empty database of its own, which all members have. */
  async function begin(): Promise<ClusterHistory> {
    count += 1;
    const history = await ClusterHistory.begin(login(0), `round_${count}`);
    histories.push(history);
    await Promise.all(cluster.nodes.map(({ server }) => history.reaches(server)));
    return history;
  }

  /** The first revision, so that what comes is nothing but changes of rows. */
  async function applyFirst(history: ClusterHistory, index: number, more: Partial<RunnerJob> = {}): Promise<void> {
    const { message, ran } = await runner(index).start(job(history, index, { target: 'aaaa', ...more })).report;
    expect([message, ran]).toEqual([undefined, ['aaaa']]);
  }

  function job({ database, directory }: ClusterHistory, index: number, more: Partial<RunnerJob> = {}): RunnerJob {
    return { login: login(index), database, directory, lockWaitTimeout: 120_000, ...more };
  }

  /** Three processes at once, in an order that differs by round; their files take long to load, as on a busy machine. */
  function race(
    history: ClusterHistory,
    round: number,
    more: Partial<RunnerJob> = {},
  ): Promise<readonly RunnerReport[]> {
    const reports = runners.map((each, index) => {
      const loadDelay = [0, 300, 600][(index + round) % 3] ?? 0;
      return each.start(job(history, index, { startDelay: 100 * chance(round * 3 + index), loadDelay, ...more }))
        .report;
    });
    return Promise.all(reports);
  }

  it(
    'three members that upgrade at the same time run each revision once',
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const history = await begin();
        await applyFirst(history, round % 3);
        const reports = await race(history, round);
        expect([round, reports.map(({ message }) => message)]).toEqual([round, [undefined, undefined, undefined]]);
        expect([round, reports.flatMap(({ ran }) => ran).sort()]).toEqual([round, ['bbbb', 'cccc']]);
        expect([round, await history.seenBy(login((round + 1) % 3))]).toEqual([round, history.atHead]);
        await history.remove();
        seen.rounds += 1;
      }
    },
    LIMIT + ROUNDS * 30_000,
  );

  it(
    'without the lock of the cluster the same three run a revision more than once',
    async () => {
      const isUnprotected = true;
      for (let round = 0; round < 3; round++) {
        const history = await begin();
        await applyFirst(history, 0, { isUnprotected });
        await race(history, round, { isUnprotected });
        seen.unprotected.push(await history.cents());
      }
      expect(Math.max(...seen.unprotected)).toBeGreaterThan(1000);
    },
    LIMIT,
  );

  if (withFaults) {
    it.each(faults)(
      'a member that is %s in mid-run leaves its lock to another one, which goes on',
      async (fault) => {
        for (const [index, moment] of moments.entries()) {
          const history = await begin();
          await applyFirst(history, 0);
          const victim = 1 + ((SEED + index) % 2);
          await node(victim).expectFault();
          const { announced, report } = runner(victim).start(job(history, victim, moment));
          await announced;
          const heirs = [0, 3 - victim].map((heir) => runner(heir).start(job(history, heir)).report);
          await sleep(200 * chance(index));
          await node(victim).suffer(fault);
          const reports = await Promise.all(heirs);
          expect([fault, reports.map(({ message }) => message)]).toEqual([fault, [undefined, undefined]]);
          await node(victim).comeBack();
          // one that was through before its member went away had nothing to lose
          const first = await report;
          const isThrough = first.code === undefined;
          const told = reports.flatMap(({ lines }) => lines).filter((line) => line.includes('taken over'));
          expect([fault, isThrough, told.length]).toEqual([fault, isThrough, isThrough ? 0 : 1]);
          seen.takeovers += told.length;
          const again = await runner(victim).start(job(history, victim)).report;
          expect([fault, again.message, again.ran]).toEqual([fault, undefined, []]);
          for (const index of [0, 1, 2]) {
            expect([fault, index, await history.seenBy(login(index))]).toEqual([fault, index, history.atHead]);
          }
        }
      },
      LIMIT,
    );

    it(
      'a process that is frozen loses its session to one on its own member; one on another member is refused, and says what to do',
      async () => {
        const history = await begin();
        await applyFirst(history, 0);
        const { announced, report } = runner(1).start(job(history, 1, { announce: 'cents * 10' }));
        await announced;
        runner(1).freeze();
        const elsewhere = await runner(2).start(job(history, 2, { lockWaitTimeout: 25_000 })).report;
        expect(elsewhere).toMatchObject({
          code: 'LOCK_OWNER_SILENT',
          message: expect.stringMatching(
            /^The migration lock is held by session \d+ on \S+.* \(tester@\S+, pid \d+\), which has not moved it for \d+ s, and nothing proves that it is gone: that member is in the cluster\. Run the command against .*: delete from `\w+`\.`nest_migrate_lock` where owner = '[0-9a-f-]+'$/,
          ),
        });
        const here = await runner(0).start(job(history, 1)).report;
        expect([here.message, here.ran]).toEqual([undefined, ['bbbb', 'cccc']]);
        expect(here.lines.join('\n')).toMatch(/held the migration lock and has not moved it for \d+ s: it was ended/);
        expect(here.lines.join('\n')).toMatch(/The migration lock was taken over: .* is gone and did not let go of it/);
        seen.takeovers += 1;
        runner(1).thaw();
        expect((await report).code).toBeDefined();
        expect(await history.seenBy(login(2))).toEqual(history.atHead);
      },
      LIMIT,
    );
  }

  it(
    'a statement that takes long is no silence: a waiter elsewhere and db status name the session and its member',
    async () => {
      const history = await begin();
      await applyFirst(history, 0);
      const { announced, report } = runner(1).start(job(history, 1, { announce: 'cents * 10', slowness: 30 }));
      await announced;
      const { holder } = await runner(2).start(job(history, 2, { look: true })).report;
      const named = /^the session with pid \d+ on .*127\.0\.0\.1:\d+.*\('tester@\S+, pid \d+', since 20\S+Z\)$/;
      expect(holder).toMatch(named);
      const waiter = await runner(2).start(job(history, 2, { lockWaitTimeout: 11_500 })).report;
      expect([waiter.code, waiter.lines[0], waiter.message]).toEqual([
        'LOCK_TIMEOUT',
        `Waiting for the migration lock: ${holder} holds it`,
        expect.stringContaining(`: ${holder} holds it.`),
      ]);
      expect((await report).message).toBeUndefined();
      expect(await history.seenBy(login(2))).toEqual(history.atHead);
    },
    LIMIT,
  );

  it(
    'a member that takes no writes is named, and where they are taken',
    async () => {
      const history = await begin();
      if (cluster.engine === 'mariadb') {
        // of an empty database such a member tells all that there is to see
        await applyFirst(history, 0);
        await node(2).expectFault();
        await node(2).suffer('cut off');
        const looked = (): Promise<RunnerReport> => runner(0).start(job(history, 2, { look: true })).report;
        while ((await looked()).code !== 'MEMBER_NOT_READY') await sleep(100);
        expect((await runner(0).start(job(history, 2)).report).message).toMatch(
          /^This server is not a working member of its cluster: its Galera component is non-Primary, its state is .*\. Run migrations against a member that is, or bring this one back first\.$/,
        );
        await node(2).comeBack();
        return;
      }
      await query(login(0), 'select group_replication_switch_to_single_primary_mode(@@server_uuid)');
      const [primary, secondary] = [login(0), login(1)].map(({ port }) => `127.0.0.1:${port}`);
      expect((await runner(0).start(job(history, 1)).report).message).toBe(
        `The server ${secondary} is read only: it is a secondary of its group. Run migrations against the primary, ${primary}.`,
      );
      expect((await runner(0).start(job(history, 0)).report).ran).toEqual(['aaaa', 'bbbb', 'cccc']);
      await query(login(0), 'select group_replication_switch_to_multi_primary_mode()');
    },
    LIMIT,
  );

  it(
    'a pool of one is refused, and the way out is named',
    async () => {
      const history = await begin();
      const { message } = await runner(0).start(job(history, 0, { poolMax: 1 })).report;
      expect(message).toMatch(/pool\.max.*can't be 1 on a cluster.*2 or more/);
    },
    LIMIT,
  );

  it(
    'a role that has its own database alone upgrades',
    async () => {
      const history = await begin();
      const own: Login = { ...pick(login(0)), user: 'small', password: 'small' };
      await query(login(0), "create user if not exists small@'%' identified by 'small'");
      await query(login(0), `grant all privileges on ${history.database}.* to small@'%'`);
      if (cluster.engine === 'mysql') {
        const { code, message } = await runner(0).start(job(history, 0, { login: own })).report;
        expect([code, message]).toEqual([
          'CLUSTER_NOT_VISIBLE',
          'The role may not read performance_schema.replication_group_members, which lists the members of the cluster. Grant it: grant select on performance_schema.replication_group_members to the migrating role.',
        ]);
        await query(login(0), "grant select on performance_schema.replication_group_members to small@'%'");
      }
      const { message, ran } = await runner(0).start(job(history, 0, { login: own })).report;
      expect([message, ran]).toEqual([undefined, ['aaaa', 'bbbb', 'cccc']]);
    },
    LIMIT,
  );
});

function pick({ engine, host, port, user, password }: Login): Login {
  return { engine, host, port, user, password };
}
