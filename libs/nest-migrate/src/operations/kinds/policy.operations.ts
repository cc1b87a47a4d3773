import {
  type Names,
  nameOf,
  namesOf,
  optionsOf,
  refuse,
  schemaKinds,
  type Site,
  sqlOf,
  tableSite,
} from '../arguments.js';
import { type ArgumentRecord, oneOrList, orNothing, sqlArgument } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';
import { held } from '../previous.js';
import { tableWords } from '../words.js';

/** Whether row-level security is on for a table. `'force'` applies it to the table's owner as well. */
export type RowLevelSecurity = boolean | 'force';

/** Switches row-level security of a table on or off. PostgreSQL and PGlite only. */
export interface AlterRowLevelSecurityOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'alterRowLevelSecurity';
  /** The name of the table. */
  readonly table: string;
  /** What applies afterwards. */
  readonly level: RowLevelSecurity;
  /** What applies before. `reverse` needs it. */
  readonly existing?: RowLevelSecurity;
}

/** A policy as MikroORM describes one: which rows may be seen and written, by whom. */
export interface PolicyDefinition {
  /** The command that the policy is about. Absent: all of them. */
  readonly command?: 'select' | 'insert' | 'update' | 'delete';
  /** Absent: the policy is permissive, and one permissive policy has to let a row pass. */
  readonly type?: 'restrictive';
  /** The roles that the policy is about. Absent: every role. */
  readonly roles?: readonly string[];
  /** The condition that a row meets to be read, changed or deleted, in SQL. */
  readonly using?: string;
  /** The condition that a written row meets, in SQL. Absent: `using` applies. */
  readonly check?: string;
}

/** Creates a policy of row-level security. PostgreSQL and PGlite only. */
export interface CreatePolicyOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createPolicy';
  /** The table whose rows the policy is about. */
  readonly table: string;
  /** The name of the policy, unique within its table. */
  readonly name: string;
  /** The policy. */
  readonly policy: PolicyDefinition;
}

/** Drops a policy of row-level security. PostgreSQL and PGlite only. */
export interface DropPolicyOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropPolicy';
  /** The table of the policy. */
  readonly table: string;
  /** The name of the policy. */
  readonly name: string;
  /** The policy that is dropped, where it is known. `reverse` creates it again from this. */
  readonly previous?: PolicyDefinition;
}

/** The operations on row-level security. */
export type PolicyOperation = AlterRowLevelSecurityOperation | CreatePolicyOperation | DropPolicyOperation;

/**
 * A policy of row-level security, in MikroORM's words.
 *
 * @example
 * await op.createPolicy('invoice', 'own_tenant', {
 *   command: 'select',
 *   roles: 'app',
 *   using: "tenant = current_setting('app.tenant')",
 * });
 */
export interface PolicyOptions extends InSchema {
  /** The command that the policy is about. Default `'all'`. */
  command?: 'select' | 'insert' | 'update' | 'delete' | 'all';
  /** Of permissive policies one has to let a row pass, of restrictive ones each has to. Default `'permissive'`. */
  type?: 'permissive' | 'restrictive';
  /** The roles that the policy is about. Default: every role. */
  roles?: Names;
  /** The condition that a row meets to be read, changed or deleted, in SQL. */
  using?: string;
  /** The condition that a written row meets, in SQL. Default: `using` applies. */
  check?: string;
}

/** The verbs for row-level security. */
export interface PolicyVerbs {
  /**
   * Switches row-level security of a table on (`true`) or off (`false`); `'force'` applies it to the table's owner as
   * well. On engines other than PostgreSQL it is an error. `existing`, the setting before, makes the change reversible.
   *
   * @example
   * await op.alterRowLevelSecurity('invoice', 'force', { existing: false });
   */
  alterRowLevelSecurity(
    table: string,
    level: RowLevelSecurity,
    options?: InSchema & { existing?: RowLevelSecurity },
  ): Promise<void>;
  /**
   * Creates a policy of row-level security (PostgreSQL's `create policy`). It applies while row-level security of the
   * table is on. On engines other than PostgreSQL it is an error.
   *
   * @example
   * await op.createPolicy('invoice', 'own_tenant', { using: "tenant = current_setting('app.tenant')" });
   */
  createPolicy(table: string, name: string, options: PolicyOptions): Promise<void>;
  /**
   * Drops a policy. Where row-level security stays on and no other policy is left, only the owner sees rows.
   *
   * @example
   * await op.dropPolicy('invoice', 'own_tenant');
   */
  dropPolicy(table: string, name: string, options?: InSchema): Promise<void>;
}

