import { type Capabilities } from '../capabilities.js';

/** MySQL, and what MariaDB has in common with it. */
export const mysqlCapabilities: Capabilities = {
  transactionalDdl: false,
  sessionLock: true,
  singleConnection: false,
  schemas: false,
  comparesNullsByType: false,
  inlineEnums: true,
  implicitForeignKeyIndexes: true,
  constraintsShareNames: true,
  autoincrementNeedsKey: true,
  fillsNewColumns: true,
  checksFollowRenames: false,
  restoresDependents: false,
  viewsBlockChanges: false,
  viewsKeepColumns: true,
  viewsHaveTriggers: false,
  replacesViews: true,
  overloadsRoutines: false,
  looseForeignKeys: false,
  placesColumns: true,
  sharedTypes: false,
  collationsIgnoreCase: true,
  computedNulls: 'kept',
  computedToPlain: ['stored'],
  // a change cannot leave open whether the column holds nulls, as the computed column of an entity does
  plainToComputed: [],
  typedExpressions: false,
  computedBlocksTypes: false,
  expressionsFollowRenames: false,
  replacesRoutines: false,
};
