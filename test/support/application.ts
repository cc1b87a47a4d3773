/** The test application (test/application): compiled once a run, used against one database. */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleLibrary } from '../../scripts/bundle-library.ts';
import { runProcess, startProcess, type ProcessResult, type RunningProcess, type RunOptions } from './processes.ts';

const root = resolve(import.meta.dirname, '..', '..');
const entry = join(root, 'dist', 'test', 'application', 'main.js');

/**
 * Compiles the library and every application of this repository, as `nest build` of each of them does, and puts the
 * library into few files, as it is published: hundreds of processes load it in a run.
 */
export async function buildApplications(): Promise<void> {
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const { code, stdout, stderr } = await runProcess(process.execPath, [nest, 'build'], { cwd: root });
  if (code !== 0) throw new Error(`nest build failed:\n${stdout}${stderr}`);
  await bundleLibrary(join(root, 'dist', 'libs', 'nest-migrate', 'src'));
}

function lineOf(argv: readonly string[]): string {
  return [process.execPath, entry, 'db', ...argv].map((word) => `'${word}'`).join(' ');
}

/** What a test may set of the application, as its environment variables. */
export interface ApplicationEnvironment {
  readonly ENTITIES?: 'v1' | 'v2';
  readonly ON_BOOTSTRAP?: 'off' | 'wait' | 'upgrade';
  /** `no`: MikroORM is imported beside the migration module. */
  readonly GATED?: 'yes' | 'no';
  /** `yes`: a provider factory reads a table while it is constructed. */
  readonly EAGER?: 'yes' | 'no';
  /** `yes`: a provider factory sends one statement, which needs no table. */
  readonly CONNECTS?: 'yes' | 'no';
  readonly [name: string]: string | undefined;
}

/** How the commands of an application run. */
export interface CommandOptions {
  /**
   * Each command in a process of its own, where a test is about processes: signals, exits, what another process does
   * meanwhile. Else the commands of a spec file share one, which saves two seconds each.
   */
  readonly processes?: boolean;
}

/** The application in a project folder of its own, on one database. */
export class TestApplication {
  readonly folder: string;
  readonly versions: string;
  readonly #environment: Readonly<Record<string, string>>;

  readonly #processes: boolean;

  constructor(
    folder: string,
    environment: Readonly<Record<string, string>>,
    { processes = false }: CommandOptions = {},
  ) {
    this.#processes = processes;
    this.folder = folder;
    this.versions = join(folder, 'migrations', 'versions');
    this.#environment = environment;
  }

  /** The same application, each command in a process of its own. */
  inProcesses(): TestApplication {
    return new TestApplication(this.folder, this.#environment, { processes: true });
  }

  #options(env: ApplicationEnvironment, options: RunOptions): RunOptions {
    return {
      cwd: this.folder,
      ...options,
      env: { ...this.#environment, MIGRATIONS_DIRECTORY: join(this.folder, 'migrations'), NO_COLOR: '1', ...env },
    };
  }

  /** Runs a `db` command to its end. */
  async db(argv: readonly string[], env: ApplicationEnvironment = {}): Promise<ProcessResult> {
    if (this.#processes) return this.dbProcess(argv, env);
    // it imports the library by its name, which only jest resolves: benchmarks use processes
    const { runCommand } = await import('./command-server.ts');
    return runCommand(argv, this.#options(env, {}));
  }

  /** Runs `node main.js db …` to its end, in a process of its own. */
  async dbProcess(
    argv: readonly string[],
    env: ApplicationEnvironment = {},
    options: RunOptions = {},
  ): Promise<ProcessResult> {
    return runProcess(process.execPath, [entry, 'db', ...argv], this.#options(env, options));
  }

  /** Starts `node main.js db …`. */
  async startDb(argv: readonly string[], env: ApplicationEnvironment = {}): Promise<RunningProcess> {
    return startProcess(process.execPath, [entry, 'db', ...argv], this.#options(env, {}));
  }

  /** As {@link TestApplication.startDb}, in a pseudo-terminal. */
  async startInTerminal(argv: readonly string[], env: ApplicationEnvironment = {}): Promise<RunningProcess> {
    return startProcess('script', ['-qefc', lineOf(argv), '/dev/null'], this.#options(env, {}));
  }

  /** As {@link TestApplication.db}, in a pseudo-terminal of util-linux's `script`, which writes all output to stdout. */
  async inTerminal(argv: readonly string[], env: ApplicationEnvironment = {}): Promise<ProcessResult> {
    return runProcess('script', ['-qec', lineOf(argv), '/dev/null'], this.#options(env, {}));
  }

  /** As {@link TestApplication.db}, for commands that have to succeed. */
  async succeed(argv: readonly string[], env: ApplicationEnvironment = {}): Promise<ProcessResult> {
    const result = await this.db(argv, env);
    if (result.code !== 0) {
      throw new Error(`db ${argv.join(' ')} ended with ${result.code}:\n${result.stdout}${result.stderr}`);
    }
    return result;
  }

  /** Boots the application itself; it ends once it is up, unless `STAY` is `yes`. */
  async boot(env: ApplicationEnvironment = {}): Promise<RunningProcess> {
    return startProcess(process.execPath, [entry], this.#options(env, {}));
  }

  /** The revisions' files, by name, in their order on disk. */
  async scripts(): Promise<readonly { name: string; text: string }[]> {
    const names = (await readdir(this.versions)).filter((name) => name.endsWith('.ts')).sort();
    return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(this.versions, name), 'utf8') })));
  }
}
