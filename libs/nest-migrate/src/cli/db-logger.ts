import { Logger, type LoggerService } from '@nestjs/common';
import { type Terminal } from './terminal.js';

/** Where Nest's log goes during a command; `false` silences it. */
export type DbLogger = LoggerService | false;

/** Nest's warnings and errors, and MikroORM's own log, on stderr: stdout holds results only. */
export class TerminalLogger implements LoggerService {
  constructor(private readonly terminal: Terminal) {}

  log(message: unknown, ...rest: unknown[]): void {
    // MikroORM's log is off by default, so it was turned on to be read; Nest's own lists the start of each module
    if (contextOf(rest) === 'MikroORM') this.terminal.note(textOf(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.terminal.warning(`${prefixOf(rest)}${textOf(message)}`);
  }

  error(message: unknown, ...rest: unknown[]): void {
    // Nest logs what it then throws; it is told once, with the command's own failure
    if (contextOf(rest) === 'ExceptionHandler') return;
    this.terminal.failure(`${prefixOf(rest)}${textOf(message)}`);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
}

/** Nest's process-wide logger, which every application context replaces for good. */
class ProcessLogger extends Logger {
  static get current(): LoggerService | undefined {
    return Logger.staticInstanceRef;
  }

  static set current(logger: LoggerService | undefined) {
    Logger.staticInstanceRef = logger;
  }
}

/** Runs `work`, after which Nest logs as it did before, whatever contexts were created in between. */
export async function keepingLogger<T>(work: () => Promise<T>): Promise<T> {
  const before = ProcessLogger.current;
  try {
    return await work();
  } finally {
    ProcessLogger.current = before;
  }
}

function contextOf(rest: readonly unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' ? last : undefined;
}

function prefixOf(rest: readonly unknown[]): string {
  const context = contextOf(rest);
  return context === undefined ? '' : `[${context}] `;
}

function textOf(message: unknown): string {
  if (message instanceof Error) return message.message;
  return typeof message === 'string' ? message : JSON.stringify(message);
}
