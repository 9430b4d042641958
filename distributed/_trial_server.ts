/**
 * A search as a NATS server keeps it, in two streams. One is the queue: a message for each trial that
 * is to be run, gone when the trial is done. The other holds a result for each trial that was.
 *
 * Their subjects bear the hash of what the search is, so that what belongs to another version of it
 * can neither be read nor written by mistake.
 *
 * @module
 */
import { pause } from "../internal/event_loop.ts";
import { messageOf } from "../internal/message_of.ts";
import { hashOf, type Identity } from "./_identity.ts";
import {
  Code,
  codeOfError,
  connectNats,
  type Delivered,
  FullError,
  isFull,
  isTrouble,
  type Nats,
  ServerError,
  type Stored,
  type StreamConfig,
} from "./_nats.ts";
import type { Address } from "./nats_server.ts";

/** The name of the consumer that all workers share. */
const CONSUMER = "workers";

/** Most trials that are run at the same time. */
const MAX_RUNNING = 100_000;

/** How long a worker asks for a trial at a time, milliseconds. */
const ASKING = 1500;

/** Pause before a request is made again, milliseconds. */
const AGAIN = 250;

/** Longest wait for a notice to be sent, milliseconds. */
const FAREWELL = 1000;

/** Bytes of the queue that are set apart for each trial. */
const TRIAL_BYTES = 4096;

/** What workers tell the search besides results. */
export interface Notice {
  readonly text: string;
  /** Whether nothing can be kept any more. */
  readonly isFatal: boolean;
}

/** A search on a server. */
export class TrialServer {
  readonly address: Address;
  readonly #caller: string;
  readonly #nats: Nats;
  readonly #signal?: AbortSignal;
  readonly #queue: string;
  readonly #results: string;
  #subject = "";

  private constructor(caller: string, address: Address, nats: Nats, signal?: AbortSignal) {
    this.#caller = caller;
    this.address = address;
    this.#nats = nats;
    this.#signal = signal;
    this.#queue = `nndl-${address.search}-trials`;
    this.#results = `nndl-${address.search}-results`;
  }

  /** Connects. @throws {Error} With what to do about it */
  static async connect(
    caller: string,
    address: Address,
    signal?: AbortSignal,
  ): Promise<TrialServer> {
    return new TrialServer(caller, address, await connectNats(caller, address), signal);
  }

  /** The largest message that the server takes, in bytes. */
  get maxPayload(): number {
    return this.#nats.connection.info?.max_payload ?? 2 ** 20;
  }

  close(): Promise<void> {
    return this.#nats.connection.close();
  }

  /** What the search is that has this name, or null if there is none. */
  async find(): Promise<Identity | null> {
    const description = await this.#ask(async ({ manager }) => {
      try {
        return (await manager.streams.info(this.#queue)).config.description;
      } catch (error) {
        if (codeOfError(error) === Code.noStream) return null;
        throw error;
      }
    });
    if (description === null) return null;
    try {
      const identity: Identity = JSON.parse(description);
      if (typeof identity.plan === "string") return identity;
    } catch {
      // It is no JSON either.
    }
    throw new ServerError(
      `${this.#caller}: the stream ${this.#queue} on ${this.address.shown} is not of nndl; ` +
        "give the search another name",
    );
  }

  /** Chooses the search that all other calls are about. */
  use(identity: Identity): void {
    const { version, code, data, plan } = identity;
    this.#subject = `nndl.${this.address.search}.${hashOf([version, code, data, plan])}`;
  }

