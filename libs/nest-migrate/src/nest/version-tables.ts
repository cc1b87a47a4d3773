import { type ModulesContainer } from '@nestjs/core';
import { type CommandContext } from '../commands/command-context.js';
import { versionTablePlace } from '../commands/connection.js';
import { VersionTableSharedError } from '../errors/configuration.errors.js';

/** The version tables of the connections that an application has booted so far, by where they are. */
const claimed = new WeakMap<ModulesContainer, Map<string, string>>();

/**
 * Notes that a connection of an application keeps its rows at a place.
 *
 * @throws VersionTableSharedError where another one does, which would find its revisions applied already.
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
