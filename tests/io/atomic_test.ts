import assert from "node:assert/strict";
import { checkWritable, removePartialFiles, writeFileAtomic } from "../../io/atomic.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();

Deno.test("writeFileAtomic() creates and replaces a file, and leaves nothing beside it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a file.bin`;
    await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
    assert.deepEqual(await Deno.readFile(path), Uint8Array.of(1, 2, 3));
    await writeFileAtomic(new URL(`file://${folder}/a%20file.bin`), Uint8Array.of(9));
    assert.deepEqual(await Deno.readFile(path), Uint8Array.of(9));
    assert.deepEqual(names(folder), ["a file.bin"]);
  }));

Deno.test("writeFileAtomic() writes the pieces of an iterable in order", () =>
  inFolder(async (folder) => {
    const path = `${folder}/pieces.bin`;
    await writeFileAtomic(path, [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]);
    assert.deepEqual(await Deno.readFile(path), Uint8Array.of(1, 2, 3));
  }));

Deno.test("writeFileAtomic() keeps the old file when the content fails halfway", () =>
  inFolder(async (folder) => {
    const path = `${folder}/kept.bin`;
    await writeFileAtomic(path, Uint8Array.of(7));
    const failing = function* () {
      yield new Uint8Array(100_000);
      assert.equal(names(folder).length, 2);
      throw new RangeError("no more data");
    };
    await assert.rejects(writeFileAtomic(path, failing()), new RangeError("no more data"));
    assert.deepEqual(await Deno.readFile(path), Uint8Array.of(7));
    assert.deepEqual(names(folder), ["kept.bin"]);
  }));

Deno.test("writeFileAtomic() says what to do about a folder that is missing or a file", () =>
  inFolder(async (folder) => {
    await assert.rejects(
      writeFileAtomic(`${folder}/missing/x.bin`, Uint8Array.of(1)),
      (error: Error) =>
        error.message.startsWith(`writeFileAtomic: cannot write ${folder}/missing/x.bin: `) &&
        error.message.endsWith("; create its folder first") &&
        error.cause instanceof Deno.errors.NotFound,
    );
    await Deno.writeTextFile(`${folder}/file`, "");
    await assert.rejects(
      writeFileAtomic(`${folder}/file/x.bin`, Uint8Array.of(1)),
      /a part of the path is a file/,
    );
    assert.deepEqual(names(folder), ["file"]);
  }));

Deno.test("writeFileAtomic() removes the temporary file when the target is a folder", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/target`);
    await assert.rejects(
      writeFileAtomic(`${folder}/target`, Uint8Array.of(1)),
      /give the name of a file/,
    );
    assert.deepEqual(names(folder), ["target"]);
  }));

Deno.test("writeFileAtomic() refuses a URL that is not a file", async () => {
  await assert.rejects(
    writeFileAtomic(new URL("https://example.org/x"), Uint8Array.of(1)),
    TypeError,
  );
});

Deno.test({
  name: "writeFileAtomic() on a full disk fails and leaves the old file and no other",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/kept.bin`;
      await writeFileAtomic(path, Uint8Array.of(7));
      const program = `
        import { writeFileAtomic } from ${
        JSON.stringify(import.meta.resolve("../../io/atomic.ts"))
      };
        try {
          await writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(4_000_000));
        } catch (error) {
          console.log(error.message);
        }`;
      await Deno.writeTextFile(`${folder}/program.ts`, program);
      // A limit on the size of files fails in the middle of a write, as a full disk does.
      const { stdout, stderr } = await new Deno.Command("sh", {
        args: [
          "-c",
          `trap '' XFSZ; ulimit -f 1000; exec "$0" run --no-check --allow-all "$1"`,
          Deno.execPath(),
          `${folder}/program.ts`,
        ],
      }).output();
      const text = new TextDecoder().decode(stdout);
      assert.match(
        text,
        /^writeFileAtomic: cannot write .*kept\.bin: .*; free some space/,
        new TextDecoder().decode(stderr),
      );
      assert.deepEqual(await Deno.readFile(path), Uint8Array.of(7));
      assert.deepEqual(names(folder), ["kept.bin", "program.ts"]);
    }),
});

Deno.test("writeFileAtomic() writes into devices and pipes, and replaces none", {
  ignore: Deno.build.os === "windows",
}, () =>
  inFolder(async (folder) => {
    await checkWritable("/dev/null");
    await writeFileAtomic("/dev/null", Uint8Array.of(1, 2, 3));
    assert.ok((await Deno.stat("/dev/null")).isCharDevice);
    const program = `
      import { writeFileAtomic } from ${JSON.stringify(import.meta.resolve("../../io/atomic.ts"))};
      await writeFileAtomic("/dev/stdout", new TextEncoder().encode("through a pipe"));`;
    await Deno.writeTextFile(`${folder}/program.ts`, program);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-all", `${folder}/program.ts`],
    }).output();
    assert.equal(
      new TextDecoder().decode(stdout),
      "through a pipe",
      new TextDecoder().decode(stderr),
    );
  }));

