/** Rows of both matrices about routines. SQLite has none. */
import { p, Routine } from '@mikro-orm/core';
import { type Engine } from '../../support/databases.js';
import { type Change } from './changes.js';
import { type Entities } from './live-database.js';
import { type Feature, thing, viewEntity } from './single-features.js';

type Config = ConstructorParameters<typeof Routine>[0];

export const postgres: readonly Engine[] = ['postgres', 'pglite'];
export const mysqls: readonly Engine[] = ['mysql', 'mariadb'];
const servers: readonly Engine[] = [...postgres, ...mysqls];

/** A function `f` of one number. */
export function f(rest: Partial<Config> = {}): Routine {
  return new Routine({
    name: 'f',
    type: 'function',
    params: { n: { type: 'int' } },
    returns: { runtimeType: 'number', columnType: 'int' },
    deterministic: true,
    ...rest,
  } as Config);
}

/** A function `f` that adds a number, in the language of functions of either family of engines. */
export const plus = (engines: readonly Engine[], number: number, rest: Partial<Config> = {}): Routine =>
  f({ body: engines === postgres ? `select n + ${number}` : `return n + ${number}`, ...rest });

function procedure(rest: Partial<Config> = {}): Routine {
  return new Routine({
    name: 'p',
    type: 'procedure',
    params: {
      a: { type: 'int' },
      b: { type: 'int', direction: 'inout', ref: true },
    },
    body: 'set b = a + b;',
    ...rest,
  } as Config);
}

function feature(name: string, engines: readonly Engine[], ...routines: readonly Routine[]): Feature {
  return { name: `routine ${name}`, engines, entities: () => [...thing({ a: p.integer() }), ...routines] };
}

function change(
  name: string,
  engines: readonly Engine[],
  before: readonly Entities[number][],
  after: readonly Entities[number][],
): Change {
  const hasTable = (list: Entities): boolean => list.some((one) => !Routine.is(one));
  const version = (list: Entities) => (): Entities => (hasTable(list) ? list : [...thing({ a: p.integer() }), ...list]);
  return {
    name: `routine ${name}`,
    engines,
    before: version(before),
    after: version(after),
    rows: ['insert into thing (a) values (1)'],
  };
}

/** The same for both families of engines. */
const both = <T>(make: (engines: readonly Engine[]) => T): readonly T[] => [postgres, mysqls].map(make);

const touch = new Routine({
  name: 'touch',
  type: 'function',
  returns: { runtimeType: 'any', columnType: 'trigger' },
  language: 'plpgsql',
  body: "new.b = 'touched'; return new;",
});
const touching = () =>
  thing(
    { a: p.integer(), b: p.string().nullable() },
    {
      triggers: [
        {
          name: 'touching',
          timing: 'before',
          events: ['insert'],
          expression: 'create trigger touching before insert on thing for each row execute function touch()',
        },
      ],
    },
  );

