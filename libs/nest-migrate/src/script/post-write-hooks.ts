import { dirname, join, resolve } from 'node:path';
import { PostWriteHookError } from '../errors/script.errors.js';
import { errorFields, type FileSystem } from './file-system.js';
import { type Program, ProgramNotStarted, type ProgramResult, runProgram } from './run-program.js';

/**
 * What the hooks of both kinds have in common.
 *
 * @example
 * MigrationModule.forRoot({ postWriteHooks: [{ kind: 'exec', command: 'git', args: ['add', 'REVISION_SCRIPT_FILENAME'] }] });
 */
export interface PostWriteHookOptions {
  /** What messages call the hook. Default: its `bin` or `command`. */
  readonly name?: string;
  /**
   * Arguments, each as it is: there is no shell. `REVISION_SCRIPT_FILENAME` in one stands for the new file, absolute;
   * where it is in none, the file is the last argument.
   */
  readonly args?: readonly string[];
  /** Where it runs, relative to MikroORM's `baseDir`. Default: there. */
  readonly cwd?: string;
}

/**
 * A program that runs on each new revision file: a formatter, a linter. Its output goes to stderr. Where it fails the
 * command fails, and the revision stays.
 *
 * - `'bin'`: the bin of an installed package, run by the Node that runs the application; looked for from MikroORM's
 *   `baseDir` upwards, then from the script directory upwards.
 * - `'exec'`: any program, by path or from the `PATH`.
 *
 * @example
 * MigrationModule.forRoot({
 *   postWriteHooks: [
 *     { kind: 'bin', bin: 'eslint', args: ['--fix'] },
 *     { kind: 'bin', bin: 'prettier', args: ['--write'] },
 *     { kind: 'exec', command: 'git', args: ['add', '--', 'REVISION_SCRIPT_FILENAME'] },
 *   ],
 * })
 */
export type PostWriteHook =
  | (PostWriteHookOptions & {
      /** The bin of an installed package. */
      readonly kind: 'bin';
      /** The bin's name, as in the package's `package.json`. */
      readonly bin: string;
      /** The package that has it. Default: the one of the bin's name. */
      readonly package?: string;
    })
  | (PostWriteHookOptions & {
      /** Any program. */
      readonly kind: 'exec';
      /** The program: a path, or a name that is looked for in the `PATH`. There is no shell. */
      readonly command: string;
    });

const CORRECT = "Correct it in 'postWriteHooks'.";
/** The placeholder for the file among a hook's arguments, named as in Alembic. */
const FILE = 'REVISION_SCRIPT_FILENAME';

/** The surroundings in which hooks run. */
export interface PostWriteHookRun {
  readonly hooks: readonly PostWriteHook[];
  /** The application's folder, absolute. */
  readonly base: string;
  /** The script directory, absolute. */
  readonly directory: string;
  /** The program that runs Node. */
  readonly node: string;
  readonly fs: FileSystem;
  readonly signal?: AbortSignal;
  readonly onStart: (hook: string) => void;
  readonly onOutput: (hook: string, line: string) => void;
  /**
   * Checks the file after each hook. Returns null, or what was wrong; in that case the original file has been restored.
   */
  readonly restore: () => Promise<string | null>;
}

/**
 * Runs the hooks on a file, one after the other, until one fails.
 *
 * @throws PostWriteHookError
 */
export async function runPostWriteHooks(path: string, run: PostWriteHookRun): Promise<void> {
  for (const hook of run.hooks) {
    const name = hookName(hook);
    run.onStart(name);
    const program = await programOf(hook, path, run);
    const result = await started(program, name, path);
    const failed = 'killedBy' in result || result.code !== 0;
    const lines = [...linesOf(result.stdout), ...linesOf(result.stderr)];
    // a single line is already part of the error
    if (!failed || lines.length > 1) for (const line of lines) run.onOutput(name, line);
    const damage = await run.restore();
    if (damage !== null) throw damageOf(damage, name, path);
    if (failed) throw failureOf(result, name, path);
  }
}

