/** Collectives on real processes, and jobs that end badly: clearly, soon, and not with status 0. */
import assert from "node:assert/strict";
import { connectMpi } from "../../distributed/mod.ts";
import { isFile, mpi, needsMpi, results, runJob } from "./_mpi.ts";

const PROGRAM = "_collectives.ts";

/** Open MPI asks root for its consent. */
const asRoot = { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" };

function openMpiLibrary(): string {
  return `/usr/lib/${Deno.build.arch}-linux-gnu/libmpi.so.40`;
}

interface Sums {
  readonly rank: number;
  readonly size: number;
  readonly wide: number[];
  readonly narrow: number[];
  readonly large: number;
  readonly sent: number[];
  readonly description: string;
}

function assertSums(all: Sums[], size: number): void {
  assert.equal(all.length, size);
  const ranks = size * (size - 1) / 2;
  for (const [rank, sums] of all.entries()) {
    const { description, ...rest } = sums;
    assert.match(description, /MPI/);
    assert.deepEqual(rest, {
      rank,
      size,
      wide: [ranks + size, 10 * size],
      narrow: [size / 2, ranks * size],
      large: 299_999 * (ranks + size),
      sent: [size - 1, 1 - size || 0, 7].map((value) => value || 0),
    });
  }
}

for (const ranks of [2, 4]) {
  Deno.test({
    ...needsMpi(`sums and broadcasts reach all of ${ranks} ranks`),
    fn: async () => assertSums(await results(PROGRAM, ["collectives"], { ranks }), ranks),
  });
}

Deno.test({
  ...needsMpi("a process without a launcher is rank 0 of 1"),
  fn: async () => assertSums(await results(PROGRAM, ["collectives"], { alone: true }), 1),
});

Deno.test({
  ...needsMpi("MPICH's own binary interface serves where the standard one is missing"),
  async fn() {
    const library = (mpi as { library: string }).library.replace("libmpi_abi.so.1", "libmpi.so.12");
    assertSums(await results(PROGRAM, ["collectives"], { env: { NNDL_MPI: library } }), 2);
  },
});

const openMpi = { launcher: "/usr/bin/mpirun.openmpi", library: openMpiLibrary() };
const missing = isFile(openMpi.launcher) && isFile(openMpi.library)
  ? ""
  : ` (no ${openMpi.launcher}; apt-get install openmpi-bin brings it)`;

Deno.test({
  name: `Open MPI's own binary interface serves under its launcher${missing}`,
  ignore: missing !== "",
  async fn() {
    const { launcher, library } = openMpi;
    const env = { ...asRoot, NNDL_MPI: library };
    assertSums(await results(PROGRAM, ["collectives"], { launcher, env }), 2);
    for (const what of ["leave", "fail", "kill"]) {
      assert.notEqual((await runJob(PROGRAM, [what], { launcher, env })).code, 0);
    }
  },
});

Deno.test({
  name: `a library under another MPI's launcher is refused${missing}`,
  ignore: missing !== "" || typeof mpi === "string",
  async fn() {
    const { launcher, library } = openMpi;
    const mpich = await runJob(PROGRAM, ["collectives"], { launcher, env: asRoot });
    assert.notEqual(mpich.code, 0);
    assert.match(mpich.stderr, /the launcher is Open MPI's, but .* is MPICH/);
    const env = { ...asRoot, NNDL_MPI: library };
    const other = await runJob(PROGRAM, ["collectives"], { env });
    assert.notEqual(other.code, 0);
    assert.match(other.stderr, /the launcher started 2 processes, but .* sees 1: they belong to/);
  },
});

Deno.test({
  ...needsMpi("the library's file and the environment are all the permissions needed"),
  async fn() {
    const { library } = mpi as { library: string };
    const flags = [`--allow-ffi=${library}`, `--allow-read=${library}`, "--allow-env=NNDL_MPI"];
    assertSums(await results(PROGRAM, ["collectives"], { flags }), 2);
    const { code, stderr } = await runJob(PROGRAM, ["collectives"], { flags: flags.slice(1) });
    assert.notEqual(code, 0);
    assert.match(stderr, /libmpi_abi\.so\.1: opening it needs --allow-ffi/);
  },
});

Deno.test({
  ...needsMpi("wrong arrays, wrong roots and closed communicators are refused"),
  async fn() {
    const { code, stderr } = await runJob(PROGRAM, ["refusals"]);
    assert.equal(code, 0, stderr);
  },
});

Deno.test({
  ...needsMpi("a rank that ends without taking leave, fails or is killed ends the job"),
  async fn() {
    const left = await runJob(PROGRAM, ["leave"]);
    assert.notEqual(left.code, 0);
    assert.match(left.stderr, /rank 1 of 2 ends without communicator\.close\(\)/);
    const failed = await runJob(PROGRAM, ["fail"]);
    assert.notEqual(failed.code, 0);
    assert.match(failed.stderr, /this rank fails/);
    assert.notEqual((await runJob(PROGRAM, ["kill"])).code, 0);
  },
});

Deno.test({
  ...needsMpi("a library that is not the launcher's is refused before it is initialised"),
  async fn() {
    const env = { OMPI_COMM_WORLD_SIZE: "2" };
    const { code, stderr } = await runJob(PROGRAM, ["collectives"], { alone: true, env });
    assert.notEqual(code, 0);
    assert.match(stderr, /the launcher is Open MPI's, but .*libmpi_abi\.so\.1 is MPICH/);
  },
});

Deno.test("connectMpi() says what is wrong with a library", async () => {
  assert.throws(() => connectMpi({ library: "/nowhere/libmpi.so" }), /there is no such file/);
  assert.throws(() => connectMpi({ library: 7 as never }), TypeError);
  assert.throws(() => connectMpi({ library: new URL("https://example.com/lib.so") }), TypeError);
  assert.throws(() => connectMpi({ libary: "x" } as never), /did you mean "library"/);
  const path = await Deno.makeTempFile({ suffix: ".so" });
  try {
    await Deno.writeTextFile(path, "no library");
    assert.throws(() => connectMpi({ library: path }), /it is not a library for this system/);
    const other = `/lib/${Deno.build.arch}-linux-gnu/libc.so.6`;
    if (isFile(other)) {
      assert.throws(() => connectMpi({ library: other }), /it is no MPI library/);
    }
  } finally {
    await Deno.remove(path);
  }
});
