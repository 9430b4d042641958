import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  type Cifar10DownloadOptions,
  type DataProgress,
  downloadCifar10,
  getCifar10Data,
} from "../../../data/mod.ts";
import { binaryBatch, fileNames, inTempFolder, labelOf } from "./_cifar10.ts";
import { gzip, type Member, tar } from "../../io/_tar.ts";

const records = 50;
const top = "cifar-10-batches-bin";
const members: Member[] = [
  { name: `${top}/`, type: "5" },
  ...fileNames.map((name, file) => ({
    name: `${top}/${name}.bin`,
    content: binaryBatch(file, records),
  })),
  { name: `${top}/readme.html`, content: new Uint8Array(88) },
];
const archive = await gzip(tar(members));
const name = "cifar-10-binary.tar.gz";

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** How the server behaves; may be changed between requests. */
interface Behaviour {
  body: Uint8Array<ArrayBuffer>;
  etag: string | null;
  /** Whether `Range` is understood. */
  ranges: boolean;
  /** Close the connection after so many bytes of a body. */
  cutAfter: number | null;
  /** Whether the length is announced. */
  announced: boolean;
  /** How far the range that is sent begins from the one asked for. */
  rangeShift: number;
  /** Answer with this status and nothing else. */
  status: number | null;
}

interface Setting {
  readonly into: string;
  readonly behaviour: Behaviour;
  /** The `Range` headers that came, `null` for none. */
  readonly ranges: (string | null)[];
  readonly lines: string[];
  readonly download: (options?: Cifar10DownloadOptions) => ReturnType<typeof downloadCifar10>;
  readonly options: Cifar10DownloadOptions;
  /** The names in the folder. */
  readonly names: () => string[];
}

/** Runs a test with a server of its own on a free port, and a folder of its own. */
async function withServer(work: (setting: Setting) => Promise<void>): Promise<void> {
  const behaviour: Behaviour = {
    body: archive,
    etag: '"one"',
    ranges: true,
    cutAfter: null,
    announced: true,
    rangeShift: 0,
    status: null,
  };
  const ranges: (string | null)[] = [];
  const serve = (request: Request) => {
    const range = request.headers.get("range");
    ranges.push(range);
    return answer(behaviour, range, request.headers.get("if-range"));
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, serve);
  const lines: string[] = [];
  try {
    await inTempFolder(async (into) => {
      const options: Cifar10DownloadOptions = {
        into,
        url: `http://127.0.0.1:${server.addr.port}/kriz/${name}`,
        size: archive.length,
        md5: md5(archive),
        onMessage: (line) => lines.push(line),
      };
      const download = (more = {}) => downloadCifar10({ ...options, ...more });
      const names = () => Array.from(Deno.readDirSync(into), (entry) => entry.name).sort();
      await work({ into, behaviour, ranges, lines, download, options, names });
    });
  } finally {
    await server.shutdown();
  }
}

function answer(
  { body, etag, ranges, cutAfter, announced, rangeShift, status }: Behaviour,
  range: string | null,
  ifRange: string | null,
): Response {
  if (status !== null) return new Response("sorry", { status });
  const headers = new Headers(etag ? { etag } : {});
  let from = 0;
  if (ranges && range && (ifRange === null || ifRange === etag)) {
    from = Number(/^bytes=(\d+)-$/.exec(range)?.[1]) + rangeShift;
    if (from >= body.length) return new Response(null, { status: 416 });
    headers.set("content-range", `bytes ${from}-${body.length - 1}/${body.length}`);
  }
  if (announced) headers.set("content-length", String(body.length - from));
  const rest = body.subarray(from);
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      controller.enqueue(rest.slice(0, cutAfter ?? rest.length));
      // What was sent must get out before the connection breaks.
      await new Promise((resolve) => setTimeout(resolve, cutAfter === null ? 0 : 50));
      // Less than was announced: the connection breaks.
      controller.close();
    },
  });
  return new Response(stream, { status: from > 0 ? 206 : 200, headers });
}

async function assertComplete(into: string): Promise<void> {
  for (const [file, fileName] of fileNames.entries()) {
    const bytes = await Deno.readFile(`${into}/${top}/${fileName}.bin`);
    assert.equal(md5(bytes), md5(binaryBatch(file, records)), fileName);
  }
}

