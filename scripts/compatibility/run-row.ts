/** Runs a row's tests and judges each result. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unpackArchive } from '../../test/support/servers/npm-archive.ts';
import { type Server } from '../../test/support/servers/server.ts';
import { type NodeRelease, type Row } from './rows.ts';

export interface Outcome {
  readonly id: string;
  readonly title: string;
  /** What was found: of the server, of the package, of Node. */
  readonly version: string;
  readonly passed: number;
  /** Those that cannot pass there, counted by the reason. */
  readonly impossible: Readonly<Record<string, number>>;
  /** Full titles of the tests that failed and should not have. */
  readonly failed: readonly string[];
  /** Titles of {@link Row.expected} under which each test passed. */
  readonly outOfDate: readonly string[];
  /** `2026-11-30`. */
  readonly date: string;
}

/** One test, as jest's `--json` tells it. */
export interface TestResult {
  readonly fullName: string;
  readonly status: string;
}

export const resultsFolder = resolve('.cache', 'compatibility');

export async function runRow(row: Row): Promise<Outcome> {
  await mkdir(resultsFolder, { recursive: true });
  const server = await row.server?.({ onProgress: (line) => process.stderr.write(`${line}\n`) });
  const place = await placeFor(row);
  try {
    const env = { ...row.env, ...place.env, ...(server && variableFor(server)) };
    const results = await runTests(row, place.folder, env);
    const version = server?.version ?? place.version;
    return {
      id: row.id,
      title: row.title,
      version,
      ...judge(row, results),
      date: new Date().toISOString().slice(0, 10),
    };
  } finally {
    await server?.stop();
    await place.remove();
  }
}

/** The variable that tells the suite to use the server. */
function variableFor({ engine, host, port, user, password }: Server): Readonly<Record<string, string>> {
  const scheme = engine === 'postgres' ? 'postgresql' : 'mysql';
  const url = `${scheme}://${user}:${encodeURIComponent(password)}@${host}:${port}`;
  return { [`TEST_${engine.toUpperCase()}_URL`]: url };
}

/** What the results say of the row. */
export function judge(
  { expected = [] }: Pick<Row, 'expected'>,
  results: readonly TestResult[],
): Pick<Outcome, 'passed' | 'impossible' | 'failed' | 'outOfDate'> {
  const impossible: Record<string, number> = {};
  const failed: string[] = [];
  const used = new Set<RegExp>();
  for (const { fullName, status } of results) {
    if (status !== 'failed') continue;
    const known = expected.find(({ title }) => title.test(fullName));
    if (known === undefined) failed.push(fullName);
    else {
      used.add(known.title);
      impossible[known.reason] = (impossible[known.reason] ?? 0) + 1;
    }
  }
  const ran = results.filter(({ status }) => status === 'passed' || status === 'failed');
  const stale = expected.filter(({ title }) => !used.has(title) && ran.some(({ fullName }) => title.test(fullName)));
  return {
    passed: results.filter(({ status }) => status === 'passed').length,
    impossible,
    failed,
    outOfDate: stale.map(({ title }) => title.source),
  };
}

async function runTests(
  row: Row,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly TestResult[]> {
  const report = join(resultsFolder, `${row.id}.jest.json`);
  const log = await open(join(resultsFolder, `${row.id}.log`), 'w');
  await rm(report, { force: true });
  const filter = row.tests === undefined ? [] : ['-t', row.tests];
  const args = ['test', '--', '--json', `--outputFile=${report}`, ...filter, ...row.suites];
  try {
    await run('npm', args, { cwd: folder, env, output: log.fd, mayFail: true });
  } finally {
    await log.close();
  }
  const told = JSON.parse(await readFile(report, 'utf8')) as {
    testResults: { name: string; message: string; status: string; assertionResults: TestResult[] }[];
  };
  return told.testResults.flatMap(({ name, status, assertionResults }) =>
    // a file that did not even load
    status === 'failed' && assertionResults.length === 0 ? [{ fullName: name, status }] : assertionResults,
  );
}

/** What a row runs in, or with. */
interface Place {
  /** The checkout whose tests run. */
  readonly folder: string;
  /** Of the package or the Node. */
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

async function placeFor({ packages, node }: Row): Promise<Place> {
  const here = { folder: process.cwd(), version: '', env: {}, remove: async () => undefined };
  if (packages === undefined && node === undefined) return here;
  const parent = await mkdtemp(join(tmpdir(), 'nest-migrate-compatibility-'));
  const remove = (): Promise<void> => rm(parent, { recursive: true, force: true });
  try {
    const env: Readonly<Record<string, string>> =
      node === undefined ? {} : { TEST_NODE: await unpackedNode(node, parent) };
    if (packages === undefined) return { ...here, version: node?.version ?? '', env, remove };
    return { ...(await copyWith(packages, parent)), env, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The last commit with its packages, over which others are installed. */
async function copyWith(
  { install, named }: NonNullable<Row['packages']>,
  parent: string,
): Promise<Pick<Place, 'folder' | 'version'>> {
  const folder = join(parent, 'checkout');
  await run('git', ['clone', '--quiet', '--no-hardlinks', process.cwd(), folder], {});
  await cp('node_modules', join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  const options = ['--no-save', '--no-audit', '--no-fund', '--legacy-peer-deps'];
  await run('npm', ['install', ...options, ...install], { cwd: folder });
  const manifest = await readFile(join(folder, 'node_modules', named, 'package.json'), 'utf8');
  return { folder, version: (JSON.parse(manifest) as { version: string }).version };
}

async function unpackedNode({ version, digests }: NodeRelease, parent: string): Promise<string> {
  const digest = process.platform === 'linux' ? digests[process.arch] : undefined;
  if (digest === undefined) throw new Error(`There is no Node ${version} for ${process.platform} on ${process.arch}.`);
  await unpackArchive({ name: `node-linux-${process.arch}@${version}`, digest }, parent);
  return join(parent, 'package', 'bin', 'node');
}

interface Started {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly output?: number;
  readonly mayFail?: boolean;
}

function run(command: string, args: readonly string[], { cwd, env, output, mayFail = false }: Started): Promise<void> {
  const out = output ?? 'ignore';
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', out, output ?? 'inherit'],
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => {
      if (code === 0 || mayFail) done();
      else fail(new Error(`${command} ${args[0]} ended with ${code}.`));
    });
  });
}
