import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type ChangingParts } from '../../operations/operation.js';
import { type DependentObject } from '../catalogue/catalogue.js';
import { place, type SchemaScope } from './catalogue/catalogue-objects.js';
import { dollarQuoted } from './ddl/dollar-quoted.js';
import { dependentQuery } from './dependent-query.js';

/**
 * What PostgreSQL refuses to keep while the parts change, and what hangs on that: the deepest first, as it has to be
 * dropped. `pg_depend` knows it of views, rules, triggers, policies, routines with a parsed body, and publications with a
 * condition or a list of columns; and of parts of tables, for columns that are rebuilt.
 */
export async function readPostgresDependents(
  connection: AbstractSqlConnection,
  scope: SchemaScope,
  parts: ChangingParts,
): Promise<readonly DependentObject[]> {
  if ((parts.columns ?? []).length + (parts.types ?? []).length === 0) return [];
  const [server] = await connection.execute<{ version: number }[]>(
    `select current_setting('server_version_num')::int as version`,
  );
  const rows = await connection.execute<{ kind: string; schema_name: string; owner_name: string; name: string }[]>(
    `select kind, schema_name, owner_name, name from (${dependentQuery(parts, scope.home, Number(server?.version) >= FILTERED_PUBLICATIONS)}) x`,
  );
  return rows.map(({ kind, schema_name, owner_name, name }) => ({
    kind,
    place: place(owner_name, schema_name, scope),
    name,
  }));
}

/** The version from which on publications have conditions and lists of columns. */
const FILTERED_PUBLICATIONS = 150000;

/** Drops the dependents, and keeps the statements that create them again in a setting of the session. */
export function dropDependents(parts: ChangingParts, home: string): string {
  const query = (publications: boolean): string => dollarQuoted(dependentQuery(parts, home, publications));
  return `do ${dollarQuoted(String.raw`
declare
  query text := case when current_setting('server_version_num')::int >= ${FILTERED_PUBLICATIONS}
    then ${query(true)} else ${query(false)} end;
  kept json;
  dependent json;
  told jsonb := '[]';
  original text;
  plain text;
  attempt text;
  again text;
  named text;
begin
  execute format('select coalesce(json_agg(x), ''[]'') from (%s) x', query) into kept;
  for dependent in select value from json_array_elements(kept) loop
    execute dependent->>'drop';
    -- the engine prints casts that nobody wrote, and that another type has no use for: those that it adds again go
    original := dependent->'create'->>0;
    plain := original;
    for named in select distinct cast_to[1] from regexp_matches(original, ${ONE_CAST}, 'g') cast_to
      where cast_to[1] is not null and dependent->>'kind' in (${readAgain})
    loop
      attempt := regexp_replace(plain, ${castsTo('named')}, '\1', 'g');
      begin
        if dependent->>'kind' = 'column' then
          execute format('create temporary table nest_migrate_probe (like %I.%I)', dependent->>'schema_name',
            dependent->>'owner_name');
          execute regexp_replace(attempt, '^alter table .*? add column',
            'alter table pg_temp.nest_migrate_probe add column');
          select substring(original from '^.*? generated always as \(') || pg_get_expr(adbin, adrelid) ||
              substring(original from '\) stored(?: not null)?$') into again
            from pg_attrdef where adrelid = 'pg_temp.nest_migrate_probe'::regclass;
          drop table pg_temp.nest_migrate_probe;
        else
          execute attempt || case when dependent->>'kind' = 'materializedView' and attempt !~ ' with no data$'
            then ' with no data' else '' end;
          execute format('select x."create"->>0 from (%s) x
              where (kind, schema_name, owner_name, name) = (%L, %L, %L, %L)', query, dependent->>'kind',
            dependent->>'schema_name', dependent->>'owner_name', dependent->>'name') into again;
          execute dependent->>'drop';
        end if;
        if regexp_replace(again, ' with no data$', '') = regexp_replace(original, ' with no data$', '') then
          plain := attempt;
        end if;
      exception when others then
        null;
      end;
    end loop;
    told := told || jsonb_build_array(
      jsonb_build_array(nullif(plain, original), dependent->'create', dependent->'extras'));
  end loop;
  -- behind those of an earlier call that are not restored yet
  perform set_config('nest_migrate.dependents', (coalesce(nullif(current_setting('nest_migrate.dependents', true), ''),
    '[]')::jsonb || told)::text, true);
end `)}`;
}

/** What can be created for a moment to see how the engine reads it. */
const readAgain = `'view', 'materializedView', 'rule', 'trigger', 'policy', 'routine', 'publication', 'column'`;

/** Finds texts and quoted names in printed SQL. */
const QUOTED = String.raw`''(?:[^'']|'''')*''|"(?:[^"]|"")*"`;
/** Finds casts in printed SQL, each with its type. It also finds what is quoted, which then has no type. */
const ONE_CAST =
  `'${QUOTED}|::(` +
  String.raw`(?:double precision|character varying|bit varying|time(?:stamp)?(?:\(\d+\))? with(?:out)? time zone` +
  String.raw`|(?:"(?:[^"]|"")+"|[[:alpha:]_][\w$]*)(?:\.(?:"(?:[^"]|"")+"|[[:alpha:]_][\w$]*))?)` +
  String.raw`(?:\([\d, ]+\))?(?:\[\])*)'`;
/** Finds the casts to the type that a variable holds, and what is quoted. */
const castsTo = (type: string): string =>
  String.raw`'(${QUOTED})|::' || regexp_replace(${type}, '([^[:alnum:]_ ])', '\\\1', 'g') || '(?![\w$(\[])'`;

/**
 * Creates again what {@link dropDependents} has dropped, in the reverse order: with as few casts as the engine read
 * alike, so that the new type counts, or as it was printed where that is not valid.
 */
export const restoreDependents = `do $dependents$
declare
  dependent json;
  statement text;
  is_created boolean;
begin
  for dependent in
    select kept.value from json_array_elements(coalesce(nullif(current_setting('nest_migrate.dependents', true), ''), '[]')::json)
      with ordinality as kept (value, position) order by position desc
  loop
    is_created := false;
    if dependent->>0 is not null then
      begin
        execute dependent->>0;
        is_created := true;
      exception when syntax_error_or_access_rule_violation or data_exception or feature_not_supported then
        null;
      end;
    end if;
    for statement in select value from json_array_elements_text(dependent->1) with ordinality as x (value, position)
      where position > case when is_created then 1 else 0 end
    loop
      execute statement;
    end loop;
    for statement in select value->>1 from json_array_elements(dependent->2) loop
      execute statement;
    end loop;
  end loop;
  perform set_config('nest_migrate.dependents', '', true);
end $dependents$`;
