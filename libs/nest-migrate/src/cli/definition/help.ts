import { commonOptions } from '../options/common-options.js';
import { argumentTerm } from './argument.js';
import { commandGroups } from './command-group.js';
import { type Command } from './define-command.js';
import { type HelpRow, type HelpTable } from './help-table.js';
import { type HelpPage } from './help-text.js';
import { type Option } from './option.js';

/** The way to this text, an option of the group and of every command. */
export const helpOption: Option<boolean> = { flags: '-h, --help', description: 'show this help' };

/** An option of the group alone. */
export const versionOption: Option<boolean> = { flags: '--version', description: 'print the version' };

export const groupDescription = 'Migrate the database of this application';

export const groupUsage = '<command> [options]';

/** The help of a command. */
export function commandHelp(command: Command, group: string): HelpPage {
  return {
    usage: `${group} ${command.name} ${usageOf(command)}`,
    description: command.description,
    tables: commandTables(command, group),
    isAligned: false,
  };
}

/** The help of the group. */
export function groupHelp(commands: readonly Command[], group: string): HelpPage {
  return {
    usage: `${group} ${groupUsage}`,
    description: groupDescription,
    tables: [
      ...groupTables(commands),
      { title: 'Options', rows: [versionOption, ...Object.values(commonOptions), helpOption].map(optionRow) },
    ],
    isAligned: true,
    end: `${group} help <command> explains one of them.`,
  };
}

/** What follows a command's name in its usage line: `[options] [revision]`. */
export function usageOf(command: Command): string {
  return ['[options]', ...argumentTerms(command)].join(' ');
}

/** The commands under what they are for. */
export function groupTables(commands: readonly Command[]): readonly HelpTable[] {
  return commandGroups.map((title) => ({
    title,
    rows: commands
      .filter(({ group }) => group === title)
      .map((command) => [[command.name, ...argumentTerms(command)].join(' '), command.description] as const),
  }));
}

/** What there is to say of a command, in the order in which its help says it. */
export function commandTables(command: Command, group: string): readonly HelpTable[] {
  const isCommon = (name: string): boolean => Object.hasOwn(commonOptions, name);
  const own = Object.entries(command.options)
    .filter(([name]) => !isCommon(name))
    .map(([, option]) => option);
  // those with a letter are what people use most
  const byLetter = own.toSorted((a, b) => Number(hasLetter(b)) - Number(hasLetter(a)));
  return [
    {
      title: 'Arguments',
      rows: Object.entries(command.arguments).map(([name, { description }]) => [name, description] as const),
    },
    { title: 'Options', rows: byLetter.map(optionRow) },
    { title: 'Common options', rows: [...Object.values(commonOptions), helpOption].map(optionRow) },
    ...command.tables,
    { title: 'Examples', rows: command.examples.map(([line, text]) => [`${group} ${line}`, text] as const) },
  ].filter(({ rows }) => rows.length > 0);
}

function argumentTerms(command: Command): readonly string[] {
  return Object.entries(command.arguments).map(([name, argument]) => argumentTerm(name, argument));
}

function optionRow({ flags, description }: Option<unknown>): HelpRow {
  return [flags, description];
}

function hasLetter({ flags }: Option<unknown>): boolean {
  return /^-\w/.test(flags);
}
