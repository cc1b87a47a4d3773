import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { runDbCommand } from 'nest-migrate';
import { AppModule } from './app.module.js';

async function bootstrap(): Promise<void> {
  if (await runDbCommand(AppModule)) return;
  const app = await NestFactory.create(AppModule);
  app.enableShutdownHooks();
  await app.listen(Number(process.env['PORT'] ?? 3000), process.env['HOST'] ?? '127.0.0.1');
}

await bootstrap();
