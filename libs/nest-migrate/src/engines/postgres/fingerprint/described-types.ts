import { postgresSql } from '../lexical-rules.js';
import { FIRST_OWN, flags, isPartOfAnother, joined, type Part, part } from './description-parts.js';

const OBJECT = `case when t.typtype = 'd' then 'domain ' else 'type ' end || n.name || '.' || quote_ident(t.typname)`;
const labels = `(select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)`;
const attributes = `(select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
  from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)`;
const collation = (oid: string, usual: string): string =>
  `'collate ' || (select (${oid})::regcollation::text where ${oid} not in (0, ${usual}))`;

/** Enums, domains, composite types, ranges and types of the user's own; not those that come with a table or an array. */
export const types = part('pg_type', {
  objid: 't.oid',
  object: OBJECT,
  definition: joined([
    `case t.typtype when 'e' then 'enum (' || coalesce(${labels}, '') || ')'
      when 'c' then 'composite (' || coalesce(${attributes}, '') || ')'
      when 'd' then format_type(t.typbasetype, t.typtypmod)
      when 'p' then 'shell' end`,
    `case when t.typtype = 'd' then ${collation('t.typcollation', 'coalesce(b.typcollation, 0)')} end`,
    `case when t.typnotnull then 'not null' end`,
    `case when t.typtype = 'd' then 'default ' || coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)) end`,
    `(select concat_ws(', ', 'range of ' || g.rngsubtype::regtype, ${collation('g.rngcollation', 'st.typcollation')},
        'operator class ' || (select o.opcnamespace::regnamespace || '.' || quote_ident(o.opcname) from pg_opclass o where o.oid = g.rngsubopc),
        'canonical ' || nullif(g.rngcanonical, 0)::regproc, 'difference ' || nullif(g.rngsubdiff, 0)::regproc,
        'multirange ' || (to_jsonb(g) ->> 'rngmultitypid')::oid::regtype)
      from pg_range g join pg_type st on st.oid = g.rngsubtype where g.rngtypid = t.oid)`,
    `case when t.typtype = 'b' then concat_ws(', ', 'base', 'input ' || t.typinput, 'output ' || t.typoutput, 'receive ' || t.typreceive,
      'send ' || t.typsend, 'modifiers ' || t.typmodin || ' ' || t.typmodout, 'analyze ' || t.typanalyze, 'length ' || t.typlen,
      'by value ' || t.typbyval, 'alignment ' || t.typalign::text, 'storage ' || t.typstorage::text, 'category ' || t.typcategory::text,
      'preferred ' || t.typispreferred, 'delimiter ' || t.typdelim::text, 'element ' || nullif(t.typelem, 0)::regtype,
      'collatable ' || (t.typcollation <> 0), 'default ' || quote_literal(t.typdefault)) end`,
  ]),
  from: `pg_type t
    join space n on n.oid = t.typnamespace
    left join pg_type b on b.oid = t.typbasetype
    left join pg_class c on c.oid = t.typrelid`,
  where: `(t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c') or (t.typtype = 'p' and not t.typisdefined)
    or (t.typtype = 'b' and not exists (select 1 from pg_type e where e.typarray = t.oid)))`,
  census: `pg_type t where t.oid >= ${FIRST_OWN} and (t.typtype in ('e', 'd', 'r', 'p') or (t.typtype = 'b' and t.typcategory <> 'A')
    or exists (select 1 from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))`,
});

/** A domain's `not null` is no constraint with a name of its own in all versions. */
export const domainConstraints = part('pg_constraint', {
  objid: 'k.oid',
  object: `${OBJECT} || ' constraint ' || quote_ident(k.conname)`,
  definition: 'pg_get_constraintdef(k.oid)',
  from: 'pg_constraint k join pg_type t on t.oid = k.contypid join space n on n.oid = t.typnamespace',
  where: `k.contype = 'c'`,
  census: `pg_constraint where oid >= ${FIRST_OWN} and contypid <> 0`,
});

const qualified = (name: string): string => `n.name || '.' || quote_ident(${name})`;

/** The signature by which a routine is named in statements. */
const signature = `${qualified('p.proname')} || '(' || pg_get_function_identity_arguments(p.oid) || ')'`;

export const routines = part('pg_proc', {
  objid: 'p.oid',
  object: `${flags('p.prokind', { p: 'procedure ', w: 'window function ', f: 'function ' })} || ${signature}`,
  definition: 'pg_get_functiondef(p.oid)',
  from: 'pg_proc p join space n on n.oid = p.pronamespace',
  // those of a range come with it
  where: `p.prokind <> 'a' and not ${isPartOfAnother('pg_proc', 'p.oid')}`,
});

/** All but the numbers that the server gives, which are told by names. */
const rest = (row: string, numbers: readonly string[]): string =>
  `(to_jsonb(${row}) - array[${['oid', ...numbers].map((name) => postgresSql.text(name)).join(', ')}])::text`;

