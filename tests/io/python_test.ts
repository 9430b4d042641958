import assert from "node:assert/strict";
import {
  readNpy,
  readNpz,
  readSafetensors,
  writeNpy,
  writeNpz,
  writeSafetensors,
} from "../../io/mod.ts";
import { array, asNDArray, type NDArray, zeros } from "../../ndarray/mod.ts";

/** The Python to compare with: NNDL_PYTHON, or python3. */
const python = Deno.env.get("NNDL_PYTHON") ?? "python3";

async function run(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: ["-c", program, ...args],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function missing(modules: string): Promise<boolean> {
  try {
    await run(`import ${modules}`);
    return false;
  } catch {
    console.warn(`skipped: ${python} has no ${modules}; set NNDL_PYTHON to one that has`);
    return true;
  }
}

const sample: Record<string, NDArray> = {
  f4: array([[1.5, -0.1, 3], [4, 1e-45, Infinity]], "float32"),
  f8: array([[0.1], [-0]]),
  i4: array([-1, 2 ** 31 - 1], "int32"),
  u1: array([0, 255], "uint8"),
  b1: array([true, false, true]),
  empty: zeros([0, 7]),
  scalar: asNDArray(Float64Array.of(2.5), []),
};

/** What Python makes of the sample: name, type, shape and the bytes of each array. */
const expected = Object.entries(sample)
  .map(([name, { dtype, shape, data }]) =>
    `${name} ${dtype} ${JSON.stringify(shape)} ${new Uint8Array(data.slice().buffer).toHex()}\n`
  ).sort().join("");

const describe = `
import sys, json
import numpy as np
def describe(arrays):
    for name in sorted(arrays):
        x = arrays[name]
        assert x.flags.c_contiguous
        print(name, x.dtype, json.dumps(x.shape, separators=(",", ":")), x.tobytes().hex())
`;

const make = `
import numpy as np
arrays = {
    "f4": np.array([[1.5, -2], [3, 4]], "<f4"),
    "big": np.array([[1.5, -2], [3, 4]], ">f8"),
    "fortran": np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),
    "i8": np.arange(3),
    "large": np.array([2**40, -1]),
    "u8": np.array([7], "u8"),
    "u2": np.array([65535], "u2"),
    "i1": np.array([-3], "i1"),
    "half": np.array([0.1, 65504, 6e-8], "f2"),
    "mask": np.array([[True], [False]]),
    "scalar": np.float64(2.5),
    "empty": np.zeros((0, 3), "f4"),
}
`;

/** The arrays of `make` as they must be read. */
const made: Record<string, [dtype: string, values: unknown]> = {
  f4: ["float32", [[1.5, -2], [3, 4]]],
  big: ["float64", [[1.5, -2], [3, 4]]],
  fortran: [
    "float64",
    [0, 1].map((i) => [0, 1, 2].map((j) => [0, 1, 2, 3].map((k) => i * 12 + j * 4 + k))),
  ],
  i8: ["int32", [0, 1, 2]],
  large: ["float64", [2 ** 40, -1]],
  u8: ["int32", [7]],
  u2: ["int32", [65535]],
  i1: ["int32", [-3]],
  half: ["float32", [0.0999755859375, 65504, 5.960464477539063e-8]],
  mask: ["bool", [[true], [false]]],
  scalar: ["float64", 2.5],
  empty: ["float32", []],
};

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const noNumPy = await missing("numpy");
const noSafetensors = noNumPy || await missing("safetensors.numpy");

Deno.test({
  name: "NumPy reads our npy and npz files, to the last bit",
  ignore: noNumPy,
  fn: () =>
    inFolder(async (folder) => {
      for (const [name, x] of Object.entries(sample)) await writeNpy(`${folder}/${name}.npy`, x);
      await writeNpz(`${folder}/stored.npz`, sample);
      await writeNpz(`${folder}/deflated.npz`, sample, { compress: true });
      const program = `${describe}
import glob, os, zipfile
folder = sys.argv[1]
paths = glob.glob(folder + "/*.npy")
describe({os.path.basename(p)[:-4]: np.load(p) for p in paths})
for kind in ["stored", "deflated"]:
    path = folder + "/" + kind + ".npz"
    assert zipfile.ZipFile(path).testzip() is None
    describe(dict(np.load(path)))`;
      assert.equal(await run(program, folder), expected.repeat(3));
    }),
});

Deno.test({
  name: "we read the npy and npz files of NumPy, in every type, order and version",
  ignore: noNumPy,
  fn: () =>
    inFolder(async (folder) => {
      const program = `${make}
import sys
folder = sys.argv[1]
for name, x in arrays.items():
    np.save(folder + "/" + name + ".npy", x)
for version in [(2, 0), (3, 0)]:
    with open(folder + "/v%d.npy" % version[0], "wb") as file:
        np.lib.format.write_array(file, arrays["f4"], version=version)
np.savez(folder + "/stored.npz", **arrays)
np.savez_compressed(folder + "/deflated.npz", **arrays)`;
      await run(program, folder);
      const stored = await readNpz(`${folder}/stored.npz`);
      const deflated = await readNpz(`${folder}/deflated.npz`);
      for (const [name, [dtype, values]] of Object.entries(made)) {
        for (const x of [await readNpy(`${folder}/${name}.npy`), stored[name], deflated[name]]) {
          assert.equal(x.dtype, dtype, name);
          assert.deepEqual(x.ndim ? x.toArray() : x.item(), values, name);
        }
      }
      assert.deepEqual(stored.empty.shape, [0, 3]);
      for (const version of ["v2", "v3"]) {
        assert.deepEqual((await readNpy(`${folder}/${version}.npy`)).toArray(), made.f4[1]);
      }
    }),
});

Deno.test({
  name: "Python's safetensors reads our files, and we read theirs",
  ignore: noSafetensors,
  fn: () =>
    inFolder(async (folder) => {
      const metadata = { epoch: "3", note: 'a "quoted" ü' };
      await writeSafetensors(`${folder}/ours.safetensors`, sample, metadata, { checksum: true });
      const program = `${describe}${make}
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
folder = sys.argv[1]
with safe_open(folder + "/ours.safetensors", "numpy") as file:
    metadata = file.metadata()
    assert metadata["epoch"] == "3" and metadata["note"] == 'a "quoted" \\u00fc', metadata
describe(load_file(folder + "/ours.safetensors"))
arrays = {k: np.ascontiguousarray(v.astype(v.dtype.newbyteorder("="))) for k, v in arrays.items() if v.ndim}
save_file(arrays, folder + "/theirs.safetensors", {"epoch": "3"})`;
      assert.equal(await run(program, folder), expected);
      const theirs = await readSafetensors(`${folder}/theirs.safetensors`);
      assert.deepEqual(theirs.metadata, { epoch: "3" });
      for (const [name, [dtype, values]] of Object.entries(made)) {
        if (name === "scalar") continue;
        const x = theirs.tensors[name];
        assert.deepEqual([x.dtype, x.toArray()], [dtype, values], name);
      }
    }),
});
