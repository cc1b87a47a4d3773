import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { nodeFileSystem } from './file-system.js';

/**
 * The version of the second package that the first one loads, where the application in `cwd` loads the first one;
 * `null` where it is not found.
 */
export async function installedVersion(
  [first, second]: readonly [first: string, second: string],
  cwd: string,
): Promise<string | null> {
  try {
    const from = createRequire(join(cwd, 'any.js')).resolve(first + '/package.json');
    // its own package.json may not be among its exports
    const entry = createRequire(from).resolve(second);
    const { version } = JSON.parse(await nodeFileSystem.readText(join(dirname(entry), '..', 'package.json'))) as {
      readonly version: string;
    };
    return version;
  } catch {
    return null;
  }
}
