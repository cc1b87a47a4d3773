import { type OtherServer } from '../other-servers.js';

/**
 * Other products that speak PostgreSQL's protocol, recognised by the text of `version()` as each product documents it.
 * Forks that run PostgreSQL itself (Aurora PostgreSQL, AlloyDB, Neon, EDB) count as PostgreSQL here.
 */
export const otherThanPostgres: readonly OtherServer[] = [
  {
    name: 'CockroachDB',
    says: /CockroachDB/i,
    why: 'advisory locks do nothing, and changes of the schema continue after the statement that asks for them',
  },
  {
    name: 'YugabyteDB',
    says: /-YB-/,
    why: 'changes of the schema are no part of a transaction, and older versions have no advisory locks',
  },
  { name: 'Amazon Redshift', says: /Redshift/i, why: 'there are neither advisory locks nor enforced keys' },
  { name: 'Greenplum', says: /Greenplum/i, why: 'keys and triggers are those of a distributed table' },
  { name: 'Materialize', says: /Materialize/i, why: 'there are no advisory locks' },
  { name: 'QuestDB', says: /QuestDB/i, why: 'there are no transactions' },
  { name: 'CrateDB', says: /CrateDB/i, why: 'there are no transactions' },
];

/** Aurora DSQL reports that it is PostgreSQL, but has a view that no PostgreSQL has. */
export const AURORA_DSQL = {
  name: 'Amazon Aurora DSQL',
  query:
    "select count(*)::int as found from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = 'sys' and c.relname = 'iam_pg_role_mappings'",
  why: 'a transaction takes one change of the schema, and there are no advisory locks',
} as const;
