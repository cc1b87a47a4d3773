/** A registry that has the library, and sends requests for other packages to the one that npm uses. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { tarball } from './adopted-application.ts';

const library = resolve(import.meta.dirname, '..', '..', 'libs', 'nest-migrate');

export interface LibraryRegistry extends AsyncDisposable {
  /** For `npm_config_registry`. */
  readonly url: string;
}

/** @param upstream Where the other packages are; it ends in a slash. */
export async function libraryRegistry(upstream: string): Promise<LibraryRegistry> {
  const manifest = JSON.parse(await readFile(join(library, 'package.json'), 'utf8')) as Record<string, unknown>;
  const packed = await readFile(tarball());
  const version = String(manifest['version']);
  const server = createServer(({ url: path = '/' }, response) => {
    const { port } = server.address() as AddressInfo;
    if (path === '/nest-migrate') {
      const dist = {
        tarball: `http://127.0.0.1:${port}/nest-migrate.tgz`,
        integrity: `sha512-${createHash('sha512').update(packed).digest('base64')}`,
      };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          name: 'nest-migrate',
          'dist-tags': { latest: version },
          versions: { [version]: { ...manifest, dist } },
        }),
      );
    } else if (path === '/nest-migrate.tgz') response.end(packed);
    else response.writeHead(302, { location: new URL(path.slice(1), upstream).href }).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: close };
}