Deno.test("downloadCifar10() downloads, checks and unpacks, and leaves nothing else", async () => {
  await withServer(async ({ into, download, names, ranges, lines }) => {
    const progress: DataProgress[] = [];
    const folder = await download({ onProgress: (p: DataProgress) => progress.push(p) });
    assert.deepEqual(folder, { dir: `${into}/${top}`, layout: "binary" });
    await assertComplete(into);
    assert.deepEqual(names(), [top]);
    assert.deepEqual(ranges, [null]);
    assert.deepEqual(lines, []);
    for (const phase of ["download", "unpack"]) {
      const last = progress.filter((p) => p.phase === phase).at(-1);
      assert.deepEqual(last, { phase, done: archive.length, total: archive.length });
    }
  });
});

Deno.test("downloadCifar10() does nothing when the folder is there", async () => {
  await withServer(async ({ download, ranges, names }) => {
    await download();
    await download();
    assert.equal(ranges.length, 1);
    assert.deepEqual(names(), [top]);
  });
});

Deno.test("downloadCifar10() takes an interrupted download up again by itself", async () => {
  await withServer(async ({ into, behaviour, download, ranges, lines, names }) => {
    behaviour.cutAfter = Math.ceil(archive.length / 3) + 10;
    await download();
    await assertComplete(into);
    assert.deepEqual(names(), [top]);
    assert.equal(ranges[0], null);
    assert.match(ranges[1] ?? "", /^bytes=[1-9]\d*-$/);
    assert.match(lines[0], /download interrupted, trying again/);
  });
});

Deno.test("downloadCifar10() goes on in the next call from what is there", async () => {
  await withServer(async ({ into, behaviour, download, ranges, names }) => {
    behaviour.cutAfter = 1000;
    await assert.rejects(download(), /4 attempts\); what has arrived is kept/);
    assert.deepEqual(names(), [`${name}.etag.partial`, `${name}.partial`]);
    const { size } = await Deno.stat(`${into}/${name}.partial`);
    assert.ok(size > 0 && size < archive.length);
    behaviour.cutAfter = null;
    ranges.length = 0;
    await download();
    assert.deepEqual(ranges, [`bytes=${size}-`]);
    await assertComplete(into);
    assert.deepEqual(names(), [top]);
  });
});

Deno.test("downloadCifar10() starts over when the file on the server has changed", async () => {
  await withServer(async ({ into, behaviour, download, ranges }) => {
    await Deno.writeFile(`${into}/${name}.partial`, new Uint8Array(500).fill(1));
    await Deno.writeTextFile(`${into}/${name}.etag.partial`, '"zero"');
    assert.equal(behaviour.etag, '"one"');
    await download();
    assert.deepEqual(ranges, ["bytes=500-"]);
    await assertComplete(into);
  });
});

Deno.test("downloadCifar10() starts over when the server ignores Range", async () => {
  await withServer(async ({ into, behaviour, download, ranges }) => {
    behaviour.ranges = false;
    await Deno.writeFile(`${into}/${name}.partial`, archive.subarray(0, 700));
    await download();
    assert.deepEqual(ranges, ["bytes=700-"]);
    await assertComplete(into);
  });
});

Deno.test("downloadCifar10() starts over when what it had was wrong", async () => {
  await withServer(async ({ into, behaviour, download, ranges, lines }) => {
    behaviour.etag = null;
    await Deno.writeFile(`${into}/${name}.partial`, new Uint8Array(700));
    await download();
    assert.deepEqual(ranges, ["bytes=700-", null]);
    assert.match(lines[0], /wrong md5 sum; starting over/);
    await assertComplete(into);
  });
});

Deno.test("downloadCifar10() goes on after an early end that broke no promise", async () => {
  await withServer(async ({ into, behaviour, download, ranges, lines }) => {
    behaviour.announced = false;
    behaviour.cutAfter = Math.ceil(archive.length / 2) + 10;
    await download();
    assert.deepEqual(ranges, [null, `bytes=${behaviour.cutAfter}-`]);
    assert.match(lines[0], /the connection closed after \d+ of \d+ bytes/);
    await assertComplete(into);
  });
});

