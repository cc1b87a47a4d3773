/** A Galera cluster: MariaDB's servers with the provider of Debian's package `galera-4`. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../processes.ts';
import { temporaryFolder } from '../projects.ts';
import { lastLines } from '../reasons.ts';
import { cached } from './cache.ts';
import { type Ask, ClusterNode, type ClusterNodeParts, PATIENCE } from './cluster-node.ts';
import { unpackedPrograms } from './debian-packages.ts';
import { freePort, launch } from './launch.ts';
import { mariadb } from './mariadb.ts';
import { copy, ownFolders, template, USER, writeAccounts } from './mysql-family.ts';
import { randomPassword } from './password.ts';
import { findPrograms, type Programs } from './programs.ts';
import { query } from './query.ts';
import { type ServerOptions } from './server.ts';
import { type TestCluster } from './test-cluster.ts';

const INSTALLED = '/usr/lib/galera/libgalera_smm.so';
/** Part of the template's name: a change of how it is made makes older ones stale. */
const TEMPLATE_FORMAT = 1;

/**
 * Starts the server at the position that its data have: a server that was killed has lost it, and finds it in InnoDB.
 * `bootstrap` is there for the first start of the first member alone.
 */
const STARTER = `#!/bin/sh
data=$1; program=$2; shift 2
uuid=$(sed -n 's/^uuid: *//p' "$data/grastate.dat"); seqno=$(sed -n 's/^seqno: *//p' "$data/grastate.dat")
if [ "$seqno" = "-1" ]; then
  found=$("$program" "$@" --wsrep-recover 2>&1 | sed -n 's/.*Recovered position: *//p' | tail -n 1)
  uuid=\${found%%:*}; seqno=\${found##*:}
  printf '# GALERA saved state\\nversion: 2.1\\nuuid:    %s\\nseqno:   %s\\nsafe_to_bootstrap: 0\\n' "$uuid" "$seqno" > "$data/grastate.dat"
fi
echo "$uuid:$seqno" > "$data/position"
new=; [ -e "$data/bootstrap" ] && { rm "$data/bootstrap"; new=--wsrep-new-cluster; }
exec "$program" "$@" "--wsrep-start-position=$uuid:$seqno" $new
`;

/** A transfer of state that transfers nothing: all members begin as copies of one, and get what came after from another's cache. */
const TRANSFER = `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in --role) role=$2 ;; --gtid) gtid=$2 ;; --datadir) data=$2 ;; --bypass) bypass=yes ;; esac
  shift
done
if [ "$role" = joiner ]; then echo "ready 127.0.0.1:1/none"; cat "$data/position"; exit 0; fi
[ -n "$bypass" ] || exit 93
echo "done $gtid"
`;

async function providerOf({ onProgress }: ServerOptions): Promise<string> {
  if (existsSync(INSTALLED)) return INSTALLED;
  const [provider] = await unpackedPrograms({
    ...{ key: 'galera', suite: 'own', install: 'galera-4', keep: /^galera-4$/, programs: [] },
    files: ['usr/lib/galera/libgalera_smm.so'],
    ...(onProgress !== undefined && { onProgress }),
  });
  if (provider === undefined) throw new Error('the package galera-4 holds no provider');
  return provider;
}

interface NodePorts {
  readonly group: number;
  readonly increments: number;
}

/** How long this server waits for others that are silent. */
function timeouts(seconds: number): readonly string[] {
  return [`evs.suspect_timeout=PT${seconds}S`, `evs.inactive_timeout=PT${seconds * 2}S`];
}

/** What makes a server a member; `peers` are the ports of all. */
function clusterSettings(provider: string, own: NodePorts, peers: readonly NodePorts[]): readonly string[] {
  const options = [
    `gmcast.listen_addr=tcp://127.0.0.1:${own.group}`,
    `ist.recv_addr=127.0.0.1:${own.increments}`,
    'gcache.size=16M',
    ...timeouts(PATIENCE.usual),
    'pc.recovery=FALSE',
  ];
  return [
    '--wsrep-on=ON',
    `--wsrep-provider=${provider}`,
    '--wsrep-cluster-name=nest-migrate',
    `--wsrep-cluster-address=gcomm://${peers.map(({ group }) => `127.0.0.1:${group}`).join(',')}`,
    `--wsrep-node-address=127.0.0.1:${own.group}`,
    '--wsrep-sst-method=increments',
    `--wsrep-provider-options=${options.join(';')}`,
    '--binlog-format=ROW',
    '--innodb-autoinc-lock-mode=2',
  ];
}

const small = [
  '--bind-address=127.0.0.1',
  '--socket=server.sock',
  '--pid-file=server.pid',
  '--skip-name-resolve',
  '--max-connections=100',
  '--innodb-buffer-pool-size=32M',
  '--innodb-flush-log-at-trx-commit=2',
  ...mariadb.settings,
  ...mariadb.notDurable,
];

