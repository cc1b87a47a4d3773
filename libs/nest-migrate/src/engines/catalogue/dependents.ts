import { type QualifiedName } from '../../schema/schema-model.js';

/** What changes while other objects use it. */
export interface ChangingParts {
  readonly columns: readonly ChangingColumn[];
  /** Types that are rebuilt under the same name. */
  readonly types: readonly QualifiedName[];
  /** Indexes, and constraints with an index, that are dropped and created again. */
  readonly indexes: readonly QualifiedName[];
}

export interface ChangingColumn {
  readonly table: string;
  readonly schema?: string;
  readonly column: string;
  /** True where the column is rebuilt, or its type is: then the engine keeps nothing that uses it. */
  readonly isRebuilt: boolean;
}

/** `constraint`, `index`, `column` and `statistics` are parts of a table; the column is a computed one. */
export type DependentKind =
  | 'view'
  | 'materializedView'
  | 'rule'
  | 'trigger'
  | 'policy'
  | 'routine'
  | 'publication'
  | 'constraint'
  | 'index'
  | 'column'
  | 'statistics';

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
