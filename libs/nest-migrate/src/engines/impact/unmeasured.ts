import { type ImpactMeter } from './impact.js';

/** Says of every statement that it is not known. */
export function unmeasured(reason: string): ImpactMeter {
  return {
    async measure(_session, sql, send) {
      await send(sql ?? '');
      return { tables: [], algorithm: null, source: 'unknown', reason };
    },
  };
}
