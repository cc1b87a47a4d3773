import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type PostWriteHook } from './options.js';

/** The fields of each kind of hook, the required one first. */
const keysOf = {
  bin: ['bin', 'package', 'name', 'args', 'cwd'],
  exec: ['command', 'name', 'args', 'cwd'],
} as const satisfies Record<PostWriteHook['kind'], readonly string[]>;

/**
 * Checks the option, which JavaScript and JSON may have given any shape.
 *
 * @throws InvalidOptionError naming the hook.
 */
export function checkPostWriteHooks(hooks: readonly PostWriteHook[]): readonly PostWriteHook[] {
  if (!Array.isArray(hooks)) {
    const cure = "Write [{ kind: 'bin', bin: 'prettier', args: ['--write'] }].";
    throw new InvalidOptionError('postWriteHooks', 'is no list', cure);
  }
  const list: readonly PostWriteHook[] = hooks;
  list.forEach((hook, index) => checkHook(hook, `postWriteHooks[${index}]`));
  return list;
}

function checkHook(hook: unknown, option: string): void {
  const { kind, args = [], ...texts } = Object(hook) as Readonly<Record<string, unknown>>;
  if (kind !== 'bin' && kind !== 'exec') {
    throw new InvalidOptionError(
      option,
      'is of no kind',
      "Write kind: 'bin' for a package's bin, kind: 'exec' for a program.",
    );
  }
  const keys: readonly string[] = keysOf[kind];
  const unknown = Object.keys(texts).find((key) => !keys.includes(key));
  if (unknown !== undefined)
    throw new InvalidOptionError(option, `can't have '${unknown}'`, `It has kind, ${keys.join(', ')}.`);
  for (const key of keys) {
    const value = texts[key];
    if (key === 'args' || (value === undefined && key !== keys[0])) continue;
    if (typeof value !== 'string' || value === '') throw new InvalidOptionError(`${option}.${key}`, 'is no text');
  }
  if (Array.isArray(args) && args.every((arg) => typeof arg === 'string')) return;
  throw new InvalidOptionError(`${option}.args`, 'is no list of texts', "Write one text an argument: ['--write'].");
}
