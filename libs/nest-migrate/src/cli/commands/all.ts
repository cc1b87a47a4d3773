import { type Command } from '../definition/define-command.js';
import { branches } from './branches.js';
import { check } from './check.js';
import { current } from './current.js';
import { downgrade } from './downgrade.js';
import { edit } from './edit.js';
import { ensureVersion } from './ensure-version.js';
import { heads } from './heads.js';
import { history } from './history.js';
import { init } from './init.js';
import { listTemplates } from './list-templates.js';
import { merge } from './merge.js';
import { migrate } from './migrate.js';
import { repair } from './repair.js';
import { revision } from './revision.js';
import { show } from './show.js';
import { stamp } from './stamp.js';
import { status } from './status.js';
import { upgrade } from './upgrade.js';

/** The commands, in the order in which help lists those that are for one thing. */
export const commands: readonly Command[] = [
  init,
  listTemplates,
  migrate,
  check,
  revision,
  edit,
  merge,
  upgrade,
  downgrade,
  stamp,
  repair,
  ensureVersion,
  status,
  current,
  heads,
  branches,
  history,
  show,
];
