/**
 * What hangs on a column or its table and no entity declares: a person made it, or another program. `includeObject` leaves
 * it out of the comparison, by `_left_` in its name, as a user would say it. It has to be there afterwards.
 */
import { type Engine } from '../support/databases.js';
import { type Target } from './description.js';
import { declaredDependents, type Dependent, mysqls, type Place, placeIn, postgres } from './dependents.js';

/** The part of a name by which `includeObject` knows what no entity declares. */
export const LEFT = '_left_';

/** A role that is granted something. */
export const ROLE = `dependencies_${process.pid}`;

type Sql = (place: Place, before: Target) => readonly string[];

interface Options {
  readonly engines?: readonly Engine[];
  /** The engine does not drop the column while it is there: its statements are tried on a version without the column, too. */
  readonly blocks?: boolean;
  readonly on?: 'column' | 'table';
  /** `*` means other columns then: the views that have it are created again. */
  readonly changesStars?: boolean;
}

function left(
  name: string,
  sql: Sql,
  { engines, blocks = false, on = 'column', changesStars = false }: Options = {},
): Dependent {
  return {
    name: `undeclared ${name}`,
    ...(engines && { engines }),
    declared: false,
    on,
    attach: (schema, target, engine, before) => {
      const gone = target.table === undefined || (on === 'column' && target.column === undefined);
      if (gone && !blocks) return schema;
      const place = placeIn(schema, target, engine) ?? missing(target.prefix, engine);
      const column = place.column === '' ? 'a' : place.column;
      const { condition, number } = { condition: target.kind.condition(column), number: target.kind.number(column) };
      const statements = sql({ ...place, column, condition, number }, before);
      const starred = schema.views.filter(({ expression }) => changesStars && expression.startsWith('select *'));
      const again = starred.map((view) => `create or replace view ${view.name} as ${view.expression}`);
      return { ...schema, undeclared: [...schema.undeclared, ...statements, ...again] };
    },
  };
}

/** The table as it would be called. */
function missing(prefix: string, engine: Engine): Place {
  const table = `${prefix}subject`;
  return { prefix, name: table, table, column: 'a', kind: undefined as never, condition: '', number: '', engine };
}

/** The type of the column before the change, in the engine's words. */
function typeOf({ kind: { sql = 'text', family }, column }: Target, engine: Engine): string {
  if (!mysqls.includes(engine)) return sql.startsWith('enum(') ? 'text' : sql;
  // keys that are numbers have no sign there
  const sign = column === 'id' && family === 'number' ? ' unsigned' : '';
  return `${sql.replace('timestamptz', 'datetime')}${sign}`;
}

/**
 * What lets a role read and insert rows. PostgreSQL asks for the sequences that the table draws from, too. That of an
 * identity column gets the same: what is granted on a sequence stays when the key counts in another way.
 */
function grantsOn(table: string, engine: Engine): readonly string[] {
  const granted = `grant select, insert on ${table} to ${ROLE}`;
  if (!postgres.includes(engine)) return [granted];
  const drawn = `select distinct used.refobjid::regclass from pg_depend used join pg_attrdef def on def.oid = used.objid
      join pg_class c on c.oid = used.refobjid and c.relkind = 'S' where used.classid = 'pg_attrdef'::regclass
        and def.adrelid = '${table}'::regclass
    union select own.objid::regclass from pg_depend own join pg_class c on c.oid = own.objid and c.relkind = 'S'
      where own.classid = 'pg_class'::regclass and own.refobjid = '${table}'::regclass and own.deptype = 'i'`;
  return [
    granted,
    `do $d$ declare drawn text; begin
      for drawn in ${drawn} loop execute format('grant usage on sequence %s to ${ROLE}', drawn); end loop;
    end $d$`,
  ];
}

const fn = (name: string): string =>
  `create function ${name}() returns trigger language plpgsql as $f$ begin return new; end $f$`;

/** What no entity declares on something that is declared. */
function leftOn(name: string, declared: string, sql: Sql, options: Options = {}): Dependent {
  const [below, above] = [
    declaredDependents.find((one) => one.name === declared),
    left(`${name} on a declared ${declared}`, sql, options),
  ];
  if (below === undefined) throw new Error(`No dependent ${declared}.`);
  return { ...above, below };
}

