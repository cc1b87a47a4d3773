import { type Command } from '../definition/define-command.js';
import { at } from './at.command.js';
import { blame } from './blame.command.js';
import { branches } from './branches.command.js';
import { bundle } from './bundle.command.js';
import { check } from './check.command.js';
import { createDatabase } from './create-database.command.js';
import { current } from './current.command.js';
import { downgrade } from './downgrade.command.js';
import { drift } from './drift.command.js';
import { edit } from './edit.command.js';
import { ensureVersion } from './ensure-version.command.js';
import { fresh } from './fresh.command.js';
import { graph } from './graph.command.js';
import { heads } from './heads.command.js';
import { history } from './history.command.js';
import { importCommand } from './import.command.js';
import { init } from './init.command.js';
import { lint } from './lint.command.js';
import { listTemplates } from './list-templates.command.js';
import { mark } from './mark.command.js';
import { merge } from './merge.command.js';
import { migrate } from './migrate.command.js';
import { plan } from './plan.command.js';
import { rebase } from './rebase.command.js';
import { repair } from './repair.command.js';
import { revision } from './revision.command.js';
import { show } from './show.command.js';
import { squash } from './squash.command.js';
import { stamp } from './stamp.command.js';
import { stats } from './stats.command.js';
import { status } from './status.command.js';
import { upgrade } from './upgrade.command.js';
import { verify } from './verify.command.js';

/** The commands, in the order in which help lists those that are for one thing. */
export const commands: readonly Command[] = [
  init,
  createDatabase,
  importCommand,
  listTemplates,
  migrate,
  check,
  revision,
  edit,
  merge,
  rebase,
  squash,
  bundle,
  upgrade,
  downgrade,
  stamp,
  fresh,
  repair,
  ensureVersion,
  mark,
  status,
  current,
  drift,
  heads,
  branches,
  history,
  graph,
  show,
  blame,
  plan,
  lint,
  stats,
  verify,
  at,
];
