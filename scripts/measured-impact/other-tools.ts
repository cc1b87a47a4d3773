/** What squawk and pgfence say of statements. Both are fetched from npm into a temporary folder; their scripts do not run. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const toolVersions = { squawk: '2.66.0', pgfence: '0.1.5' } as const;

/** What a tool says of one statement. */
export interface Said {
  readonly rules: readonly string[];
  /** The locks that it names, as PostgreSQL's documentation writes them. */
  readonly locks: readonly string[];
}

/** Says nothing of the statement itself: it asks for settings around it, or for another spelling. */
const AROUND =
  /^(?:require-(?:lock-|statement-)?timeout(?:-settings)?|require-lock-timeout|require-statement-timeout|prefer-robust|missing-|lock-timeout|statement-timeout|idle-timeout|application-name|transaction-nesting|assume)/;

/** Asks the tools about statements of a version of PostgreSQL. */
export async function sayings(
  statements: readonly string[],
  version: string,
): Promise<{ readonly squawk: readonly Said[]; readonly pgfence: readonly Said[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'measured-impact-'));
  try {
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
    const packages = [`squawk-cli@${toolVersions.squawk}`, `@flvmnt/pgfence@${toolVersions.pgfence}`];
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', ...packages], {
      cwd: folder,
    });
    const files = statements.map((_, at) => `s${String(at).padStart(3, '0')}.sql`);
    for (const [at, file] of files.entries()) await writeFile(join(folder, file), `${statements[at]};\n`);
    return { squawk: await askSquawk(folder, files, version), pgfence: await askPgfence(folder, files, version) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The output of a program, which ends with another code than 0 where it has found something. */
async function output(folder: string, program: string, args: readonly string[]): Promise<string> {
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  const file = join(folder, 'node_modules', '.bin', program);
  return run(file, [...args], options).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { readonly stdout: string }).stdout,
  );
}

async function askSquawk(folder: string, files: readonly string[], version: string): Promise<readonly Said[]> {
  const args = ['--reporter', 'json', '--pg-version', `${version}.0`, ...files];
  const found = JSON.parse(await output(folder, 'squawk', args)) as { file: string; rule_name: string }[];
  return files.map((name) => ({
    rules: unique(found.filter(({ file }) => file === name).map((finding) => finding.rule_name)),
    locks: [],
  }));
}

async function askPgfence(folder: string, files: readonly string[], version: string): Promise<readonly Said[]> {
  const args = ['analyze', '--format', 'sql', '--output', 'json', '--min-pg-version', version, ...files];
  interface Result {
    readonly filePath: string;
    readonly checks: readonly { readonly ruleId: string; readonly lockMode: string }[];
    readonly policyViolations?: readonly { readonly ruleId: string }[];
  }
  const { results } = JSON.parse(await output(folder, 'pgfence', args)) as { readonly results: readonly Result[] };
  return files.map((name) => {
    const { checks = [], policyViolations = [] } = results.find(({ filePath }) => filePath.endsWith(name)) ?? {};
    return {
      rules: unique([...checks, ...policyViolations].map(({ ruleId }) => ruleId)),
      locks: unique(checks.filter(({ ruleId }) => !AROUND.test(ruleId)).map(({ lockMode }) => lockMode)),
    };
  });
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].filter((text) => !AROUND.test(text)).sort();
}
