/**
 * A connection to a NATS server: the packages that speak its protocol, and what their errors mean.
 *
 * @module
 */
import { messageOf } from "../internal/message_of.ts";
import { importPackage, onDemand } from "../internal/packages.ts";
import { ignoreLateSocketErrors } from "./_socket_errors.ts";
import type { Address } from "./nats_server.ts";

/** Limit of one request, milliseconds. */
const REQUEST = 5000;

/** What is needed of a connection. */
export interface Connection {
  readonly info?: { readonly max_payload: number };
  isClosed(): boolean;
  close(): Promise<void>;
  closed(): Promise<unknown>;
  flush(): Promise<void>;
  publish(subject: string, text: string): void;
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message: { string(): string }) => void },
  ): unknown;
}

/** A stored message. */
export interface Stored {
  readonly seq: number;
  string(): string;
}

/** A message that was handed out, to be acknowledged. */
export interface Delivered extends Stored {
  readonly subject: string;
  readonly info: { readonly deliveryCount: number };
  /** Asks for more time. */
  working(): void;
  ackAck(): Promise<boolean>;
}

/** What a stream is made with; the names are the server's. */
export interface StreamConfig {
  readonly name: string;
  readonly description: string;
  readonly subjects: readonly string[];
  readonly retention: "limits" | "workqueue";
  readonly storage: "file";
  readonly discard: "new";
  readonly max_msgs_per_subject: number;
  readonly max_bytes: number;
}

/** What a durable consumer is made with. */
export interface ConsumerConfig {
  readonly durable_name: string;
  readonly ack_policy: "explicit";
  /** Nanoseconds. */
  readonly ack_wait: number;
  readonly max_deliver: number;
  readonly max_ack_pending: number;
}

/** Messages as they come. */
interface Messages extends AsyncIterable<Delivered> {
  stop(): void;
}

/** What is needed to manage streams. */
export interface Manager {
  readonly streams: {
    add(config: StreamConfig): Promise<unknown>;
    update(name: string, config: Partial<StreamConfig>): Promise<unknown>;
    info(name: string): Promise<{ readonly config: StreamConfig }>;
    delete(name: string): Promise<boolean>;
    getMessage(
      name: string,
      query:
        | { readonly seq: number; readonly next_by_subj: string }
        | { readonly last_by_subj: string },
    ): Promise<Stored | null>;
  };
  readonly consumers: {
    add(stream: string, config: ConsumerConfig): Promise<unknown>;
    info(stream: string, name: string): Promise<{
      readonly config: ConsumerConfig;
      readonly num_pending: number;
      readonly num_waiting: number;
      readonly num_ack_pending: number;
    }>;
  };
}

/** What is needed to send and fetch messages. */
export interface Client {
  publish(
    subject: string,
    text: string,
    options?: { readonly expect?: { readonly lastSubjectSequence: number } },
  ): Promise<unknown>;
  readonly consumers: {
    get(stream: string, name: string): Promise<{
      fetch(options: { max_messages: number; expires: number }): Promise<Messages>;
    }>;
  };
}

/** An open connection and its two faces. */
export interface Nats {
  readonly connection: Connection;
  readonly manager: Manager;
  readonly client: Client;
}

interface Transport {
  connect(options: Readonly<Record<string, unknown>>): Promise<Connection>;
  credsAuthenticator(file: Uint8Array): object;
}

interface JetStream {
  jetstream(connection: Connection, options: { timeout: number }): Client;
  jetstreamManager(connection: Connection, options: { timeout: number }): Promise<Manager>;
}

/** A failure that more patience does not mend. */
export class ServerError extends Error {
  /** The error's name. */
  override readonly name: string = "ServerError";
}

/** The server has no room for a message or a stream. */
export class FullError extends ServerError {}

