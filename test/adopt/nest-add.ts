/** What `nest add nest-migrate` is put through in a generated application. */
import { type AdoptedApplication } from './adopted-application.ts';
import { libraryRegistry } from './library-registry.ts';
import { expectThat } from './main-job.ts';

/** The files that it edits, of those that a generated application has. */
const EDITED = ['src/app.module.ts', 'src/main.ts', 'package.json'];

/** `nest add` as a person types it: Nest's command line lets the package manager install the package. */
export async function addFromRegistry(application: AdoptedApplication, ...args: readonly string[]): Promise<string> {
  const { stdout } = await application.run('npm', ['config', 'get', 'registry']);
  await using registry = await libraryRegistry(stdout.trim());
  return await nestAdd(application, args, { npm_config_registry: registry.url });
}

/** `nest add` where the package is installed already. */
export async function addInstalled(application: AdoptedApplication, ...args: readonly string[]): Promise<string> {
  return nestAdd(application, ['--skip-install', ...args], {});
}

/** A second time changes nothing, and says so. */
export async function addAgain(
  application: AdoptedApplication,
  { files = EDITED, args = [] }: { readonly files?: readonly string[]; readonly args?: readonly string[] } = {},
): Promise<void> {
  const before = await textsOf(application, files);
  const said = await addInstalled(application, ...args);
  expectThat(said.includes('nothing to change'), `nest add says:\n${said}`);
  expectThat((await textsOf(application, files)) === before, `nest add changes files the second time:\n${said}`);
}

/** With `--dry-run` it shows what it would change, and changes nothing. */
export async function addDryRun(application: AdoptedApplication): Promise<void> {
  const [sources] = [EDITED.filter((file) => file.startsWith('src/'))];
  const before = await textsOf(application, sources);
  const said = await addFromRegistry(application, '--dry-run');
  expectThat(/\+ +MigrationModule\.forRoot\(\{/.test(said), `nest add --dry-run does not show the module:\n${said}`);
  expectThat(said.includes('npm run db -- init'), `nest add --dry-run does not say what comes next:\n${said}`);
  expectThat((await textsOf(application, sources)) === before, `nest add --dry-run writes:\n${said}`);
}

async function nestAdd(
  application: AdoptedApplication,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout, stderr } = await application.run('npx', ['--no-install', 'nest', 'add', 'nest-migrate', ...args], {
    env,
  });
  return stdout + stderr;
}

async function textsOf(application: AdoptedApplication, files: readonly string[]): Promise<string> {
  return (await Promise.all(files.map((file) => application.read(file)))).join('\n');
}