export const routineFeatures: readonly Feature[] = [
  ...both((engines) => feature('a function', engines, plus(engines, 1))),
  ...both((engines) =>
    feature(
      'a function with all there is to say',
      engines,
      plus(engines, 1, {
        security: engines === postgres ? 'definer' : 'invoker',
        comment: "it's; a \\ comment",
        dataAccess: 'no-sql',
      }),
    ),
  ),
  ...both((engines) =>
    feature('a function that says no more than it has to', engines, plus(engines, 1, { deterministic: undefined })),
  ),
  ...both((engines) =>
    feature(
      'with types of JavaScript',
      engines,
      f({
        params: { s: { type: 'string' }, b: { type: 'boolean' }, n: { type: 'bigint' } },
        returns: { runtimeType: 'string' },
        body: engines === postgres ? 'select s' : 'return s',
      }),
    ),
  ),
  ...both((engines) =>
    feature(
      'with types that have lengths',
      engines,
      f({
        params: { 'a b': { type: 'varchar(20)' }, d: { type: 'decimal(10,2)' } },
        returns: { runtimeType: 'string', columnType: 'varchar(40)' },
        body: engines === postgres ? `select "a b" || d` : 'return concat(`a b`, d)',
      }),
    ),
  ),
  ...both((engines) =>
    feature(
      'of several statements, with comments and quotes',
      engines,
      f({
        language: engines === postgres ? 'plpgsql' : undefined,
        body:
          engines === postgres
            ? `declare\n  s text := 'it''s; "x"';\nbegin\n  -- it's; the first\n\n  return length(s) + n;\nend;`
            : `declare s text;\n-- it's; the first\n\nset s = 'it''s; "x" \\\\';\nreturn length(s) + n;`,
      }),
    ),
  ),
  feature('a procedure', mysqls, procedure()),
  feature('a procedure', postgres, procedure({ body: 'b := a + b;' })),
  feature('a procedure in SQL', postgres, procedure({ language: 'sql', params: {}, body: 'delete from thing' })),
  feature(
    'that answers with rows',
    postgres,
    f({ returns: { runtimeType: 'any', columnType: 'setof thing' }, body: 'select * from thing where id = n' }),
  ),
  feature(
    'that answers with a table',
    postgres,
    f({ returns: { runtimeType: 'any', columnType: 'table(x int, y varchar(10))' }, body: "select n, 'y'::varchar" }),
  ),
  feature(
    'that answers with nothing',
    postgres,
    f({ returns: (() => 'Thing') as never, language: 'plpgsql', body: 'return' }),
  ),
  feature(
    'with a default',
    postgres,
    f({
      params: { n: { type: 'int', defaultRaw: '1 + 1' }, s: { type: 'text', defaultRaw: "'it''s, (x'" } },
      body: 'select n',
    }),
  ),
  feature(
    'that calls another, listed before it',
    postgres,
    plus(postgres, 1, { body: 'select g(n)' }),
    plus(postgres, 2, { name: 'g' }),
  ),
  feature(
    'as a statement',
    postgres,
    f({
      expression:
        'create or replace function f(n integer default 2, out m int) stable strict cost 7 as $x$ begin m := n; end $x$ language plpgsql',
    }),
  ),
  feature(
    'as a statement',
    mysqls,
    f({
      expression:
        "create function f(n integer) returns varchar(10) character set latin1 deterministic no sql comment 'it''s' return n + 1",
    }),
  ),
  feature('in a schema of its own', postgres, plus(postgres, 1, { schema: 'calc' })),
  {
    name: 'routine in a check, a default and an index',
    engines: postgres,
    entities: () => [
      ...thing(
        { a: p.integer().defaultRaw('f(1)') },
        {
          checks: [{ name: 'positive', expression: 'f(a) > 0' }],
          indexes: [{ name: 'by_f', expression: 'create index by_f on thing (f(a))' }],
        },
      ),
      plus(postgres, 1),
    ],
  },
  {
    name: 'routine in a view',
    engines: servers,
    entities: () => [
      ...thing({ a: p.integer() }),
      viewEntity('Seen', 'select id, f(a) as a from thing'),
      f({ body: 'begin return n + 1; end', language: 'plpgsql', dataAccess: 'no-sql' }),
    ],
  },
  {
    name: 'routine over a view',
    engines: postgres,
    entities: () => [
      ...thing({ a: p.integer() }),
      viewEntity('Seen', 'select id, a from thing'),
      f({ body: 'select count(*)::int + n from seen', deterministic: undefined }),
    ],
  },
  {
    name: 'routine in the body of a trigger',
    engines: mysqls,
    entities: () => [
      ...thing(
        { a: p.integer() },
        { triggers: [{ name: 'w', timing: 'before', events: ['insert'], body: 'set new.a = f(new.a)' }] },
      ),
      plus(mysqls, 1),
    ],
  },
  { name: 'routine that triggers execute', engines: postgres, entities: () => [...touching(), touch] },
  feature(
    'with types of many words',
    postgres,
    f({
      params: {
        x: { type: 'double precision' },
        t: { type: 'timestamp(3) with time zone' },
        l: { type: 'numeric(10,2)[]' },
        v: { type: 'character varying(9)' },
        j: { type: 'jsonb' },
      },
      body: 'select 1',
    }),
  ),
  feature(
    'with types of many words',
    mysqls,
    f({
      params: {
        u: { type: 'int unsigned' },
        e: { type: "enum('a','b,c')" },
        t: { type: 'datetime(3)' },
        b: { type: 'bool' },
        j: { type: 'json' },
        v: { type: 'varchar(9) character set latin1' },
      },
      returns: { runtimeType: 'string', columnType: 'varchar(9) character set latin1' },
      body: 'return v',
    }),
  ),
  feature('with a dollar quote in its body', postgres, f({ body: "select length('$$ $body1$') + n" })),
  feature('with a block in its body', postgres, f({ language: 'plpgsql', body: 'begin begin return n; end; end;' })),
  feature('with a label in its body', mysqls, procedure({ params: {}, body: 'here: begin leave here; end here' })),
  feature(
    'as a statement of the standard',
    postgres,
    f({
      expression:
        'create function f(n int) returns int language sql immutable parallel safe begin atomic select n + 1; select n; end',
    }),
  ),
  feature(
    'as a statement with settings',
    postgres,
    f({
      expression:
        "create or replace function f(variadic n int[]) returns int language plpgsql security definer set search_path = public, pg_temp as 'begin return n[1]; end'",
    }),
  ),
  feature(
    'as a statement of somebody',
    mysqls,
    procedure({
      body: undefined,
      expression: 'create definer = current_user() procedure p(in a int, inout b int) sql security invoker set b = a',
    }),
  ),
  {
    name: 'routine with an enum and a row of a table',
    engines: postgres,
    entities: () => [
      ...thing({ e: p.enum(['a', 'b']).nativeEnumName('kind') }, { schema: 'shop' }),
      f({
        params: { e: { type: 'shop.kind' }, t: { type: 'shop.thing' } },
        body: 'select 1',
        deterministic: undefined,
      }),
    ],
  },
];

