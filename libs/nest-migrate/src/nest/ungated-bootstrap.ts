import { MikroORM as DefaultMikroORM } from '@mikro-orm/core';
import { type MikroORM } from '@mikro-orm/sql';
import { type FactoryProvider, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { commandContext } from '../commands/connection.js';
import { type MigrationModuleOptions } from '../commands/options.js';
import { OrmNotFoundError } from '../errors/configuration.errors.js';
import { BOOT, bootConnection } from './connection-boot.js';
import { assertDbLine } from './db-line.js';
import { processHost } from './process-host.js';
import { getMigrationBootstrapToken, getMigrationOptionsToken } from './migration.tokens.js';
import { assertOneMigrationModule, ormToken } from './registration-checks.js';
import { applicationProviders } from './service-sources.js';

/** The applications that were warned already. A further connection of one is no reason to warn again. */
const warned = new WeakSet<ModulesContainer>();

/** Without `orm` the earliest place is a hook of a global module, after async factories have run. */
class UngatedBootstrap implements OnModuleInit, OnModuleDestroy {
  #booting: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: MigrationModuleOptions,
    private readonly moduleRef: ModuleRef,
    private readonly modules: ModulesContainer,
    private readonly contextName: string | undefined,
  ) {}

  async onModuleInit(): Promise<void> {
    this.#booting = this.#boot();
    await this.#booting;
  }

  /** Nest's shutdown hooks hear the signal that stops the boot as well, and would close the ORM under it. */
  async onModuleDestroy(): Promise<void> {
    await this.#booting.catch(() => undefined);
  }

  async #boot(): Promise<void> {
    const orm = findOrm(this.moduleRef, this.contextName);
    // a test may have put something without a schema in the place of the ORM
    if (!(orm instanceof DefaultMikroORM)) return;
    const services = applicationProviders(this.moduleRef);
    const { contextName } = this;
    const host = processHost();
    const { options } = commandContext(orm, { contextName, options: this.options, host, services, call: BOOT });
    if (options.onBootstrap !== 'off' && !warned.has(this.modules)) {
      warned.add(this.modules);
      new Logger('MigrationModule').warn(
        'The schema is looked after only now, after the async providers of the application were created. ' +
          'Hand MikroORM over to have it done before: MigrationModule.forRoot({ orm: MikroOrmModule.forRoot({ … }) }).',
      );
    }
    await bootConnection(orm, this.contextName, this.options, { modules: this.modules, services });
  }
}

/** Registers the boot of a connection whose ORM the module did not get in `orm`. */
export function bootstrapProvider(contextName: string | undefined): FactoryProvider {
  return {
    provide: getMigrationBootstrapToken(contextName),
    inject: [getMigrationOptionsToken(contextName), ModuleRef, ModulesContainer],
    useFactory: (options: MigrationModuleOptions, moduleRef: ModuleRef, modules: ModulesContainer) => {
      assertDbLine(modules);
      assertOneMigrationModule(modules, contextName);
      return new UngatedBootstrap(options, moduleRef, modules, contextName);
    },
  };
}

/**
 * The ORM of a connection, whichever module provides it.
 *
 * @throws OrmNotFoundError
 */
export function findOrm(moduleRef: ModuleRef, contextName: string | undefined): MikroORM {
  try {
    return moduleRef.get(ormToken(contextName), { strict: false });
  } catch (cause) {
    throw new OrmNotFoundError(contextName, cause);
  }
}
