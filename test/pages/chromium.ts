import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine. On Debian it is installed where there is none. */
function browserHere(): string {
  const given = process.env['CHROMIUM'];
  if (given !== undefined && given !== '') return given;
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-qy', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], {
      env,
      stdio: 'ignore',
    });
    return places[0];
  }
  throw new Error('There is no Chromium here. Install it, or name its program in CHROMIUM.');
}

/** Starts Chromium without a window. */
export async function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserHere(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
