/** Somebody else's application: in a temporary folder, with packages of its own, and no way back to this repository. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, dirname, join, resolve, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type TestDatabase } from '../support/databases.ts';
import { WAIT_LIMIT } from '../support/limits.ts';
import { runProcess, startProcess, type ProcessResult } from '../support/processes.ts';

/** Where the tarball's path travels from jest's global setup to its workers. */
export const TARBALL_VARIABLE = 'TEST_ADOPT_TARBALL';

/** The library as it was packed for this run. */
export function tarball(): string {
  const path = process.env[TARBALL_VARIABLE];
  if (path === undefined) throw new Error('There is no tarball: run this through `npm run test:adopt`.');
  return path;
}

const root = resolve(import.meta.dirname, '..', '..');

/** All packages of MikroORM in one version: each of its releases asks for its own of the others, to the patch. */
export const MIKRO_ORM = '7.2.1';
export const mikroOrm = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `@mikro-orm/${name}@${MIKRO_ORM}`);

/** Nest's command line of this repository, for generating what the application then installs itself. */
export const nestCli = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');

/** What npm, jest, or whoever started them put there for this run; where npm finds packages stays. */
const notATerminals =
  /^(npm_(?!config_)|npm_config_(local_prefix|loglevel)$|NODE_(ENV|OPTIONS|PATH)$|JEST_|TEST_|DB_|MIKRO_ORM_|NEST_MIGRATE_|INIT_CWD$|FORCE_COLOR$|CI$)/i;

/** A terminal's environment; of this repository's packages only Node.js, so that one the application lacks shows. */
function environment(): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = { NO_COLOR: '1', NODE_OPTIONS: undefined };
  for (const name of Object.keys(process.env)) if (notATerminals.test(name)) env[name] = undefined;
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !`${folder}${sep}`.startsWith(`${root}${sep}`));
  env['PATH'] = [dirname(process.execPath), ...path].join(delimiter);
  return env;
}

export interface AnswerOptions {
  readonly path: string;
  /** Sent as JSON by POST; GET without it. */
  readonly body?: unknown;
}

export class AdoptedApplication {
  /** The folder of the application. */
  readonly folder: string;

  constructor(
    /** What a failure calls it: `a generated Nest 12 application`. */
    readonly title: string,
    readonly place: { readonly parent: string; readonly name: string },
    /** The compiled main file, from the folder. */
    readonly main: string,
  ) {
    this.folder = join(place.parent, place.name);
  }

