import { type Operation } from '../operations/operation.js';
import { type RevisionScripts } from './revision-scripts.js';

/**
 * A warning about tables that are to be dropped and that no revision mentions. Most likely another application on the
 * same database has created them, whose entities this one does not know, as with `autoLoadEntities`. `undefined` where
 * there are no such tables.
 */
export async function strangeTables(
  { graph, directory }: RevisionScripts,
  upgrade: readonly Operation[],
): Promise<string | undefined> {
  const dropped = upgrade.flatMap((operation) => (operation.kind === 'dropTable' ? operation.table : []));
  if (dropped.length === 0) return undefined;
  const missing = new Set(dropped);
  for (const script of graph.revisions) {
    const text = await directory.textOf(script);
    for (const table of missing) if (text.includes(table)) missing.delete(table);
    if (missing.size === 0) return undefined;
  }
  const names = [...missing].sort().join(', ');
  const isOne = missing.size === 1;
  const them = isOne ? 'it' : 'them';
  return (
    `No entity of this application has ${names}, and no revision has made ${them}. If ${isOne ? 'it belongs' : 'they belong'} ` +
    `to another application, leave ${them} out by schemaGenerator.skipTables or includeObject, or give this one ` +
    'the entities.'
  );
}
