import { type BatchStatement, indented, type ScriptLoop, type ScriptLoops } from '../script-loop.js';
import { postgresSql } from './lexical-rules.js';

const { quote, text: literal } = postgresSql;

/** A block that commits after each batch. The keys are records, so that they have the types of their columns. */
export const postgresLoops: ScriptLoops = {
  after: (at) => `nest_migrate_after.nest_migrate_key_${at}`,
  last: (at) => `nest_migrate_last.nest_migrate_key_${at}`,
  statements: (loop) => {
    const body = [
      'declare',
      ...indented([
        'nest_migrate_after record;',
        'nest_migrate_last record;',
        'nest_migrate_begun boolean;',
        'nest_migrate_pass integer := 1;',
        'nest_migrate_found bigint;',
        'nest_migrate_still bigint := 0;',
        'nest_migrate_left bigint;',
      ]),
      'begin',
      ...indented([...check(loop), 'loop', ...indented(pass(loop)), 'end loop;']),
      'end',
    ].join('\n');
    let tag = '$backfill$';
    for (let count = 1; body.includes(tag); count += 1) tag = `$backfill${count}$`;
    return [`do ${tag}\n${body}\n${tag}`];
  },
};

/** Without such a key rows would be left out, or worked on twice. */
function check({ place, key }: ScriptLoop): readonly string[] {
  const names = [...key].sort().map(literal).join(', ');
  const message = literal(
    `${place.table} has no unique key of ${key.join(', ')} that is never null`.replaceAll('%', '%%'),
  );
  return [
    `if not exists (select 1 from pg_index i where i.indrelid = ${literal(quote(place.schema, place.table))}::regclass`,
    `    and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null`,
    `    and array(select a.attname::text from pg_attribute a where a.attrelid = i.indrelid and a.attnotnull`,
    `      and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1]) order by a.attname::text collate "C") = array[${names}]) then`,
    `  raise exception ${message};`,
    'end if;',
  ];
}

function pass(loop: ScriptLoop): readonly string[] {
  const { bound, sparse, limit, passes } = loop;
  const found = (query: string): string => `select batch.* into nest_migrate_last from (${query}) as batch;`;
  const look = either({ first: found(bound.first), next: found(bound.next) });
  const lookAgain = sparse === undefined ? [] : either({ first: found(sparse.first), next: found(sparse.next) });
  return [
    'nest_migrate_begun := false;',
    'nest_migrate_found := 0;',
    'loop',
    ...indented([
      ...(sparse === undefined
        ? look
        : ['if nest_migrate_pass = 1 then', ...indented(look), 'else', ...indented(lookAgain), 'end if;']),
      'exit when nest_migrate_last.nest_migrate_rows is null;',
      'nest_migrate_found := nest_migrate_found + nest_migrate_last.nest_migrate_rows;',
      ...work(loop),
      'commit;',
      `exit when nest_migrate_last.nest_migrate_rows < ${limit};`,
      'nest_migrate_after := nest_migrate_last;',
      'nest_migrate_begun := true;',
      ...(loop.pause > 0 ? [`perform pg_sleep(${loop.pause / 1000});`] : []),
    ]),
    'end loop;',
    ...(sparse === undefined
      ? ['exit;']
      : [
          `exit when nest_migrate_still > 0 or nest_migrate_pass >= ${passes} or (nest_migrate_pass > 1 and nest_migrate_found = 0);`,
          'nest_migrate_pass := nest_migrate_pass + 1;',
        ]),
  ];
}

function work({ update, where }: ScriptLoop): readonly string[] {
  if (where === undefined) return either({ first: `${update.first};`, next: `${update.next};` });
  const counted = (sql: string): string =>
    `with changed as (${sql} returning ${where} as is_left) ` +
    'select count(*) filter (where is_left) into nest_migrate_left from changed;';
  return [
    ...either({ first: counted(update.first), next: counted(update.next) }),
    'nest_migrate_still := nest_migrate_still + nest_migrate_left;',
  ];
}

function either({ first, next }: BatchStatement): readonly string[] {
  return ['if nest_migrate_begun then', `  ${next}`, 'else', `  ${first}`, 'end if;'];
}