  /** Names what follows, for whoever reads that it failed, and tells how long it took. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const started = Date.now();
    try {
      return await work();
    } catch (error) {
      throw new StepFailedError(this.title, name, error);
    } finally {
      const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(5);
      process.stderr.write(`${seconds} s  ${this.place.name}: ${name}\n`);
    }
  }

  /** Runs a program in the application's folder, to its end. `fails`: it has to exit with another code than 0. */
  async run(
    command: string,
    args: readonly string[],
    options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly fails?: boolean } = {},
  ): Promise<ProcessResult> {
    const result = await runProcess(command, args, {
      cwd: options.cwd ?? this.folder,
      env: { ...environment(), ...options.env },
    });
    if ((result.code !== 0) !== (options.fails ?? false)) {
      throw new Error(`${[command, ...args].join(' ')} ended with ${result.code}:\n${result.stdout}${result.stderr}`);
    }
    return result;
  }

  /** The one install: what package.json asks for already, these, and the library's tarball. */
  async install(packages: readonly string[], devPackages: readonly string[] = []): Promise<void> {
    await this.dependOn([...packages, `nest-migrate@file:${tarball()}`], devPackages);
    await this.installWhatIsRequired();
  }

  /** Without the library, which `nest add` brings. */
  async installWithoutLibrary(packages: readonly string[]): Promise<void> {
    await this.dependOn(packages);
    await this.installWhatIsRequired();
  }

  private async dependOn(packages: readonly string[], devPackages: readonly string[] = []): Promise<void> {
    const manifest = JSON.parse(await this.read('package.json')) as Record<string, Record<string, string> | undefined>;
    await this.write(
      'package.json',
      JSON.stringify({
        ...manifest,
        dependencies: { ...manifest['dependencies'], ...versions(packages) },
        devDependencies: { ...manifest['devDependencies'], ...versions(devPackages) },
      }),
    );
  }

  private async installWhatIsRequired(): Promise<void> {
    await this.run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']);
  }

  /** The application's own `npm run db -- …`, which compiles it first. */
  async npmDb(...args: readonly string[]): Promise<ProcessResult> {
    return this.run('npm', ['run', '--silent', 'db', '--', ...args], { env: this.variables });
  }

  /** What is deployed: `node dist/main.js db …`. */
  async db(...args: readonly string[]): Promise<ProcessResult> {
    return this.run('node', [this.main, 'db', ...args], { env: this.variables });
  }

  /** The program of the package: `npx nest-migrate …`. */
  async program(...args: readonly string[]): Promise<ProcessResult> {
    return this.run('npx', ['--no-install', 'nest-migrate', ...args], { env: this.variables });
  }

  async build(...args: readonly string[]): Promise<void> {
    await this.run('npm', ['run', '--silent', 'build', '--', ...args]);
  }

  /** Starts the compiled application, asks it once it answers, and stops it. */
  async answers(requests: readonly AnswerOptions[], main = this.main): Promise<readonly string[]> {
    const port = await freePort();
    const running = await startProcess('node', [main], {
      cwd: this.folder,
      env: { ...environment(), ...this.variables, PORT: String(port), port: String(port) },
    });
    let ended = false;
    void running.exited.then(() => (ended = true));
    const said = (): string => `\n${running.stdout}${running.stderr}`;
    try {
      const texts: string[] = [];
      for (const { path, body } of requests) {
        const response = await ask(`http://127.0.0.1:${port}${path}`, body, () => ended).catch((error: unknown) => {
          throw new Error(`node ${main} does not answer ${path}: ${String(error)}${said()}`);
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`node ${main} answers ${path} with ${response.status} ${text}${said()}`);
        texts.push(text);
      }
      return texts;
    } finally {
      await running.stop();
    }
  }

  /** Where the database is, for every process of the application. */
  variables: Readonly<Record<string, string>> = {};

  use(database: TestDatabase): void {
    this.variables = database.env;
  }

  async read(file: string): Promise<string> {
    return readFile(join(this.folder, file), 'utf8');
  }

  async write(file: string, text: string): Promise<void> {
    await writeFile(join(this.folder, file), text);
  }

  /** Replaces text of a file; what is not there is an error, since the generated file has changed then. */
  async edit(file: string, ...changes: readonly (readonly [from: string, to: string])[]): Promise<void> {
    let text = await this.read(file);
    for (const [from, to] of changes) {
      if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}:\n${text}`);
      text = text.replace(from, () => to);
    }
    await this.write(file, text);
  }

  /** The names of the revisions' files. */
  async revisions(directory = 'migrations'): Promise<readonly string[]> {
    const names = await readdir(join(this.folder, directory, 'versions'));
    return names.filter((name) => name.endsWith('.ts')).sort();
  }
}

/** Says which step of which application failed; the output of what failed is in the message. */
class StepFailedError extends Error {
  constructor(title: string, step: string, cause: unknown) {
    super(`In ${title}, "${step}" failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** `@mikro-orm/core@7.2.1` as an entry of package.json. */
function versions(packages: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    packages.map((spec) => {
      const at = spec.indexOf('@', 1);
      return [spec.slice(0, at), spec.slice(at + 1)];
    }),
  );
}

async function ask(url: string, body: unknown, hasEnded: () => boolean): Promise<Response> {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const deadline = Date.now() + WAIT_LIMIT;
  for (;;) {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (hasEnded()) throw new Error('it has ended', { cause: error });
      if (Date.now() > deadline) throw new Error('nothing listens', { cause: error });
      await pause(100);
    }
  }
}

async function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') failed(new Error('no port'));
        else found(address.port);
      });
    });
  });
}