/** Data with a position in the history of a cluster, which all members begin with. */
async function clusterTemplate(programs: Programs, provider: string): Promise<string> {
  const empty = await template(mariadb, programs);
  const name = `data-galera-${programs.version}-${programs.origin}-${TEMPLATE_FORMAT}`;
  const folder = await cached(name, async (draft) => {
    await copy(empty, join(draft, 'data'));
    const ports = { group: await freePort(), increments: await freePort() };
    const { code, stderr } = await runProcess(
      programs.server,
      [
        ...(await ownFolders(programs, draft)),
        ...[...small, '--skip-networking'],
        ...clusterSettings(provider, ports, [ports]),
        '--wsrep-new-cluster',
      ],
      { signalAfter: { signal: 'SIGTERM', output: /ready for connections/ } },
    );
    if (code !== 0) throw new Error(`${programs.server} cannot begin a cluster:\n${lastLines(stderr)}`);
    await rm(join(draft, 'data/galera.cache'), { force: true });
  });
  return join(folder, 'data');
}

/** Three members on loopback, unless told, with nothing durable. */
export async function startGalera(options: ServerOptions & { readonly size?: number } = {}): Promise<TestCluster> {
  const { size = 3 } = options;
  const programs = await findPrograms('mariadb', options);
  const provider = await providerOf(options);
  const data = await clusterTemplate(programs, provider);
  const password = randomPassword();
  const peers: NodePorts[] = [];
  while (peers.length < size) peers.push({ group: await freePort(), increments: await freePort() });
  const members: Ask[] = [];
  const start = (index: number): Promise<GaleraNode> =>
    startNode({ programs, provider, data, password, peers, members, index });
  const first = await start(0);
  const others = await Promise.allSettled(peers.slice(1).map((_, index) => start(index + 1)));
  const nodes = [first, ...others.flatMap((other) => (other.status === 'fulfilled' ? [other.value] : []))];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  const failed = others.find((other) => other.status === 'rejected');
  if (failed === undefined) return { engine: 'mariadb', nodes, stop };
  await stop();
  throw failed.reason;
}

interface NodeParts {
  readonly programs: Programs;
  readonly provider: string;
  readonly data: string;
  readonly password: string;
  readonly peers: readonly NodePorts[];
  readonly members: Ask[];
  readonly index: number;
}

async function startNode({ members, ...parts }: NodeParts): Promise<GaleraNode> {
  const { programs, provider, password, peers, index } = parts;
  const ports = peers[index];
  if (ports === undefined) throw new Error(`There is no member ${index}.`);
  const name = `Galera's member ${index + 1}`;
  const { path: folder, remove } = await temporaryFolder(`galera${index + 1}`, { on: 'memory' });
  const login = (port: number) => ({ engine: 'mariadb', host: '127.0.0.1', port, user: USER, password }) as const;
  try {
    await fill(folder, parts);
    const accounts = await writeAccounts(mariadb, folder, password, { first: ['set session wsrep_on = 0'] });
    const own = await ownFolders(programs, folder);
    const launched = await launch({
      name,
      program: join(folder, 'bin/start'),
      args: (port) => [
        join(folder, 'data'),
        programs.server,
        ...own,
        ...small,
        `--port=${port}`,
        `--init-file=${accounts}`,
        ...clusterSettings(provider, ports, peers),
        `--wsrep-node-name=node${index + 1}`,
        `--wsrep-node-incoming-address=127.0.0.1:${port}`,
      ],
      ...{ folder, account: undefined, stopSignal: 'SIGTERM', crashSignal: 'SIGKILL' },
      env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
      login: (port) => assertReady((sql) => query(login(port), sql)),
    });
    const { port, pid, restart, stop } = launched;
    const { version, origin } = programs;
    const server = { ...login(port), version, origin, folder, pid, restart, stop };
    return new GaleraNode({ name, server, launched, members, ask: (sql) => query(login(port), sql) });
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The data of a member, and the programs that it calls. */
async function fill(folder: string, { data, index }: Pick<NodeParts, 'data' | 'index'>): Promise<void> {
  await copy(data, join(folder, 'data'));
  const state = join(folder, 'data/grastate.dat');
  // the first one begins the cluster, at the position that the others have
  if (index === 0) await writeFile(join(folder, 'data/bootstrap'), '');
  await writeFile(state, (await readFile(state, 'utf8')).replace('safe_to_bootstrap: 0', 'safe_to_bootstrap: 1'));
  await mkdir(join(folder, 'bin'));
  for (const [name, text] of Object.entries({ start: STARTER, wsrep_sst_increments: TRANSFER })) {
    await writeFile(join(folder, 'bin', name), text);
    await chmod(join(folder, 'bin', name), 0o755);
  }
}

async function assertReady(ask: Ask): Promise<void> {
  const [row] = await ask("show status like 'wsrep_ready'");
  if (row?.['Value'] !== 'ON') throw new Error('the server is no member of the cluster yet');
}

class GaleraNode extends ClusterNode {
  readonly #ask: Ask;

  constructor(parts: ClusterNodeParts) {
    super(parts);
    this.#ask = parts.ask;
  }

  async isMember(): Promise<boolean> {
    try {
      await assertReady(this.#ask);
      // one that has slept knows only by asking the others what became of it
      await this.#ask('set statement wsrep_sync_wait = 1 for select count(*) from mysql.user');
      return true;
    } catch {
      return false;
    }
  }

  protected override async leave(): Promise<void> {
    await this.#isolate(1);
  }

  protected override async rejoin(): Promise<void> {
    await this.#isolate(0);
  }

  protected override patience(seconds: number): string {
    return `set global wsrep_provider_options = '${timeouts(seconds).join(';')}'`;
  }

  async #isolate(isolated: 0 | 1): Promise<void> {
    await this.#ask(`set global wsrep_provider_options = 'gmcast.isolate=${isolated}'`);
  }
}
