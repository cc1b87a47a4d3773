import { nameOf, namesOf, optionsOf, refuse, schemaKinds, type Site, sqlOf, tableSite } from './arguments.js';
import { frozen } from './frozen.js';
import {
  type AlterRowLevelSecurityOperation,
  type CreatePolicyOperation,
  type DropPolicyOperation,
  type InSchema,
  type PolicyDefinition,
  type RowLevelSecurity,
} from './operation.js';
import { type PolicyOptions } from './verbs.js';

export function alterRowLevelSecurity(
  table: string,
  level: RowLevelSecurity,
  options?: InSchema & { existing?: RowLevelSecurity },
): AlterRowLevelSecurityOperation {
  const site = tableSite('alterRowLevelSecurity', table);
  const { schema, existing } = optionsOf(site, options, { ...schemaKinds, existing: 'any' });
  return frozen({
    kind: 'alterRowLevelSecurity',
    schema,
    table,
    level: levelOf(site, level),
    existing: existing === undefined ? undefined : levelOf(site, existing),
  });
}

function levelOf(site: Site, level: unknown): RowLevelSecurity {
  if (level === true || level === false || level === 'force') return level;
  return refuse(site, 'does not say what its row-level security becomes.', "Use true, false or 'force'.");
}

export function createPolicy(table: string, name: string, options: PolicyOptions): CreatePolicyOperation {
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
  return frozen({ kind: 'createPolicy', schema, table, name, policy });
}

export function dropPolicy(table: string, name: string, options?: InSchema): DropPolicyOperation {
  const site = policySite('dropPolicy', table, name);
  return frozen({ kind: 'dropPolicy', schema: optionsOf(site, options, schemaKinds).schema, table, name });
}

function policySite(verb: string, table: unknown, name: unknown): Site {
  const { subject } = tableSite(verb, table);
  return { verb, subject: `policy '${nameOf({ verb, subject }, 'the name of a policy', name)}' of ${subject}` };
}
