import { InvalidOptionError } from '../errors/configuration.errors.js';
import { nearestName } from '../errors/nearest-name.js';
import { type StartupProbe } from './options.js';

/** A startup probe, checked and with every default filled in. */
export interface ResolvedProbe {
  readonly port: number;
  readonly path: string;
  /** Absent: all addresses. */
  readonly host: string | undefined;
}

const known: Record<keyof StartupProbe, true> = { port: true, path: true, host: true };

/** @throws InvalidOptionError naming the option. */
export function resolveProbe(probe: StartupProbe): ResolvedProbe {
  if (typeof probe !== 'object' || probe === null) {
    throw new InvalidOptionError('probe', `is no object: ${String(probe)}`, 'Write probe: { port: 3000 }.');
  }
  for (const option of Object.keys(probe)) {
    if (option in known) continue;
    const meant = nearestName(option, Object.keys(known));
    const cure = meant === undefined ? `There are: ${Object.keys(known).join(', ')}.` : `Did you mean '${meant}'?`;
    throw new InvalidOptionError(`probe.${option}`, 'is not known', cure);
  }
  const { port, path = '/', host } = probe;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidOptionError('probe.port', `is no port from 1 to 65535: ${String(port)}`);
  }
  if (typeof path !== 'string' || !/^\/[^?#\s]*$/.test(path)) {
    throw new InvalidOptionError('probe.path', `is no path: '${String(path)}'`, "Write it as in the probe: '/live'.");
  }
  if (host !== undefined && (typeof host !== 'string' || host.trim() === '')) {
    throw new InvalidOptionError('probe.host', 'is empty', 'Leave it out to listen at all addresses.');
  }
  return { port, path, host };
}
