/** Downloading a prebuilt library, from a server on loopback. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { prebuiltName } from "../../native_plugin/_places.ts";
import { downloadNativePlugin } from "../../native_plugin/mod.ts";

const content = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 31) % 251);
const sha256 = createHash("sha256").update(content).digest("hex");

interface Served {
  readonly url: string;
  readonly folder: string;
  readonly requests: string[];
}

/** Serves files by name for the duration of a test, with a folder to download into. */
async function withServer(
  files: Record<string, Uint8Array<ArrayBuffer> | string>,
  use: (served: Served) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const folder = await Deno.makeTempDir();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const name = new URL(request.url).pathname.replace("/releases/", "");
    requests.push(name);
    const file = files[name];
    return file === undefined ? new Response("no such file", { status: 404 }) : new Response(file);
  });
  try {
    const url = `http://127.0.0.1:${server.addr.port}/releases`;
    await use({ url, folder, requests });
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

function filesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

const published = { [prebuiltName()]: content, [`${prebuiltName()}.sha256`]: `${sha256}  file\n` };

Deno.test("downloadNativePlugin() keeps a library whose checksum is right", async () => {
  await withServer(published, async ({ url, folder }) => {
    const path = await downloadNativePlugin(url, { folder });
    assert.equal(path, `${folder}/${prebuiltName()}`);
    assert.deepEqual(await Deno.readFile(path), content);
    assert.deepEqual(filesIn(folder), [prebuiltName(), `${prebuiltName()}.sha256`]);
  });
});

Deno.test("downloadNativePlugin() needs no network once the library is there", async () => {
  await withServer(published, async ({ url, folder, requests }) => {
    await downloadNativePlugin(url, { folder });
    const before = requests.length;
    await downloadNativePlugin(url, { folder });
    await downloadNativePlugin("http://127.0.0.1:1/nobody", { folder, sha256 });
    assert.equal(requests.length, before);
  });
});

Deno.test("downloadNativePlugin() downloads anew what was damaged on disk", async () => {
  await withServer(published, async ({ url, folder }) => {
    const path = await downloadNativePlugin(url, { folder });
    await Deno.writeFile(path, content.slice(0, 100));
    await downloadNativePlugin(url, { folder });
    assert.deepEqual(await Deno.readFile(path), content);
  });
});

Deno.test("downloadNativePlugin() keeps nothing whose checksum is wrong", async () => {
  await withServer(published, async ({ url, folder }) => {
    const wrong = "0".repeat(64);
    await assert.rejects(
      downloadNativePlugin(url, { folder, sha256: wrong }),
      new RegExp(`has SHA-256 ${sha256}, expected ${wrong}; .* was not kept`),
    );
    assert.deepEqual(filesIn(folder), []);
  });
});

Deno.test("downloadNativePlugin() leaves a good library alone when a new one is wrong", async () => {
  await withServer(published, async ({ url, folder }) => {
    const path = await downloadNativePlugin(url, { folder });
    await assert.rejects(downloadNativePlugin(url, { folder, sha256: "1".repeat(64) }));
    assert.deepEqual(await Deno.readFile(path), content);
  });
});

Deno.test("downloadNativePlugin() says what to do where there is no library for the system", async () => {
  await withServer({}, async ({ url, folder }) => {
    await assert.rejects(
      downloadNativePlugin(url, { folder }),
      /cannot be had \(404 .*deno task native.*the other kernels serve/,
    );
    assert.deepEqual(filesIn(folder), []);
  });
});

Deno.test("downloadNativePlugin() refuses a checksum file that holds none", async () => {
  const files = { ...published, [`${prebuiltName()}.sha256`]: "<html>" };
  await withServer(files, async ({ url, folder }) => {
    await assert.rejects(
      downloadNativePlugin(url, { folder }),
      /does not start with a SHA-256 sum/,
    );
    assert.deepEqual(filesIn(folder), []);
  });
});

Deno.test("downloadNativePlugin() stops when its signal is aborted", async () => {
  await withServer(published, async ({ url, folder }) => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(downloadNativePlugin(url, { folder, signal }), /enough/);
    assert.deepEqual(filesIn(folder), []);
  });
});