Deno.test("downloadCifar10() starts over when the server sends another range than was asked for", async () => {
  await withServer(async ({ into, behaviour, download, ranges, lines }) => {
    await Deno.writeFile(`${into}/${name}.partial`, archive.subarray(0, 700));
    behaviour.rangeShift = 10;
    await download();
    assert.deepEqual(ranges, ["bytes=700-", null]);
    assert.match(lines[0], /does not fit the file on the server; starting over/);
    await assertComplete(into);
  });
});

Deno.test("downloadCifar10() copes with a partial file that is complete, or too long", async () => {
  await withServer(async ({ into, download, ranges, names }) => {
    await Deno.writeFile(`${into}/${name}.partial`, archive);
    await download();
    assert.deepEqual(ranges, []);
    await Deno.remove(`${into}/${top}`, { recursive: true });
    await Deno.writeFile(`${into}/${name}.partial`, new Uint8Array(archive.length + 5));
    await download();
    assert.deepEqual(ranges, [null]);
    assert.deepEqual(names(), [top]);
  });
});

Deno.test("downloadCifar10() starts over on 416 when the size is not known", async () => {
  await withServer(async ({ into, download, ranges }) => {
    await Deno.writeFile(`${into}/${name}.partial`, new Uint8Array(archive.length + 5));
    await download({ size: null });
    assert.deepEqual(ranges, [`bytes=${archive.length + 5}-`, null]);
    await assertComplete(into);
  });
});

Deno.test("downloadCifar10() refuses an archive with the wrong md5 sum", async () => {
  await withServer(async ({ behaviour, download, names, ranges, into }) => {
    behaviour.body = archive.slice();
    behaviour.body[archive.length >> 1] ^= 1;
    await assert.rejects(download(), (error: Error) => {
      assert.ok(error.message.includes(`${into}/${name}.partial`));
      assert.match(
        error.message,
        new RegExp(`md5 sum is ${md5(behaviour.body)}, not ${md5(archive)}`),
      );
      assert.match(error.message, /--data FOLDER/);
      return true;
    });
    assert.deepEqual(names(), []);
    assert.equal(ranges.length, 1);
  });
});

Deno.test("downloadCifar10() refuses a file of another size before it is downloaded", async () => {
  await withServer(async ({ behaviour, download, names }) => {
    behaviour.body = archive.slice(0, 5000);
    await assert.rejects(
      download(),
      new RegExp(`${archive.length} bytes expected, the server has 5000`),
    );
    assert.deepEqual(names(), []);
  });
});

Deno.test("downloadCifar10() says so when the server has no such file", async () => {
  await withServer(async ({ behaviour, download, names, ranges, options }) => {
    behaviour.status = 404;
    await assert.rejects(download(), (error: Error) => {
      assert.ok(error.message.includes(`${options.url}: the server answered 404`));
      assert.match(error.message, /--synthetic/);
      return true;
    });
    assert.equal(ranges.length, 1);
    assert.deepEqual(names(), []);
  });
});

Deno.test("downloadCifar10() tries again when the server is in trouble", async () => {
  await withServer(async ({ behaviour, download, ranges, into }) => {
    behaviour.status = 503;
    setTimeout(() => behaviour.status = null, 100);
    await download();
    assert.ok(ranges.length > 1);
    await assertComplete(into);
  });
});

Deno.test("downloadCifar10() offline names the address and the ways out", async () => {
  await withServer(async ({ download, names }) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const url = `http://127.0.0.1:${port}/${name}`;
    await assert.rejects(download({ url }), (error: Error) => {
      for (const part of [url, "cannot be reached", "--data FOLDER", "--synthetic"]) {
        assert.ok(error.message.includes(part), part);
      }
      return true;
    });
    assert.deepEqual(names(), []);
  });
});

Deno.test("downloadCifar10() stops on abort and keeps what it has", async () => {
  await withServer(async ({ into, behaviour, download, names }) => {
    behaviour.cutAfter = 1000;
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    await assert.rejects(download({ signal: controller.signal, onProgress }), {
      name: "AbortError",
    });
    assert.ok(names().includes(`${name}.partial`));
    behaviour.cutAfter = null;
    await download();
    await assertComplete(into);
  });
});

