import { given } from './revision-file.ts';
import { type Revisions, type ScenarioRevision } from './scenario.ts';

/** A revision that creates tables, and drops them on the way back. */
export const making = (down: string | null, ...tables: string[]): ScenarioRevision => ({
  down,
  upgrade: given({ tables }, async (op, values) => {
    for (const table of values.tables) await op.createTable(table, { columns: { id: { type: 'integer' } } });
  }),
  downgrade: given({ tables }, async (op, values) => {
    for (const table of values.tables.toReversed()) await op.dropTable(table);
  }),
});

/** A chain of which the three in the middle are squashed. */
export const old: Revisions = {
  a1: making(null, 'ta'),
  b2: making('a1', 'tb'),
  c3: making('b2', 'tc'),
  d4: making('c3', 'td'),
  e5: making('d4', 'te'),
};
