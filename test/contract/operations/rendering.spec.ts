/** How each kind of operation is written into a revision: look at the snapshot as at a revision in a review. */
import { expect, it } from '@jest/globals';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { everyKind } from './every-kind.js';

it.each(Object.entries(everyKind))('%s is written as in the snapshot', (_kind, examples) => {
  const operations = examples.map(({ operation }) => operation);
  expect(renderOperations(operations)).toMatchSnapshot();
});
