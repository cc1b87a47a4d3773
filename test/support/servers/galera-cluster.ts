/** A Galera cluster: MariaDB's servers with the provider of Debian's package `galera-4`. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProcess } from '../processes.ts';
import { temporaryFolder } from '../projects.ts';
import { lastLines } from '../reasons.ts';
import { cached } from './cache.ts';
import { JOIN_TIMEOUT, type ClusterNode, type TestCluster } from './test-cluster.ts';
import { unpackedPrograms } from './debian-packages.ts';
import { freePort, launch } from './launch.ts';
import { mariadb } from './mariadb.ts';
import { copy, ownFolders, template, USER, writeAccounts } from './mysql-family.ts';
import { randomPassword } from './password.ts';
import { findPrograms, type Programs } from './programs.ts';
import { query } from './query.ts';
import { type ServerOptions } from './server.ts';

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

/** What makes a server a member; `peers` are the ports of all. */
function clusterSettings(provider: string, own: NodePorts, peers: readonly NodePorts[]): readonly string[] {
  const options = [
    `gmcast.listen_addr=tcp://127.0.0.1:${own.group}`,
    `ist.recv_addr=127.0.0.1:${own.increments}`,
    'gcache.size=16M',
    // a frozen server is out of the cluster after four seconds
    ...['evs.suspect_timeout=PT4S', 'evs.inactive_timeout=PT8S', 'gmcast.peer_timeout=PT4S', 'pc.recovery=FALSE'],
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
      { signalAfter: { signal: 'SIGTERM', output: /ready for connections/ }, timeout: JOIN_TIMEOUT },
    );
    if (code !== 0) throw new Error(`${programs.server} cannot begin a cluster:\n${lastLines(stderr)}`);
    await rm(join(draft, 'data/galera.cache'), { force: true });
  });
  return join(folder, 'data');
}

/** Three members on loopback, with nothing durable. */
export async function startGalera(options: ServerOptions = {}): Promise<TestCluster> {
  const programs = await findPrograms('mariadb', options);
  const provider = await providerOf(options);
  const data = await clusterTemplate(programs, provider);
  const password = randomPassword();
  const peers: NodePorts[] = [];
  while (peers.length < 3) peers.push({ group: await freePort(), increments: await freePort() });
  const start = async (index: number): Promise<ClusterNode> =>
    startNode({ ...{ programs, provider, data, password, peers, index } });
  const first = await start(0);
  const others = await Promise.allSettled([start(1), start(2)]);
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
  readonly index: number;
}

async function startNode({ programs, provider, data, password, peers, index }: NodeParts): Promise<ClusterNode> {
  const ports = peers[index];
  if (ports === undefined) throw new Error(`There is no member ${index}.`);
  const { path: folder, remove } = await temporaryFolder(`galera${index + 1}`, { on: 'memory' });
  const login = (port: number) => ({ engine: 'mariadb', host: '127.0.0.1', port, user: USER, password }) as const;
  const isReady = async (port: number): Promise<void> => {
    const [row] = await query(login(port), "show status like 'wsrep_ready'");
    if (row?.['Value'] !== 'ON') throw new Error('the server is no member of the cluster yet');
  };
  try {
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
    const accounts = await writeAccounts(mariadb, folder, password, { first: ['set session wsrep_on = 0'] });
    const own = await ownFolders(programs, folder);
    const launched = await launch({
      name: `Galera's member ${index + 1}`,
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
      login: isReady,
    });
    const { port, currentPid, restart, stop } = launched;
    const { version, origin } = programs;
    const isolate = (isolated: 0 | 1): Promise<unknown> =>
      query(login(port), `set global wsrep_provider_options = 'gmcast.isolate=${isolated}'`);
    let isKilled = false;
    return {
      server: { ...login(port), version, origin, folder, pid: launched.pid, restart, stop },
      freeze: () => void process.kill(currentPid(), 'SIGSTOP'),
      kill: async () => {
        isKilled = true;
        process.kill(currentPid(), 'SIGKILL');
      },
      cutOff: async () => void (await isolate(1)),
      comeBack: async () => {
        if (isKilled) {
          isKilled = false;
          return restart();
        }
        process.kill(currentPid(), 'SIGCONT');
        await isolate(0);
        for (const deadline = Date.now() + JOIN_TIMEOUT; ; await sleep(200)) {
          try {
            await isReady(port);
            // one that has slept knows only by asking the others what became of it
            await query(login(port), 'set statement wsrep_sync_wait = 1 for select count(*) from mysql.user');
            return;
          } catch (error) {
            if (Date.now() > deadline) throw error;
          }
        }
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
