/** What no process of a test may print: the passwords that it was given, and those of the run's servers. */
import { SERVERS_VARIABLE } from './databases.ts';
import { type ServerCoordinates } from './servers/server.ts';

/** A word of fewer characters is found in texts that mean something else. */
const SHORTEST = 8;

/** The passwords that a process with these variables knows, as they are and as they are in a URL. */
export function secretsOf(env: Readonly<Record<string, string | undefined>> = {}): readonly string[] {
  const servers = JSON.parse(process.env[SERVERS_VARIABLE] ?? '[]') as readonly ServerCoordinates[];
  const urls = Object.values(env).filter((value) => value !== undefined && /^\w+:\/\/[^/]*:[^/]*@/.test(value));
  const passwords = [
    ...servers.map(({ password }) => password),
    env['DB_PASSWORD'] ?? '',
    ...urls.map((url) => decodeURIComponent(new URL(url ?? '').password)),
  ];
  const long = passwords.filter((password) => password.length >= SHORTEST);
  return [...new Set(long.flatMap((password) => [password, encodeURIComponent(password)]))];
}

const leaks: string[] = [];

/** Looks through what a process has printed. */
export function searchForSecrets(title: string, secrets: readonly string[], output: string): void {
  if (secrets.some((secret) => output.includes(secret))) leaks.push(title);
}

/** @throws where a process of this spec file has printed a password. */
export function assertNoLeaks(): void {
  const found = leaks.splice(0);
  if (found.length > 0) throw new Error(`A password was printed by: ${found.join('; ')}`);
}
