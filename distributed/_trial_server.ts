/**
 * A search as a NATS server keeps it, in two streams. One is the queue: a message for each trial that
 * is to be run, gone when the trial is done. The other holds a result for each trial that was.
 *
 * Their subjects bear the hash of what the search is, so that what belongs to another version of it
 * can neither be read nor written by mistake.
 *
 * @module
 */
import { hashOf, type Identity } from "./_identity.ts";
import {
  Code,
  codeOfError,
  type Delivered,
  ServerError,
  type Stored,
  type StreamConfig,
} from "./_nats.ts";
import { PatientNats } from "./_patient_nats.ts";
import type { Address } from "./nats_server.ts";

/** The name of the consumer that all workers share. */
const CONSUMER = "workers";

/** Most trials that are run at the same time. */
const MAX_RUNNING = 100_000;

/** How long a worker asks for a trial at a time, milliseconds. */
const ASKING = 1500;

/** Bytes of the queue that are set apart for each trial. */
const TRIAL_BYTES = 4096;

/** What workers know of the search as it was when they came. */
export interface Terms {
  /** How long a lease is, milliseconds. */
  readonly lease: number;
  /** Bytes for results. */
  readonly room: number;
}

/** What workers tell the search besides results. */
export interface Notice {
  readonly text: string;
  /** Bytes that results had when no more could be kept; null if that is not what it is about. */
  readonly room: number | null;
}

/** A search on a server. */
export class TrialServer {
  readonly address: Address;
  /** The largest message that the server takes, in bytes. */
  readonly maxPayload: number;
  readonly #nats: PatientNats;
  readonly #queue: string;
  readonly #results: string;
  #subject = "";

  private constructor(nats: PatientNats) {
    const { address } = nats;
    this.address = address;
    this.maxPayload = nats.maxPayload;
    this.#nats = nats;
    this.#queue = `nndl-${address.search}-trials`;
    this.#results = `nndl-${address.search}-results`;
  }

  /** Connects. @throws {Error} With what to do about it */
  static async connect(
    caller: string,
    address: Address,
    signal?: AbortSignal,
  ): Promise<TrialServer> {
    return new TrialServer(await PatientNats.connect(caller, address, signal));
  }

  close(): Promise<void> {
    return this.#nats.close();
  }

  /** What the search is that has this name, or null if there is none. */
  async find(): Promise<Identity | null> {
    const description = await this.#nats.ask(async ({ manager }) => {
      try {
        // It is made first and removed last.
        return (await manager.streams.info(this.#results)).config.description;
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
      `${this.#nats.caller}: the stream ${this.#results} on ${this.address.shown} is not of nndl; ` +
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
    await this.#ensure({
      ...shared,
      name: this.#queue,
      subjects: [`${this.#subject}.trial.*`],
      retention: "workqueue",
      max_bytes: total * TRIAL_BYTES,
    });
    await this.#nats.ask(({ manager }) =>
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
    await this.#nats.ask(async ({ manager }) => {
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
      await this.#nats.ask(async ({ manager }) => {
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
    await this.#nats.ask(async ({ client }) => {
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
      await this.#nats.attempt(({ client }) =>
        client.publish(`${this.#subject}.trial.${index}`, trial.string())
      );
      await trial.ackAck();
    } catch {
      // Its lease ends.
    }
  }

  /** Keeps the result of a trial, and takes the trial from the queue. */
  async finish(index: number, trial: Delivered, result: string): Promise<void> {
    await this.#nats.ask(({ client }) =>
      client.publish(`${this.#subject}.result.${index}`, result)
    );
    await this.#nats.ask(() => trial.ackAck());
  }

  /** The first result from a sequence number up, or null if there is none yet. */
  nextResult(seq: number): Promise<Stored | null> {
    return this.#nats.ask(({ manager }) =>
      manager.streams.getMessage(this.#results, { seq, next_by_subj: `${this.#subject}.result.*` })
    );
  }

  /** Takes a trial from the queue; null if there is none for a second or two. */
  nextTrial(): Promise<Delivered | null> {
    return this.#nats.ask(async ({ client }) => {
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
    await this.#nats.ask(({ client }) =>
      client.publish(`${this.#subject}.state`, isOver ? "over" : "open")
    );
  }

  /** Whether the search has all results. */
  async isOver(): Promise<boolean> {
    const query = { last_by_subj: `${this.#subject}.state` };
    const state = await this.#nats.ask(({ manager }) =>
      manager.streams.getMessage(this.#results, query)
    );
    return state?.string() === "over";
  }

  /** Whether trials wait or are being run, and whether there is anybody to run some. */
  async look(): Promise<{ readonly hasTrials: boolean; readonly hasWorkers: boolean }> {
    const { num_waiting, num_ack_pending, num_pending } = await this.#nats.ask(({ manager }) =>
      manager.consumers.info(this.#queue, CONSUMER)
    );
    return {
      hasTrials: num_pending + num_ack_pending > 0,
      hasWorkers: num_waiting + num_ack_pending > 0,
    };
  }

  /** What workers are to know. */
  terms(): Promise<Terms> {
    return this.#nats.ask(async ({ manager }) => {
      try {
        const { config: { max_bytes } } = await manager.streams.info(this.#results);
        const { config: { ack_wait } } = await manager.consumers.info(this.#queue, CONSUMER);
        return { lease: ack_wait / 1e6, room: max_bytes };
      } catch (error) {
        const code = codeOfError(error);
        if (code !== Code.noStream && code !== Code.noConsumer) throw error;
        // It is made last.
        throw new Error("the search is not ready");
      }
    });
  }

  /** Tells the search something, if it listens. */
  notify(notice: Notice): Promise<void> {
    return this.#nats.say(`${this.#subject}.notice`, JSON.stringify(notice));
  }

  /** Listens to what workers tell. */
  onNotice(listener: (notice: Notice) => void): void {
    this.#nats.listen(`${this.#subject}.notice`, (text) => {
      const notice = noticeOf(text);
      if (notice) listener(notice);
    });
  }
}

/** What a message says, or null if it is none of ours. */
function noticeOf(message: string): Notice | null {
  try {
    const { text, room } = JSON.parse(message);
    return typeof text === "string" ? { text, room: typeof room === "number" ? room : null } : null;
  } catch {
    return null;
  }
}
