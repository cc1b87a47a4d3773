/** Rows of both matrices about row-level security, which PostgreSQL alone has. */
import { defineEntity, p } from '@mikro-orm/core';
import { type Change } from './changes.js';
import { type Entities } from './live-database.js';
import { type Feature, postgres, thing } from './single-features.js';

/** An entity `thing` with whatever is said of its security. */
function secured(options: object): Entities {
  return thing({ tenant: p.string().length(40), note: p.text().nullable(), size: p.integer().default(1) }, options);
}

const own = { name: 'own', using: "tenant = current_setting('app.tenant', true)" };

const said: Readonly<Record<string, object>> = {
  'without a policy': { rowLevelSecurity: true },
  'forced, without a policy': { rowLevelSecurity: 'force' },
  'with a policy': { policies: [own] },
  'forced, with a policy': { rowLevelSecurity: 'force', policies: [own] },
  'staged: policies, and not switched on': { rowLevelSecurity: false, policies: [own] },
  'with a policy for each command': {
    policies: [
      { name: 'reads', command: 'select', using: 'size > 0' },
      { name: 'adds', command: 'insert', check: "tenant <> ''" },
      { name: 'changes', command: 'update', using: 'size > 1', check: 'size between 1 and 9' },
      { name: 'removes', command: 'delete', using: 'note is null' },
    ],
  },
  'with a restrictive policy': { policies: [own, { name: 'never', type: 'restrictive', using: 'size <> 13' }] },
  'with roles': {
    policies: [
      { name: 'writers', roles: ['pg_write_all_data', 'pg_read_all_data'], using: 'true' },
      { name: 'everybody', roles: ['public'], using: 'size = 1' },
    ],
  },
  'with names that need quotes': {
    policies: [
      { name: 'Own "rows", it\'s', using: 'true' },
      { name: 'a'.repeat(63), using: 'false' },
    ],
  },
  'with conditions that are spelled otherwise': {
    policies: [
      {
        name: 'spelled',
        using: "tenant in ('a', 'b') and (size between 1 and 3 or note like 'it''s%') and coalesce(size, 0) != 7",
        check: 'exists (select 1 from pg_roles r where r.rolname = current_user)',
      },
    ],
  },
  'with a policy without a name': { policies: [{ using: 'size = 2' }] },
  'with a policy that says nothing': { policies: [{ name: 'silent' }] },
};

export const policyFeatures: readonly Feature[] = [
  ...Object.entries(said).map(([name, options]) => ({
    name: `row-level security ${name}`,
    engines: postgres,
    entities: () => secured(options),
  })),
  {
    name: 'row-level security that asks another table',
    engines: postgres,
    entities: () => [
      defineEntity({ name: 'Member', properties: { id: p.integer().primary(), tenant: p.string() } }) as never,
      ...secured({
        policies: [{ name: 'members', using: 'exists (select 1 from member m where m.tenant = thing.tenant)' }],
      }),
    ],
  },
];

function change(name: string, before: object, after: object): Change {
  return {
    name: `row-level security: ${name}`,
    engines: postgres,
    before: () => secured(before),
    after: () => secured(after),
    rows: ["insert into thing (tenant) values ('a'), ('b')"],
  };
}

export const policyChanges: readonly Change[] = [
  change('comes', {}, { rowLevelSecurity: true }),
  change('comes forced, with policies', {}, { rowLevelSecurity: 'force', policies: [own] }),
  change('is forced', { rowLevelSecurity: true, policies: [own] }, { rowLevelSecurity: 'force', policies: [own] }),
  change('a policy comes', { policies: [own] }, { policies: [own, { name: 'other', using: 'size = 3' }] }),
  change('a policy changes its condition', { policies: [own] }, { policies: [{ ...own, using: 'size > 2' }] }),
  change('a policy gets a check', { policies: [own] }, { policies: [{ ...own, check: 'size > 2' }] }),
  change('a policy changes its command', { policies: [own] }, { policies: [{ ...own, command: 'select' }] }),
  change('a policy becomes restrictive', { policies: [own] }, { policies: [{ ...own, type: 'restrictive' }] }),
  change('a policy changes its roles', { policies: [own] }, { policies: [{ ...own, roles: ['pg_read_all_data'] }] }),
  change('a policy gets another name', { policies: [own] }, { policies: [{ ...own, name: 'others' }] }),
  change('policies are staged', { policies: [own] }, { rowLevelSecurity: false, policies: [own] }),
  {
    name: 'row-level security: a column that a policy names changes its type',
    engines: postgres,
    before: () => thing({ size: p.integer() }, { policies: [{ name: 'big', using: 'size > 10' }] }),
    after: () => thing({ size: p.bigint() }, { policies: [{ name: 'big', using: 'size > 10' }] }),
    rows: ['insert into thing (size) values (11)'],
  },
  {
    name: 'row-level security: a column that a policy names goes',
    engines: postgres,
    before: () => thing({ size: p.integer(), kind: p.integer() }, { policies: [{ name: 'big', using: 'size > 10' }] }),
    after: () => thing({ kind: p.integer() }, { policies: [{ name: 'big', using: 'kind > 10' }] }),
  },
  {
    name: 'row-level security: a table that has it goes',
    engines: postgres,
    before: () => [
      ...secured({ rowLevelSecurity: 'force', policies: [own] }),
      defineEntity({ name: 'Owner', properties: { id: p.integer().primary() } }) as never,
    ],
    after: () => [defineEntity({ name: 'Owner', properties: { id: p.integer().primary() } }) as never],
  },
];
