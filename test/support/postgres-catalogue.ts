/**
 * The schema of a PostgreSQL database out of its catalogue, in the words of the server's own `pg_get_…def`: for PGlite,
 * whose pg_dump takes a third of a second, and for most of what is compared on a server. Columns are told by name, as their order means nothing there.
 */
const own = `not in ('pg_catalog', 'information_schema', 'pg_toast')`;
const described = (oid: string, catalogue: string): string => `obj_description(${oid}, '${catalogue}')`;

/** Each gives lines of `kind`, `name` and what the server says of it. */
const parts: readonly string[] = [
  `select 'schema', nspname::text, ${described('oid', 'pg_namespace')} from pg_namespace where nspname ${own}`,
  `select 'relation', c.oid::regclass::text,
      concat_ws(' ', relkind, relpersistence, reloptions::text, 'populated ' || relispopulated, 'rls ' || relrowsecurity,
        'forced ' || relforcerowsecurity, pg_get_partkeydef(c.oid), pg_get_expr(relpartbound, c.oid), ${described('c.oid', 'pg_class')})
    from pg_class c join pg_namespace n on n.oid = relnamespace where relkind in ('r', 'p', 'v', 'm') and nspname ${own}`,
  `select 'column', attrelid::regclass || '.' || attname,
      concat_ws(' ', format_type(atttypid, atttypmod), 'not null ' || attnotnull, attidentity, attgenerated,
        pg_get_expr(adbin, adrelid), collname, col_description(attrelid, attnum))
    from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
      left join pg_collation l on l.oid = attcollation and collname <> 'default'
    where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v', 'm') and nspname ${own}`,
  `select 'constraint', concat_ws('.', conrelid::regclass, conname),
      concat_ws(' ', pg_get_constraintdef(o.oid), 'valid ' || convalidated, ${described('o.oid', 'pg_constraint')})
    from pg_constraint o join pg_namespace n on n.oid = connamespace where nspname ${own}`,
  `select 'index', indexrelid::regclass::text,
      concat_ws(' ', pg_get_indexdef(indexrelid), 'valid ' || indisvalid, ${described('indexrelid', 'pg_class')})
    from pg_index join pg_class c on c.oid = indrelid join pg_namespace n on n.oid = relnamespace where nspname ${own}`,
  `select 'view', c.oid::regclass::text, pg_get_viewdef(c.oid)
    from pg_class c join pg_namespace n on n.oid = relnamespace where relkind in ('v', 'm') and nspname ${own}`,
  `select 'sequence', seqrelid::regclass::text,
      concat_ws(' ', seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
        (select string_agg(concat_ws('.', refobjid::regclass, attname, deptype), ',')
          from pg_depend join pg_attribute on attrelid = refobjid and attnum = refobjsubid where objid = seqrelid))
    from pg_sequence join pg_class c on c.oid = seqrelid join pg_namespace n on n.oid = relnamespace where nspname ${own}`,
  `select 'trigger', tgrelid::regclass || '.' || tgname, concat_ws(' ', pg_get_triggerdef(oid), tgenabled)
    from pg_trigger where not tgisinternal`,
  `select 'routine', p.oid::regprocedure::text, concat_ws(' ', pg_get_functiondef(p.oid), ${described('p.oid', 'pg_proc')})
    from pg_proc p join pg_namespace n on n.oid = pronamespace where prokind in ('f', 'p') and nspname ${own}`,
  `select 'policy', polrelid::regclass || '.' || polname,
      concat_ws(' ', polcmd, polpermissive, polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
    from pg_policy`,
  `select 'type', t.oid::regtype::text,
      concat_ws(' ', typtype, (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid),
        ${described('t.oid', 'pg_type')})
    from pg_type t join pg_namespace n on n.oid = typnamespace where typtype in ('e', 'd') and nspname ${own}`,
];

/** One query; its column `line` is the schema, line by line. */
export const catalogueQuery = `select concat_ws(': ', kind, name, told) as line from (${parts
  .map((part, index) => `select * from (${part}) p${index}(kind, name, told)`)
  .join('\nunion all ')}) parts order by kind collate "C", name collate "C", told collate "C"`;
