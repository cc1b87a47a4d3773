import { defineCommand } from '../definition/define-command.js';
import { type Option, text } from '../definition/option.js';
import { oneDatabase } from '../definition/scope.js';
import { lockOptions } from '../options/run-options.js';

const seed: Option<string | boolean> = {
  flags: '--seed [class]',
  description: "run MikroORM's seeders afterwards: the default one, or the named class",
  read: (name) => name,
};

export const fresh = defineCommand({
  name: 'fresh',
  group: 'Change the database',
  description: 'Drop what the database holds, apply all revisions, and seed. Refused for production',
  options: {
    seed,
    database: text('--database <name>', 'the name of the database: says that this one is meant, production or not'),
    tag: text('--tag <text>', 'free text for the revisions, in op.tag'),
    ...lockOptions,
  },
  examples: [
    ['fresh', 'after a change of branches: as new, at head'],
    ['fresh --seed', 'and with what DatabaseSeeder puts in'],
    ['fresh --seed DemoSeeder', 'with that of another seeder'],
    ['fresh --database shop', 'also where it is marked as production'],
  ],
  on: oneDatabase,

  run: ({ migrations, common, given: { seed, database, tag, lockWaitTimeout } }) =>
    migrations.fresh({ ...common, seed, database, tag, lockWaitTimeout }),

  hint({ dropped, steps, seeded }, { terminal, given }) {
    if (given.verbose === true) for (const object of dropped) terminal.note(`Dropped ${object}`);
    const done = [
      `Dropped ${counted(dropped.length, 'object')}`,
      `applied ${counted(steps.length, 'revision')}`,
      ...(seeded === null ? [] : [`ran ${seeded}`]),
    ];
    terminal.note(`${done.join(', ')}.`);
  },
});

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
