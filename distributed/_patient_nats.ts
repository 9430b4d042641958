/**
 * A connection that waits for its server, and whose errors say what to do.
 *
 * @module
 */
import { pause } from "../internal/event_loop.ts";
import { messageOf } from "../internal/message_of.ts";
import {
  Code,
  codeOfError,
  connectNats,
  FullError,
  isFull,
  isTrouble,
  type Nats,
  ServerError,
} from "./_nats.ts";
import type { Address } from "./nats_server.ts";

/** Pause before a request is made again, milliseconds. */
const AGAIN = 250;

/** Longest wait for a message to be sent that need not arrive, milliseconds. */
const FAREWELL = 5000;

/** A connection to the server of a search. */
export class PatientNats {
  /** Who has connected, for messages. */
  readonly caller: string;
  readonly address: Address;
  readonly #nats: Nats;
  readonly #signal?: AbortSignal;

  private constructor(caller: string, address: Address, nats: Nats, signal?: AbortSignal) {
    this.caller = caller;
    this.address = address;
    this.#nats = nats;
    this.#signal = signal;
  }

  /** Connects. @throws {Error} With what to do about it, within seconds */
  static async connect(
    caller: string,
    address: Address,
    signal?: AbortSignal,
  ): Promise<PatientNats> {
    return new PatientNats(caller, address, await connectNats(caller, address), signal);
  }

  /** The largest message that the server takes, in bytes. */
  get maxPayload(): number {
    return this.#nats.connection.info?.max_payload ?? 2 ** 20;
  }

  close(): Promise<void> {
    return this.#nats.connection.close();
  }

  /**
   * Makes a request, again and again for as long as the server is waited for.
   *
   * @throws {ServerError} If the server refuses it, or is lost
   */
  async ask<T>(request: (nats: Nats) => Promise<T>): Promise<T> {
    const begun = performance.now();
    for (;;) {
      this.#signal?.throwIfAborted();
      try {
        return await request(this.#nats);
      } catch (error) {
        if (!isTrouble(error)) throw this.#explain(error);
        const waited = performance.now() - begun;
        if (this.#nats.connection.isClosed() || waited > this.address.patience) {
          throw this.#lost(error, waited);
        }
        await pause(AGAIN);
      }
    }
  }

  /** Makes a request once, even when all is to stop. */
  attempt<T>(request: (nats: Nats) => Promise<T>): Promise<T> {
    return request(this.#nats);
  }

  /** Sends a message that need not arrive. */
  async say(subject: string, text: string): Promise<void> {
    const { connection } = this.#nats;
    if (connection.isClosed()) return;
    connection.publish(subject, text);
    await Promise.race([connection.flush().catch(() => {}), pause(FAREWELL)]);
  }

  /** Listens to such messages. */
  listen(subject: string, listener: (text: string) => void): void {
    this.#nats.connection.subscribe(subject, {
      callback: (error, message) => error ?? listener(message.string()),
    });
  }

  #lost(cause: unknown, waited: number): ServerError {
    return new ServerError(
      `${this.caller}: the NATS server ${this.address.shown} is lost (${messageOf(cause)}, after ` +
        `${(waited / 1000).toFixed(0)} s); what it has kept is there when it is back, so start ` +
        "this again then",
      { cause },
    );
  }

  #explain(cause: unknown): Error {
    if (cause instanceof ServerError) return cause;
    const { caller, address: { search, shown } } = this;
    if (isFull(cause)) {
      return new FullError(
        `${caller}: the NATS server ${shown} has no room for the search "${search}" (${
          messageOf(cause)
        }); give it more (max_file_store, or a larger disk), or remove other searches, and start ` +
          "this again: what it has kept stays",
        { cause },
      );
    }
    const code = codeOfError(cause);
    if (code === Code.noStream || code === Code.noConsumer) {
      return new ServerError(
        `${caller}: the search "${search}" was removed from ${shown}; start it again if that was ` +
          "a mistake",
        { cause },
      );
    }
    return new ServerError(`${caller}: the NATS server ${shown}: ${messageOf(cause)}`, { cause });
  }
}
