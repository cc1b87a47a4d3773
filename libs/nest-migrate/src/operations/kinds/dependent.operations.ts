import { nameOf, optionsOf, refuse, type OptionKinds, type Site } from '../arguments.js';
import { listOrNothing, orNothing, type ArgumentRecord } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';
import { columnUse } from '../object-change.js';

/** A column that changes while other objects use it. */
export interface ChangingColumn extends InSchema {
  /** The table of the column. */
  readonly table: string;
  /** The name of the column. */
  readonly column: string;
  /**
   * True: the column is dropped and added again, or its type is rebuilt. Then parts of tables count as well: constraints,
   * indexes, computed columns and statistics. Absent: false.
   */
  readonly rebuilt?: boolean;
}

/** A type that is rebuilt while other objects use it. */
export interface ChangingType extends InSchema {
  /** The name of the type. */
  readonly name: string;
}

/** What changes while other objects use it. */
export interface ChangingParts {
  /** The columns. Absent: none. */
  readonly columns?: readonly ChangingColumn[];
  /** The types. Absent: none. */
  readonly types?: readonly ChangingType[];
  /** The names of constraints, indexes and computed columns that the revision itself drops. Absent: none. */
  readonly except?: readonly string[];
}

/** Drops what uses parts of the schema that are about to change, and keeps how to create it again. */
export interface DropDependentsOperation extends ChangingParts {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropDependents';
}

/** Creates again what {@link DropDependentsOperation} dropped. */
export interface RestoreDependentsOperation extends ChangingParts {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'restoreDependents';
}

/** The operations on objects that depend on others. */
export type DependentOperation = DropDependentsOperation | RestoreDependentsOperation;

/** The verbs for objects that depend on others. */
export interface DependentVerbs {
  /**
   * Drops every object that PostgreSQL would not let a change happen under, whether or not entities declare it: views and
   * materialized views, and those that use them, rules, triggers, policies, routines with a parsed body, and entries of
   * publications. The database is asked when the revision runs. {@link DependentVerbs.restoreDependents} creates them
   * again, in the same transaction. PostgreSQL and PGlite only.
   *
   * Rejects with `TransactionNeededError` outside of a transaction, where a failure would lose what was dropped.
   *
   * @example
   * await op.dropDependents({ columns: [{ table: 'book', column: 'pages' }] });
   * await op.alterColumn('book', 'pages', { type: 'bigint' }, { existing: { type: 'integer' } });
   * await op.restoreDependents();
   */
  dropDependents(parts: ChangingParts): Promise<void>;
  /**
   * Creates again what {@link DependentVerbs.dropDependents} has dropped in the same revision, as it was: with its owner,
   * grants, options, comments and indexes, and with triggers disabled that were. `parts` are those that were given to
   * `dropDependents`; only the reverse of the operation needs them.
   *
   * @example
   * await op.restoreDependents();
   */
  restoreDependents(parts?: ChangingParts): Promise<void>;
}

const defineOperation = definitionsOf<DependentVerbs, DependentOperation>();

const partKinds: OptionKinds<ChangingParts> = { columns: 'any', types: 'any', except: 'strings' };
const columnKinds: OptionKinds<ChangingColumn> = {
  table: 'name',
  schema: 'name',
  column: 'name',
  rebuilt: 'boolean',
};
const typeKinds: OptionKinds<ChangingType> = { name: 'name', schema: 'name' };

const dropDependents = defineOperation({
  kind: 'dropDependents',
  changes: ({ columns = [] }) => columns.map(columnUse),
  parse: (parts) => {
    const found = partsOf('dropDependents', parts);
    if ((found.columns ?? found.types) === undefined) {
      refuse(siteOf('dropDependents'), 'need the columns or types that change.');
    }
    return found;
  },
  reverse: ({ kind: _, ...parts }) => [{ kind: 'restoreDependents', ...parts }],
  call: (parts) => [callOf(parts) ?? {}],
  // what it serves is described, and it is no difference itself
  describe: () => [],
});

const restoreDependents = defineOperation({
  kind: 'restoreDependents',
  changes: ({ columns = [] }) => columns.map(columnUse),
  parse: (parts) => partsOf('restoreDependents', parts),
  reverse: ({ kind: _, ...parts }) => [{ kind: 'dropDependents', ...parts }],
  call: (parts) => [callOf(parts)],
  describe: () => [],
});

export const dependentOperations = [dropDependents, restoreDependents] as const;

function siteOf(verb: string): Site {
  return { verb, subject: 'the changing parts' };
}

function partsOf(verb: string, parts: ChangingParts | undefined): ChangingParts {
  const site = siteOf(verb);
  const { columns, types, except } = optionsOf<ChangingParts>(site, parts, partKinds);
  return {
    ...(columns !== undefined && {
      columns: listOf(site, 'columns', columns).map((column) => {
        const checked = optionsOf<ChangingColumn>(site, column, columnKinds);
        nameOf(site, 'the table of a column', checked.table);
        nameOf(site, 'the name of a column', checked.column);
        return checked as ChangingColumn;
      }),
    }),
    ...(types !== undefined && {
      types: listOf(site, 'types', types).map((type) => {
        const checked = optionsOf<ChangingType>(site, type, typeKinds);
        nameOf(site, 'the name of a type', checked.name);
        return checked as ChangingType;
      }),
    }),
    ...(except !== undefined && { except }),
  };
}

function listOf<T>(site: Site, what: string, list: readonly T[]): readonly T[] {
  const given: unknown = list;
  if (!Array.isArray(given)) refuse(site, `need a list as '${what}'.`);
  return list;
}

function callOf({ columns = [], types = [], except = [] }: ChangingParts): ArgumentRecord | undefined {
  return orNothing({
    columns: listOrNothing(columns.map(({ table, schema, column, rebuilt }) => ({ table, schema, column, rebuilt }))),
    types: listOrNothing(types.map(({ name, schema }) => ({ name, schema }))),
    except: listOrNothing(except),
  });
}
