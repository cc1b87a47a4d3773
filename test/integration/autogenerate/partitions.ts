/** Rows of both matrices about partitioned tables, which MikroORM knows on PostgreSQL. */
import { defineEntity, p } from '@mikro-orm/core';
import { type Change } from './changes.js';
import { type Entities } from './live-database.js';
import { type Feature, postgres } from './single-features.js';

/** A table of events, partitioned as is said. */
function events(partitionBy: object | undefined, more: object = {}): Entities {
  return [
    defineEntity({
      name: 'Event',
      ...(partitionBy && { partitionBy: partitionBy as never }),
      properties: {
        id: p.integer().primary().autoincrement(false),
        kind: p.string().length(20).primary(),
        day: p.date().primary(),
        at: p.datetime().primary(),
        note: p.text().nullable(),
        ...more,
      },
    }) as never,
  ];
}

const kinds = (...partitions: readonly object[]) => ({ type: 'list', expression: 'kind', partitions });
const days = (...partitions: readonly object[]) => ({ type: 'range', expression: 'day', partitions });

const said: Readonly<Record<string, () => Entities>> = {
  'by hash': () => events({ type: 'hash', expression: 'id', partitions: 3 }),
  'by hash of several columns, with names': () =>
    events({ type: 'hash', expression: ['id', 'kind'], partitions: ['first part', 'second'] }),
  'by list': () => events(kinds({ values: "in ('a', 'b')" }, { name: 'rest', values: 'default' })),
  'by list, with values that need quotes': () =>
    events(kinds({ name: 'Odd "one"', values: "in ('it''s', 'a,b', '(c)', null)" })),
  'by range of days': () =>
    events(
      days(
        { name: 'event_2025', values: "from ('2025-01-01') to ('2026-01-01')" },
        { name: 'event_2026', values: "for values from ('2026-01-01') to (maxvalue)" },
      ),
    ),
  'by range of moments': () =>
    events({
      type: 'range',
      expression: 'at',
      partitions: [
        { name: 'early', values: "from (minvalue) to ('2026-01-01')" },
        { name: 'later', values: 'default' },
      ],
    }),
  'by range of several columns': () =>
    events({
      type: 'range',
      expression: ['day', 'id'],
      partitions: [{ name: 'part', values: "from ('2025-01-01', 10) to ('2026-01-01', maxvalue)" }],
    }),
  'with indexes, a check, a comment and a foreign key': () => {
    const Owner = defineEntity({ name: 'Owner', properties: { id: p.integer().primary() } });
    return [
      Owner as never,
      defineEntity({
        name: 'Event',
        comment: 'what happened',
        partitionBy: kinds({ values: "in ('a')" }) as never,
        indexes: [{ name: 'by_note', properties: ['note'] }],
        uniques: [{ name: 'once', properties: ['note', 'kind'] }],
        checks: [{ name: 'sane', expression: "note <> ''" }],
        properties: {
          id: p.integer().primary().autoincrement(false),
          kind: p.string().length(20).primary(),
          note: p.string(),
          owner: () => p.manyToOne(Owner).nullable(),
        },
      }) as never,
    ];
  },
};

export const partitionFeatures: readonly Feature[] = Object.entries(said).map(([name, entities]) => ({
  name: `partitions ${name}`,
  engines: postgres,
  entities,
}));

const row = (kind: string, day: string) =>
  `insert into event (id, kind, day, at) values (1, '${kind}', '${day}', '${day} 12:00')`;

function change(name: string, before: Entities, after: Entities, rows: readonly string[] = []): Change {
  return { name: `partitions: ${name}`, engines: postgres, before: () => before, after: () => after, rows };
}

const a = { name: 'event_a', values: "in ('a')" };
const b = { name: 'event_b', values: "in ('b')" };

export const partitionChanges: readonly Change[] = [
  change('one comes', events(kinds(a)), events(kinds(a, b)), [row('a', '2026-01-01')]),
  change('a partition takes other rows', events(kinds(a, b)), events(kinds(a, { ...b, values: "in ('b', 'c')" })), [
    row('a', '2026-01-01'),
  ]),
  change('a partition gets another name', events(kinds(a, b)), events(kinds(a, { ...b, name: 'other' })), [
    row('a', '2026-01-01'),
  ]),
  change(
    'a column comes and another goes',
    events(kinds(a, b), { gone: p.integer().nullable() }),
    events(kinds(a, b), { more: p.integer().default(1) }),
    [row('a', '2026-01-01'), row('b', '2026-01-02')],
  ),
  change('a partitioned table goes', [...events(kinds(a, b)), owner()], [owner()]),
  change('a partitioned table comes', [owner()], [...events(days({ name: 'd', values: 'default' })), owner()]),
];

function owner(): Entities[number] {
  return defineEntity({ name: 'Owner', properties: { id: p.integer().primary() } }) as never;
}
