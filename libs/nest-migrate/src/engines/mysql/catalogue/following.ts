import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type RenameFollowing } from '../../catalogue/catalogue.js';
import { passesRightsOn, type Query } from '../ddl/carried-rights.js';
import { readFollowers } from '../ddl/followers.js';
import { triggerAfterRename, viewAfterRename } from '../ddl/renamed-texts.js';
import { mysqlSql } from '../lexical-rules.js';

/** What a run could take along, if it ran on this database as this user. */
export async function readMySqlFollowing(connection: AbstractSqlConnection): Promise<RenameFollowing> {
  const query: Query = (sql) => connection.execute(sql);
  const { views, triggers } = await readFollowers(query);
  return {
    view: (name, renaming) => {
      const view = views.find((other) => other.name === name);
      return view !== undefined && viewAfterRename(view.statement, renaming) !== undefined;
    },
    trigger: (name, renaming) => {
      const trigger = triggers.find((other) => other.name === name);
      // what its body names beside the rows may be of any table
      return (
        trigger !== undefined && !mysqlSql.mentions(triggerAfterRename(trigger.statement, renaming), renaming.from)
      );
    },
    rights: await passesRightsOn(query),
  };
}
