import { InvalidOptionError } from '../errors/configuration.errors.js';
import { nearestName } from '../errors/nearest-name.js';
import { type StatementLimits } from '../engines/session/limits.js';
import { type DdlLimits } from './options.js';

const known: Record<keyof DdlLimits, true> = { lockTimeout: true, statementTimeout: true, retries: true };

/** How often a statement that waited too long for a lock is tried again, unless the options say otherwise. */
const RETRIES = 3;

/** @throws InvalidOptionError naming the option. */
export function resolveDdl(ddl: DdlLimits): StatementLimits {
  if (typeof ddl !== 'object' || ddl === null) {
    throw new InvalidOptionError('ddl', `is no object: ${String(ddl)}`, 'Write ddl: { lockTimeout: 2_000 }.');
  }
  for (const option of Object.keys(ddl)) {
    if (option in known) continue;
    const meant = nearestName(option, Object.keys(known));
    const cure = meant === undefined ? `There are: ${Object.keys(known).join(', ')}.` : `Did you mean '${meant}'?`;
    throw new InvalidOptionError(`ddl.${option}`, 'is not known', cure);
  }
  const { lockTimeout, statementTimeout, retries = lockTimeout === undefined ? 0 : RETRIES } = ddl;
  return {
    lockTimeout: limit('ddl.lockTimeout', lockTimeout),
    statementTimeout: limit('ddl.statementTimeout', statementTimeout),
    retries: whole('ddl.retries', retries, 0),
  };
}

function limit(option: string, value: number | undefined): number | undefined {
  return value === undefined ? undefined : whole(option, value, 1);
}

function whole(option: string, value: number, least: number): number {
  // the servers store a signed number of 32 bits
  if (Number.isInteger(value) && value >= least && value < 2 ** 31) return value;
  throw new InvalidOptionError(option, `is no whole number from ${least} on: ${String(value)}`);
}