const defineOperation = definitionsOf<PolicyVerbs, PolicyOperation>();

const alterRowLevelSecurity = defineOperation({
  kind: 'alterRowLevelSecurity',
  changes: ({ table }) => ({ does: 'alters', object: 'table', name: table, columns: [] }),
  parse: (table, level, options) => {
    const site = tableSite('alterRowLevelSecurity', table);
    const { schema, existing } = optionsOf(site, options, { ...schemaKinds, existing: 'any' });
    return {
      schema,
      table,
      level: levelOf(site, level),
      existing: existing === undefined ? undefined : levelOf(site, existing),
    };
  },
  reverse: (operation) => {
    const level = held(operation, 'existing', 'it does not hold what was there.');
    return [{ ...operation, level, existing: operation.level }];
  },
  call: ({ table, level, existing, schema }) => [table, level, orNothing({ existing, schema })],
  describe: (operation) => {
    const words = { true: 'enabled', false: 'disabled', force: 'forced' } as const;
    return `${words[`${operation.level}`]} row-level security on table ${tableWords(operation)}`;
  },
});

const createPolicy = defineOperation({
  kind: 'createPolicy',
  changes: ({ name }) => ({ does: 'creates', object: 'policy', name, columns: [] }),
  parse: (table, name, options) => {
    const site = policySite('createPolicy', table, name);
    const { schema, command, type, roles, using, check } = optionsOf(site, options, {
      ...schemaKinds,
      command: ['select', 'insert', 'update', 'delete', 'all'],
      type: ['permissive', 'restrictive'],
      roles: 'any',
      using: 'any',
      check: 'any',
    });
    const policy: PolicyDefinition = {
      ...(command !== undefined && command !== 'all' && { command }),
      ...(type === 'restrictive' && { type }),
      ...(roles !== undefined && { roles: namesOf(site, 'roles', roles) }),
      ...(using !== undefined && { using: sqlOf(site, "'using'", using) }),
      ...(check !== undefined && { check: sqlOf(site, "'check'", check) }),
    };
    return { schema, table, name, policy };
  },
  reverse: ({ schema, table, name, policy }) => [{ kind: 'dropPolicy', schema, table, name, previous: policy }],
  call: ({ table, name, policy, schema }) => [table, name, { ...policyOptions(policy), schema }],
  describe: (operation) => `added policy '${operation.name}' on table ${tableWords(operation)}`,
});

const dropPolicy = defineOperation({
  kind: 'dropPolicy',
  changes: ({ name }) => ({ does: 'drops', object: 'policy', name, columns: [] }),
  parse: (table, name, options) => {
    const site = policySite('dropPolicy', table, name);
    return { schema: optionsOf(site, options, schemaKinds).schema, table, name };
  },
  reverse: (operation) => {
    const { schema, table, name } = operation;
    const policy = held(operation, 'previous', 'it does not hold the policy that was there.');
    return [{ kind: 'createPolicy', schema, table, name, policy }];
  },
  call: ({ table, name, schema }) => [table, name, orNothing({ schema })],
  describe: (operation) => `removed policy '${operation.name}' on table ${tableWords(operation)}`,
});

export const policyOperations = [alterRowLevelSecurity, createPolicy, dropPolicy] as const;

function policyOptions(policy: PolicyDefinition): ArgumentRecord {
  return {
    command: policy.command,
    type: policy.type,
    roles: policy.roles === undefined ? undefined : oneOrList(policy.roles),
    using: sqlArgument(policy.using),
    check: sqlArgument(policy.check),
  };
}

function levelOf(site: Site, level: unknown): RowLevelSecurity {
  if (level === true || level === false || level === 'force') return level;
  return refuse(site, 'does not say what its row-level security becomes.', "Use true, false or 'force'.");
}

function policySite(verb: string, table: unknown, name: unknown): Site {
  const { subject } = tableSite(verb, table);
  return { verb, subject: `policy '${nameOf({ verb, subject }, 'the name of a policy', name)}' of ${subject}` };
}
