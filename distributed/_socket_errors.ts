/**
 * Errors of sockets that nobody listens to any more.
 *
 * The NATS transport takes its listeners off a socket before it destroys it, and Deno then still
 * reports that the server has closed it: as an uncaught error, which would end the process.
 *
 * @module
 */

/** What a socket reports when the other side has closed it. */
const codes = ["ECONNRESET", "ECONNABORTED", "EPIPE"];

/** How long they may come after a connection is closed, milliseconds. */
const GRACE = 1000;

/**
 * Ignores such errors from now on.
 *
 * @returns The end of it, a little later
 */
export function ignoreLateSocketErrors(): () => void {
  const listener = (event: ErrorEvent) => {
    const { code, syscall } = event.error ?? {};
    if (codes.includes(code) && ["read", "write"].includes(syscall)) event.preventDefault();
  };
  globalThis.addEventListener("error", listener);
  return () => {
    const stop = () => globalThis.removeEventListener("error", listener);
    Deno.unrefTimer(setTimeout(stop, GRACE));
  };
}
