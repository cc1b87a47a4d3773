import { AbstractHttpAdapter } from '@nestjs/core';

/**
 * Stands where an HTTP server would be. `NestFactory.create()` builds the providers and runs no lifecycle hook until
 * `init()`, which is never called here; `createApplicationContext()` would run them all. Needs no platform package.
 */
export class NoServerAdapter extends AbstractHttpAdapter<undefined, unknown, unknown> {
  constructor() {
    super({});
  }

  getType(): string {
    return 'none';
  }

  isHeadersSent(): boolean {
    return false;
  }

  createMiddlewareFactory(): () => void {
    return nothing;
  }

  applyVersionFilter(): () => () => void {
    return () => nothing;
  }

  close(): void {}
  initHttpServer(): void {}
  useStaticAssets(): void {}
  setViewEngine(): void {}
  getRequestHostname(): void {}
  getRequestMethod(): void {}
  getRequestUrl(): void {}
  status(): void {}
  reply(): void {}
  end(): void {}
  render(): void {}
  redirect(): void {}
  setErrorHandler(): void {}
  setNotFoundHandler(): void {}
  getHeader(): void {}
  setHeader(): void {}
  appendHeader(): void {}
  registerParserMiddleware(): void {}
  enableCors(): void {}
}

function nothing(): void {}
