import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { Command, CommandFactory, CommandRunner, Option, RootCommand, SubCommand } from 'nest-commander';
import { runDbCommand } from 'nest-migrate';
import { AppModule } from './app.module.js';

/** An application of nest-commander with commands of its own that look like those of the library. */
abstract class OwnCommand extends CommandRunner {
  async run(parameters: string[], options: Record<string, unknown> = {}): Promise<void> {
    process.stdout.write(`${this.constructor.name} ${JSON.stringify(parameters)} ${JSON.stringify(options)}\n`);
  }
}

@SubCommand({ name: 'upgrade', arguments: '[to]' })
class UpgradeCommand extends OwnCommand {
  @Option({ flags: '--tag <text>' })
  parseTag(value: string): string {
    return `own ${value}`;
  }
}

@SubCommand({ name: 'seed' })
class SeedCommand extends OwnCommand {}

@Command({ name: 'db', subCommands: [UpgradeCommand, SeedCommand] })
class DbCommand extends OwnCommand {}

@RootCommand({})
class DefaultCommand extends OwnCommand {}

@Module({})
class CommanderModule {
  static async register(): Promise<DynamicModule> {
    return {
      module: CommanderModule,
      global: true,
      imports: [await AppModule.register()],
      providers: [UpgradeCommand, SeedCommand, DbCommand, DefaultCommand],
    };
  }
}

async function bootstrap(): Promise<void> {
  const root = await CommanderModule.register();
  // LINE=no: all commands are the application's own
  if (process.env['LINE'] !== 'no' && (await runDbCommand(root, { name: process.env['GROUP'] }))) return;
  await CommandFactory.run(root, ['error', 'warn']);
}

await bootstrap();
