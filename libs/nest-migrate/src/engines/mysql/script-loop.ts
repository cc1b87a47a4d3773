import { type BatchStatement, indented, type ScriptLoop, type ScriptLoops } from '../script-loop.js';
import { mysqlSql } from './lexical-rules.js';

const { text: literal } = mysqlSql;

const PROCEDURE = 'nest_migrate_backfill';

/**
 * A procedure, since only a routine can have a loop; it is dropped when it has run. The keys are variables of the session,
 * which keep the type and the collation of what they are given.
 */
export const mysqlLoops: ScriptLoops = {
  after: (at) => `@nest_migrate_after_${at}`,
  last: (at) => `@nest_migrate_last_${at}`,
  statements: (loop) => [
    `drop procedure if exists ${PROCEDURE}`,
    [
      `create procedure ${PROCEDURE}() modifies sql data`,
      'begin',
      ...indented([
        'declare nest_migrate_begun boolean;',
        'declare nest_migrate_pass int default 1;',
        'declare nest_migrate_found bigint;',
        'declare nest_migrate_still bigint default 0;',
        ...check(loop),
        'passes: loop',
        ...indented(pass(loop)),
        'end loop;',
      ]),
      'end',
    ].join('\n'),
    `call ${PROCEDURE}()`,
    `drop procedure ${PROCEDURE}`,
  ],
};

/** Without such a key rows would be left out, or worked on twice. */
function check({ place, key }: ScriptLoop): readonly string[] {
  const names = key.map(literal).join(', ');
  const database = place.schema === undefined ? 'database()' : literal(place.schema);
  const at = (alias: string): string =>
    `${alias}.table_schema = ${database} and ${alias}.table_name = ${literal(place.table)}`;
  const message = `${place.table} has no unique key of ${key.join(', ')} that is never null and can be compared`;
  return [
    `if not exists (select 1 from information_schema.statistics s join information_schema.columns c on ${at('c')} and c.column_name = s.column_name`,
    `    where ${at('s')} and s.non_unique = 0 group by s.index_name`,
    `    having count(*) = ${key.length} and sum(s.column_name in (${names}) and s.sub_part is null and c.is_nullable = 'NO'`,
    `      and c.data_type not in ('enum', 'set', 'bit', 'float', 'timestamp', 'json')) = ${key.length}) then`,
    `  signal sqlstate '45000' set message_text = ${literal(message.slice(0, 120))};`,
    'end if;',
  ];
}

function pass(loop: ScriptLoop): readonly string[] {
  const { bound, sparse, update, count, key, limit, passes } = loop;
  const parts = key.map((_, at) => `batch.nest_migrate_key_${at}`).join(', ');
  const variables = key.map((_, at) => mysqlLoops.last(at)).join(', ');
  const found = (query: string): string =>
    `select ${parts}, batch.nest_migrate_rows into ${variables}, @nest_migrate_rows from (${query}) as batch;`;
  const look = either(bound, found);
  const kept = key.map((_, at) => `set ${mysqlLoops.after(at)} = ${mysqlLoops.last(at)};`);
  return [
    'set nest_migrate_begun = false, nest_migrate_found = 0;',
    'batches: loop',
    ...indented([
      'set @nest_migrate_rows = 0;',
      'set transaction isolation level repeatable read;',
      'start transaction;',
      ...(sparse === undefined
        ? look
        : ['if nest_migrate_pass = 1 then', ...indented(look), 'else', ...indented(either(sparse, found)), 'end if;']),
      'if @nest_migrate_rows = 0 then commit; leave batches; end if;',
      'set nest_migrate_found = nest_migrate_found + @nest_migrate_rows;',
      ...either(update, (sql) => `${sql};`),
      ...(count === undefined ? [] : either(count, (sql) => `set nest_migrate_still = nest_migrate_still + (${sql});`)),
      'commit;',
      `if @nest_migrate_rows < ${limit} then leave batches; end if;`,
      ...kept,
      'set nest_migrate_begun = true;',
      ...(loop.pause > 0 ? [`do sleep(${loop.pause / 1000});`] : []),
    ]),
    'end loop;',
    ...(sparse === undefined
      ? ['leave passes;']
      : [
          `if nest_migrate_still > 0 or nest_migrate_pass >= ${passes} or (nest_migrate_pass > 1 and nest_migrate_found = 0) then leave passes; end if;`,
          'set nest_migrate_pass = nest_migrate_pass + 1;',
        ]),
  ];
}

function either({ first, next }: BatchStatement, sent: (sql: string) => string): readonly string[] {
  return ['if nest_migrate_begun then', `  ${sent(next)}`, 'else', `  ${sent(first)}`, 'end if;'];
}