  /**
   * Makes the streams where they are missing, and gives them room.
   *
   * @param lease Milliseconds until a trial of which nothing is heard is given to another worker
   */
  async open(identity: Identity, total: number, room: number, lease: number): Promise<void> {
    this.use(identity);
    const shared = {
      description: JSON.stringify(identity),
      storage: "file",
      discard: "new",
      max_msgs_per_subject: 1,
    } as const;
    await this.#ensure({
      ...shared,
      name: this.#results,
      subjects: [`${this.#subject}.result.*`, `${this.#subject}.state`],
      retention: "limits",
      max_bytes: room,
    });
    // Workers look for the queue, so that it comes last.
    await this.#ensure({
      ...shared,
      name: this.#queue,
      subjects: [`${this.#subject}.trial.*`],
      retention: "workqueue",
      max_bytes: total * TRIAL_BYTES,
    });
    await this.#ask(({ manager }) =>
      manager.consumers.add(this.#queue, {
        durable_name: CONSUMER,
        ack_policy: "explicit",
        ack_wait: lease * 1e6,
        max_deliver: -1,
        max_ack_pending: MAX_RUNNING,
      })
    );
  }

  async #ensure(config: StreamConfig): Promise<void> {
    await this.#ask(async ({ manager }) => {
      try {
        const { config: { max_bytes } } = await manager.streams.info(config.name);
        if (max_bytes < config.max_bytes) {
          await manager.streams.update(config.name, { max_bytes: config.max_bytes });
        }
      } catch (error) {
        if (codeOfError(error) !== Code.noStream) throw error;
        await manager.streams.add(config);
      }
    });
  }

  /** Removes the search. Returns whether there was one. */
  async remove(): Promise<boolean> {
    let removed = false;
    for (const name of [this.#queue, this.#results]) {
      await this.#ask(async ({ manager }) => {
        try {
          removed = await manager.streams.delete(name) || removed;
        } catch (error) {
          if (codeOfError(error) !== Code.noStream) throw error;
        }
      });
    }
    return removed;
  }

  /**
   * Puts a trial into the queue.
   *
   * @param isAgain Whether it takes the place of one that may be there
   */
  async submit(index: number, text: string, isAgain: boolean): Promise<void> {
    const options = isAgain ? {} : { expect: { lastSubjectSequence: 0 } };
    await this.#ask(async ({ client }) => {
      try {
        await client.publish(`${this.#subject}.trial.${index}`, text, options);
      } catch (error) {
        if (codeOfError(error) !== Code.wrongSequence) throw error;
      }
    });
  }

  /**
   * Puts a trial back as if nobody had begun it, by a copy in its place. Where that fails, the end of
   * its lease does it.
   */
  async giveBack(index: number, trial: Delivered): Promise<void> {
    try {
      await this.#nats.client.publish(`${this.#subject}.trial.${index}`, trial.string());
      await trial.ackAck();
    } catch {
      // Its lease ends.
    }
  }

  /** Keeps the result of a trial, and takes the trial from the queue. */
  async finish(index: number, trial: Delivered, result: string): Promise<void> {
    await this.#ask(({ client }) => client.publish(`${this.#subject}.result.${index}`, result));
    await this.#ask(() => trial.ackAck());
  }

  /** The first result from a sequence number up, or null if there is none yet. */
  nextResult(seq: number): Promise<Stored | null> {
    return this.#ask(({ manager }) =>
      manager.streams.getMessage(this.#results, { seq, next_by_subj: `${this.#subject}.result.*` })
    );
  }

  /** Takes a trial from the queue; null if there is none for a second or two. */
  nextTrial(): Promise<Delivered | null> {
    return this.#ask(async ({ client }) => {
      const consumer = await client.consumers.get(this.#queue, CONSUMER);
      const messages = await consumer.fetch({ max_messages: 1, expires: ASKING });
      // Without a server the messages would never end.
      const timer = setTimeout(() => messages.stop(), ASKING + 1000);
      try {
        for await (const message of messages) return message;
        return null;
      } finally {
        clearTimeout(timer);
        messages.stop();
      }
    });
  }

  /** Tells workers whether the search has all results. */
  async markOver(isOver: boolean): Promise<void> {
    await this.#ask(({ client }) =>
      client.publish(`${this.#subject}.state`, isOver ? "over" : "open")
    );
  }

  /** Whether the search has all results. */
  async isOver(): Promise<boolean> {
    const query = { last_by_subj: `${this.#subject}.state` };
    const state = await this.#ask(({ manager }) =>
      manager.streams.getMessage(this.#results, query)
    );
    return state?.string() === "over";
  }

  /** Whether trials wait or are being run, and whether there is anybody to run some. */
  async look(): Promise<{ readonly hasTrials: boolean; readonly hasWorkers: boolean }> {
    const { num_waiting, num_ack_pending, num_pending } = await this.#ask(({ manager }) =>
      manager.consumers.info(this.#queue, CONSUMER)
    );
    return {
      hasTrials: num_pending + num_ack_pending > 0,
      hasWorkers: num_waiting + num_ack_pending > 0,
    };
  }

  /** How long a lease is, in milliseconds. */
  async lease(): Promise<number> {
    const { config } = await this.#ask(async ({ manager }) => {
      try {
        return await manager.consumers.info(this.#queue, CONSUMER);
      } catch (error) {
        // It comes after the queue.
        if (codeOfError(error) === Code.noConsumer) throw new Error("the search is not ready");
        throw error;
      }
    });
    return config.ack_wait / 1e6;
  }

  /** Tells the search something, if it listens. */
  async notify(notice: Notice): Promise<void> {
    const { connection } = this.#nats;
    if (connection.isClosed()) return;
    connection.publish(`${this.#subject}.notice`, JSON.stringify(notice));
    await Promise.race([connection.flush().catch(() => {}), pause(FAREWELL)]);
  }

  /** Listens to what workers tell. */
  onNotice(listener: (notice: Notice) => void): void {
    this.#nats.connection.subscribe(`${this.#subject}.notice`, {
      callback: (_error, message) => listener(JSON.parse(message.string())),
    });
  }

  /** Makes a request, again and again for as long as the server is waited for. */
  async #ask<T>(request: (nats: Nats) => Promise<T>): Promise<T> {
    const begun = performance.now();
    for (;;) {
      this.#signal?.throwIfAborted();
      try {
        return await request(this.#nats);
      } catch (error) {
        if (!isTrouble(error)) throw this.#explain(error);
        const seconds = (performance.now() - begun) / 1000;
        const { patience, shown } = this.address;
        if (this.#isClosed || seconds * 1000 > patience) {
          throw new ServerError(
            `${this.#caller}: the NATS server ${shown} is lost (${messageOf(error)}, after ` +
              `${seconds.toFixed(0)} s); what it has kept is there when it is back, so start ` +
              "this again then",
            { cause: error },
          );
        }
        await pause(AGAIN);
      }
    }
  }

  get #isClosed(): boolean {
    return this.#nats.connection.isClosed();
  }

  #explain(error: unknown): unknown {
    if (error instanceof ServerError) return error;
    const { search, shown } = this.address;
    if (isFull(error)) {
      return new FullError(
        `${this.#caller}: the NATS server ${shown} has no room for the search "${search}" ` +
          `(${
            messageOf(error)
          }); give it more (max_file_store, or a larger disk), or remove other ` +
          "searches, and start this again: what it has kept stays",
        { cause: error },
      );
    }
    if ([Code.noStream, Code.noConsumer].includes(codeOfError(error) as 10014)) {
      return new ServerError(
        `${this.#caller}: the search "${search}" was removed from ${shown}; start it again if ` +
          "that was a mistake",
        { cause: error },
      );
    }
    return new ServerError(`${this.#caller}: the NATS server ${shown}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
