import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const dropView = defineRule({
  id: 'drop-view',
  level: 'warning',
  title: 'drops a view that the release before it may still read',

  *check(run) {
    const created = new Set(
      [...run.operations('createView', 'createMaterializedView')].map(({ operation: { schema, view } }) =>
        tableName({ schema, table: view }),
      ),
    );
    for (const { operation, statement } of run.operations('dropView', 'dropMaterializedView')) {
      const view = tableName({ schema: operation.schema, table: operation.view });
      if (created.has(view)) continue;
      yield {
        statement,
        message: `Instances of the release that still runs fail where they read the view ${view}.`,
        instead: 'Drop it in the release after the one that reads it no more.',
      };
    }
  },
});
