import assert from "node:assert/strict";
import { readTar } from "../../io/tar.ts";
import { FileFormatError } from "../../io/mod.ts";
import { type Member, tar } from "./_tar.ts";

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function unpacked(bytes: Uint8Array, size = 1000): Promise<[string, number[]][]> {
  const files: [string, number[]][] = [];
  for await (const { name, body } of readTar("test", "a.tar", inPieces(bytes, size))) {
    const content: number[] = [];
    for await (const piece of body) content.push(...piece);
    files.push([name, content]);
  }
  return files;
}

const members: Member[] = [
  { name: "top/", type: "5" },
  { name: "top/empty" },
  { name: "top/small", content: Uint8Array.of(1, 2, 3) },
  { name: "block", content: new Uint8Array(512).fill(7), prefix: "a/b" },
];

Deno.test("readTar() reads files whatever the pieces they come in", async () => {
  for (const size of [1, 7, 512, 1e6]) {
    assert.deepEqual(await unpacked(tar(members), size), [
      ["top/empty", []],
      ["top/small", [1, 2, 3]],
      ["a/b/block", new Array(512).fill(7)],
    ]);
  }
});

Deno.test("readTar() skips what is not read", async () => {
  const names: string[] = [];
  for await (const { name } of readTar("test", "a.tar", inPieces(tar(members), 100))) {
    names.push(name);
  }
  assert.deepEqual(names, ["top/empty", "top/small", "a/b/block"]);
});

Deno.test("readTar() passes over extended headers and refuses links", async () => {
  const extended = [{ name: "x", type: "x", content: new Uint8Array(30) }, ...members];
  assert.equal((await unpacked(tar(extended))).length, 3);
  for (const type of ["1", "2", "3", "L"]) {
    await assert.rejects(unpacked(tar([{ name: "top/link", type }])), (error) => {
      assert.ok(error instanceof FileFormatError);
      assert.match(error.message, /top\/link is of type/);
      return true;
    });
  }
});

Deno.test("readTar() names the byte of a damaged header and of an early end", async () => {
  const bytes = tar(members);
  const damaged = bytes.slice();
  damaged[1024 + 2] ^= 1;
  await assert.rejects(unpacked(damaged), /a\.tar, byte 1024: not the header/);
  await assert.rejects(unpacked(bytes.subarray(0, 1500)), /byte 1500: the archive ends/);
  await assert.rejects(unpacked(bytes.subarray(0, 2560)), /byte 2560: the archive ends/);
  await assert.rejects(unpacked(new Uint8Array()), /byte 0: the archive ends/);
});

Deno.test("readTar() closes its stream when it is left early", async () => {
  let closed = false;
  async function* stream() {
    try {
      yield* inPieces(tar(members), 100);
    } finally {
      closed = true;
    }
  }
  for await (const _ of readTar("test", "a.tar", stream())) break;
  assert.ok(closed);
});