export const aggregates = part('pg_proc', {
  objid: 'p.oid',
  object: `'aggregate ' || ${signature}`,
  definition: joined([
    `'of ' || pg_get_function_arguments(p.oid)`,
    `'state ' || a.aggtranstype::regtype`,
    `'moving state ' || nullif(a.aggmtranstype, 0)::regtype`,
    `'sort operator ' || nullif(a.aggsortop, 0)::regoperator`,
    `'parallel ' || p.proparallel::text`,
    rest('a', ['aggfnoid', 'aggtranstype', 'aggmtranstype', 'aggsortop']),
  ]),
  from: 'pg_proc p join space n on n.oid = p.pronamespace join pg_aggregate a on a.aggfnoid = p.oid',
  census: `pg_aggregate where aggfnoid::oid >= ${FIRST_OWN}`,
});

export const operators = part('pg_operator', {
  objid: 'o.oid',
  object: `'operator ' || o.oid::regoperator`,
  definition: joined([
    `'returns ' || nullif(o.oprresult, 0)::regtype`,
    `'commutator ' || nullif(o.oprcom, 0)::regoperator`,
    `'negator ' || nullif(o.oprnegate, 0)::regoperator`,
    rest('o', ['oprname', 'oprnamespace', 'oprowner', 'oprleft', 'oprright', 'oprresult', 'oprcom', 'oprnegate']),
  ]),
  from: 'pg_operator o join space n on n.oid = o.oprnamespace',
});

const family = (oid: string): string =>
  `(select f.opfnamespace::regnamespace || '.' || quote_ident(f.opfname) from pg_opfamily f where f.oid = ${oid})`;
const method = (oid: string): string => `(select quote_ident(amname) from pg_am where oid = ${oid})`;

export const operatorFamilies = part('pg_opfamily', {
  objid: 'o.oid',
  object: `'operator family ' || ${qualified('o.opfname')} || ' using ' || ${method('o.opfmethod')}`,
  definition: joined([
    `(select string_agg(concat_ws(' ', 'operator', m.amopstrategy, m.amopopr::regoperator, m.amoppurpose, ${family('m.amopsortfamily')}),
        ', ' order by m.amopstrategy, m.amopopr::regoperator::text)
      from pg_amop m where m.amopfamily = o.oid)`,
    `(select string_agg(concat_ws(' ', 'function', m.amprocnum, m.amproclefttype::regtype, m.amprocrighttype::regtype, m.amproc::regprocedure),
        ', ' order by m.amprocnum, m.amproc::regprocedure::text)
      from pg_amproc m where m.amprocfamily = o.oid)`,
  ]),
  from: 'pg_opfamily o join space n on n.oid = o.opfnamespace',
});

export const operatorClasses = part('pg_opclass', {
  objid: 'o.oid',
  object: `'operator class ' || ${qualified('o.opcname')} || ' using ' || ${method('o.opcmethod')}`,
  definition: joined([
    `'for ' || o.opcintype::regtype`,
    `case when o.opcdefault then 'default' end`,
    `'family ' || ${family('o.opcfamily')}`,
    `'storage ' || nullif(o.opckeytype, 0)::regtype`,
  ]),
  from: 'pg_opclass o join space n on n.oid = o.opcnamespace',
});

export const collations = part('pg_collation', {
  objid: 'c.oid',
  object: `'collation ' || ${qualified('c.collname')}`,
  // the version of the library is the machine's
  definition: rest('c', ['collname', 'collnamespace', 'collowner', 'collversion']),
  from: 'pg_collation c join space n on n.oid = c.collnamespace',
});

export const conversions = part('pg_conversion', {
  objid: 'c.oid',
  object: `'conversion ' || ${qualified('c.conname')}`,
  definition: rest('c', ['conname', 'connamespace', 'conowner']),
  from: 'pg_conversion c join space n on n.oid = c.connamespace',
});

const search = (catalogue: string, kind: string, prefix: string, definition: string): Part =>
  part(catalogue, {
    objid: 's.oid',
    object: `'text search ${kind} ' || ${qualified(`s.${prefix}name`)}`,
    definition,
    from: `${catalogue} s join space n on n.oid = s.${prefix}namespace`,
  });

export const textSearch = [
  search(
    'pg_ts_config',
    'configuration',
    'cfg',
    joined([
      `'parser ' || (select p.prsnamespace::regnamespace || '.' || quote_ident(p.prsname) from pg_ts_parser p where p.oid = s.cfgparser)`,
      `(select string_agg(concat_ws(' ', m.maptokentype, m.mapdict::regdictionary), ', ' order by m.maptokentype, m.mapseqno)
        from pg_ts_config_map m where m.mapcfg = s.oid)`,
    ]),
  ),
  search(
    'pg_ts_dict',
    'dictionary',
    'dict',
    joined([
      `'template ' || (select t.tmplnamespace::regnamespace || '.' || quote_ident(t.tmplname) from pg_ts_template t where t.oid = s.dicttemplate)`,
      's.dictinitoption',
    ]),
  ),
  search('pg_ts_parser', 'parser', 'prs', rest('s', ['prsname', 'prsnamespace'])),
  search('pg_ts_template', 'template', 'tmpl', rest('s', ['tmplname', 'tmplnamespace'])),
];
