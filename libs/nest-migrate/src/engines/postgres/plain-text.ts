/**
 * PostgreSQL shows an expression with the casts that it added itself: `state = 'live'` as `state = 'live'::state`, and
 * `total > 0` as `total > (0)::double precision`. With them, the text is not valid with another type, or stays bound to
 * the old one. So what is restored after a change of type is created by its plain text: without every cast that makes no
 * difference to the engine. The engine is asked while the old type is still there.
 */

/** A string, a quoted name, a cast, or text between them. */
const PIECES = [
  `'(?:[^']|'')*'`,
  `"(?:[^"]|"")*"`,
  `::(?:timestamp|time)(?:\\(\\d+\\))? with(?:out)? time zone(?:\\[\\])*`,
  `::(?:double precision|character varying|bit varying|(?:[a-z_]\\w*|"(?:[^"]|"")*")(?:\\.(?:[a-z_]\\w*|"(?:[^"]|"")*"))?)` +
    `(?:\\(\\d+(?:,\\d+)?\\))?(?:\\[\\])*`,
  `[^'":]+`,
  `.`,
].join('|');

const pieces = (text: string): string =>
  `array(select found.piece[1] from regexp_matches(${text}, $pieces$(${PIECES})$pieces$, 'g') with ordinality as found (piece, position) order by position)`;

const casts = (list: string): string =>
  `array(select position from unnest(${list}) with ordinality as word (piece, position) where piece like '::_%' order by position)`;

/** For a row of the dependents, what is asked about its text: see {@link plainText}. */
export function probeOf(found: string, publications: boolean): string {
  const on = (list: string, from: string): string =>
    `json_build_array('select 1 as one from ' || ${from} || ' where row(' || ${list} || ') is null')`;
  const expression = (node: string, relation: string): string => `'(' || pg_get_expr(${node}, ${relation}) || ')'`;
  const owner = `(select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ${found}.schema_name and c.relname = ${found}.owner_name)`;
  const published = `when 'publication' then (select ${on(expression('pr.prqual', 'pr.prrelid'), 'pr.prrelid::regclass')}
      from pg_publication_rel pr join pg_publication pub on pub.oid = pr.prpubid
      where pr.prrelid = ${owner} and pub.pubname = ${found}.name)`;
  const whenOf = `substring(pg_get_triggerdef(t.oid, true) from ' WHEN \\((.*)\\) EXECUTE ')`;
  const bothRows = `t.tgrelid::regclass || ' as old, ' || t.tgrelid::regclass || ' as new'`;
  const policy = `concat_ws(', ', ${expression('p.polqual', 'p.polrelid')}, ${expression('p.polwithcheck', 'p.polrelid')})`;
  const index = `concat_ws(', ', pg_get_expr(i.indexprs, i.indrelid), ${expression('i.indpred', 'i.indrelid')})`;
  const statistics = `substring(pg_get_statisticsobjdef(st.oid) from ' ON (.*) FROM ')`;
  return `case ${found}.kind
    when 'view' then json_build_array(rtrim(pg_get_viewdef(${owner}, true), ';'))
    when 'materializedView' then json_build_array(rtrim(pg_get_viewdef(${owner}, true), ';'))
    when 'rule' then (select json_build_array(
        regexp_replace(rtrim(pg_get_ruledef(r.oid, true), ';'), '^\\s*CREATE RULE', 'CREATE OR REPLACE RULE'),
        format('select pg_get_ruledef(%s)', r.oid))
      from pg_rewrite r where r.ev_class = ${owner} and r.rulename = ${found}.name)
    when 'routine' then (select json_build_array(rtrim(pg_get_functiondef(oid)), format('select pg_get_functiondef(%s)', oid))
      from (select substring(${found}.drop from '^drop \\w+ (.*)$')::regprocedure::oid) as routine (oid))
    when 'trigger' then (select ${on(whenOf, bothRows)}
      from pg_trigger t where t.tgrelid = ${owner} and t.tgname = ${found}.name)
    when 'policy' then (select ${on(policy, 'p.polrelid::regclass')}
      from pg_policy p where p.polrelid = ${owner} and p.polname = ${found}.name)
    when 'constraint' then (select ${on(expression('con.conbin', 'con.conrelid'), 'con.conrelid::regclass')}
      from pg_constraint con where con.conrelid = ${owner} and con.conname = ${found}.name)
    when 'index' then (select ${on(index, 'i.indrelid::regclass')}
      from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = ${owner} and c.relname = ${found}.name)
    when 'column' then (select ${on(expression('ad.adbin', 'ad.adrelid'), 'ad.adrelid::regclass')}
      from pg_attrdef ad join pg_attribute a on a.attrelid = ad.adrelid and a.attnum = ad.adnum
      where ad.adrelid = ${owner} and a.attname = ${found}.name)
    when 'statistics' then (select ${on(statistics, 'st.stxrelid::regclass')}
      from pg_statistic_ext st where st.stxrelid = ${owner} and st.stxname = ${found}.name)
    ${publications ? published : ''}
  end`;
}

