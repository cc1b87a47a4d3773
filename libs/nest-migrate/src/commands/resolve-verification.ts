import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type VerificationOptions } from './options.js';

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
    if (option !== 'rows') throw new InvalidOptionError(`verify.${option}`, 'is not known', 'There is: rows.');
  }
  if (options.rows !== undefined && typeof options.rows !== 'function') {
    throw new InvalidOptionError('verify.rows', 'is no function', 'Write verify: { rows: async (op) => … }.');
  }
  return options;
}
