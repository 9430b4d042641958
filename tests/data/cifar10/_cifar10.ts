/** Small CIFAR-10 folders in the official layouts. */
import fixture from "../../fixtures/cifar10_python2.json" with { type: "json" };

export const fileNames = [
  "data_batch_1",
  "data_batch_2",
  "data_batch_3",
  "data_batch_4",
  "data_batch_5",
  "test_batch",
];

/** The label of row `row`, counted through all six files. */
export function labelOf(row: number): number {
  return (row * 7 + 3) % 10;
}

/** Byte `j` of image `row`, counted through all six files. */
export function pixelOf(row: number, j: number): number {
  return (row * 31 + j * 7 + (row * j) % 13) % 256;
}

/** One batch file of the binary version. */
export function binaryBatch(file: number, records: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(records * 3073);
  for (let i = 0; i < records; i++) {
    const row = file * records + i;
    bytes[i * 3073] = labelOf(row);
    for (let j = 0; j < 3072; j++) bytes[i * 3073 + 1 + j] = pixelOf(row, j);
  }
  return bytes;
}

/** Writes a folder in the binary layout, with `records` images a file. */
export async function writeBinaryFolder(dir: string, records: number): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  for (const [file, name] of fileNames.entries()) {
    await Deno.writeFile(`${dir}/${name}.bin`, binaryBatch(file, records));
  }
}

/** The pickled batch of three images: labels 3, 0, 9 and pixel `i·7 % 251`. */
export const pickledBatch = Uint8Array.fromBase64(fixture.batch);
/** Its `batches.meta`. */
export const pickledMeta = Uint8Array.fromBase64(fixture.meta);

/** Writes a folder in the Python layout: the pickled batch six times. */
export async function writePickleFolder(dir: string): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  for (const name of fileNames) await Deno.writeFile(`${dir}/${name}`, pickledBatch);
  await Deno.writeFile(`${dir}/batches.meta`, pickledMeta);
}

/** Runs a test in a folder of its own. */
export async function inTempFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await work(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
