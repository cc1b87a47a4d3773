import { type ModulesContainer } from '@nestjs/core';
import { type CommandContext } from '../commands/command-context.js';
import { versionTablePlace } from '../commands/connection.js';
import { VersionTableSharedError } from '../errors/configuration.errors.js';

/** The version tables of the connections that an application has booted so far, by where they are. */
const claimed = new WeakMap<ModulesContainer, Map<string, string>>();

/**
 * Notes in which place a connection of an application keeps its rows.
 *
 * @throws VersionTableSharedError where another connection keeps its rows there, for which the revisions of this one
 * would count as applied.
 */
export function claimVersionTable(modules: ModulesContainer, context: CommandContext): void {
  const { connection, options } = context;
  const place = versionTablePlace(context);
  if (place === undefined) return;
  const places = claimed.get(modules) ?? new Map<string, string>();
  claimed.set(modules, places);
  const other = places.get(place) ?? connection;
  if (other !== connection) throw new VersionTableSharedError(connection, other, options.versionTable);
  places.set(place, connection);
}
