import { type SqlSession } from '../../session/sql-session.js';

/** A table, a view or an index at one moment. */
export interface Relation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** As `pg_class.relkind`. */
  readonly kind: string;
  /** The table of an index. */
  readonly table: number | null;
  /** The number of its file, which a rewrite changes; `null` where it has none. */
  readonly file: number | null;
  readonly tablespace: number;
  /** How often this session has scanned it since some moment. */
  readonly scans: number;
}

/** The tables, views and indexes of the database, and the locks of this session. */
export interface Relations {
  readonly all: ReadonlyMap<number, Relation>;
  /** The modes by the relation. */
  readonly locks: ReadonlyMap<number, ReadonlySet<string>>;
}

/** Objects of the server itself have smaller numbers. */
const FIRST_OF_USERS = 16_384;

export const USER_RELATIONS = `pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid >= ${FIRST_OF_USERS} and n.nspname !~ '^pg_(?:toast|temp)'`;

export async function readRelations(session: SqlSession): Promise<Relations> {
  const [row] = await session.query<{ relations: string | null; locks: string | null }>(
    `select (select json_agg(json_build_object('oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
              'table', (select i.indrelid::bigint from pg_catalog.pg_index i where i.indexrelid = c.oid),
              'file', pg_catalog.pg_relation_filenode(c.oid)::bigint, 'tablespace', c.reltablespace::bigint,
              'scans', pg_catalog.pg_stat_get_xact_numscans(c.oid)))::text
              from ${USER_RELATIONS} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'i', 'I')) as relations,
            (select json_agg(json_build_array(l.relation::bigint, l.mode))::text from pg_catalog.pg_locks l
              where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.relation >= ${FIRST_OF_USERS}) as locks`,
  );
  const relations = JSON.parse(row?.relations ?? '[]') as readonly Relation[];
  return {
    all: new Map(relations.map((relation) => [relation.oid, relation])),
    locks: byRelation(JSON.parse(row?.locks ?? '[]') as readonly (readonly [number, string])[]),
  };
}

/** Puts the modes of each relation together. */
export function byRelation(locks: readonly (readonly [number, string])[]): ReadonlyMap<number, ReadonlySet<string>> {
  const modes = new Map<number, Set<string>>();
  for (const [oid, mode] of locks) modes.set(oid, (modes.get(oid) ?? new Set()).add(mode));
  return modes;
}
