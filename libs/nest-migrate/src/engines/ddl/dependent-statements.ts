import { UnsupportedOperationError } from '../../errors/operation.errors.js';
import { type DialectName } from '../dialect-name.js';
import { type StatementTable } from './statement-table.js';

/** The refusals of an engine that does not know what depends on what, or what an object has. */
export function noDependents(
  dialect: DialectName,
): Pick<StatementTable, 'dropDependents' | 'restoreDependents' | 'keepAttributes' | 'restoreAttributes'> {
  const refuse = ({ kind }: { readonly kind: string }): never => {
    throw new UnsupportedOperationError(
      kind,
      dialect,
      'the engine does not tell what depends on what.',
      'Drop the objects in the revision, and create them again behind the change.',
    );
  };
  const refuseAttributes = ({ kind }: { readonly kind: string }): never => {
    throw new UnsupportedOperationError(
      kind,
      dialect,
      'the engine is not asked what an object has beyond its create statement.',
      'Grant in the revision what was granted.',
    );
  };
  return {
    dropDependents: refuse,
    restoreDependents: refuse,
    keepAttributes: refuseAttributes,
    restoreAttributes: refuseAttributes,
  };
}

/** The refusals of an engine whose triggers do not see a row as a whole. */
export function noColumnSync(dialect: DialectName): Pick<StatementTable, 'syncColumns' | 'unsyncColumns'> {
  const refuse = ({ kind }: { readonly kind: string }): never => {
    throw new UnsupportedOperationError(
      kind,
      dialect,
      'the trigger for it is written for PostgreSQL alone.',
      'Create the triggers in the revision with createTrigger.',
    );
  };
  return { syncColumns: refuse, unsyncColumns: refuse };
}
