import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  type DataProgress,
  downloadMnist,
  getMnistData,
  loadMnist,
  type MnistDownloadOptions,
} from "../../../data/mod.ts";
import { gzip } from "../../io/_tar.ts";
import { inTempFolder } from "../cifar10/_cifar10.ts";
import { counts, imagesOf, labelsOf } from "./_mnist.ts";

const files: Record<string, Uint8Array<ArrayBuffer>> = {};
for (const [part, count] of Object.entries(counts)) {
  files[`${part}-images-idx3-ubyte.gz`] = await gzip(imagesOf(count));
  files[`${part}-labels-idx1-ubyte.gz`] = await gzip(labelsOf(count));
}
const checksums = Object.fromEntries(
  Object.entries(files).map(([name, bytes]) => [name, {
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  }]),
);
const total = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);

interface Setting {
  readonly into: string;
  /** The files that were asked for, with the range. */
  readonly requests: string[];
  /** What is sent for a file, if not the file. */
  readonly sent: Record<string, Uint8Array<ArrayBuffer>>;
  readonly download: (more?: MnistDownloadOptions) => Promise<{ dir: string }>;
  readonly options: MnistDownloadOptions;
  readonly names: () => string[];
}

async function withServer(work: (setting: Setting) => Promise<void>): Promise<void> {
  const requests: string[] = [];
  const sent: Record<string, Uint8Array<ArrayBuffer>> = {};
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const name = new URL(request.url).pathname.split("/").at(-1)!;
    const range = request.headers.get("range");
    requests.push(range ? `${name} ${range}` : name);
    const body = sent[name] ?? files[name];
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const headers = new Headers({ etag: '"one"', "content-length": String(body.length - from) });
    if (from > 0) headers.set("content-range", `bytes ${from}-${body.length - 1}/${body.length}`);
    return new Response(body.slice(from), { status: from > 0 ? 206 : 200, headers });
  });
  try {
    await inTempFolder(async (into) => {
      const options: MnistDownloadOptions = {
        into,
        url: `http://127.0.0.1:${server.addr.port}/mnist`,
        checksums,
        onMessage: () => {},
      };
      const download = (more = {}) => downloadMnist({ ...options, ...more });
      const names = () => Array.from(Deno.readDirSync(into), ({ name }) => name).sort();
      await work({ into, requests, sent, download, options, names });
    });
  } finally {
    await server.shutdown();
  }
}

Deno.test("downloadMnist() downloads the four files, and nothing that is there", async () => {
  await withServer(async ({ into, requests, download, names }) => {
    const progress: DataProgress[] = [];
    const onProgress = (report: DataProgress) => progress.push(report);
    assert.deepEqual(await download({ onProgress }), { dir: into });
    assert.deepEqual(names(), Object.keys(files).sort());
    assert.deepEqual((await loadMnist(into)).yTrain.toArray(), [9, 8, 7, 6, 5]);
    assert.deepEqual(progress.at(-1), { phase: "download", done: total, total });
    assert.equal(requests.length, 4);
    await Deno.remove(`${into}/t10k-labels-idx1-ubyte.gz`);
    await Deno.writeFile(`${into}/t10k-labels.idx1-ubyte`, labelsOf(3));
    await download();
    assert.equal(requests.length, 4);
    await Deno.remove(`${into}/t10k-labels.idx1-ubyte`);
    await download();
    assert.deepEqual(requests.slice(4), ["t10k-labels-idx1-ubyte.gz"]);
  });
});

Deno.test("downloadMnist() goes on where it stopped", async () => {
  await withServer(async ({ into, requests, download, names }) => {
    const name = "train-images-idx3-ubyte.gz";
    await Deno.writeFile(`${into}/${name}.partial`, files[name].subarray(0, 100));
    await Deno.writeTextFile(`${into}/${name}.etag.partial`, '"one"');
    await download();
    assert.equal(requests[0], `${name} bytes=100-`);
    assert.deepEqual(await Deno.readFile(`${into}/${name}`), files[name]);
    assert.deepEqual(names(), Object.keys(files).sort());
  });
});

Deno.test("downloadMnist() lets no file appear whose sum is wrong", async () => {
  await withServer(async ({ into, sent, download, names }) => {
    const name = "t10k-images-idx3-ubyte.gz";
    sent[name] = files[name].map((byte, i) => i === 50 ? byte ^ 1 : byte);
    await assert.rejects(download(), (error: Error) => {
      assert.match(error.message, /downloadMnist: .*t10k-images.*sha256 sum is .*, not /);
      assert.match(error.message, /call again .* syntheticDigits\(\)/);
      return true;
    });
    assert.ok(!names().includes(name), names().join());
    delete sent[name];
    await download();
    assert.deepEqual(await Deno.readFile(`${into}/${name}`), files[name]);
  });
});

Deno.test("downloadMnist() refuses a server that has another file, or none", async () => {
  await withServer(async ({ sent, download, into }) => {
    sent["train-images-idx3-ubyte.gz"] = new Uint8Array(7);
    await assert.rejects(download(), /downloadMnist: .* bytes expected, the server has 7/);
    const elsewhere = "http://127.0.0.1:9/";
    await assert.rejects(download({ url: elsewhere }), /cannot be reached.*put it into/);
    await assert.rejects(downloadMnist({ into, urls: "x" } as never), /did you mean "url"/);
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(download({ signal }), /enough/);
  });
});

Deno.test("getMnistData() downloads if it is asked to", async () => {
  await withServer(async ({ into, options }) => {
    const split = { numTraining: 3, numValidation: 1, numTest: 2, cache: false } as const;
    const data = await getMnistData({
      ...split,
      dir: `${into}/new`,
      download: { ...options, into: `${into}/new` },
    });
    assert.equal(data.source.text, `downloaded to ${into}/new`);
    assert.deepEqual(data.yTest.toArray(), [9, 8]);
  });
});
