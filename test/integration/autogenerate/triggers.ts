/** Rows of both matrices about triggers, whose bodies every engine writes in a language of its own. */
import { p } from '@mikro-orm/core';
import { type Engine } from '../../support/databases.js';
import { type Change } from './changes.js';
import { type Entities } from './live-database.js';
import { type Feature, thing } from './single-features.js';

interface Language {
  readonly engines: readonly Engine[];
  /** When a trigger can change the row that it fires for. */
  readonly timing: 'before' | 'after';
  /** The body that sets a column of that row. */
  readonly set: (column: string, value: string) => string;
}

const postgres: Language = {
  engines: ['postgres', 'pglite'],
  timing: 'before',
  set: (column, value) => `new.${column} = ${value}; return new`,
};
const mysql: Language = {
  engines: ['mysql', 'mariadb'],
  timing: 'before',
  set: (column, value) => `set new.${column} = ${value}`,
};
const sqlite: Language = {
  engines: ['sqlite'],
  timing: 'after',
  set: (column, value) => `update thing set ${column} = ${value} where id = new.id`,
};

/** The language of an engine's triggers. */
export function languageOf(engine: Engine): Language {
  return [postgres, mysql, sqlite].find(({ engines }) => engines.includes(engine)) ?? postgres;
}

/** An entity `thing` with triggers. */
export function watched(...triggers: readonly object[]): Entities {
  return thing({ a: p.integer(), b: p.string().length(40).nullable(), c: p.text().nullable() }, { triggers });
}

function features(
  name: string,
  of: (language: Language) => readonly object[],
  languages = [postgres, mysql, sqlite],
): readonly Feature[] {
  return languages.map((language) => ({
    name: `trigger ${name}`,
    engines: language.engines,
    entities: () => watched(...of(language)),
  }));
}

function changes(
  name: string,
  before: (language: Language) => readonly object[] | Entities,
  after: (language: Language) => readonly object[] | Entities,
  languages = [postgres, mysql, sqlite],
): readonly Change[] {
  const entities = (given: readonly object[]): Entities =>
    given.length > 0 && !('timing' in (given[0] ?? {})) ? (given as Entities) : watched(...given);
  return languages.map((language) => ({
    name: `trigger ${name}`,
    engines: language.engines,
    before: () => entities(before(language)),
    after: () => entities(after(language)),
    rows: ['insert into thing (a) values (1)'],
  }));
}

const watch = ({ timing, set }: Language, rest: object = {}): object => ({
  name: 'watch',
  timing,
  events: ['insert'],
  body: set('b', "'seen'"),
  ...rest,
});

export const triggerFeatures: readonly Feature[] = [
  ...features('on insert', (language) => [watch(language)]),
  ...features('without a name', (language) => [watch(language, { name: undefined })]),
  ...features('on several events', (language) => [watch(language, { events: ['update', 'insert'] })]),
  ...features(
    'after a delete',
    ({ set }) => [
      { name: 'gone', timing: 'after', events: ['delete'], body: set('b', "''").replaceAll('new.', 'old.') },
    ],
    [sqlite],
  ),
  ...features('of several statements, with comments, quotes and a semicolon in a string', (language) => [
    watch(language, {
      body: `-- it's; the first\n${language.set('b', "'a;  ''b'' \"c\"'").replace('; return new', '')};\n\n/* the\n second */\n${language.set('c', "'end'")};`,
    }),
  ]),
  ...features('whose body ends in a comment', (language) => [
    watch(language, { body: `${language.set('b', "'x'")}; -- done` }),
  ]),
  ...features('two on one event', (language) => [
    watch(language),
    watch(language, { name: 'other', body: language.set('c', "'x'") }),
  ]),
  ...features('with a name that needs quotes', (language) => [watch(language, { name: 'Watch it, "you"' })]),
  ...features('with a long name, on several events', (language) => [
    watch(language, { name: 'a_very_long_name_of_a_trigger_that_just_about_fits', events: ['insert', 'update'] }),
  ]),
  ...features(
    'with a condition',
    (language) => [watch(language, { events: ['update'], when: "new.a > 1 and new.b <> 'it''s'" })],
    [postgres, sqlite],
  ),
  ...features(
    'with a condition on both rows',
    (language) => [watch(language, { events: ['update'], when: 'old.a is distinct from new.a' })],
    [postgres],
  ),
  ...features(
    'for each statement',
    () => [
      { name: 'watch', timing: 'after', events: ['insert', 'truncate'], forEach: 'statement', body: 'return null' },
    ],
    [postgres],
  ),
  ...features(
    'with declarations',
    (language) => [
      watch(language, { body: "declare\n  word text := 'x';\nbegin\n  new.b = word;\n  return new;\nend" }),
    ],
    [postgres],
  ),
  ...features(
    'as a statement with its function',
    () => [
      {
        name: 'watch',
        timing: 'before',
        events: ['update'],
        expression: `create function thing_watch_fn() returns trigger language plpgsql as $f$ begin new.b = 'x;'; return new; end $f$;\ncreate trigger watch before update of a, b on thing for each row when (new.a > 1) execute function thing_watch_fn();`,
      },
    ],
    [postgres],
  ),
  ...features(
    'as a constraint that is checked at the end',
    () => [
      {
        name: 'watch',
        timing: 'after',
        events: ['insert'],
        expression: `create or replace function thing_watch_fn() returns trigger language plpgsql as 'begin return null; end';\ncreate constraint trigger watch after insert on thing deferrable initially deferred for each row execute procedure thing_watch_fn('a', 'b')`,
      },
    ],
    [postgres],
  ),
  ...features(
    'as a statement',
    () => [
      {
        name: 'watch',
        timing: 'before',
        events: ['update'],
        expression: "create trigger watch before update on thing for each row set new.b = 'x'",
      },
    ],
    [mysql],
  ),
  ...features(
    'as a statement on some columns',
    () => [
      {
        name: 'watch',
        timing: 'after',
        events: ['update'],
        expression: `create trigger if not exists watch after update of a, "b" on thing when new.a > 1 begin delete from thing where id = new.a; end`,
      },
    ],
    [sqlite],
  ),
  ...features(
    'as a statement with a function that others may execute as well',
    () => [
      {
        name: 'watch',
        timing: 'before',
        events: ['insert'],
        expression:
          "create or replace function touch() returns trigger language plpgsql as $f$ begin new.b = 'x'; return new; end $f$;\ncreate trigger watch before insert on thing for each row execute function touch()",
      },
      {
        name: 'also',
        timing: 'before',
        events: ['update'],
        expression: 'create trigger also before update on thing for each row execute function touch()',
      },
    ],
    [postgres],
  ),
  ...features('in a schema of its own', (language) => [watch(language, { when: 'new.a > 1', name: 'Watch' })], [
    postgres,
  ]).map((row) => ({
    ...row,
    entities: () =>
      thing(
        { a: p.integer(), b: p.string().length(40).nullable() },
        { schema: 'shop', triggers: [watch(postgres, { when: 'new.a > 1', name: 'Watch' })] },
      ),
  })),
  ...features(
    'with transition tables',
    () => [
      {
        name: 'watch',
        timing: 'after',
        events: ['insert'],
        expression:
          'create function thing_watch_fn() returns trigger language plpgsql as $f$ begin return null; end $f$;\ncreate trigger watch after insert on thing referencing new table as news for each statement execute function thing_watch_fn()',
      },
    ],
    [postgres],
  ),
  ...features(
    'as a statement of somebody, behind another',
    (language) => [
      watch(language),
      {
        name: 'then',
        timing: 'before',
        events: ['insert'],
        expression:
          "create definer = current_user trigger `then` before insert on thing for each row follows watch begin set new.c = 'it''s \\\\ '; end",
      },
    ],
    [mysql],
  ),
];

