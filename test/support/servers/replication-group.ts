/** A replication group of MySQL in multi-primary mode: the plugin lies beside the server's program. */
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../projects.ts';
import { JOIN_TIMEOUT, type ClusterNode, type TestCluster } from './test-cluster.ts';
import { freePort, launch } from './launch.ts';
import { baseFolder, copy, ownFolders, template, USER, writeAccounts } from './mysql-family.ts';
import { mysql } from './mysql.ts';
import { randomPassword } from './password.ts';
import { findPrograms, type Programs } from './programs.ts';
import { query, type Row } from './query.ts';
import { type ServerOptions } from './server.ts';

const GROUP = '1f6f2c1e-5d0e-4a57-9a6c-7f2d8a6c9b10';

/** Three members on loopback, with nothing durable; all are primaries unless told. */
export async function startGroup(
  options: ServerOptions & { readonly singlePrimary?: boolean } = {},
): Promise<TestCluster> {
  const { singlePrimary = false } = options;
  const programs = await findPrograms('mysql', options);
  const data = await template(mysql, programs);
  // those of replication have an end
  const password = randomPassword().slice(0, 32);
  const peers = await Promise.all([freePort(), freePort(), freePort()]);
  const members: Ask[] = [];
  const started = await Promise.allSettled(
    peers.map((_, index) => startNode({ programs, data, password, peers, members, index, singlePrimary })),
  );
  const nodes = started.flatMap((node) => (node.status === 'fulfilled' ? [node.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  try {
    const failed = started.find((node) => node.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const [first, ...others] = nodes;
    await first?.join({ bootstrap: true });
    for (const other of others) await other.join();
    return { engine: 'mysql', nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Asks one member. */
type Ask = (sql: string) => Promise<readonly Row[]>;

interface NodeParts {
  readonly programs: Programs;
  readonly data: string;
  readonly password: string;
  readonly peers: readonly number[];
  /** All members that run. */
  readonly members: Ask[];
  readonly index: number;
  readonly singlePrimary: boolean;
}

interface GroupNode extends ClusterNode {
  join(how?: { readonly bootstrap?: boolean }): Promise<void>;
}

async function startNode(parts: NodeParts): Promise<GroupNode> {
  const { programs, data, password, peers, members, index, singlePrimary } = parts;
  const { path: folder, remove } = await temporaryFolder(`group${index + 1}`, { on: 'memory' });
  const login = (port: number) => ({ engine: 'mysql', host: '127.0.0.1', port, user: USER, password }) as const;
  const addresses = peers.map((peer) => `127.0.0.1:${peer}`);
  const [plugin] = globSync(join(baseFolder(programs), 'lib*/{,*/}{,mysql/}plugin/group_replication.so'));
  if (plugin === undefined) throw new Error(`${programs.server} comes without group_replication.so`);
  try {
    await copy(data, join(folder, 'data'));
    const accounts = await writeAccounts(mysql, folder, password, { first: ['set sql_log_bin = 0'] });
    const own = await ownFolders(programs, folder);
    const launched = await launch({
      name: `member ${index + 1} of MySQL's group`,
      program: programs.server,
      args: (port) => [
        ...own,
        `--port=${port}`,
        ...['--bind-address=127.0.0.1', '--socket=server.sock', '--pid-file=server.pid', '--skip-name-resolve'],
        `--init-file=${accounts}`,
        // a server that is killed keeps what it has committed, or it would come back with other rows than its binary log has
        ...['--max-connections=100', '--innodb-buffer-pool-size=32M', '--innodb-flush-log-at-trx-commit=2'],
        ...mysql.settings,
        ...['--innodb-doublewrite=OFF', '--sync-binlog=0', `--server-id=${index + 1}`, '--log-bin=changes'],
        ...['--gtid-mode=ON', '--enforce-gtid-consistency=ON', '--report-host=127.0.0.1', `--report-port=${port}`],
        ...[`--plugin-dir=${dirname(plugin)}`, '--plugin-load-add=group_replication.so'],
        `--group-replication-group-name=${GROUP}`,
        '--group-replication-start-on-boot=OFF',
        `--group-replication-local-address=${addresses[index]}`,
        `--group-replication-group-seeds=${addresses.join(',')}`,
        `--group-replication-single-primary-mode=${singlePrimary ? 'ON' : 'OFF'}`,
        `--group-replication-enforce-update-everywhere-checks=${singlePrimary ? 'OFF' : 'ON'}`,
        '--group-replication-recovery-get-public-key=ON',
        '--group-replication-member-expel-timeout=0',
      ],
      ...{ folder, account: undefined, stopSignal: 'SIGTERM', crashSignal: 'SIGKILL' },
      login: async (port) => void (await query(login(port), 'select 1')),
    });
    const { port, currentPid, restart, stop } = launched;
    const { version, origin } = programs;
    const ask: Ask = (sql) => query(login(port), sql);
    members.push(ask);
    const isMember = async (): Promise<boolean> => {
      const [own] = await ask('select @@server_uuid as id');
      const listed = `select sum(member_id = '${String(own?.['id'])}' and member_state = 'ONLINE') as own, sum(member_id = @@server_uuid and member_state = 'ONLINE') as self from performance_schema.replication_group_members`;
      const [mine] = await ask(listed);
      if (Number(mine?.['own']) !== 1) return false;
      // one that has slept takes itself for a member until it hears of the others, who know better
      const others = await Promise.all(
        members.filter((member) => member !== ask).map((member) => member(listed).catch(() => [])),
      );
      const working = others.map(([row]) => row).filter((row) => Number(row?.['self']) === 1);
      return working.length === 0 || working.some((row) => Number(row?.['own']) === 1);
    };
    const join_ = async ({ bootstrap = false } = {}): Promise<void> => {
      await ask(
        `change replication source to source_user = '${USER}', source_password = '${password}' for channel 'group_replication_recovery'`,
      );
      if (bootstrap) await ask('set global group_replication_bootstrap_group = on');
      await ask('start group_replication');
      if (bootstrap) await ask('set global group_replication_bootstrap_group = off');
      for (const deadline = Date.now() + JOIN_TIMEOUT; !(await isMember()); await sleep(200)) {
        if (Date.now() > deadline) throw new Error(`Member ${index + 1} of the group does not come online.`);
      }
    };
    let isKilled = false;
    return {
      server: { ...login(port), version, origin, folder, pid: launched.pid, restart, stop },
      join: join_,
      freeze: () => void process.kill(currentPid(), 'SIGSTOP'),
      kill: async () => {
        isKilled = true;
        process.kill(currentPid(), 'SIGKILL');
      },
      cutOff: async () => void (await ask('stop group_replication')),
      comeBack: async () => {
        if (isKilled) await restart();
        else process.kill(currentPid(), 'SIGCONT');
        isKilled = false;
        // one that was expelled finds out, and may be coming back by itself
        for (let tries = 0; tries < 20; tries++, await sleep(500)) if (await isMember()) break;
        if (await isMember()) return;
        await ask('stop group_replication');
        await join_();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
