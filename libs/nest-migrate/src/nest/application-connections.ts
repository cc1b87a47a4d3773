import { MikroORM as DefaultMikroORM } from '@mikro-orm/core';
import { type ModuleRef, type ModulesContainer } from '@nestjs/core';
import { type CommandContext } from '../commands/command-context.js';
import { commandContext } from '../commands/connection.js';
import { type ConfigureCall } from '../commands/configure.js';
import { type MigrationModuleOptions } from '../commands/options.js';
import { processHost } from './process-host.js';
import { getMigrationOptionsToken } from './migration.tokens.js';
import { applicationProviders } from './service-sources.js';
import { findOrm } from './ungated-bootstrap.js';

/** The connections of an application that have a migration module, and what commands work on. */
export class ApplicationConnections {
  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly modules: ModulesContainer,
  ) {}

  /** The context of one connection for one call, which knows those of the others. */
  contextOf(contextName: string | undefined, call: Omit<ConfigureCall, 'connection'>): CommandContext {
    let all: readonly CommandContext[] | undefined;
    const context = this.#context(contextName, call, () => (all ??= this.#all(context, call, () => all ?? [])));
    return context;
  }

  #all(
    context: CommandContext,
    call: Omit<ConfigureCall, 'connection'>,
    all: () => readonly CommandContext[],
  ): readonly CommandContext[] {
    return this.#names().flatMap((name) => {
      if ((name ?? 'default') === context.connection) return [context];
      // a test may have put something without a schema in the place of the ORM
      if (!(findOrm(this.moduleRef, name) instanceof DefaultMikroORM)) return [];
      return [this.#context(name, call, all)];
    });
  }

  #context(
    contextName: string | undefined,
    call: Omit<ConfigureCall, 'connection'>,
    all: () => readonly CommandContext[],
  ): CommandContext {
    return commandContext(findOrm(this.moduleRef, contextName), {
      contextName,
      options: this.moduleRef.get<MigrationModuleOptions>(getMigrationOptionsToken(contextName), { strict: false }),
      host: processHost(),
      services: applicationProviders(this.moduleRef),
      call,
      all,
    });
  }

  /** In the order in which the migration modules were imported, which is that of Nest's container. */
  #names(): readonly (string | undefined)[] {
    const suffix = getMigrationOptionsToken('');
    const tokens = [...this.modules.values()].flatMap(({ providers }) => [...providers.keys()]);
    const names = tokens.flatMap((token) => {
      if (token === getMigrationOptionsToken()) return [undefined];
      return typeof token === 'string' && token.endsWith(suffix) ? [token.slice(0, -suffix.length)] : [];
    });
    return [...new Set(names)];
  }
}
