/** The file of a database: whether it is sound enough to be opened, and what to do on a read-only disk. */
import { builtin } from "../internal/builtins.ts";
import { environment, granted } from "../internal/environment.ts";
import { messageOf } from "../internal/message_of.ts";
import { joinPath, splitPath } from "../internal/paths.ts";
import type { KvDatabase } from "./kv_database.ts";

/**
 * What Deno's database thread reads by itself, and ends the process if it cannot. Blobs need no such
 * check: an error there reaches whoever reads.
 */
const ownQueries = [
  "select * from migration_state",
  "select * from data_version",
  "select * from queue not indexed limit 1",
  "select * from queue order by ts limit 1",
  "select * from queue_running not indexed limit 1",
  "select * from queue_running order by deadline limit 1",
  "select count(*) from kv where expiration_ms >= 0 and expiration_ms <= 9e15",
  "select sum(length(k)) + sum(expiration_ms) from kv indexed by kv_expiration_ms_idx",
];

/**
 * Entries of the index of expiries whose rows are gone or say otherwise, which removing what has
 * expired trips over. The plus keeps SQLite from asking the index itself.
 */
const strayExpiries = `select 1 from kv as entry indexed by kv_expiration_ms_idx
  where entry.expiration_ms >= 0 and not exists (select 1 from kv as row not indexed
    where row.k = entry.k and +row.expiration_ms = entry.expiration_ms) limit 1`;

/**
 * Tells what is wrong with a file that is to be opened as a database.
 *
 * @param path The file; it need not be there
 * @returns What SQLite says, or null if nothing was found
 */
export async function damageOf(path: string): Promise<string | null> {
  const size = (await Deno.stat(path).catch(() => null))?.size ?? 0;
  if (size === 0) return null;
  try {
    const { DatabaseSync } = builtin("node:sqlite");
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      if (database.prepare("select 1 from sqlite_schema").all().length === 0) return null;
      for (const query of ownQueries) database.prepare(query).all();
      if (database.prepare(strayExpiries).all().length > 0) {
        return "database disk image is malformed: an entry of an index has no row";
      }
    } finally {
      database.close();
    }
    return null;
  } catch (error) {
    const reason = messageOf(error);
    return /malformed|not a database|no such table|corrupt|unsupported file format/i.test(reason)
      ? reason
      : null;
  }
}

/** Gives the unused space of a database file back to the disk. */
export function shrink(path: string): void {
  const { DatabaseSync } = builtin("node:sqlite");
  const database = new DatabaseSync(path);
  try {
    database.exec("vacuum");
  } finally {
    database.close();
  }
}

/** Whether a file is there but cannot be written, as on a read-only disk. */
export async function isReadOnly(path: string): Promise<boolean> {
  try {
    (await Deno.open(path, { write: true })).close();
    return false;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.IsADirectory);
  }
}

/**
 * Opens a copy of a database, because SQLite writes beside what it only reads. What is written to the
 * copy is gone when it is closed.
 *
 * @returns The copy; null if it may not be made
 */
export async function openCopy(
  path: string,
  open: (path: string) => Promise<KvDatabase>,
): Promise<KvDatabase | null> {
  const folder = environment("TMPDIR") ?? environment("TEMP") ?? "/tmp";
  if (!granted({ name: "write", path: folder }) || !granted({ name: "read", path: folder })) {
    return null;
  }
  const dir = await Deno.makeTempDir({ dir: folder, prefix: "nndl-cache-" });
  const remove = () => Deno.removeSync(dir, { recursive: true });
  try {
    const copy = joinPath(dir, splitPath(path).name);
    await Deno.copyFile(path, copy);
    // The log holds what was not yet written to the database itself.
    await Deno.copyFile(`${path}-wal`, `${copy}-wal`).catch(() => {});
    const kv = await open(copy);
    return {
      get: (key) => kv.get(key),
      list: (selector, options) => kv.list(selector, options),
      atomic: () => kv.atomic(),
      close: () => {
        kv.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
