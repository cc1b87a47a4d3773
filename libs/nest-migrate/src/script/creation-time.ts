import { InvalidOptionError } from '../errors/configuration.errors.js';
import { nearestName } from '../errors/nearest-name.js';

/** A moment on the clock of a time zone. */
export interface CreationTime {
  /** ISO 8601 with seconds and offset, such as `2026-11-20T10:00:00+00:00`. */
  readonly iso: string;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Seconds since 1970. */
  readonly epoch: number;
}

/** @throws InvalidOptionError if there is no such time zone. */
export function creationTime(now: Date, timezone: string): CreationTime {
  const parts = new Map(
    formatterFor(timezone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => (parts.get(type) ?? '').padStart(2, '0');
  const offset = (parts.get('timeZoneName') ?? '').replace('GMT', '') || '+00:00';
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(part(type));
  return {
    iso: `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}${offset}`,
    year: number('year'),
    month: number('month'),
    day: number('day'),
    hour: number('hour'),
    minute: number('minute'),
    second: number('second'),
    epoch: Math.floor(now.getTime() / 1000),
  };
}

/** @throws InvalidOptionError if there is no such time zone. */
export function checkTimezone(timezone: string): void {
  formatterFor(timezone);
}

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const meant = nearestName(
      timeZone.toLowerCase(),
      Intl.supportedValuesOf('timeZone').map((name) => name.toLowerCase()),
    );
    const name = Intl.supportedValuesOf('timeZone').find((known) => known.toLowerCase() === meant);
    const cure = name === undefined ? "Use an IANA name such as 'UTC' or 'Europe/Paris'." : `Did you mean '${name}'?`;
    throw new InvalidOptionError('timezone', `is no time zone: '${timeZone}'`, cure);
  }
}
