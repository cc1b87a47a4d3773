import { pageOf } from '../cli/palette.js';
import { nodeVersionProblem } from '../cli/node-version.js';
import { nodeFileSystem } from '../script/file-system.js';
import { applicationCompiler } from './application-compiler.js';
import { nestProject } from './nest-project.js';
import { versionNotes } from './version-notes.js';
import { wireApplication } from './wire-application.js';

/** What `nest add nest-migrate` takes; `schematics/schema.json` says the same to Nest's command line. */
export interface NestAddOptions {
  readonly sourceRoot?: string;
  readonly project?: string;
  readonly directory?: string;
  readonly onBootstrap?: string;
  /** `-d`, which Nest's command line does not read everywhere. */
  readonly d?: boolean;
}

/** What is used of the tree of files that a schematic changes. */
interface Tree {
  overwrite(path: string, content: string): void;
}

/** What is used of the context of a schematic. */
interface Context {
  readonly logger: { info(message: string): void };
}

/**
 * The schematic that `nest add nest-migrate` runs behind the installation: it puts `MigrationModule` around MikroORM's
 * module, adds the line to `main.ts` and the script to package.json, and shows all of it. What is not sure stays as it
 * is and is printed. Nest's command line writes the files, or leaves that with `--dry-run`.
 */
export function nestAdd(options: NestAddOptions): (tree: Tree, context: Context) => Promise<void> {
  return async (tree, { logger }) => {
    const problem = nodeVersionProblem(process.versions.node);
    if (problem !== undefined) throw new Error(problem);
    // behind the check: an older Node.js lacks what these import
    const { addReport } = await import('./add-report.js');
    const root = process.cwd();
    const compiler = applicationCompiler(root, process.argv[1]);
    if (compiler === undefined) {
      throw new Error('There is no TypeScript 5 or 6 to read the application with: npm install --save-dev @nestjs/cli');
    }
    const project = await nestProject(root, chosen(options), nodeFileSystem);
    const { directory, onBootstrap } = options;
    const wiring = await wireApplication({ compiler, project, directory, onBootstrap, fs: nodeFileSystem });
    const notes = await versionNotes(root, project.packageManager, nodeFileSystem);
    for (const line of addReport(wiring, [...wiring.notes, ...notes], pageOf(process.stdout, process.env).paint))
      logger.info(line);
    logger.info('');
    if (options.d === true) return;
    for (const { path, after } of wiring.changes) tree.overwrite(path, after);
  };
}

/** Nest's command line hands over the word `undefined` where it knows none. */
function chosen({ project, sourceRoot }: NestAddOptions): { readonly project?: string; readonly sourceRoot?: string } {
  return { project, ...(sourceRoot !== 'undefined' && { sourceRoot }) };
}
