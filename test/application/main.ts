import 'reflect-metadata';
import { createServer } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { runDbCommand } from 'nest-migrate';
import { AppModule } from './app.module.js';

async function bootstrap(): Promise<void> {
  const root = await AppModule.register();
  // LINE=no: as its author forgot the line
  if (process.env['LINE'] !== 'no' && (await runDbCommand(root, { name: process.env['GROUP'] }))) return;
  if (process.env['OWN_HANDLER'] === 'yes') {
    process.once('SIGTERM', () => process.stdout.write('the application heard SIGTERM\n'));
  }
  if (process.env['PORT'] !== undefined) {
    // as most applications do it
    const app = await NestFactory.create(root);
    app.enableShutdownHooks();
    await app.listen(Number(process.env['PORT']), '127.0.0.1');
    process.stdout.write('the application listens\n');
    return;
  }
  const app = await NestFactory.createApplicationContext(root, { abortOnError: false });
  process.stdout.write('the application is up\n');
  if (process.env['STAY'] !== 'yes') {
    await app.close();
    return;
  }
  const server = createServer().listen(0, '127.0.0.1');
  process.once('SIGTERM', () => {
    server.close();
    void app.close();
  });
}

await bootstrap();
