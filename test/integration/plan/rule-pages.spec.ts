import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rules } from '../../../libs/nest-migrate/src/plan/rules/all-rules.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { exampleSchema, pageNames, type RulePage, rulePage } from '../../support/rule-pages.ts';
import { scenario, type Scenario, type ScenarioRevision } from '../../support/scenario.ts';

const engines = ['postgres', 'mysql', 'mariadb', 'sqlite'] as const;
const pages = pageNames.map(rulePage);

it('every rule has its page, with its level and its engines, and every page its rule', () => {
  expect(pages.map(({ rule, level, engines: on }) => [rule, level, on])).toEqual(
    rules
      .map(({ id, level, engines: on }) => [id, level, engines.filter((engine) => on?.includes(engine) ?? true)])
      .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
});

describe.each(engines)('the examples of the rules on %s', (engine) => {
  const here = pages.filter((page) => page.engines.includes(engine) && (!isGeneral(page) || engine === 'postgres'));
  let limited: Scenario;
  let unlimited: Scenario;
  beforeAll(async () => {
    const revisions: Record<string, ScenarioRevision> = { schema: { upgrade: exampleSchema, downgrade: null } };
    for (const { rule, before, bad, good } of here) {
      const name = nameOf(rule);
      const start = before === undefined ? 'schema' : `${name}start`;
      if (before !== undefined) revisions[start] = { down: 'schema', upgrade: before };
      revisions[`${name}bad`] = { down: start, ...bad };
      for (const [index, one] of good.entries()) {
        revisions[`${name}good${index}`] = { down: index === 0 ? start : `${name}good${index - 1}`, ...one };
      }
    }
    const module = { scratch: scratchOption(engine) };
    unlimited = await scenario(engine, { revisions, module });
    const ddl = engine === 'sqlite' ? {} : { lockTimeout: 2_000 };
    limited = await scenario(engine, { revisions, module: { ...module, ddl }, database: unlimited.database });
  });
  afterAll(async () => {
    await limited.end();
    await unlimited.end();
  });

  /** The ids of the rules that find something in revisions. */
  async function foundIn(page: RulePage, at: Scenario, range: string): Promise<readonly string[]> {
    const stats = page.statistics === undefined ? undefined : join(at.folder.path, `${nameOf(page.rule)}.json`);
    if (stats !== undefined) await writeFile(stats, page.statistics ?? '');
    const { findings } = await at.migrations.lint({ range, stats });
    return [...new Set(findings.map(({ rule }) => rule))];
  }

  it.each(here)('$rule', async (page) => {
    const name = nameOf(page.rule);
    const where = page.rule === 'no-lock-timeout' ? unlimited : limited;
    expect(await foundIn(page, where, `${name}bad:${name}bad`)).toContain(page.rule);
    const found = await foundIn(page, limited, `${name}good0:${name}good${page.good.length - 1}`);
    expect(found).not.toContain(page.rule);
    expect(found).not.toContain('revision-fails');
  });
});

/** Whether a page is about all engines. Then the first one is enough. */
function isGeneral({ engines: on }: RulePage): boolean {
  return on.length === engines.length;
}

function nameOf(rule: string): string {
  return rule.replaceAll('-', '');
}