export const routineChanges: readonly Change[] = [
  ...both((engines) => change('comes', engines, [], [plus(engines, 1)])),
  ...both((engines) => change('gets another body', engines, [plus(engines, 1)], [plus(engines, 2)])),
  ...both((engines) =>
    change(
      'gets another parameter',
      engines,
      [plus(engines, 1)],
      [plus(engines, 1, { params: { n: { type: 'int' }, m: { type: 'int' } } })],
    ),
  ),
  ...both((engines) =>
    change(
      'gets another name for a parameter',
      engines,
      [plus(engines, 1)],
      [plus(engines, 1, { params: { m: { type: 'int' } }, body: engines === postgres ? 'select m' : 'return m' })],
    ),
  ),
  ...both((engines) =>
    change(
      'gets another type of a parameter',
      engines,
      [plus(engines, 1)],
      [plus(engines, 1, { params: { n: { type: 'smallint' } } })],
    ),
  ),
  ...both((engines) =>
    change(
      'answers with another type',
      engines,
      [plus(engines, 1)],
      [plus(engines, 1, { returns: { runtimeType: 'bigint', columnType: 'bigint' } })],
    ),
  ),
  ...both((engines) => change('gets a comment', engines, [plus(engines, 1)], [plus(engines, 1, { comment: "it's" })])),
  ...both((engines) =>
    change('loses its comment', engines, [plus(engines, 1, { comment: "it's" })], [plus(engines, 1)]),
  ),
  ...both((engines) =>
    change(
      'gets other rights',
      engines,
      [plus(engines, 1, { security: 'invoker' })],
      [plus(engines, 1, { security: 'definer' })],
    ),
  ),
  ...both((engines) =>
    change('is no longer deterministic', engines, [plus(engines, 1)], [plus(engines, 1, { deterministic: false })]),
  ),
  change(
    'reads data',
    mysqls,
    [plus(mysqls, 1, { dataAccess: 'contains-sql' })],
    [plus(mysqls, 1, { dataAccess: 'reads-sql-data' })],
  ),
  change(
    'in another language',
    postgres,
    [plus(postgres, 1)],
    [plus(postgres, 1, { language: 'plpgsql', body: 'return n + 1' })],
  ),
  change(
    'gets a default',
    postgres,
    [plus(postgres, 1)],
    [plus(postgres, 1, { params: { n: { type: 'int', defaultRaw: '7' } } })],
  ),
  change(
    'gets another default',
    postgres,
    [plus(postgres, 1, { params: { n: { type: 'int', defaultRaw: '8' } } })],
    [plus(postgres, 1, { params: { n: { type: 'int', defaultRaw: '7' } } })],
  ),
  change(
    'becomes a procedure',
    mysqls,
    [procedure({ name: 'f', params: { n: { type: 'int' } }, body: 'set @x = n' })],
    [plus(mysqls, 1)],
  ),
  change(
    'as a statement gets another clause',
    postgres,
    [f({ expression: 'create function f(n int) returns int language sql stable as $$ select n $$' })],
    [f({ expression: 'create function f(n int) returns int language sql stable strict as $$ select n $$' })],
  ),
  change(
    'as a statement gets another body',
    mysqls,
    [f({ expression: 'create function f(n int) returns int deterministic return n' })],
    [f({ expression: 'create function f(n int) returns int deterministic return n + 2' })],
  ),
  change(
    'goes with the column that it reads',
    postgres,
    [
      ...thing({ a: p.integer(), b: p.integer().nullable() }),
      f({ body: 'select b from thing', deterministic: undefined }),
    ],
    [...thing({ a: p.integer() })],
  ),
  change(
    'comes with the column that it reads',
    postgres,
    [...thing({ a: p.integer() }), f({ body: 'select a from thing', deterministic: undefined })],
    [
      ...thing({ a: p.integer(), b: p.integer().nullable() }),
      f({ body: 'select b from thing', deterministic: undefined }),
    ],
  ),
  change(
    'under a view answers with another type',
    postgres,
    [...thing({ a: p.integer() }), viewEntity('Seen', 'select id, f(a) as a from thing'), plus(postgres, 1)],
    [
      ...thing({ a: p.integer() }),
      viewEntity('Seen', 'select id, f(a) as a from thing'),
      plus(postgres, 1, { returns: { runtimeType: 'bigint', columnType: 'bigint' } }),
    ],
  ),
  change(
    'that triggers execute gets another body',
    postgres,
    [...touching(), touch],
    [...touching(), new Routine({ ...touch, params: {}, body: 'return new;' } as never)],
  ),
  {
    ...change(
      'that takes an enum that loses a value',
      postgres,
      [
        ...thing({ e: p.enum(['a', 'b']).nativeEnumName('kind') }),
        f({ params: { e: { type: 'kind' } }, body: 'select 1' }),
      ],
      [...thing({ e: p.enum(['a']).nativeEnumName('kind') }), f({ params: { e: { type: 'kind' } }, body: 'select 1' })],
    ),
    rows: ["insert into thing (e) values ('a')"],
  },
];
