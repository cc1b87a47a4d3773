import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type VerificationOptions } from './options.js';

const KNOWN: ReadonlySet<string> = new Set<keyof VerificationOptions>(['rows', 'written', 'services']);

/** @throws InvalidOptionError naming the option. */
export function resolveVerification(options: VerificationOptions): Readonly<VerificationOptions> {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new InvalidOptionError(
      'verify',
      `is no object: ${JSON.stringify(options)}`,
      'Write verify: { rows: async (op) => … }.',
    );
  }
  for (const option of Object.keys(options)) {
    if (!KNOWN.has(option))
      throw new InvalidOptionError(`verify.${option}`, 'is not known', `There are: ${[...KNOWN].join(', ')}.`);
  }
  for (const option of ['written', 'services'] as const) {
    const value: unknown = options[option];
    if (value !== undefined && typeof value !== 'boolean')
      throw new InvalidOptionError(`verify.${option}`, `is neither true nor false: ${JSON.stringify(value)}`);
  }
  if (options.rows !== undefined && typeof options.rows !== 'function') {
    throw new InvalidOptionError('verify.rows', 'is no function', 'Write verify: { rows: async (op) => … }.');
  }
  return options;
}
