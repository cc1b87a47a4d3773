/** The pages of `docs/rules`, with the revisions that they show. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Engine } from './databases.ts';

const folder = resolve('docs/rules');

/** A revision as a page shows it: the body of its upgrade, or the whole of it. */
export interface ShownRevision {
  readonly upgrade: string;
  readonly services?: readonly string[];
}

/** A page about a rule. Its revisions are the bodies of upgrades. */
export interface RulePage {
  readonly rule: string;
  readonly level: string;
  readonly engines: readonly Engine[];
  /** What is there before, beside {@link exampleSchema}. */
  readonly before: string | undefined;
  /** What the live database tells of itself, as JSON. */
  readonly statistics: string | undefined;
  readonly bad: ShownRevision;
  /** One after the other. */
  readonly good: readonly ShownRevision[];
}

const products: Readonly<Record<string, readonly Engine[]>> = {
  'all engines': ['postgres', 'mysql', 'mariadb', 'sqlite'],
  PostgreSQL: ['postgres'],
  MySQL: ['mysql'],
  MariaDB: ['mariadb'],
  SQLite: ['sqlite'],
};

/** The names of the pages, which are those of the rules. */
export const pageNames: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map((name) => name.slice(0, -'.md'.length));

/** The schema that all examples begin with. */
export const exampleSchema = blocksOf(readFileSync(join(folder, 'README.md'), 'utf8'), 'ts')[0] ?? '';

export function rulePage(rule: string): RulePage {
  const text = readFileSync(join(folder, `${rule}.md`), 'utf8');
  const [, level = '', engines = ''] = /^(notice|warning|blocking), (.*)$/m.exec(text) ?? [];
  const part = (title: string): string => text.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  const [bad = ''] = blocksOf(part('Found'), 'ts');
  return {
    rule,
    level,
    engines: engines.split(', ').flatMap((name) => products[name] ?? []),
    before: blocksOf(part('Before'), 'ts')[0],
    statistics: blocksOf(text, 'json')[0],
    bad: shownRevision(bad),
    good: blocksOf(part('Instead'), 'ts').map(shownRevision),
  };
}

function shownRevision(text: string): ShownRevision {
  const [, services] = /^export const services = \[(.*)\];$/m.exec(text) ?? [];
  const [, upgrade = text] = /^export async function upgrade.*\{\n([\s\S]*?)^\}$/m.exec(text) ?? [];
  return {
    upgrade,
    ...(services !== undefined && { services: services.split(',').map((name) => name.trim().slice(1, -1)) }),
  };
}

function blocksOf(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  );
}
