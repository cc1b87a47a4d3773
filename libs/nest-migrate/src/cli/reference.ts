import { commands } from './commands/all-commands.js';
import { commandTables, groupTables, usageOf } from './definition/help.js';
import { type HelpTable } from './definition/help-table.js';

/** What the reference among the guides is made of: what help says. */
export interface Reference {
  /** The commands under what they are for. */
  readonly groups: readonly HelpTable[];
  readonly commands: readonly ReferenceCommand[];
}

/** What the help of one command says. */
export interface ReferenceCommand {
  readonly name: string;
  readonly description: string;
  /** What follows its name in the usage line. */
  readonly usage: string;
  readonly tables: readonly HelpTable[];
}

/** The commands of the group `db`. Starts nothing. */
export function reference(): Reference {
  return {
    groups: groupTables(commands),
    commands: commands.map((command) => ({
      name: command.name,
      description: command.description,
      usage: usageOf(command),
      tables: commandTables(command, 'db'),
    })),
  };
}
