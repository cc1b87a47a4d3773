/** A replication group of MySQL in multi-primary mode: the plugin lies beside the server's program. */
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../projects.ts';
import { type Ask, ClusterNode, type ClusterNodeParts, PATIENCE } from './cluster-node.ts';
import { freePort, launch } from './launch.ts';
import { baseFolder, copy, ownFolders, template, USER, writeAccounts } from './mysql-family.ts';
import { mysql } from './mysql.ts';
import { randomPassword } from './password.ts';
import { findPrograms, type Programs } from './programs.ts';
import { query } from './query.ts';
import { type ServerOptions } from './server.ts';
import { type TestCluster } from './test-cluster.ts';

const GROUP = '1f6f2c1e-5d0e-4a57-9a6c-7f2d8a6c9b10';

/** Three members on loopback, with nothing durable; all are primaries. */
export async function startGroup(options: ServerOptions = {}): Promise<TestCluster> {
  const programs = await findPrograms('mysql', options);
  const data = await template(mysql, programs);
  // those of replication have an end
  const password = randomPassword().slice(0, 32);
  const peers = await Promise.all([freePort(), freePort(), freePort()]);
  const members: Ask[] = [];
  const started = await Promise.allSettled(
    peers.map((_, index) => startNode({ programs, data, password, peers, members, index })),
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

interface NodeParts {
  readonly programs: Programs;
  readonly data: string;
  readonly password: string;
  readonly peers: readonly number[];
  readonly members: Ask[];
  readonly index: number;
}

function settingsOf({ programs, peers, index }: NodeParts): readonly string[] {
  const [plugin] = globSync(join(baseFolder(programs), 'lib*/{,*/}{,mysql/}plugin/group_replication.so'));
  if (plugin === undefined) throw new Error(`${programs.server} comes without group_replication.so`);
  const addresses = peers.map((peer) => `127.0.0.1:${peer}`);
  return [
    ...['--bind-address=127.0.0.1', '--socket=server.sock', '--pid-file=server.pid', '--skip-name-resolve'],
    // a server that is killed keeps what it has committed, or it would come back with other rows than its binary log has
    ...['--max-connections=100', '--innodb-buffer-pool-size=32M', '--innodb-flush-log-at-trx-commit=2'],
    ...mysql.settings,
    ...['--innodb-doublewrite=OFF', '--sync-binlog=0', `--server-id=${index + 1}`, '--log-bin=changes'],
    ...['--gtid-mode=ON', '--enforce-gtid-consistency=ON', '--report-host=127.0.0.1'],
    ...[`--plugin-dir=${dirname(plugin)}`, '--plugin-load-add=group_replication.so'],
    `--group-replication-group-name=${GROUP}`,
    '--group-replication-start-on-boot=OFF',
    `--group-replication-local-address=${addresses[index]}`,
    `--group-replication-group-seeds=${addresses.join(',')}`,
    '--group-replication-single-primary-mode=OFF',
    '--group-replication-enforce-update-everywhere-checks=ON',
    '--group-replication-recovery-get-public-key=ON',
    `--group-replication-member-expel-timeout=${PATIENCE.usual}`,
    // a test brings back what it has taken away, and sees what left by itself
    '--group-replication-autorejoin-tries=0',
  ];
}

async function startNode(parts: NodeParts): Promise<GroupNode> {
  const { programs, data, password, members, index } = parts;
  const settings = settingsOf(parts);
  const name = `member ${index + 1} of MySQL's group`;
  const { path: folder, remove } = await temporaryFolder(`group${index + 1}`, { on: 'memory' });
  const login = (port: number) => ({ engine: 'mysql', host: '127.0.0.1', port, user: USER, password }) as const;
  try {
    await copy(data, join(folder, 'data'));
    const accounts = await writeAccounts(mysql, folder, password, { first: ['set sql_log_bin = 0'] });
    const own = await ownFolders(programs, folder);
    const launched = await launch({
      name,
      program: programs.server,
      args: (port) => [...own, `--port=${port}`, `--report-port=${port}`, `--init-file=${accounts}`, ...settings],
      ...{ folder, account: undefined, stopSignal: 'SIGTERM', crashSignal: 'SIGKILL' },
      login: async (port) => void (await query(login(port), 'select 1')),
    });
    const { port, pid, restart, stop } = launched;
    const { version, origin } = programs;
    const server = { ...login(port), version, origin, folder, pid, restart, stop };
    return new GroupNode({ name, server, launched, members, ask: (sql) => query(login(port), sql) });
  } catch (error) {
    await remove();
    throw error;
  }
}

class GroupNode extends ClusterNode {
  readonly #ask: Ask;

  constructor(parts: ClusterNodeParts) {
    super(parts);
    this.#ask = parts.ask;
  }

  async isMember(): Promise<boolean> {
    const [own] = await this.#ask('select @@server_uuid as id, @@global.super_read_only as isReadOnly');
    if (Number(own?.['isReadOnly']) === 1) return false;
    const listed = `select sum(member_id = '${String(own?.['id'])}' and member_state = 'ONLINE') as own, sum(member_id = @@server_uuid and member_state = 'ONLINE') as self from performance_schema.replication_group_members`;
    const [mine] = await this.#ask(listed);
    if (Number(mine?.['own']) !== 1) return false;
    // one that has slept takes itself for a member until it hears of the others, who know better
    const others = await Promise.all(
      this.parts.members.filter((member) => member !== this.#ask).map((member) => member(listed).catch(() => [])),
    );
    const working = others.map(([row]) => row).filter((row) => Number(row?.['self']) === 1);
    return working.length === 0 || working.some((row) => Number(row?.['own']) === 1);
  }

  async join({ bootstrap = false } = {}): Promise<void> {
    if (bootstrap) {
      await this.#ask('set global group_replication_bootstrap_group = on');
      await this.#start();
      await this.#ask('set global group_replication_bootstrap_group = off');
    }
    await this.waitForMembership();
  }

  protected override async leave(): Promise<void> {
    await this.#ask('stop group_replication');
  }

  /** One that was expelled finds out by itself. While the others still list what it was before, it is refused. */
  protected override async rejoin(): Promise<void> {
    const [own] = await this.#ask(
      'select coalesce(max(member_state), "OFFLINE") as state from performance_schema.replication_group_members where member_id in ("", @@server_uuid)',
    );
    if (!['OFFLINE', 'ERROR'].includes(String(own?.['state']))) return;
    await this.#ask('stop group_replication');
    await this.#start();
  }

  protected override patience(seconds: number): string {
    return `set global group_replication_member_expel_timeout = ${seconds}`;
  }

  async #start(): Promise<void> {
    const { user, password } = this.server;
    await this.#ask(
      `change replication source to source_user = '${user}', source_password = '${password}' for channel 'group_replication_recovery'`,
    );
    await this.#ask('start group_replication');
  }
}
