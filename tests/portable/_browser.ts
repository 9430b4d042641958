/** Running a bundle in a browser without a window. */
import type { Figures } from "./program.ts";

const patience = 60_000;

const page = `<!DOCTYPE html>
<script type="module">
const send = (text) => fetch("/result", { method: "POST", body: text });
try {
  const { train } = await import("/bundle.js");
  await send(JSON.stringify({ figures: await train() }));
} catch (error) {
  await send(JSON.stringify({ error: String(error?.stack ?? error) }));
}
</script>`;

/** Serves the bundle to a browser that is started for it, and waits for what the page sends back. */
export async function trainInBrowser(program: string, bundle: string): Promise<Figures> {
  const { promise, resolve, reject } = Promise.withResolvers<Figures>();
  const timer = setTimeout(() => reject(new Error(`no answer in ${patience / 1000} s`)), patience);
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      switch (new URL(request.url).pathname) {
        case "/bundle.js":
          return new Response(await Deno.readFile(bundle), {
            headers: { "content-type": "text/javascript" },
          });
        case "/result": {
          const { figures, error } = await request.json();
          if (figures) resolve(figures);
          else reject(new Error(error));
          return new Response();
        }
        default:
          return new Response(page, { headers: { "content-type": "text/html" } });
      }
    },
  );
  const profile = await Deno.makeTempDir({ prefix: "nndl-browser-" });
  // Debian's browser is a script around another process, hence the group; the shell ends it when its
  // own input ends, also where this process is killed.
  const shell = new Deno.Command("sh", {
    args: [
      "-c",
      'setsid "$@" & read -r _; kill -- -$!; wait',
      "sh",
      program,
      "--headless",
      // Containers and root have no sandbox; the page is our own.
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${server.addr.port}/`,
    ],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await shell.stdin.close();
    await shell.status;
    await Deno.remove(profile, { recursive: true }).catch(() => {});
  }
}
