import { dirname, join } from 'node:path';
import { type Finding } from './application-checks.js';
import { type FileSystem } from './file-system.js';
import { isRecord, readJsonWithComments } from './json-with-comments.js';

/**
 * Checks whether `nest start -- db …` would start another project. Nest's CLI takes the first word, even after `--`, as
 * a project name where there is a project of that name.
 */
export async function checkNestProjects({
  directory,
  fs,
}: {
  /** The script directory, absolute. The nearest `nest-cli.json` above it is read. */
  readonly directory: string;
  readonly fs: FileSystem;
}): Promise<readonly Finding[]> {
  for (let folder = dirname(directory); ; folder = dirname(folder)) {
    const path = join(folder, 'nest-cli.json');
    if (await fs.exists(path)) {
      const configuration = await readJsonWithComments(path, fs);
      const projects = isRecord(configuration) ? configuration['projects'] : undefined;
      if (!isRecord(projects) || !('db' in projects)) return [];
      return [
        {
          problem: `${path} has a project called 'db', which nest start -- db … starts.`,
          cure: "Rename the project, or give the commands another word: runDbCommand(AppModule, { name: 'schema' }).",
        },
      ];
    }
    if (folder === dirname(folder)) return [];
  }
}