/** Connects to a server. @throws {ServerError} With what to do about it, within seconds */
export async function connectNats(caller: string, address: Address): Promise<Nats> {
  const [transport, jetStream] = await onDemand(
    caller,
    "the packages @nats-io/transport-node and @nats-io/jetstream",
    () =>
      Promise.all([
        importPackage<Transport>("npm:@nats-io/transport-node@^3.4.0"),
        importPackage<JetStream>("npm:@nats-io/jetstream@^3.4.0"),
      ]),
  );
  const { host, tls, token, user, password: pass, credentials, authority } = address;
  const authenticator = credentials === undefined
    ? null
    : transport.credsAuthenticator(await readSecret(caller, "credentials", credentials));
  const ca = authority === undefined
    ? undefined
    : new TextDecoder().decode(await readSecret(caller, "authority", authority));
  const stopIgnoring = ignoreLateSocketErrors();
  let connection: Connection | null = null;
  try {
    connection = await transport.connect({
      servers: host,
      timeout: REQUEST,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      // Finds out within half a minute that the other machine is gone.
      pingInterval: 10_000,
      maxPingOut: 2,
      noAsyncTraces: true,
      ...(token && { token }),
      ...(user && { user, pass }),
      ...(authenticator !== null && { authenticator }),
      ...(tls && { tls: ca === undefined ? {} : { ca } }),
    });
    const limit = { timeout: REQUEST };
    const manager = await jetStream.jetstreamManager(connection, limit);
    connection.closed().finally(stopIgnoring);
    return { connection, manager, client: jetStream.jetstream(connection, limit) };
  } catch (cause) {
    await connection?.close();
    stopIgnoring();
    throw new ServerError(`${caller}: ${connectProblem(address, cause)}`, { cause });
  }
}

async function readSecret(caller: string, what: string, path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    throw new ServerError(
      `${caller}: the file of the ${what} cannot be read: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** What is wrong with a server that does not let us in, and what to do. */
function connectProblem({ shown }: Address, error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (error instanceof Deno.errors.NotCapable || /requires net access/i.test(messageOf(error))) {
    return `connecting to ${shown} is not allowed; ${messageOf(error)}`;
  }
  if (name === "AuthorizationError" || /parse credentials/.test(messageOf(error))) {
    return `the NATS server ${shown} does not accept these credentials; set NNDL_NATS_TOKEN, ` +
      "NNDL_NATS_USER and NNDL_NATS_PASSWORD, or NNDL_NATS_CREDS to what it asks for";
  }
  if (name === "JetStreamNotEnabled") {
    return `the NATS server ${shown} keeps no streams; start it with nats-server -js -sd FOLDER`;
  }
  if (/certificate|\btls\b/i.test(messageOf(error))) {
    return `no encrypted connection to the NATS server ${shown}: ${messageOf(error)}; name the ` +
      "certificate of its authority in NNDL_NATS_CA, or use nats:// for a server without encryption";
  }
  return `the NATS server ${shown} cannot be reached: ${messageOf(error)}; is it running ` +
    "(nats-server -js -sd FOLDER), and is its address in NNDL_NATS or the option server?";
}

/** The number that the server gave its answer, if it gave one. */
export function codeOfError(error: unknown): number | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "number" && code >= 10_000 ? code : null;
}

/** Codes of answers that are used here. */
export const Code = { noConsumer: 10014, noStream: 10059, wrongSequence: 10071 } as const;

/** Whether the server had no room for a message or a stream. */
export function isFull(error: unknown): boolean {
  const code = codeOfError(error);
  return code !== null && [10023, 10028, 10047, 10077].includes(code) ||
    /maximum (bytes|messages)|insufficient|no space left|resource limits/i.test(messageOf(error));
}

/** Whether waiting may help: the server did not answer, or is not ready. */
export function isTrouble(error: unknown): boolean {
  if ([ServerError, TypeError, RangeError].some((type) => error instanceof type)) return false;
  const code = codeOfError(error);
  return code === null || code === 10008;
}
