import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type ChangingParts } from '../../operations/operation.js';
import { type DependentObject } from '../catalogue/catalogue.js';
import { place, type SchemaScope } from './catalogue/catalogue-objects.js';
import { dollarQuoted } from './ddl/dollar-quoted.js';
import { dependentQuery } from './dependent-query.js';
import { plainText, plainTextVariables, probeOf } from './plain-text.js';

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
    `select kind, schema_name, owner_name, name from (${dependentQuery(parts, scope.home, Number(server?.version) >= FILTERED_PUBLICATIONS, `'%'`)}) x`,
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
  const query = (publications: boolean): string =>
    dollarQuoted(`select coalesce(json_agg(json_build_object('drop', found.drop, 'create', found."create", 'extras', found.extras,
        'probe', ${probeOf('found', publications)}) order by found.position), '[]')
      from (select x.*, row_number() over () as position from (${dependentQuery(parts, home, publications, `'%::%'`)}) x) found`);
  return `do ${dollarQuoted(`
declare
  query text := case when current_setting('server_version_num')::int >= ${FILTERED_PUBLICATIONS}
    then ${query(true)} else ${query(false)} end;
  kept json;
  dependent json;
  told jsonb := '[]';
  ${plainTextVariables}
begin
  execute query into kept;
  -- all are asked about before the first is gone
  for dependent in select value from json_array_elements(kept) loop
    ${plainText(`(dependent->'create'->>0)`, `(dependent->'probe')`)}
    told := told || jsonb_build_array(jsonb_build_array(plain, dependent->'create', dependent->'extras'));
  end loop;
  for dependent in select value from json_array_elements(kept) loop
    execute dependent->>'drop';
  end loop;
  -- behind those of an earlier call that are not restored yet
  perform set_config('nest_migrate.dependents', (coalesce(nullif(current_setting('nest_migrate.dependents', true), ''),
    '[]')::jsonb || told)::text, true);
end `)}`;
}

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
