import { RootCommand } from 'nest-commander';
import { Told } from '../command-session.js';
import { ExitCode } from '../exit-code.js';
import { nearestName } from '../../errors/nearest-name.js';
import { version } from '../../commands/command-context.js';
import { asksForJson } from '../present/failure-json.js';
import { assertNothingLost } from '../npm-arguments.js';
import { NestMigrateDbBranchesCommand } from './branches.command.js';
import { type CommanderCommand, throwInsteadOfExit, usageError } from './commander.js';
import { NestMigrateDbCommonOptions } from './common-options.command.js';
import { NestMigrateDbCurrentCommand } from './current.command.js';
import { NestMigrateDbDowngradeCommand } from './downgrade.command.js';
import { NestMigrateDbCheckCommand } from './check.command.js';
import { NestMigrateDbEditCommand } from './edit.command.js';
import { NestMigrateDbEnsureVersionCommand } from './ensure-version.command.js';
import { NestMigrateDbListTemplatesCommand } from './list-templates.command.js';
import { describeHelp } from './help.js';
import { NestMigrateDbHeadsCommand } from './heads.command.js';
import { NestMigrateDbHistoryCommand } from './history.command.js';
import { NestMigrateDbInitCommand } from './init.command.js';
import { NestMigrateDbMergeCommand } from './merge.command.js';
import { NestMigrateDbMigrateCommand } from './migrate.command.js';
import { NestMigrateDbRepairCommand } from './repair.command.js';
import { NestMigrateDbRevisionCommand } from './revision.command.js';
import { NestMigrateDbShowCommand } from './show.command.js';
import { NestMigrateDbStampCommand } from './stamp.command.js';
import { NestMigrateDbStatusCommand } from './status.command.js';
import { NestMigrateDbUpgradeCommand } from './upgrade.command.js';

/** The commands in the order of the group's help. */
export const subCommands = [
  NestMigrateDbInitCommand,
  NestMigrateDbListTemplatesCommand,
  NestMigrateDbMigrateCommand,
  NestMigrateDbCheckCommand,
  NestMigrateDbRevisionCommand,
  NestMigrateDbEditCommand,
  NestMigrateDbMergeCommand,
  NestMigrateDbUpgradeCommand,
  NestMigrateDbDowngradeCommand,
  NestMigrateDbStampCommand,
  NestMigrateDbRepairCommand,
  NestMigrateDbEnsureVersionCommand,
  NestMigrateDbStatusCommand,
  NestMigrateDbCurrentCommand,
  NestMigrateDbHeadsCommand,
  NestMigrateDbBranchesCommand,
  NestMigrateDbHistoryCommand,
  NestMigrateDbShowCommand,
];

/** The commands by what somebody wants to do, for help. */
const groups = [
  ['Set up', ['init', 'list-templates', 'ensure-version']],
  ['Write revisions', ['migrate', 'check', 'revision', 'merge', 'edit']],
  ['Change the database', ['upgrade', 'downgrade', 'stamp', 'repair']],
  ['Look at the database', ['status', 'current']],
  ['Look at the revisions', ['history', 'show', 'heads', 'branches']],
] as const;

/** The group itself. It is the program's root, so that usage lines start with what people type. */
@RootCommand({
  name: 'db',
  description: 'Migrate the database of this application',
  subCommands,
  // both are refused in run(), where the command that was meant can be told
  allowUnknownOptions: true,
  allowExcessArgs: true,
})
export class NestMigrateDbCommand extends NestMigrateDbCommonOptions {
  override setCommand(command: CommanderCommand): this {
    throwInsteadOfExit(command);
    const { group, args, launchedBy } = this.session;
    command
      .name(group)
      .version(`nest-migrate ${version}`, '--version', 'print the version')
      .usage('<command> [options]')
      .addHelpCommand('help [command]', 'Show help');
    describeHelp(command, { groups });
    // before the command reads its arguments: with a part of them gone they may not even fit
    command.hook('preSubcommand', (_, { options }) => {
      if (launchedBy === undefined) return;
      assertNothingLost({ group, args, options: [...command.options, ...options], env: launchedBy });
    });
    return super.setCommand(command);
  }

  /** As commander has it, with its commands. */
  get group(): CommanderCommand {
    return this.command;
  }

  override async run([first]: string[]): Promise<void> {
    const { session, command } = this;
    if (first === undefined) {
      command.outputHelp({ error: true });
      session.failure = { error: new Told(ExitCode.usage), verbose: false, json: false };
      return;
    }
    session.failure = { error: this.unknown(first), verbose: false, json: asksForJson(session.args) };
  }

  /**
   * Refuses `help` for what is no command, of which commander shows the group's.
   *
   * @throws UsageError
   */
  assertHelpKnown([first, word]: readonly string[]): void {
    if (first !== 'help' || word === undefined || word.startsWith('-') || word === 'help') return;
    if (!this.command.commands.some((command) => command.name() === word)) throw this.unknown(word);
  }

  private unknown(word: string): Error {
    if (word.startsWith('-')) return usageError(this.command, `unknown option '${word}'`);
    const meant = nearestName(
      word,
      this.command.commands.map((command) => command.name()),
    );
    return usageError(
      this.command,
      `unknown command '${word}'${meant === undefined ? '' : `, did you mean '${meant}'?`}`,
    );
  }
}
