import { type QualifiedName } from '../schema/schema-model.js';

/** What changes while other objects use it: columns that get another type or are rebuilt, and types that are rebuilt. */
export interface ChangingParts {
  readonly columns: readonly { readonly table: string; readonly schema?: string; readonly column: string }[];
  readonly types: readonly QualifiedName[];
}

export type DependentKind = 'view' | 'materializedView' | 'rule' | 'trigger' | 'policy' | 'routine' | 'publication';

/** An object that prevents a change, with the statements that take it away and bring it back as it was. */
export interface DependentObject {
  readonly kind: DependentKind;
  /** The object itself, or the table that it belongs to. */
  readonly place: QualifiedName;
  readonly name: string;
  readonly drop: string;
  readonly create: readonly string[];
  /** What has to be said besides: options, owner, grants, comments, whether a trigger is enabled. */
  readonly extras: readonly string[];
}
