/**
 * The pages of the reference that the sources make: verbs, options, errors and the rest of what the package exports.
 * `npm run docs:reference` writes them.
 */
import { join } from 'node:path';
import { apiPage, testingPage } from './api-pages.ts';
import { type Exported, exportsOf, isCallable, isError } from './declarations.ts';
import { type ErrorEntry, errorEntries, type ErrorSamples, errorsPage } from './errors-page.ts';
import { families, verbsName } from './families.ts';
import { type Places } from './markdown.ts';
import { operationsPage } from './operations-page.ts';
import { optionsPage } from './options-page.ts';
import { operationTypesPage, typesPage, typesPageOf } from './types-pages.ts';

/** Every generated page by its path below `docs/`. */
export function referencePages(samples: ErrorSamples): ReadonlyMap<string, string> {
  const main = exportsOf('index.ts');
  const testing = exportsOf(join('testing', 'index.ts'));
  const errors = errorEntries(main, samples);
  const places = placesOf(main, testing, errors);
  return new Map([
    ['reference/operations.md', operationsPage(places)],
    ['reference/options.md', optionsPage(places)],
    ['reference/errors.md', errorsPage(errors, samples, places)],
    ['reference/api.md', apiPage(main, places)],
    ['reference/types.md', typesPage(main, places)],
    ['reference/operation-types.md', operationTypesPage(main, places)],
    ['reference/testing.md', testingPage(testing, places)],
  ]);
}

function placesOf(main: readonly Exported[], testing: readonly Exported[], errors: readonly ErrorEntry[]): Places {
  const places = new Map<string, string>();
  for (const each of testing) places.set(each.name, `testing.md#${each.name.toLowerCase()}`);
  for (const each of main) {
    if (!isError(each))
      places.set(each.name, `${isCallable(each) ? 'api.md' : typesPageOf(each)}#${each.name.toLowerCase()}`);
  }
  for (const { code, classes } of errors) {
    for (const { name } of classes) places.set(name, `errors.md#${code.toLowerCase()}`);
  }
  for (const [family] of families) places.set(verbsName(family), 'operations.md');
  places.set('OperationVerbs', 'operations.md');
  places.set('MigrationModuleOptions', 'options.md');
  return places;
}
