/** Small MNIST folders. */
import { inTempFolder } from "../cifar10/_cifar10.ts";
import { gzip } from "../../io/_tar.ts";

export const counts = { train: 5, t10k: 3 };

/** An IDX file: the magic number, the sizes, the content. */
export function idx(magic: number, sizes: readonly number[], content: readonly number[]) {
  const bytes = new Uint8Array(4 + 4 * sizes.length + content.length);
  const view = new DataView(bytes.buffer);
  [magic, ...sizes].forEach((value, i) => view.setUint32(4 * i, value));
  bytes.set(content, 4 + 4 * sizes.length);
  return bytes;
}

export function imagesOf(count: number) {
  return idx(0x803, [count, 28, 28], Array.from({ length: count * 784 }, (_, i) => i % 256));
}

export function labelsOf(count: number) {
  return idx(0x801, [count], Array.from({ length: count }, (_, i) => 9 - i));
}

/** Runs a test with a folder of packed images and plain labels. */
export async function withMnist(work: (dir: string) => Promise<void>): Promise<void> {
  await inTempFolder(async (dir) => {
    for (const [part, count] of Object.entries(counts)) {
      await Deno.writeFile(`${dir}/${part}-images-idx3-ubyte.gz`, await gzip(imagesOf(count)));
      await Deno.writeFile(`${dir}/${part}-labels-idx1-ubyte`, labelsOf(count));
    }
    await work(dir);
  });
}
