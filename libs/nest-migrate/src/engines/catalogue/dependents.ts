import { type QualifiedName } from '../../schema/schema-model.js';

/** An object that prevents a change. */
export interface DependentObject {
  readonly kind: string;
  /** The object itself, or the table that it belongs to. */
  readonly place: QualifiedName;
  readonly name: string;
}
