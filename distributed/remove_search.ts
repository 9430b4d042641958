/**
 * Taking a search off a NATS server.
 *
 * @module
 */
import { TrialServer } from "./_trial_server.ts";
import { addressOf, type NatsServer } from "./nats_server.ts";

/**
 * Removes a search from a NATS server, with its queue and all results. Its workers end with an error.
 *
 * @param options The server and the name of the search
 * @returns Whether there was such a search
 * @throws {TypeError | RangeError} If an option is wrong
 * @throws {Error} If the server cannot be reached
 *
 * @example
 * ```ts
 * import { removeSearch } from "@nndl/nndl/distributed";
 * import assert from "node:assert/strict";
 *
 * await assert.rejects(
 *   removeSearch({ search: "first", server: "nats://127.0.0.1:1" }),
 *   /the NATS server nats:\/\/127.0.0.1:1 cannot be reached/,
 * );
 * ```
 *
 * @category Several processes
 */
export async function removeSearch(options: NatsServer): Promise<boolean> {
  const caller = "removeSearch";
  const server = await TrialServer.connect(caller, addressOf(caller, options));
  try {
    await server.find(); // so that nothing but a search is removed
    return await server.remove();
  } finally {
    await server.close();
  }
}
