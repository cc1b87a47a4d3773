/** What an engine can do, as data: the rest of the library decides by these alone, never by an engine's name. */
export interface Capabilities {
  /** DDL takes part in transactions: a failed revision leaves nothing behind. */
  readonly transactionalDdl: boolean;
  /** There is a lock that lives as long as the session that took it. */
  readonly sessionLock: boolean;
  /** The engine lives in this process and has one connection: whoever pins it must hand it to all readers. */
  readonly singleConnection: boolean;
  /** Tables live in named schemas within one database, and there are native enum types in them. */
  readonly schemas: boolean;
  /** What names are quoted with. */
  readonly quote: '"' | '`';
  /** `oracle.defaults` answers for a null with its type, so that it can tell types apart. */
  readonly comparesNullsByType: boolean;
  /** The values of an enum stand in the column's own type. */
  readonly inlineEnums: boolean;
  /** An index that a foreign key made for itself carries the key's name, and is not anybody's. */
  readonly implicitForeignKeyIndexes: boolean;
  /** No two checks, and no two foreign keys, of a schema have one name. */
  readonly constraintsShareNames: boolean;
  /** A column may only count up while it leads a key. */
  readonly autoincrementNeedsKey: boolean;
  /** A column that is added as not null, without a default, to rows gets some empty value in them. */
  readonly fillsNewColumns: boolean;
  /**
   * Whether a computed column can be declared not null. `compared`: it is, or is not, as its entity says. `kept`:
   * MikroORM never declares it, so that only what is there already can be. `always`: the engine takes no word about it.
   */
  readonly computedNulls: 'compared' | 'kept' | 'always';
  /** A named check is text that a rename of its columns leaves behind. */
  readonly checksFollowRenames: boolean;
  /** A view stands in the way of changes to what it shows, so it goes before them and comes back after. */
  readonly viewsBlockChanges: boolean;
  /** A view can have triggers, which go with it. */
  readonly viewsHaveTriggers: boolean;
  /** `create or replace view` takes any query in place of the one that is there. */
  readonly replacesViews: boolean;
  /** `create or replace` takes any routine of the same call in place of the one that is there. */
  readonly replacesRoutines: boolean;
  /** Several routines of one name differ in what they are given. */
  readonly overloadsRoutines: boolean;
  /** Why there are no routines; absent where there are. */
  readonly whyNoRoutine?: string;
  /** Nothing is wrong with a foreign key whose columns, or whose other table, are not there for a while. */
  readonly looseForeignKeys: boolean;
  /** A column can be put between others; elsewhere it comes last. */
  readonly placesColumns: boolean;
  /** One type of the engine stands for several neutral ones: which of them was meant, only an entity can say. */
  readonly sharedTypes: boolean;
  /** Comparing ends at upper and lower case: collation names. */
  readonly collationsIgnoreCase: boolean;
}