Deno.test("downloadCifar10() uses an archive that was put there by hand, and leaves it", async () => {
  await withServer(async ({ into, download, ranges, names }) => {
    await Deno.writeFile(`${into}/${name}`, archive);
    await download();
    assert.deepEqual(ranges, []);
    assert.deepEqual(names(), [top, name].sort());
    await assertComplete(into);
  });
});

Deno.test("downloadCifar10() refuses a damaged archive put there by hand", async () => {
  await withServer(async ({ into, download, names }) => {
    await Deno.writeFile(`${into}/${name}`, archive.subarray(0, 2000));
    await assert.rejects(download(), /md5 sum.*remove it/);
    await assert.rejects(download({ md5: null }), (error: Error) => {
      assert.ok(error.message.includes(`${into}/${name}`));
      assert.match(error.message, /gzip data is damaged at about byte 2000/);
      return true;
    });
    assert.deepEqual(names(), [name]);
  });
});

Deno.test("downloadCifar10() unpacks nothing from an archive that reaches outside", async () => {
  const names = [
    "../evil.bin",
    "/evil.bin",
    `${top}/../evil.bin`,
    `${top}/..`,
    `${top}/a/b.bin`,
    `${top}\\evil.bin`,
    "elsewhere/evil.bin",
  ];
  for (const evil of names) {
    await withServer(async ({ into, download, names }) => {
      const bytes = await gzip(tar([...members, { name: evil, content: new Uint8Array(9) }]));
      await Deno.writeFile(`${into}/${name}`, bytes);
      await assert.rejects(download({ md5: null }), /wants to write .*nothing was unpacked/);
      assert.deepEqual(names(), [name]);
    });
  }
});

Deno.test("downloadCifar10() refuses an archive of something else, and one with links", async () => {
  await withServer(async ({ into, download, names }) => {
    const others: [Member[], RegExp][] = [
      [[{ name: `${top}/readme.html` }], /has no .*data_batch_1\.bin/],
      [[{ name: `${top}/link`, type: "2" }], /only files and folders/],
    ];
    for (const [others_, text] of others) {
      await Deno.writeFile(`${into}/${name}`, await gzip(tar(others_)));
      await assert.rejects(download({ md5: null }), text);
      assert.deepEqual(names(), [name]);
    }
  });
});

Deno.test("downloadCifar10() clears away what a crash left, and minds what is in the way", async () => {
  await withServer(async ({ into, download, names, ranges }) => {
    await Deno.mkdir(`${into}/${top}.partial`);
    await Deno.writeTextFile(`${into}/${top}.partial/old`, "");
    await Deno.mkdir(`${into}/${top}`);
    await Deno.writeTextFile(`${into}/${top}/notes.txt`, "mine");
    await assert.rejects(download(), /cifar-10-batches-bin is there but .* remove the folder/);
    assert.deepEqual(ranges, []);
    await Deno.remove(`${into}/${top}/notes.txt`);
    await download();
    assert.deepEqual(names(), [top]);
    await assertComplete(into);
  });
});

Deno.test("downloadCifar10() does not share a partial file with another program", async () => {
  await withServer(async ({ into, download, names }) => {
    const other = await Deno.open(`${into}/${name}.partial`, { create: true, write: true });
    await other.write(new Uint8Array(10));
    await other.lock(true);
    await assert.rejects(download(), /being downloaded by another program/);
    assert.deepEqual(names(), [`${name}.partial`]);
    other.close();
  });
});

Deno.test("getCifar10Data() downloads when asked to, and not otherwise", async () => {
  await withServer(async ({ into, options, ranges, lines }) => {
    const { into: _, ...download } = options;
    const split = {
      dir: into,
      numTraining: 200,
      numValidation: 50,
      numTest: 50,
      recordsPerBatch: records,
      cache: ":memory:",
      onMessage: (line: string) => lines.push(line),
    };
    await assert.rejects(getCifar10Data(split), /download: true/);
    assert.deepEqual(ranges, []);
    const data = await getCifar10Data({ ...split, download });
    assert.deepEqual(data.source, {
      kind: "download",
      dir: `${into}/${top}`,
      text: `downloaded to ${into}/${top}`,
    });
    assert.equal(data.yVal.data[0], labelOf(200));
    assert.equal((await getCifar10Data(split)).source.kind, "folder");
  });
});
