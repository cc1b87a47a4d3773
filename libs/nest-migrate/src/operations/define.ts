import { type Argument, type Call } from './call.js';
import { frozen } from './frozen.js';
import { type ObjectChange } from './object-change.js';

/** Where an object is. */
export interface InSchema {
  /**
   * The schema of the object. Absent: that of the connection. MySQL and MariaDB: a database; SQLite: an attached
   * database.
   */
  readonly schema?: string;
}

/**
 * How MySQL and MariaDB have to make a change of a table. Where the server would make it in another way it refuses it, and
 * nothing has changed.
 *
 * These servers add a foreign key `inplace` or `nocopy` only while they compare no rows. So the session does without that
 * for the statement, and a query before it and one behind it look for rows that refer to nothing: such a row fails the
 * revision.
 *
 * @example
 * await op.batchAlterTable('book', (batch) => batch.dropColumn('book', 'pages'), { algorithm: 'instant' });
 */
export interface AlterAssertion {
  /**
   * `instant`: only the catalogue changes; `nocopy` (MariaDB): no row is written again; `inplace`: the engine does it
   * itself; `copy`: by a copy of the table, during which no session can write. Default: what the server takes.
   */
  readonly algorithm?: 'instant' | 'nocopy' | 'inplace' | 'copy';
  /**
   * What others may do meanwhile: read and write (`none`), read (`shared`), nothing (`exclusive`). MySQL refuses it
   * beside `instant`. Default: what the server takes.
   */
  readonly lock?: 'none' | 'shared' | 'exclusive';
}

/** What every operation may carry for the reviewer of the revision. */
export interface Reviewed {
  /**
   * What the operation can lose or fail on, and what to do about it. It is written above the operation as a comment; a
   * revision that runs does not know it.
   */
  readonly warning?: string;
  /** How the server has to make the change, as its batch says. Other engines than MySQL and MariaDB ignore it. */
  readonly assertion?: AlterAssertion;
}

/** An operation of which only the kind is known. */
export interface OperationData {
  readonly kind: string;
}

/** The definition of one kind of operations, for code that takes any of them. */
export interface KindDefinition {
  readonly kind: string;
  /** `'table'`: it changes one table, and can be part of `batchAlterTable`. */
  readonly alters: 'table' | undefined;
  /**
   * The builders of the operation, by the name of the verb. Each turns the arguments of the verb into the operation.
   */
  readonly builders: Readonly<Record<string, unknown>>;
  /** What it does to the objects of the schema. */
  readonly changes: (operation: never) => readonly ObjectChange[];
  /** The operations that reverse it, in the order in which they have to run. */
  readonly reverse: (operation: never) => readonly OperationData[];
  /** The call that builds the same operation. */
  readonly call: (operation: never) => Call;
  /** What it does in words, one text a line of the terminal. */
  readonly describe: (operation: never) => readonly string[];
}

/** A {@link KindDefinition} with its types: `O` is the operation, `B` its builders, `A` what it alters. */
export interface KindDefinitionOf<
  O extends OperationData,
  B extends KindDefinition['builders'],
  A extends KindDefinition['alters'],
> extends KindDefinition {
  readonly kind: O['kind'];
  readonly alters: A;
  readonly builders: B;
  readonly changes: (operation: O) => readonly ObjectChange[];
  readonly reverse: (operation: O) => readonly OperationData[];
  readonly call: (operation: O) => Call;
  readonly describe: (operation: O) => readonly string[];
}

type Arguments<Verb> = Verb extends (...args: infer A) => unknown ? A : never;

/** The verbs that build a kind: the verb of the same name, unless `Spelled` lists others. */
type VerbsOf<K, Spelled> = K extends keyof Spelled ? Spelled[K] : K;

type Builders<Verbs, V, O> = { readonly [N in V & keyof Verbs & string]: (...args: Arguments<Verbs[N]>) => O };

/** What a family writes in a definition. `Spelled` maps each kind that has verbs of other names to these. */
interface DefinitionParts<Verbs, Family extends OperationData, Spelled, O extends OperationData, A> {
  readonly kind: O['kind'];
  readonly alters?: A;
  /**
   * Turns the arguments into the data, without the kind. It is a record of functions by verb where the verbs have other
   * names.
   *
   * @throws InvalidOperationError where the arguments are wrong.
   */
  readonly parse: O['kind'] extends keyof Spelled
    ? { readonly [V in Spelled[O['kind']] & keyof Verbs]: (...args: Arguments<Verbs[V]>) => Omit<O, 'kind'> }
    : (...args: Arguments<Verbs[O['kind'] & keyof Verbs]>) => Omit<O, 'kind'>;
  /**
   * Returns what the operation does to the objects of the schema. What it does not say of `table` and `schema` is that
   * of the operation.
   */
  readonly changes: (operation: O) => ObjectChange | readonly ObjectChange[];
  /**
   * Returns the operations that reverse the operation.
   *
   * @throws IrreversibleOperationError where the operation does not hold what is needed.
   */
  readonly reverse: (operation: O) => readonly Family[];
  /** The arguments that build the same operation; the whole call where the verbs have other names. */
  readonly call: (operation: O) => O['kind'] extends keyof Spelled ? Call : readonly (Argument | undefined)[];
  /** What the operation does, as `db migrate` and `db check` print it after "Detected". */
  readonly describe: (operation: O) => string | readonly string[];
}

/**
 * Returns the `defineOperation` of a family. One call of that defines one kind of operations. The arguments of `parse`
 * are those of the verb, as the interface of the family declares it.
 *
 * @typeParam Verbs the family's part of `op`.
 * @typeParam Family the family's operations.
 * @typeParam Spelled the verbs of each kind that has no verb of its own name.
 */
export function definitionsOf<Verbs, Family extends OperationData, Spelled = unknown>() {
  return function defineOperation<const K extends Family['kind'], const A extends 'table' | undefined = undefined>(
    parts: DefinitionParts<Verbs, Family, Spelled, Extract<Family, { readonly kind: K }>, A> & { readonly kind: K },
  ): KindDefinitionOf<
    Extract<Family, { readonly kind: K }>,
    Builders<Verbs, VerbsOf<K, Spelled>, Extract<Family, { readonly kind: K }>>,
    A
  > {
    const { kind, alters } = parts;
    const parse: unknown = parts.parse;
    const parsers = (typeof parse === 'function' ? { [kind]: parse } : parse) as Readonly<Record<string, Parser>>;
    const builders = Object.entries(parsers).map(
      ([verb, build]) => [verb, (...args: never[]) => frozen({ kind, ...build(...args) })] as const,
    );
    const call = parts.call as (operation: unknown) => Call | Call['args'];
    return {
      kind,
      alters,
      builders: Object.fromEntries(builders),
      changes: (operation: never) => {
        const { table, schema } = operation as Pick<ObjectChange, 'table' | 'schema'>;
        return [parts.changes(operation)].flat().map((change) => ({ table, schema, ...change }));
      },
      reverse: ({
        warning: _,
        assertion: _assertion,
        ...operation
      }: Reviewed & Extract<Family, { readonly kind: K }>) =>
        // both are about one direction alone
        parts.reverse(operation as never).map((back) => frozen(back)),
      call: (operation: unknown) => {
        const made = call(operation);
        return 'verb' in made ? made : { verb: kind, args: made };
      },
      describe: (operation: never) => [parts.describe(operation)].flat(),
    } as never;
  };
}

type Parser = (...args: never[]) => object;