/** The variables of {@link plainText}. */
export const plainTextVariables = `pieces text[];
  probe text[];
  casts int[];
  asked int[];
  attempt text[];
  shown text;
  answer text;
  plain text;`;

/**
 * Sets `plain` to the plain text of a statement; null where that is no other. The probe is a query, which the engine
 * shows as it has read it; or a statement that creates the object in its own place, and a query for what
 * the engine then shows.
 */
export function plainText(statement: string, asking: string): string {
  const answerTo = (text: string): string => `if (${asking}->>1) is null then
          execute 'create temporary view nest_migrate_probe as ' || ${text};
          answer := pg_get_viewdef('pg_temp.nest_migrate_probe'::regclass);
        else
          execute ${text};
          execute (${asking}->>1) into answer;
        end if;
        raise exception 'only asked';
      exception when others then
        if sqlerrm <> 'only asked' then answer := null; end if;`;
  return `plain := null;
    pieces := ${pieces(statement)};
    probe := ${pieces(`${asking}->>0`)};
    casts := ${casts('pieces')};
    asked := ${casts('probe')};
    if cardinality(casts) > 0 and cardinality(casts) = cardinality(asked) then
      begin
        ${answerTo(`(${asking}->>0)`)}
      end;
      shown := answer;
      -- first without all casts, then without one after the other
      for number in 0..cardinality(casts) loop
        exit when shown is null;
        attempt := probe;
        for position in 1..cardinality(casts) loop
          if number in (0, position) then attempt[asked[position]] := ''; end if;
        end loop;
        begin
          ${answerTo(`array_to_string(attempt, '')`)}
        end;
        if answer = shown then
          probe := attempt;
          for position in 1..cardinality(casts) loop
            if number in (0, position) then pieces[casts[position]] := ''; end if;
          end loop;
          plain := array_to_string(pieces, '');
          exit when number = 0;
        end if;
      end loop;
    end if;`;
}

/**
 * Whether a part of a table has an expression that looks like the pattern. A cast in it can bind it to the type of a
 * column. Before the change there may be none: PostgreSQL adds it for the new type. A foreign key prevents that one of its
 * columns changes before the other.
 */
export const hasExpression = (classid: string, objid: string, pattern: string): string => `exists (
    select from pg_constraint con where ${classid} = 'pg_constraint'::regclass and con.oid = ${objid} and (con.contype = 'f'
      or con.contype = 'c' and pg_get_expr(con.conbin, con.conrelid) like ${pattern})
    union all select from pg_index i where ${classid} = 'pg_class'::regclass and i.indexrelid = ${objid}
      and coalesce(i.indexprs, i.indpred) is not null
      and concat(pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)) like ${pattern}
    union all select from pg_statistic_ext st where ${classid} = 'pg_statistic_ext'::regclass and st.oid = ${objid}
      and substring(pg_get_statisticsobjdef(st.oid) from ' ON (.*) FROM ') like '%(%'
      and pg_get_statisticsobjdef(st.oid) like ${pattern})`;
