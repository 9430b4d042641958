/**
 * Hosts of their own on one machine: network namespaces with addresses, joined by a bridge whose
 * links may be slowed down (`tbf`). Root makes them, on Linux with iproute2.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isFile, mpi, type Outcome, programFile } from "./_mpi.ts";

/** How a job is started on hosts. */
export interface HostJob {
  /** Flags of `deno run`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Why there can be no hosts here, or an empty text. */
export function noHosts(): string {
  if (typeof mpi === "string") return mpi;
  if (Deno.build.os !== "linux") return "network namespaces are Linux's";
  if (Deno.uid() !== 0) return "only root makes network namespaces";
  const tools = ["ip", "tc"].filter((tool) =>
    !["/usr/sbin", "/sbin", "/usr/bin"].some((folder) => isFile(`${folder}/${tool}`))
  );
  if (tools.length > 0) return `there is no ${tools.join(" and no ")}; iproute2 brings them`;
  const probe = `nndl-${Deno.pid}-probe`;
  const script = `ip netns add ${probe} && ip -n ${probe} link add bridge type bridge && ` +
    `ip -n ${probe} link add port1 type veth peer name port2`;
  const { success } = new Deno.Command("sh", { args: ["-c", script], stderr: "null" }).outputSync();
  new Deno.Command("ip", { args: ["netns", "del", probe], stderr: "null" }).outputSync();
  return success ? "" : "this container permits no network namespaces, bridges or veth pairs";
}

/** Some hosts, gone when disposed of. */
export class Hosts implements AsyncDisposable {
  readonly #names: readonly string[];
  readonly #switch: string;
  readonly #launcher: string;

  private constructor(names: readonly string[], bridge: string, launcher: string) {
    this.#names = names;
    this.#switch = bridge;
    this.#launcher = launcher;
  }

  /**
   * Makes hosts.
   *
   * @param rate Of every link, in both directions, as `tc` writes it: `"1gbit"`; null for no limit
   */
  static async make(count: number, rate: string | null): Promise<Hosts> {
    const bridge = `nndl-${Deno.pid}-0`;
    const names = Array.from({ length: count }, (_, i) => `nndl-${Deno.pid}-${i + 1}`);
    const launcher = await Deno.makeTempFile();
    // As ssh is called: options, the host, the command.
    const script = '#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do shift; done\nhost=$1; shift\n' +
      `exec ip netns exec nndl-${Deno.pid}-"\${host##*.}" sh -c "$*"\n`;
    await Deno.writeTextFile(launcher, script);
    await Deno.chmod(launcher, 0o700);
    const hosts = new Hosts(names, bridge, launcher);
    try {
      await call("ip", "netns", "add", bridge);
      await call("ip", "-n", bridge, "link", "add", "bridge", "type", "bridge");
      await call("ip", "-n", bridge, "link", "set", "bridge", "up");
      for (const [i, name] of names.entries()) {
        const port = `port${i + 1}`;
        const peer = ["type", "veth", "peer", "name", "eth0", "netns", name];
        await call("ip", "netns", "add", name);
        await call("ip", "-n", bridge, "link", "add", port, ...peer);
        await call("ip", "-n", bridge, "link", "set", port, "master", "bridge", "up");
        await call("ip", "-n", name, "addr", "add", `${address(i)}/24`, "dev", "eth0");
        for (const device of ["eth0", "lo"]) {
          await call("ip", "-n", name, "link", "set", device, "up");
        }
        if (rate === null) continue;
        const limit = ["root", "tbf", "rate", rate, "burst", "128kb", "latency", "50ms"];
        await call("tc", "-n", name, "qdisc", "add", "dev", "eth0", ...limit);
        await call("tc", "-n", bridge, "qdisc", "add", "dev", port, ...limit);
      }
    } catch (error) {
      await hosts[Symbol.asyncDispose]();
      throw error;
    }
    return hosts;
  }

  /** Runs a program on one rank of each host, for a while at most, and returns what it printed. */
  async run(
    program: string,
    args: readonly string[],
    { flags = ["--allow-all"], env = {} }: HostJob = {},
  ): Promise<Outcome> {
    assert.ok(typeof mpi !== "string");
    const all = {
      NNDL_MPI: mpi.library,
      // Nothing goes through memory that ranks of one machine share.
      MPIR_CVAR_NOLOCAL: "1",
      UCX_TLS: "tcp,self",
      UCX_NET_DEVICES: "eth0",
      FI_PROVIDER: "tcp",
      FI_TCP_IFACE: "eth0",
      ...env,
    };
    const list = this.#names.map((_, i) => address(i)).join();
    const { code, stdout, stderr } = await new Deno.Command("ip", {
      args: [
        ...["netns", "exec", this.#names[0], mpi.launcher, "-localhost", address(0)],
        ...["-launcher", "ssh", "-launcher-exec", this.#launcher],
        ...["-hosts", list, "-n", String(this.#names.length)],
        ...Object.entries(all).flatMap(([name, value]) => ["-genv", name, value]),
        ...[Deno.execPath(), "run", "--no-prompt", "--no-check", "--no-lock", ...flags],
        ...[programFile(program), ...args],
      ],
      signal: AbortSignal.timeout(170_000),
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }

  /** Bytes that a host has sent so far. */
  async sent(host: number): Promise<number> {
    const [link] = JSON.parse(
      await call("ip", "-n", this.#names[host], "-s", "-j", "link", "show", "eth0"),
    );
    return link.stats64.tx.bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of [...this.#names, this.#switch]) {
      await new Deno.Command("ip", { args: ["netns", "del", name], stderr: "null" }).output();
    }
    await Deno.remove(this.#launcher);
  }
}

function address(host: number): string {
  return `10.77.0.${host + 1}`;
}

async function call(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const text = new TextDecoder();
  assert.ok(success, `${command} ${args.join(" ")}: ${text.decode(stderr)}`);
  return text.decode(stdout);
}