Deno.test("writeFileAtomic() follows a link to a file, and no path into a folder", {
  ignore: Deno.build.os === "windows",
}, () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/far`);
    await Deno.writeTextFile(`${folder}/far/file`, "old");
    await Deno.symlink(`${folder}/far/file`, `${folder}/link`);
    await writeFileAtomic(`${folder}/link`, Uint8Array.of(1));
    assert.ok((await Deno.lstat(`${folder}/link`)).isSymlink);
    assert.deepEqual(await Deno.readFile(`${folder}/far/file`), Uint8Array.of(1));
    await Deno.symlink(`${folder}/far`, `${folder}/folder`);
    for (const path of ["far", "far/", "folder", "folder/", "new/"]) {
      await assert.rejects(
        writeFileAtomic(`${folder}/${path}`, Uint8Array.of(2)),
        /writeFileAtomic: cannot write .*: it is a folder; give the name of a file$/,
      );
    }
    assert.deepEqual([names(folder), names(`${folder}/far`)], [["far", "folder", "link"], [
      "file",
    ]]);
  }));

Deno.test("checkWritable() fails as writing would, and leaves nothing behind", () =>
  inFolder(async (folder) => {
    const fails = (path: string, end: RegExp) => assert.rejects(checkWritable(path), end);
    await checkWritable(`${folder}/new.bin`);
    await checkWritable(new URL(`file://${folder}/new.bin`));
    assert.deepEqual(names(folder), []);
    await Deno.writeTextFile(`${folder}/file`, "old");
    await checkWritable(`${folder}/file`);
    assert.equal(await Deno.readTextFile(`${folder}/file`), "old");
    await fails(
      `${folder}/no/file`,
      /^Error: checkWritable: cannot write .*create its folder first$/,
    );
    await fails(`${folder}/file/file`, /a part of the path is a file$/);
    await fails(folder, /it is a folder; give the name of a file$/);
    assert.deepEqual(names(folder), ["file"]);
  }));

Deno.test("checkWritable() finds every missing permission", () =>
  inFolder(async (folder) => {
    const program = `
      import { checkWritable } from ${JSON.stringify(import.meta.resolve("../../io/atomic.ts"))};
      await checkWritable(${JSON.stringify(`${folder}/a.bin`)});
      console.log("fine");`;
    await Deno.writeTextFile(`${folder}/program.ts`, program);
    const kinds = ["read", "write"];
    for (const granted of [[], ["read"], ["write"], kinds]) {
      const flags = granted.map((kind) => `--allow-${kind}=${folder}`);
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", ...flags, `${folder}/program.ts`],
      }).output();
      const text = new TextDecoder().decode(granted.length === 2 ? stdout : stderr);
      const missing = kinds.filter((kind) => !granted.includes(kind))
        .map((kind) => `--allow-${kind}=${folder}`).join(" ");
      assert.ok(
        text.includes(granted.length === 2 ? "fine" : `; allow it with ${missing}\n`),
        text,
      );
      // Without the right to write nothing can be left behind, with it nothing may be.
      assert.deepEqual(names(folder), ["program.ts"]);
    }
  }));

Deno.test("removePartialFiles() removes what killed writers left, and nothing else", () =>
  inFolder(async (folder) => {
    const others = [
      "a.bin",
      "a.bin.partial",
      "a.bin.01234567.partial.txt",
      "b.bin.01234567.partial",
    ];
    for (const name of ["a.bin.01234567.partial", "a.bin.89abcdef.partial", ...others]) {
      await Deno.writeTextFile(`${folder}/${name}`, name);
    }
    assert.equal(await removePartialFiles(`${folder}/a.bin`), 2);
    assert.deepEqual(names(folder), others.toSorted());
    assert.equal(await removePartialFiles(`${folder}/missing/a.bin`), 0);
  }));

Deno.test("writeFileAtomic() names all permissions that are missing at once", () =>
  inFolder(async (folder) => {
    const program = `
      import { writeFileAtomic } from ${JSON.stringify(import.meta.resolve("../../io/atomic.ts"))};
      await writeFileAtomic(${JSON.stringify(`${folder}/a.bin`)}, Uint8Array.of(1));`;
    await Deno.writeTextFile(`${folder}/program.ts`, program);
    const read = `--allow-read=${folder}`;
    const write = `--allow-write=${folder}`;
    for (const [granted, missing] of [[[read], [write]], [[write], [read]], [[], [read, write]]]) {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", ...granted, `${folder}/program.ts`],
      }).output();
      assert.equal(code, 1);
      const text = new TextDecoder().decode(stderr);
      assert.ok(text.includes(`; allow it with ${missing.join(" ")}\n`), text);
    }
  }));

Deno.test("a writer killed at any moment leaves a whole file under the name", () =>
  inFolder(async (folder) => {
    const path = `${folder}/whole.bin`;
    const program = `
      import { writeFileAtomic } from ${JSON.stringify(import.meta.resolve("../../io/atomic.ts"))};
      for (let i = 0;; i = (i + 1) % 256) {
        await writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(2_000_000).fill(i));
        Deno.stdout.writeSync(Uint8Array.of(46));
      }`;
    await Deno.writeTextFile(`${folder}/program.ts`, program);
    for (let round = 0; round < 4; round++) {
      const process = new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-check", "--allow-all", `${folder}/program.ts`],
        stdout: "piped",
      }).spawn();
      const reader = process.stdout.getReader();
      await reader.read();
      await new Promise((resolve) => setTimeout(resolve, 7 * round));
      process.kill("SIGKILL");
      while (!(await reader.read()).done);
      await process.status;
      const bytes = await Deno.readFile(path);
      assert.equal(bytes.length, 2_000_000);
      assert.ok(bytes.every((value) => value === bytes[0]));
    }
    await removePartialFiles(path);
    assert.deepEqual(names(folder), ["program.ts", "whole.bin"]);
  }));
