/** What MikroORM's own log shows where the application switched it on. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/core';
import { createDatabase } from '../../support/databases.ts';
import { executing } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

describe.each(enginesByDialect('logging'))('with debug: true on %s', (engine) => {
  it('the log shows the statements of revisions, and none of the tool', async () => {
    const database = await createDatabase(engine);
    const log: string[] = [];
    const logged = { debug: true, colors: false, logger: (line: string) => void log.push(line) };
    const statements = ['create table book (id int)', 'insert into book values (1)'];
    const at: Scenario = await scenario(engine, {
      database: { ...database, options: { ...database.options, ...logged } },
      revisions: {
        aaaa: executing(...statements),
        bbbb: (op) => op.query('select id from book'),
      },
      module: { onBootstrap: 'upgrade' },
    });
    ending.push(
      () => database.drop(),
      () => at.end(),
    );
    expect(at.app.get(MikroORM).config.get('debug')).toBe(true);
    await at.migrations.status();
    await at.migrations.check();
    await at.migrations.stamp({ revisions: 'aaaa' });
    const queries = log
      .filter((line) => line.startsWith('[query]'))
      .map((line) => line.replace(/^\[query\] (.*?) \[.*$/, '$1'));
    expect(queries).toEqual(expect.arrayContaining(statements));
    const others = queries.filter((query) => !/\bbook\b/.test(query));
    expect(others).toEqual([]);
  });
});
