/** Small disks in memory. */

/**
 * Mounts a disk of so many bytes at `folder`, for as long as `work` takes.
 *
 * @param work Gets a function that makes the disk read-only
 * @returns What `work` returns, or null if nothing may be mounted here
 */
export async function withDisk(
  folder: string,
  bytes: number,
  work: (makeReadOnly: () => Promise<void>) => Promise<string>,
): Promise<string | null> {
  await Deno.mkdir(folder);
  if (!await mount("-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder)) return null;
  try {
    return await work(async () => {
      if (!await mount("-o", "remount,ro", folder)) throw new Error("the disk stays writable");
    });
  } finally {
    await new Deno.Command("umount", { args: [folder] }).output();
  }
}

async function mount(...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command("mount", { args, stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}