export const triggerChanges: readonly Change[] = [
  ...changes(
    'comes',
    () => [],
    (language) => [watch(language)],
  ),
  ...changes(
    'gets another body',
    (language) => [watch(language)],
    (language) => [watch(language, { body: language.set('b', "'Seen'") })],
  ),
  ...changes(
    'gets another event',
    (language) => [watch(language)],
    (language) => [watch(language, { events: ['update'] })],
  ),
  ...changes(
    'gets one event more',
    (language) => [watch(language)],
    (language) => [watch(language, { events: ['insert', 'update'] })],
  ),
  ...changes(
    'gets another timing',
    (language) => [watch(language)],
    (language) => [
      watch(language, {
        timing: language === mysql ? 'after' : 'before',
        body: language === mysql ? 'set @seen = 1' : language.set('b', "'seen'"),
        ...(language === postgres && { timing: 'after' }),
      }),
    ],
  ),
  ...changes(
    'gets a condition',
    (language) => [watch(language)],
    (language) => [watch(language, { when: 'new.a > 5' })],
    [postgres, sqlite],
  ),
  ...changes(
    'gets another condition',
    (language) => [watch(language, { when: 'new.a > 4' })],
    (language) => [watch(language, { when: 'new.a > 5' })],
    [postgres, sqlite],
  ),
  ...changes(
    'fires once for each statement',
    () => [{ name: 'w', timing: 'after', events: ['insert'], body: 'return null' }],
    () => [{ name: 'w', timing: 'after', events: ['insert'], forEach: 'statement', body: 'return null' }],
    [postgres],
  ),
  ...changes(
    'becomes a statement on some columns',
    (language) => [watch(language, { events: ['update'] })],
    () => [
      {
        name: 'watch',
        timing: 'after',
        events: ['update'],
        expression: 'create trigger watch after update of a on thing begin delete from thing where a = 9; end',
      },
    ],
    [sqlite],
  ),
  ...changes(
    'with a condition on a column that gets another type',
    (language) => [watch(language, { when: 'new.a > 4' })],
    (language) =>
      thing(
        { a: p.bigint(), b: p.string().length(40).nullable(), c: p.text().nullable() },
        { triggers: [watch(language, { when: 'new.a > 4' })] },
      ),
    [postgres, sqlite],
  ),
  ...changes(
    'goes with a column',
    (language) => [watch(language, { body: language.set('c', "'x'") })],
    () => thing({ a: p.integer(), b: p.string().length(40).nullable() }),
  ),
  ...changes(
    'comes with a column',
    () => [],
    (language) =>
      thing(
        { a: p.integer(), b: p.string().length(40).nullable(), c: p.text().nullable(), d: p.integer().nullable() },
        { triggers: [watch(language, { body: language.set('d', '7') })] },
      ),
  ),
  ...changes(
    'whose condition goes with a column',
    (language) => [watch(language, { when: "new.c = 'x'" })],
    (language) =>
      thing(
        { a: p.integer(), b: p.string().length(40).nullable() },
        { triggers: [watch(language, { when: 'new.a = 1' })] },
      ),
    [postgres, sqlite],
  ),
];