/** The name of a hook in messages. */
export function hookName(hook: PostWriteHook): string {
  return hook.name ?? (hook.kind === 'bin' ? hook.bin : hook.command);
}

async function programOf(hook: PostWriteHook, path: string, run: PostWriteHookRun): Promise<Program> {
  const given = hook.args ?? [];
  const args = given.some((arg) => arg.includes(FILE))
    ? given.map((arg) => arg.replaceAll(FILE, () => path))
    : [...given, path];
  const cwd = resolve(run.base, hook.cwd ?? '.');
  if ((await run.fs.stat(cwd))?.kind !== 'folder') {
    throw new PostWriteHookError(hookName(hook), path, `has no folder to run in: ${cwd}`, { cure: CORRECT });
  }
  const { signal } = run;
  if (hook.kind === 'exec') return { command: hook.command, args, cwd, signal };
  return { command: run.node, args: [await binOf(hook, path, run), ...args], cwd, signal };
}

async function binOf(
  hook: Extract<PostWriteHook, { kind: 'bin' }>,
  path: string,
  { base, directory, fs }: PostWriteHookRun,
): Promise<string> {
  const { bin, package: owner = bin } = hook;
  const failed = (problem: string, cure: string): PostWriteHookError =>
    new PostWriteHookError(hookName(hook), path, problem, { cure });
  for (const from of [base, directory]) {
    for (let folder = from; ; folder = dirname(folder)) {
      const root = join(folder, 'node_modules', owner);
      if (await fs.exists(join(root, 'package.json'))) {
        const bins = binsOf(await fs.readText(join(root, 'package.json')), owner);
        const file = bins.get(bin);
        if (file !== undefined) return join(root, file);
        const known = bins.size === 0 ? 'It has none' : `It has ${[...bins.keys()].join(', ')}`;
        throw failed(`is not run: the package ${owner} has no bin '${bin}'`, `${known}. ${CORRECT}`);
      }
      if (folder === dirname(folder)) break;
    }
  }
  throw failed(
    `is not run: the package ${owner} is not installed (looked for from ${base})`,
    `Install it with npm install --save-dev ${owner}, or take the hook out of 'postWriteHooks'.`,
  );
}

function binsOf(packageJson: string, owner: string): ReadonlyMap<string, string> {
  const { bin } = JSON.parse(packageJson) as { bin?: unknown };
  if (typeof bin === 'string') return new Map([[owner.replace(/^@[^/]*\//, ''), bin]]);
  const entries = Object.entries(Object(bin) as Record<string, unknown>);
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

async function started(program: Program, name: string, path: string): Promise<ProgramResult> {
  try {
    return await runProgram(program);
  } catch (cause) {
    if (!(cause instanceof ProgramNotStarted)) throw cause;
    const problem =
      cause.code === 'ENOENT'
        ? `is not run: there is no program '${program.command}'`
        : `is not run: '${program.command}' can't be started (${errorFields(cause).code})`;
    throw new PostWriteHookError(name, path, problem, { cure: `Install it, or correct 'postWriteHooks'.`, cause });
  }
}

function failureOf(result: ProgramResult, name: string, path: string): PostWriteHookError {
  const [line] = [...linesOf(result.stderr), ...linesOf(result.stdout)];
  const how = 'killedBy' in result ? `was ended by ${result.killedBy}` : `failed with exit code ${result.code}`;
  const problem = line === undefined ? how : `${how}: ${line.trim().slice(0, 300).replace(/\.$/, '')}`;
  return new PostWriteHookError(name, path, problem, {
    cure: "Correct the file by hand, or the hook in 'postWriteHooks'.",
  });
}

function damageOf(damage: string, name: string, path: string): PostWriteHookError {
  const outcome = `the revision is valid again, as it was written: ${path}`;
  return new PostWriteHookError(name, path, `left a file that ${damage}`, { outcome, cure: CORRECT });
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}
