import { type ServerEngine } from '../engines.ts';

/** Where a server is; plain data, so that it travels to jest's workers in an environment variable. */
export interface ServerCoordinates {
  readonly engine: ServerEngine;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** As people write it: `15.18`, `10.11.19`, `9.7.4`. */
  readonly version: string;
  /** `url`: a running server named by TEST_*_URL. `machine` and `packages`: ours, from the binaries found there. */
  readonly origin: 'url' | 'machine' | 'packages';
}

export interface Server extends ServerCoordinates {
  /** The server's own process, until it is restarted; absent for one that was already running. */
  readonly pid?: number;
  /** Its working folder, with `data` and `server.log`; absent for one that was already running. */
  readonly folder?: string;
  /** Crashes the server and starts it again, with its data; absent for one that was already running. */
  readonly restart?: () => Promise<void>;
  /** Ends the server and removes its data. Does nothing to one that was already running, or the second time. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** True keeps every safety of the engine on and the data on disk: for crash tests and benchmarks. False by default. */
  readonly durable?: boolean;
  /** MySQL and MariaDB: options of the server, which is then one of its own, whatever TEST_*_URL names. None by default. */
  readonly settings?: readonly string[];
  /** Told, in one line, about what takes long: a download. */
  readonly onProgress?: (line: string) => void;
}
