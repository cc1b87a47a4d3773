import { UnsupportedOperationError } from '../../errors/operation.errors.js';
import { type DialectName } from '../dialect-name.js';
import { type StatementTable } from './statement-table.js';

/** The refusals of an engine that does not know what depends on what. */
export function noDependents(dialect: DialectName): Pick<StatementTable, 'dropDependents' | 'restoreDependents'> {
  const refuse = ({ kind }: { readonly kind: string }): never => {
    throw new UnsupportedOperationError(
      kind,
      dialect,
      'the engine does not tell what depends on what.',
      'Drop the objects in the revision, and create them again behind the change.',
    );
  };
  return { dropDependents: refuse, restoreDependents: refuse };
}
