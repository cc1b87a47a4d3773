import { nameOf, optionsOf, schemaKinds, type Site, sqlOf } from './arguments.js';
import { frozen } from './frozen.js';
import {
  type CreateMaterializedViewOperation,
  type CreateViewOperation,
  type DropMaterializedViewOperation,
  type DropViewOperation,
  type InSchema,
  type RefreshMaterializedViewOperation,
} from './operation.js';

const dropKinds = { ...schemaKinds, ifExists: 'boolean' } as const;

export function createView(
  view: string,
  definition: string,
  options?: InSchema & { orReplace?: boolean },
): CreateViewOperation {
  const site = viewSite('createView', view);
  return frozen({
    kind: 'createView',
    ...optionsOf(site, options, { ...schemaKinds, orReplace: 'boolean' }),
    view,
    definition: sqlOf(site, 'its query', definition),
  });
}

export function dropView(view: string, options?: InSchema & { ifExists?: boolean }): DropViewOperation {
  return frozen({ kind: 'dropView', ...optionsOf(viewSite('dropView', view), options, dropKinds), view });
}

export function createMaterializedView(
  view: string,
  definition: string,
  options?: InSchema & { withData?: boolean },
): CreateMaterializedViewOperation {
  const site = viewSite('createMaterializedView', view);
  return frozen({
    kind: 'createMaterializedView',
    ...optionsOf(site, options, { ...schemaKinds, withData: 'boolean' }),
    view,
    definition: sqlOf(site, 'its query', definition),
  });
}

export function dropMaterializedView(
  view: string,
  options?: InSchema & { ifExists?: boolean },
): DropMaterializedViewOperation {
  const site = viewSite('dropMaterializedView', view);
  return frozen({ kind: 'dropMaterializedView', ...optionsOf(site, options, dropKinds), view });
}

export function refreshMaterializedView(
  view: string,
  options?: InSchema & { concurrently?: boolean },
): RefreshMaterializedViewOperation {
  const site = viewSite('refreshMaterializedView', view);
  const kinds = { ...schemaKinds, concurrently: 'boolean' } as const;
  return frozen({ kind: 'refreshMaterializedView', ...optionsOf(site, options, kinds), view });
}

function viewSite(verb: string, view: unknown): Site {
  return { verb, subject: `view '${nameOf({ verb, subject: 'the view' }, 'a name', view)}'` };
}
