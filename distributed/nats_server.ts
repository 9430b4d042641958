/**
 * Which NATS server, and what it is to be shown.
 *
 * @module
 */
import { environment } from "../internal/environment.ts";
import { checkOptionNames } from "../internal/options.ts";
import { checkPositive } from "../internal/numbers.ts";
import { showValue } from "../internal/show.ts";

/**
 * The NATS server that knows a search, and the name it has there. What is not given is taken from
 * environment variables, as far as they may be read. Connecting needs `--allow-net` for the server.
 *
 * @category Several processes
 */
export interface NatsServer {
  /** The name of the search: letters, digits, `-` and `_`, at most 64. */
  readonly search: string;
  /**
   * Where the server listens, such as `"nats://host:4222"`, or `"tls://host:4222"` for a connection
   * that is encrypted. Default: `NNDL_NATS`, else `"nats://127.0.0.1:4222"`.
   */
  readonly server?: string;
  /** A token that the server asks for. Default: `NNDL_NATS_TOKEN`. */
  readonly token?: string;
  /** The name of a user. Default: `NNDL_NATS_USER`. */
  readonly user?: string;
  /** The user's password. Default: `NNDL_NATS_PASSWORD`. */
  readonly password?: string;
  /** A file of credentials (`.creds`), which must be readable. Default: `NNDL_NATS_CREDS`. */
  readonly credentials?: string;
  /** A file with the certificate of the authority to trust. Default: `NNDL_NATS_CA`, else the system's. */
  readonly authority?: string;
  /** How long a server that is lost is waited for, seconds. Default: 60. */
  readonly patience?: number;
}

/** The names of those options. */
export const serverOptions = [
  "search",
  "server",
  "token",
  "user",
  "password",
  "credentials",
  "authority",
  "patience",
] as const;

/** The environment variables that stand for options. */
const variables = {
  server: "NNDL_NATS",
  token: "NNDL_NATS_TOKEN",
  user: "NNDL_NATS_USER",
  password: "NNDL_NATS_PASSWORD",
  credentials: "NNDL_NATS_CREDS",
  authority: "NNDL_NATS_CA",
} as const;

/** A server with nothing left open. */
export interface Address {
  /** The name of the search. */
  readonly search: string;
  /** Host and port. */
  readonly host: string;
  /** What messages call the server: it has no secrets. */
  readonly shown: string;
  readonly tls: boolean;
  readonly token?: string;
  readonly user?: string;
  readonly password?: string;
  readonly credentials?: string;
  readonly authority?: string;
  /** Milliseconds. */
  readonly patience: number;
}

/**
 * Checks the options of a server and fills in what the environment says.
 *
 * @param caller Who is given the options
 * @param options All of the caller's options
 * @param others The names of those that are not about the server
 * @throws {TypeError | RangeError} If an option is wrong
 */
export function addressOf(
  caller: string,
  options: NatsServer,
  others: readonly string[] = [],
): Address {
  checkOptionNames(caller, options, [...serverOptions, ...others], {
    name: "search",
    stream: "search",
    servers: "server",
    url: "server",
    pass: "password",
    username: "user",
    creds: "credentials",
    timeout: "patience",
  });
  const { search, patience = 60 } = options;
  if (typeof search !== "string" || !/^[A-Za-z0-9_-]{1,64}$/.test(search)) {
    throw new RangeError(
      `${caller}: search must be a name of 1 to 64 letters, digits, "-" and "_", got ${
        showValue(search)
      }`,
    );
  }
  checkPositive(caller, "patience", patience);
  const url = urlOf(caller, valueOf(caller, options, "server", true) ?? "127.0.0.1");
  const [user, password] = [url.username, url.password].map(decodeURIComponent);
  const given: Partial<Record<keyof typeof variables, string>> = {};
  for (const name of Object.keys(variables) as (keyof typeof variables)[]) {
    // What a URL says is nearer than the environment.
    const value = valueOf(caller, options, name, user === "" || name === "authority");
    if (value !== undefined) given[name] = value;
  }
  return {
    ...(user && password ? { user, password } : user ? { token: user } : {}),
    ...given,
    search,
    host: `${url.hostname}:${url.port || 4222}`,
    shown: `${url.protocol}//${url.hostname}:${url.port || 4222}`,
    tls: url.protocol === "tls:",
    patience: patience * 1000,
  };
}

/** The value of an option, or of the environment variable that stands for it. */
function valueOf(
  caller: string,
  options: NatsServer,
  name: keyof typeof variables,
  mayBeVariable: boolean,
): string | undefined {
  const value = options[name] ?? (mayBeVariable ? environment(variables[name]) : undefined);
  if (value === undefined || typeof value === "string" && value !== "") return value;
  throw new TypeError(`${caller}: ${name} must be a text that is not empty`);
}

/** The URL of a server; what is wrong with it is said without it, for it may hold a password. */
function urlOf(caller: string, server: string): URL {
  const text = server.includes("://") ? server : `nats://${server}`;
  const url = URL.parse(text);
  if (url?.hostname && ["nats:", "tls:"].includes(url.protocol)) return url;
  throw new RangeError(
    `${caller}: server must be a URL such as nats://host:4222 or tls://host:4222, or host:port`,
  );
}
