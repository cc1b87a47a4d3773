import { type TableAlteration } from '../../../operations/all.js';
import { type AlterAssertion } from '../../../operations/define.js';
import { type StatementImpact } from '../../impact/impact.js';

/** Changes that one statement makes. */
export type Group = readonly TableAlteration[];

/** How the server makes changes. */
export interface Verdict {
  /** What the statement can assert; absent where it copies the table, or where no request uses the table yet. */
  readonly assertion?: AlterAssertion;
  /** Who waits meanwhile. */
  readonly waits?: 'writes' | 'writes for a copy';
}

/** From the one that costs least to the one that costs most. */
const ALGORITHMS = ['INSTANT', 'NOCOPY', 'INPLACE', 'COPY'] as const;

/** What the statements of changes did to their table. */
export function verdictOf(impacts: readonly StatementImpact[], [{ table }]: Group): Verdict {
  const alterations = impacts.flatMap(({ algorithm, tables }) => {
    const own = tables.find((one) => one.table === table);
    return own === undefined || own.isNew || own.lock?.startsWith('SHARED_') === true
      ? []
      : [{ algorithm, lock: own.lock }];
  });
  if (alterations.length === 0) return {};
  const worst = Math.max(
    ...alterations.map(({ algorithm }) => (algorithm === null ? 3 : ALGORITHMS.indexOf(algorithm))),
  );
  const isShared = alterations.some(({ lock }) => lock !== 'NONE');
  const algorithm = ALGORITHMS[worst];
  if (algorithm === 'COPY' && isShared) return { waits: 'writes for a copy' };
  if (algorithm === 'INSTANT') return { assertion: { algorithm: 'instant' } };
  return {
    assertion: { algorithm: ASSERTED[algorithm ?? 'COPY'], lock: isShared ? 'shared' : 'none' },
    ...(isShared && { waits: 'writes' }),
  };
}

const ASSERTED = { INSTANT: 'instant', NOCOPY: 'nocopy', INPLACE: 'inplace', COPY: 'copy' } as const;
