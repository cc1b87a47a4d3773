import { setTimeout as pause } from 'node:timers/promises';
import { type Clock } from './ports.js';

/** The clock of this process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  // an aborted pause simply ends
  pause: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => undefined),
};
