import { type Capabilities } from '../capabilities.js';

export const postgresCapabilities: Capabilities = {
  transactionalDdl: true,
  sessionLock: true,
  singleConnection: false,
  schemas: true,
  quote: '"',
  comparesNullsByType: true,
  inlineEnums: false,
  implicitForeignKeyIndexes: false,
  constraintsShareNames: false,
  autoincrementNeedsKey: false,
  fillsNewColumns: false,
  computedNulls: 'compared',
  checksFollowRenames: true,
  viewsBlockChanges: true,
  viewsHaveTriggers: true,
  /** It does as long as columns are added at the end, which nobody can tell beforehand. */
  replacesViews: false,
  replacesRoutines: true,
  overloadsRoutines: true,
  looseForeignKeys: false,
  placesColumns: false,
  sharedTypes: false,
  collationsIgnoreCase: false,
};

/**
 * PGlite: it has one session, which all callers share, so that a lock of the session would let every one of them in. Nothing
 * runs beside it.
 */
export const pgliteCapabilities: Capabilities = { ...postgresCapabilities, sessionLock: false, singleConnection: true };
