/** What the data room does in a program that was granted little or nothing. */
import assert from "node:assert/strict";
import { inTempFolder, writeBinaryFolder } from "./cifar10/_cifar10.ts";

const records = 30;
const program = `
import { DataNotFoundError, findCifar10, getCifar10Data } from ${
  JSON.stringify(import.meta.resolve("../../data/mod.ts"))
};
const options = JSON.parse(Deno.args[0]);
console.log(JSON.stringify(await findCifar10()));
try {
  const { source, XTrain } = await getCifar10Data({
    numTraining: 100, numValidation: 50, numTest: 30, recordsPerBatch: ${records},
    onMessage: (line) => console.log("line: " + line),
    ...options,
  });
  console.log(source.text, XTrain.shape[0]);
} catch (error) {
  console.log(error instanceof DataNotFoundError, error.message);
}
`;

type Run = (
  options: object,
  flags: readonly string[],
  env?: Record<string, string>,
) => Promise<string>;

/** A program in a folder of its own, which may hold \`data/cifar-10-batches-bin\`. */
async function withProgram(
  work: (run: Run, dir: string) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/main.ts`, program);
    const run = async (options: object, flags: readonly string[], env = {}) => {
      const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-check",
          "--no-config",
          "--no-lock",
          "--no-prompt",
          ...flags,
          "main.ts",
          JSON.stringify(options),
        ],
        cwd: dir,
        env: { CIFAR10_DIR: "", NO_COLOR: "1", XDG_CACHE_HOME: `${dir}/cache`, ...env },
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    await work(run, dir);
  });
}

const folder = "data/cifar-10-batches-bin";
const kv = "--unstable-kv";

Deno.test("without permissions there is no data, and the error says how to grant or do without", async () => {
  await withProgram(async (run, dir) => {
    await writeBinaryFolder(`${dir}/${folder}`, records);
    const output = await run({ cache: ":memory:" }, [kv]);
    const rights = "--allow-read=data, nor CIFAR10_DIR without --allow-env=CIFAR10_DIR";
    assert.ok(output.startsWith(`"data may not be read without ${rights}"`), output);
    assert.match(
      output,
      /true getCifar10Data: no CIFAR-10 found: .*--allow-read=data.*--synthetic/,
    );
    assert.doesNotMatch(output, /line:/);
  });
});

Deno.test("reading needs no more than --allow-read for the folder", async () => {
  await withProgram(async (run, dir) => {
    await writeBinaryFolder(`${dir}/${folder}`, records);
    for (const path of ["data", folder]) {
      const output = await run({ cache: ":memory:" }, [kv, `--allow-read=${path}`]);
      assert.match(output, new RegExp(`^folder ${folder} 100$`, "m"));
      assert.doesNotMatch(output, /line:/);
    }
  });
});

Deno.test("CIFAR10_DIR counts if it may be read", async () => {
  await withProgram(async (run, dir) => {
    await writeBinaryFolder(`${dir}/elsewhere`, records);
    const options = { cache: ":memory:" };
    const env = { CIFAR10_DIR: "elsewhere" };
    const unseen = await run(options, [kv, "--allow-read=elsewhere"], env);
    assert.match(unseen, /^"data may not be read .*, nor CIFAR10_DIR without --allow-env/);
    const empty = await run(options, [kv, "--allow-read=elsewhere,data"], env);
    assert.match(empty, /^"data has no .*, and CIFAR10_DIR may not be read without --allow-env/);
    const allowed = [kv, "--allow-env=CIFAR10_DIR"];
    const blind = await run(options, allowed, env);
    assert.match(blind, /CIFAR10_DIR=elsewhere may not be read without --allow-read=elsewhere/);
    const output = await run(options, [...allowed, "--allow-read=elsewhere"], env);
    assert.match(output, /^folder elsewhere 100$/m);
  });
});

Deno.test("what is in the project's own cache can be used without any permission", async () => {
  await withProgram(async (run, dir) => {
    await writeBinaryFolder(`${dir}/${folder}`, records);
    // Deno's cache folder is where such a database lives: one that goes away with the test.
    const env = { DENO_DIR: `${dir}/deno` };
    assert.match(await run({}, [kv, "--allow-read=data"], env), /^folder/m);
    assert.match(await run({}, [kv, "--allow-read=data"], env), /^data cache, made from data/m);
    assert.match(await run({}, [kv], env), /^data cache, made from data\/cifar.* 100$/m);
    assert.match(await run({ numTest: 10 }, [kv], env), /no CIFAR-10 found/);
  });
});

Deno.test("a cache file without permission is a line, and the data is read", async () => {
  await withProgram(async (run, dir) => {
    await writeBinaryFolder(`${dir}/${folder}`, records);
    const output = await run({ cache: "data.kv" }, [kv, "--allow-read=data"]);
    assert.match(output, /^line: data cache not used: .*data\.kv needs --allow-read=data\.kv$/m);
    assert.match(output, /^folder/m);
  });
});

Deno.test("without Deno.openKv the cache is @deno/kv, or a line that says what that needs", async () => {
  await withProgram(async (run, dir) => {
    await writeBinaryFolder(`${dir}/${folder}`, records);
    const options = { cache: "data.kv" };
    const without = await run(options, ["--allow-read", "--allow-write"]);
    const reason = /line: .*no Deno\.openKv.* needs --allow-ffi; start Deno with --unstable-kv/;
    assert.match(without, reason);
    assert.match(without, /^folder/m);

    const flags = ["--allow-read", "--allow-write=.", "--allow-ffi", "--allow-sys"];
    assert.match(await run(options, flags), /^folder/m);
    const warm = await run(options, flags);
    assert.match(warm, /^data cache, made from .* 100$/m);
    assert.doesNotMatch(warm, /line:/);
    // Both keep their data in the same file format.
    assert.match(await run(options, [kv, ...flags]), /^data cache/m);

    assert.match(await run({}, flags), /line: .*no cache folder without --allow-env/);
    assert.match(await run({}, ["--allow-all"]), /^folder/m);
    assert.match(await run({}, ["--allow-all"]), /^data cache/m);
    assert.ok((await Deno.stat(`${dir}/cache/nndl/data.kv`)).isFile);
  });
});
