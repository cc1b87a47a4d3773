import { UsageError } from '../errors/usage.errors.js';
import { nodeFileSystem } from '../script/file-system.js';

/**
 * The renames in a file: one a line, as `--rename` takes them. Empty lines and lines that begin with `#` are ignored.
 *
 * @throws UsageError where the file cannot be read, or a line is no rename.
 */
export async function readRenames(file: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await nodeFileSystem.readText(file);
  } catch (error) {
    throw new UsageError(`The renames in '${file}' cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.trim());
  return lines.flatMap((line, index) => {
    if (line === '' || line.startsWith('#')) return [];
    if (line.includes(':')) return [line];
    throw new UsageError(`Line ${index + 1} of '${file}' is no rename: '${line}'.`, {
      cure: 'Write old:new, or table.old:new for a column.',
    });
  });
}
