import { type Capabilities } from '../capabilities.js';

export const postgresCapabilities: Capabilities = {
  transactionalDdl: true,
  sessionLock: true,
  singleConnection: false,
  schemas: true,
  comparesNullsByType: true,
  inlineEnums: false,
  implicitForeignKeyIndexes: false,
  foreignKeysHold: [],
  ownIndexLengths: [],
  constraintsShareNames: false,
  autoincrementNeedsKey: false,
  fillsNewColumns: false,
  computedNulls: 'compared',
  computedToPlain: ['stored'],
  plainToComputed: [],
  typedExpressions: true,
  computedBlocksTypes: true,
  expressionsFollowRenames: true,
  checksFollowRenames: true,
  restoresDependents: true,
  viewsBlockChanges: true,
  viewsKeepColumns: true,
  viewsHaveTriggers: true,
  /** It replaces a view only if columns are added at the end, which cannot be known beforehand. */
  replacesViews: false,
  replacesRoutines: true,
  replacesTriggers: false,
  overloadsRoutines: true,
  looseForeignKeys: false,
  placesColumns: false,
  sharedTypes: false,
  collationsIgnoreCase: false,
};

/**
 * PGlite: it has one session, which all callers share, so a lock of the session would exclude none of them. No other
 * process can use the database meanwhile.
 */
export const pgliteCapabilities: Capabilities = { ...postgresCapabilities, sessionLock: false, singleConnection: true };
