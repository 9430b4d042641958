/** What makes two searches the same one, and which server is meant. */
import assert from "node:assert/strict";
import { codeOf, differenceOf } from "../../distributed/_identity.ts";
import { addressOf } from "../../distributed/nats_server.ts";
import { array, zeros } from "../../ndarray/mod.ts";
import type { TrialData } from "../../selection/mod.ts";

/** Modules by their paths, and the data of a trial. */
type Files = Readonly<Record<string, string>>;

/** Hashes `trial.ts` of files that exist only here. */
async function codeIn(files: Files, data: TrialData = {}, root: string = "file:///here/") {
  const fetchFiles = globalThis.fetch;
  globalThis.fetch = (module) => {
    const text = files[String(module).slice(root.length)];
    return text === undefined
      ? Promise.reject(new TypeError("no such file"))
      : Promise.resolve(new Response(text));
  };
  try {
    return await codeOf("test", new URL("trial.ts", root), data);
  } finally {
    globalThis.fetch = fetchFiles;
  }
}

const files: Files = {
  "trial.ts": `import { a } from "./parts/a.ts";\nexport const trial = () => a;\n`,
  "parts/a.ts": `export * from '../b.ts';\n`,
  "b.ts": `export const a = 1;\nconst c = await import("./trial.ts");\n`,
};

Deno.test("the hash of a trial's code is of its module and all that it imports by paths", async () => {
  const { code } = await codeIn(files);
  for (const name of Object.keys(files)) {
    const { code: other } = await codeIn({ ...files, [name]: files[name] + "// more\n" });
    assert.notEqual(other, code, name);
  }
  const elsewhere = await codeIn(files, {}, "https://there.example/deep/");
  assert.equal(elsewhere.code, code);
  const windows = Object.entries(files).map((
    [name, text],
  ) => [name, text.replaceAll("\n", "\r\n")]);
  assert.equal((await codeIn(Object.fromEntries(windows))).code, code);
  assert.equal((await codeIn({ ...files, "unused.ts": "" })).code, code);
  // An import in a comment may name nothing.
  const commented = { ...files, "b.ts": files["b.ts"] + '// import "./gone.ts";\n' };
  assert.notEqual((await codeIn(commented)).code, code);
  await assert.rejects(codeIn({}), /test: file:\/\/\/here\/trial\.ts cannot be read: no such file/);
});

Deno.test("the hash of data tells names, values, types and shapes apart, and not their order", async () => {
  const hash = async (data: TrialData) => (await codeIn(files, data)).data;
  const x = array([[1, 2], [3, 4]]);
  const all = await Promise.all([
    hash({}),
    hash({ x }),
    hash({ y: x }),
    hash({ x: x.reshape([4]) }),
    hash({ x: zeros([2, 2]).astype("float32") }),
    hash({ x: zeros([2, 2]).astype("int32") }),
    hash({ x: array([[1, 2], [3, 5]]) }),
    hash({ x: [[1, 2], [3, 4]] }),
    hash({ x, k: 1 }),
  ]);
  assert.equal(new Set(all).size, all.length);
  assert.equal(await hash({ x, k: 1 }), await hash({ k: 1, x }));
});

Deno.test("differenceOf() names what differs", () => {
  const ours = { version: "1.0.0", code: "a", data: "b" };
  assert.equal(differenceOf(ours, { ...ours }), null);
  assert.match(
    differenceOf(ours, { ...ours, version: "2.0.0" })!,
    /nndl is 2\.0\.0, this one is 1/,
  );
  assert.match(differenceOf(ours, { ...ours, code: "z" })!, /the code .* hash z, the code here a/);
  assert.match(differenceOf(ours, { ...ours, data: "z" })!, /the data .* hash z, the data here b/);
});

Deno.test("addressOf() reads URLs and credentials, options before the environment and URLs", () => {
  const address = (server: string | undefined, more = {}) =>
    addressOf("test", { search: "a", ...(server && { server }), ...more });
  assert.equal(address("host").host, "host:4222");
  assert.equal(address("host:5000").host, "host:5000");
  assert.equal(address("[::1]:5000").host, "[::1]:5000");
  assert.equal(address("nats://host:5000/").shown, "nats://host:5000");
  assert.deepEqual([address("nats://h").tls, address("tls://h").tls], [false, true]);
  assert.deepEqual(
    [address("nats://me:a%40b@h").user, address("nats://me:a%40b@h").password],
    ["me", "a@b"],
  );
  assert.equal(address("nats://hush@h").token, "hush");
  assert.equal(address("nats://hush@h", { token: "more" }).token, "more");
  assert.equal(address("h", { patience: 1.5 }).patience, 1500);
  const before = Deno.env.get("NNDL_NATS_TOKEN");
  Deno.env.set("NNDL_NATS_TOKEN", "set");
  try {
    assert.equal(address("h").token, "set");
    assert.equal(address("nats://me:pass@h").token, undefined);
    assert.equal(address("h", { token: "more" }).token, "more");
  } finally {
    if (before === undefined) Deno.env.delete("NNDL_NATS_TOKEN");
    else Deno.env.set("NNDL_NATS_TOKEN", before);
  }
});
