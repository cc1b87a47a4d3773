import { dirname, resolve } from 'node:path';
import { OutputNotWrittenError, UsageError } from '../errors/usage.errors.js';
import { errorFields, nodeFileSystem, writeTextFile } from '../script/file-system.js';

/** Where the result of a command goes instead of stdout. */
export interface OutputFile {
  /** @throws OutputNotWrittenError */
  write(text: string): Promise<void>;
}

/**
 * A file for a result. It is written as a whole, once the result is complete.
 *
 * @param path Resolved against the working directory.
 * @throws UsageError where it could not be written, before anything is done.
 */
export async function outputFile(path: string): Promise<OutputFile> {
  const file = resolve(path);
  const folder = dirname(file);
  if ((await nodeFileSystem.stat(folder))?.kind !== 'folder') {
    throw new UsageError(`There is no folder for --output: ${folder}.`, { cure: 'Create it, or name another file.' });
  }
  if ((await nodeFileSystem.stat(file))?.kind === 'folder') {
    throw new UsageError(`--output is a folder: ${file}.`, { cure: 'Name a file in it.' });
  }
  return {
    async write(text) {
      try {
        await writeTextFile(file, text);
      } catch (cause) {
        throw new OutputNotWrittenError(file, errorFields(cause).message, cause);
      }
    },
  };
}
