import { readdirSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { followRecipe, recipeFolder } from '../../support/recipe.ts';
import { isTurn } from '../../support/turns.ts';

const recipes = readdirSync('docs/recipes').map((name) => join('docs', 'recipes', name));

/** What is PostgreSQL's own in text or deed. The others are the same on every engine. */
const onPostgres = [
  'docs/index.md',
  'docs/recipes/change-a-type.md',
  'docs/recipes/not-null.md',
  'docs/recipes/tenants.md',
];
const pages = ['docs/index.md', ...recipes].filter((page) => !onPostgres.includes(page) || isTurn(0, page, onPostgres));

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

describe('a reader who follows the page sees what it shows', () => {
  it.each(pages)('%s', async (page) => {
    const folder = recipeFolder(basename(page, '.md'));
    folders.push(folder);
    await mkdir(folder, { recursive: true });
    const markdown = await readFile(page, 'utf8');
    const { expected, found } = await followRecipe(markdown, onPostgres.includes(page) ? 'pglite' : 'sqlite', folder);
    expect(found).toEqual(expected);
    expect(found.length).toBeGreaterThan(1);
  });
});