export const undeclaredDependents: readonly Dependent[] = [
  leftOn(
    'options, a grant, an owner and a comment',
    'view',
    ({ prefix }) => [
      `alter view ${prefix}view set (security_invoker = true, security_barrier = true)`,
      `grant select on ${prefix}view to ${ROLE}`,
      `grant select (b) on ${prefix}view to ${ROLE}`,
      `comment on view ${prefix}view is 'kept'`,
      `comment on column ${prefix}view.b is 'kept'`,
      `alter view ${prefix}view owner to ${ROLE}`,
    ],
    { engines: postgres },
  ),
  leftOn('a grant', 'view', ({ prefix }) => [`grant select on ${prefix}view to ${ROLE}`], { engines: mysqls }),
  leftOn(
    'a grant and a comment',
    'materialized view with an index',
    ({ prefix }) => [
      `grant select on ${prefix}materialized_view_with_an_index to ${ROLE}`,
      `comment on materialized view ${prefix}materialized_view_with_an_index is 'kept'`,
      `comment on index ${prefix}on_materialized is 'kept'`,
    ],
    { engines: postgres },
  ),
  leftOn(
    'its state and a comment',
    'trigger with a condition on it',
    ({ prefix, table }) => [
      `alter table ${table} disable trigger ${prefix}trigger_when`,
      `comment on trigger ${prefix}trigger_when on ${table} is 'kept'`,
    ],
    { engines: postgres },
  ),
  leftOn(
    'its state',
    'trigger of the column',
    ({ prefix, table }) => [`alter table ${table} enable always trigger ${prefix}trigger_of`],
    { engines: postgres },
  ),
  leftOn('a comment', 'index', ({ prefix }) => [`comment on index ${prefix}index is 'kept'`], { engines: postgres }),
  leftOn(
    'a comment and statistics',
    'index by expression',
    ({ prefix }) => [
      `comment on index ${prefix}expression is 'kept'`,
      `alter index ${prefix}expression alter column 1 set statistics 500`,
    ],
    { engines: postgres },
  ),
  leftOn('a comment', 'check', ({ prefix, table }) => [`comment on constraint ${prefix}check on ${table} is 'kept'`], {
    engines: postgres,
  }),
  leftOn(
    'a comment',
    'unique',
    ({ prefix, table }) => [`comment on constraint ${prefix}unique on ${table} is 'kept'`],
    {
      engines: postgres,
    },
  ),
  leftOn(
    'a comment',
    'foreign key to it',
    ({ prefix }) => [`comment on constraint ${prefix}child_parent_foreign on ${prefix}child is 'kept'`],
    { engines: postgres },
  ),
  leftOn(
    'a grant',
    'stored computed column',
    ({ table }) => [
      `grant select (computed_stored) on ${table} to ${ROLE}`,
      `comment on column ${table}.computed_stored is null`,
    ],
    { engines: postgres },
  ),
  leftOn(
    'a grant and a comment',
    'routine that reads it',
    ({ prefix }) => [
      `revoke execute on function ${prefix}routine(int) from public`,
      `grant execute on function ${prefix}routine(int) to ${ROLE}`,
    ],
    { engines: postgres },
  ),
  leftOn('a comment', 'policy', ({ prefix, table }) => [`comment on policy ${prefix}policy on ${table} is 'kept'`], {
    engines: postgres,
  }),
  left('index', ({ prefix, table, column }) => [`create index ${prefix}left_index on ${table} (${column}, b)`]),
  left(
    'partial index',
    ({ prefix, table, condition }) => [`create index ${prefix}left_partial on ${table} (b) where ${condition}`],
    { engines: ['postgres', 'pglite', 'sqlite'] },
  ),
  left(
    'index with options and a comment',
    ({ prefix, table, column }) => [
      `create index ${prefix}left_options on ${table} using btree (${column} desc nulls last) with (fillfactor = 70)`,
      `comment on index ${prefix}left_options is 'kept'`,
    ],
    { engines: postgres },
  ),
  left(
    'unique, nulls not distinct',
    ({ prefix, table, column }) => [
      `alter table ${table} add constraint ${prefix}left_unique unique nulls not distinct (${column}, b)`,
    ],
    { engines: postgres },
  ),
  left(
    'check',
    ({ prefix, table, condition }) => [`alter table ${table} add constraint ${prefix}left_check check (${condition})`],
    { engines: [...postgres, ...mysqls] },
  ),
  left(
    'check, not valid, with a comment',
    ({ prefix, table, condition }) => [
      `alter table ${table} add constraint ${prefix}left_not_valid check (${condition}) not valid`,
      `comment on constraint ${prefix}left_not_valid on ${table} is 'kept'`,
    ],
    { engines: postgres },
  ),
  left(
    'view',
    ({ prefix, table, column }) => [
      `create view ${prefix}left_view as select b, ${column} as seen from ${table}`,
      // which an engine may not have looked at
      `select 1 from ${prefix}left_view`,
    ],
    { blocks: true },
  ),
  left(
    'view with options, a grant and a comment',
    ({ prefix, table, column }) => [
      `create view ${prefix}left_view_options with (security_invoker = true, security_barrier = true) as select b, ${column} as seen from ${table}`,
      `grant select on ${prefix}left_view_options to ${ROLE}`,
      `comment on view ${prefix}left_view_options is 'kept'`,
      `alter view ${prefix}left_view_options owner to ${ROLE}`,
    ],
    { engines: postgres, blocks: true },
  ),
  left(
    'materialized view with an index',
    ({ prefix, table, column }) => [
      `create materialized view ${prefix}left_materialized as select b, ${column} as seen from ${table}`,
      `create unique index ${prefix}left_on_materialized on ${prefix}left_materialized (b)`,
    ],
    { engines: postgres, blocks: true },
  ),
  left(
    'trigger of the column, disabled, with a comment',
    ({ prefix, table, column }) => [
      fn(`${prefix}left_fn`),
      `create trigger ${prefix}left_trigger before update of ${column} on ${table} for each row when (old.${column} is distinct from new.${column}) execute function ${prefix}left_fn()`,
      `alter table ${table} disable trigger ${prefix}left_trigger`,
      `comment on trigger ${prefix}left_trigger on ${table} is 'kept'`,
    ],
    { blocks: true, engines: postgres },
  ),
  left(
    'trigger',
    ({ prefix, table, column }) => [
      `create trigger ${prefix}left_trigger before update on ${table} for each row begin if new.${column} is null then set new.c = 'none'; end if; end`,
    ],
    { blocks: true, engines: mysqls },
  ),
  left(
    'trigger of the column',
    ({ prefix, table, column }) => [
      `create trigger ${prefix}left_trigger after update of ${column} on ${table} begin update ${table} set c = 'x' where b = new.b and new.${column} is null; end`,
      // which the engine has not looked at
      `explain select ${column} from ${table}`,
    ],
    { blocks: true, engines: ['sqlite'] },
  ),
  left(
    'function whose body is parsed',
    ({ prefix, table, condition }) => [
      `create function ${prefix}left_function() returns bigint begin atomic select count(*) from ${table} where ${condition}; end`,
      `comment on function ${prefix}left_function is 'kept'`,
    ],
    { engines: postgres, blocks: true },
  ),
  left(
    'computed column that reads it',
    ({ table, number, prefix }) => [
      `alter table ${table} add column ${prefix}left_computed integer generated always as (${number}) stored`,
    ],
    { blocks: true, engines: [...postgres, ...mysqls] },
  ),
  left(
    'foreign key from another table',
    ({ prefix, table, column, engine }, before) => [
      `create unique index ${prefix}left_target on ${table} (${column})`,
      // it stays as it is, whatever it refers to becomes
      `create table ${prefix}left_child (parent ${typeOf(before, engine)})`,
      `insert into ${prefix}left_child select ${column} from ${table}`,
      `alter table ${prefix}left_child add constraint ${prefix}left_key foreign key (parent) references ${table} (${column})`,
    ],
    { blocks: true, engines: [...postgres, ...mysqls] },
  ),
  left(
    'policy',
    ({ prefix, table, condition }) => [
      `create policy ${prefix}left_policy on ${table} for select to ${ROLE} using (${condition})`,
      `comment on policy ${prefix}left_policy on ${table} is 'kept'`,
    ],
    { engines: postgres, blocks: true },
  ),
  left(
    'statistics',
    ({ prefix, table, column }) => [
      `create statistics ${prefix}left_statistics (dependencies) on ${column}, b from ${table}`,
      `comment on statistics ${prefix}left_statistics is 'kept'`,
    ],
    { engines: postgres },
  ),
  left(
    'statistics by expression',
    ({ prefix, table, number }) => [`create statistics ${prefix}left_statistics on (${number}) from ${table}`],
    { engines: postgres },
  ),
  left(
    'statistics target and storage',
    ({ table, column }) => [`alter table ${table} alter ${column} set statistics 500`],
    {
      engines: postgres,
    },
  ),
  left(
    'publication with a column list and a condition',
    ({ prefix, table, condition, column }) => [
      `create publication ${prefix}left_publication for table ${table} (${[...new Set(['id', 'b', column])].join(', ')}) where (${condition}) with (publish = 'insert')`,
    ],
    { engines: postgres, blocks: true },
  ),
  left('grant on the table', ({ table, engine }) => [...grantsOn(table, engine)], {
    engines: [...postgres, ...mysqls],
    on: 'table',
  }),
  left(
    'grant on the column',
    ({ table, column }) => [`grant select (${column}), update (${column}) on ${table} to ${ROLE}`],
    {
      engines: [...postgres, ...mysqls],
    },
  ),
  left(
    'grant on its sequence',
    ({ table, prefix }) => [
      `do $d$ begin execute 'grant usage on sequence ' || coalesce(pg_get_serial_sequence('${table}', 'id'), '${prefix}none') || ' to ${ROLE}'; end $d$`,
    ],
    { engines: postgres, on: 'table' },
  ),
  left(
    'options of the table',
    ({ table }) => [`alter table ${table} set (fillfactor = 80, autovacuum_enabled = false)`],
    {
      engines: postgres,
      on: 'table',
    },
  ),
  left(
    'replica identity by an index',
    ({ prefix, table, column }) => [
      `create unique index ${prefix}left_identity on ${table} (${column})`,
      `alter table ${table} replica identity using index ${prefix}left_identity`,
    ],
    { engines: postgres },
  ),
  left('replica identity full, row-level security', ({ table }) => [`alter table ${table} replica identity full`], {
    engines: postgres,
    on: 'table',
  }),
  left('child by inheritance', ({ prefix, table }) => [`create table ${prefix}left_heir () inherits (${table})`], {
    engines: postgres,
    on: 'table',
  }),
  left(
    'sequence that the column owns',
    ({ prefix, table, column }) => [`create sequence ${prefix}left_sequence owned by ${table}.${column}`],
    { engines: postgres },
  ),
  left(
    'comment on an index',
    ({ prefix, table, column }) => [
      `create index ${prefix}left_commented on ${table} (${column})`,
      `comment on index ${prefix}left_commented is 'kept'`,
    ],
    { engines: postgres },
  ),
  left(
    'comment on the key',
    ({ table }) => [
      `do $d$ begin execute (select format('comment on constraint %I on ${table} is ''kept''', conname) from pg_constraint where conrelid = '${table}'::regclass and contype = 'p'); end $d$`,
    ],
    { engines: postgres, on: 'table' },
  ),
  left(
    'rule',
    ({ prefix, table, column }) => [
      `create rule ${prefix}left_rule as on update to ${table} where new.${column} is null do also nothing`,
    ],
    { blocks: true, engines: postgres },
  ),
  left('row format of its own', ({ table }) => [`alter table ${table} row_format = compressed`], {
    engines: mysqls,
    on: 'table',
  }),
  left(
    'visibility of the column',
    ({ table, column }) => [`alter table ${table} alter column ${column} set invisible`],
    { engines: ['mysql'], changesStars: true },
  ),
  left(
    'check, not enforced',
    ({ prefix, table, condition }) => [
      `alter table ${table} add constraint ${prefix}left_unenforced check (${condition}) not enforced`,
    ],
    { engines: ['mysql'] },
  ),
  left(
    'column of its type in another table, with a default',
    ({ prefix, engine, kind }, before) => {
      // a text keeps its values when an enum that is a check of another column gets others
      const [value] = before.kind.sql?.startsWith('enum(') === true ? before.kind.values : kind.values;
      return [
        `create table ${prefix}left_twin (twin ${typeOf(before, engine)} default ${value})`,
        `create index ${prefix}left_on_twin on ${prefix}left_twin (twin) where twin = ${value}`,
      ];
    },
    { engines: postgres },
  ),
  left(
    'invisible index',
    ({ prefix, table, column, engine }) => [
      `alter table ${table} add index ${prefix}left_hidden (${column}, b) ${engine === 'mysql' ? 'invisible' : 'ignored'}`,
    ],
    { engines: mysqls },
  ),
];
