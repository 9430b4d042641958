/** What this process may do and what its environment says, without ever asking for a permission. */

/** Whether a permission is granted already; false in runtimes that are not Deno. */
export function granted(permission: Deno.PermissionDescriptor): boolean {
  return globalThis.Deno?.permissions?.querySync(permission).state === "granted";
}

/** A variable of the environment if it is set and may be read. */
export function environment(variable: string): string | undefined {
  return granted({ name: "env", variable }) ? Deno.env.get(variable) : undefined;
}
