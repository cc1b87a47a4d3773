import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What is used of Prettier, which is the application's own where it has one. */
interface Prettier {
  resolveConfig(path: string, options: { readonly editorconfig: boolean }): Promise<object | null>;
  check(text: string, options: object): Promise<boolean>;
  format(text: string, options: object): Promise<string>;
}

/** Formats an edited file with the application's Prettier, where the file was formatted so before. */
export async function tidied(root: string, path: string, before: string, after: string): Promise<string> {
  try {
    const file = join(root, path);
    const prettier = createRequire(join(root, 'package.json'))('prettier') as Prettier;
    const options = { ...(await prettier.resolveConfig(file, { editorconfig: true })), filepath: file };
    return (await prettier.check(before, options)) ? await prettier.format(after, options) : after;
  } catch {
    return after; // not there, or its configuration cannot be read: the edit alone is as good
  }
}
