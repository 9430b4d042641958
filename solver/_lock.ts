/** One writer for each checkpoint: a lock that ends with the process, however that ends. */

import { granted } from "../internal/environment.ts";

/** A lock that is held. */
export interface Lock {
  /** Gives the lock back and removes its file. */
  release(): void;
}

/**
 * Locks a checkpoint for writing.
 *
 * @returns The lock; null where files cannot be locked or the folder cannot be written to
 * @throws {Error} If another run holds it
 */
export async function lockCheckpoint(path: string): Promise<Lock | null> {
  const name = `${path}.lock`;
  for (;;) {
    let file: Deno.FsFile;
    let locked: boolean;
    try {
      file = await Deno.open(name, { create: true, write: true });
    } catch {
      // Writing the checkpoint will fail as well, and says more.
      return null;
    }
    try {
      locked = await file.tryLock(true);
    } catch {
      file.close();
      return null;
    }
    if (!locked) {
      file.close();
      throw new Error(
        `train: another run is writing ${path}; wait for it, or give this one another checkpointName`,
      );
    }
    if (await isAt(file, name)) return { release: () => release(file, name) };
    // Its last holder removed the file between opening and locking it.
    file.close();
  }
}

/** Whether a path leads to an open file; taken for granted where one may not look. */
async function isAt(file: Deno.FsFile, name: string): Promise<boolean> {
  if (!granted({ name: "read", path: name })) return true;
  try {
    return (await Deno.stat(name)).ino === (await file.stat()).ino;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

function release(file: Deno.FsFile, name: string): void {
  try {
    Deno.removeSync(name);
  } catch {
    // Where an open file cannot be removed an empty one stays, which locks nobody out.
  }
  file.close();
}
