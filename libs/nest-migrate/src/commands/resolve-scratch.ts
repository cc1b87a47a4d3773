import { resolve } from 'node:path';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { nearestName } from '../errors/nearest-name.js';
import { type ScratchOptions, type ScratchPlace, type ScratchSettings } from '../rehearsal/scratch-settings.js';

const known: Record<keyof ScratchOptions, true> = { on: true, prepare: true, snapshots: true };

/**
 * @param base What a relative folder is resolved against, absolute.
 * @throws InvalidOptionError naming the option.
 */
export function resolveScratch(
  given: 'same server' | (string & {}) | ScratchOptions | undefined,
  base: string,
): ScratchSettings {
  if (given !== undefined && typeof given !== 'string' && (typeof given !== 'object' || given === null)) {
    throw new InvalidOptionError('scratch', `is neither a text nor an object: ${typeof given}`);
  }
  const options: ScratchOptions = typeof given === 'string' ? { on: given } : (given ?? {});
  for (const option of Object.keys(options)) {
    if (option in known) continue;
    const meant = nearestName(option, Object.keys(known));
    const cure =
      meant === undefined
        ? 'Options of MikroORM belong in scratch.on: { on: { host, … } }.'
        : `Did you mean '${meant}'?`;
    throw new InvalidOptionError(`scratch.${option}`, 'is not known', cure);
  }
  const { on, prepare, snapshots = {} } = options;
  if (prepare !== undefined && typeof prepare !== 'function') {
    throw new InvalidOptionError('scratch.prepare', 'is no function', 'Write prepare: async (sql) => sql(…).');
  }
  return {
    on: on === undefined ? undefined : place(on),
    prepare,
    snapshots: {
      ...(snapshots.folder !== undefined && { folder: resolve(base, snapshots.folder) }),
      count: limit('scratch.snapshots.count', snapshots.count ?? 12),
      megabytes: limit('scratch.snapshots.megabytes', snapshots.megabytes ?? 1_000),
      key: snapshots.key ?? '',
    },
  };
}

function place(on: ScratchPlace): ScratchPlace {
  if (typeof on === 'object' && on !== null) return on;
  // the text itself is in no message: it may hold a password
  if (on === 'same server' || (typeof on === 'string' && URL.canParse(on))) return on;
  throw new InvalidOptionError(
    'scratch',
    "is neither 'same server' nor a URL that can be read",
    'Percent-encode user and password: / is %2F, # is %23, ? is %3F, @ is %40, % is %25.',
  );
}

function limit(option: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new InvalidOptionError(option, `is not a number from 0 on: ${String(value)}`);
}
