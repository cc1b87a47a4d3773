import { type Common } from '../commands/command-context.js';
import { type Project } from '../commands/project.js';
import { ScriptDirectoryMissingError } from '../errors/script.errors.js';
import { type MigrationCommands } from './connections.js';

/** The methods of the service that commands need which the files alone are enough for. */
type FileMethods = Pick<
  MigrationCommands,
  'heads' | 'history' | 'graph' | 'branches' | 'show' | 'bundle' | 'merge' | 'connections'
>;

/** The service as commands see it that work on the files of a project. What it needs is loaded with the first call. */
export function fileMigrations(project: Project): FileMethods {
  const scripts = project.scriptsContext();
  return {
    heads: async (options) => {
      const { heads } = await import('../commands/heads.js');
      return found(project, options, heads(scripts, options));
    },
    history: async (options) => {
      const { history } = await import('../commands/history.js');
      return found(project, options, history(scripts, options));
    },
    graph: async (options) => {
      const { graph } = await import('../commands/history-graph.js');
      return found(project, options, graph(scripts, options));
    },
    branches: async (options) => {
      const { branches } = await import('../commands/branches.js');
      return found(project, options, branches(scripts, options));
    },
    show: async (options) => {
      const { show } = await import('../commands/show.js');
      return found(project, options, show(scripts, options));
    },
    bundle: async (options) => {
      const { bundle } = await import('../commands/bundle.js');
      return found(project, options, bundle(scripts, options));
    },
    merge: async (options) => {
      const { merge } = await import('../commands/merge.js');
      return found(project, options, merge(await project.filesContext(), options));
    },
    connections: () => Promise.resolve([scripts.connection]),
  };
}

/** Says, where the script directory was only assumed, how to name it. */
async function found<T>({ settings, base }: Project, { directory }: Common = {}, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ScriptDirectoryMissingError)) throw error;
    if (directory !== undefined || settings.directory !== undefined) throw error;
    throw new ScriptDirectoryMissingError(
      error.path,
      base,
      'There is no script directory',
      'What the options of MigrationModule say cannot be read without starting the application. Name the folder with -d, or in package.json: { "nest-migrate": { "directory": "…" } }.',
    );
  }
}
