/** Small folders of the layout that the course hands out, written by the HDF5 library itself. */
import { RandomState } from "../../../random/mod.ts";
import { asNDArray, type NDArray } from "../../../ndarray/mod.ts";

interface H5Wasm {
  readonly File: new (name: string, mode: "w") => {
    create_dataset(dataset: { name: string; data: unknown; shape: number[] } & object): unknown;
    close(): void;
  };
  readonly ready: Promise<{
    readonly FS: { readFile(name: string): Uint8Array; unlink(name: string): void };
  }>;
}

const specifier = "npm:h5wasm@^0.10.3";
const h5: H5Wasm = await import(specifier);
const { FS } = await h5.ready;

/** An HDF5 file with these datasets; `chunk` rows of each are compressed together. */
export function hdf5(datasets: Record<string, NDArray | string[]>, chunk?: number): Uint8Array {
  const file = new h5.File("made.h5", "w");
  for (const [name, content] of Object.entries(datasets)) {
    if (Array.isArray(content)) {
      file.create_dataset({ name, data: content, shape: [content.length] });
      continue;
    }
    const { data, shape } = content;
    const layout = chunk
      ? { chunks: [chunk, ...shape.slice(1)], compression: "gzip", compression_opts: 4 }
      : {};
    file.create_dataset({ name, data, shape: [...shape], ...layout });
  }
  file.close();
  const bytes = FS.readFile("made.h5");
  FS.unlink("made.h5");
  return bytes;
}

export const words = ["<NULL>", "<START>", "<END>", "<UNK>", "a", "on", "of", "the", "cat", "mat"];

/** How many captions and images each split of the small set has. */
export const sizes = { train: { captions: 23, images: 7 }, val: { captions: 9, images: 4 } };

/** What the small set holds. */
export function content() {
  const rng = new RandomState(8);
  const part = ({ captions, images }: typeof sizes.train, features: number) => {
    const rows = new Int32Array(captions * 17);
    for (let i = 0; i < captions; i++) {
      const length = rng.randint(1, 15);
      rows[17 * i] = 1;
      for (let j = 1; j <= length; j++) rows[17 * i + j] = rng.randint(3, words.length);
      rows[17 * i + length + 1] = 2;
    }
    return {
      captions: asNDArray(rows, [captions, 17]),
      imageIdxs: rng.randint(0, images, captions),
      features: (rng.randn(images, features) as NDArray).astype("float32"),
      urls: Array.from({ length: images }, (_, i) => `http://images.example/${i}.jpg`),
    };
  };
  return { train: part(sizes.train, 512), val: part(sizes.val, 512) };
}

/** The files of the set, by name; `chunk` as in {@linkcode hdf5}. */
export function files(chunk?: number): Record<string, Uint8Array> {
  const { train, val } = content();
  const text = (value: string) => new TextEncoder().encode(value);
  return {
    "coco2014_captions.h5": hdf5({
      train_captions: train.captions,
      train_image_idxs: train.imageIdxs,
      val_captions: val.captions,
      val_image_idxs: val.imageIdxs,
    }, chunk),
    "train2014_vgg16_fc7_pca.h5": hdf5({ features: train.features }, chunk),
    "val2014_vgg16_fc7_pca.h5": hdf5({ features: val.features }, chunk),
    "train2014_vgg16_fc7.h5": hdf5({ features: train.features.multiply(2) }),
    "val2014_vgg16_fc7.h5": hdf5({ features: val.features.multiply(2) }),
    "coco2014_vocab.json": text(JSON.stringify({
      idx_to_word: words,
      word_to_idx: Object.fromEntries(words.map((word, i) => [word, i])),
    })),
    "train2014_urls.txt": text(train.urls.join("\n") + "\n"),
    "val2014_urls.txt": text(val.urls.join("\r\n")),
  };
}

/** Writes the set, some of its files replaced or, with null, left out, into a folder for `work`. */
export async function withFolder(
  changes: Record<string, Uint8Array | string | null>,
  work: (dir: string) => Promise<void>,
  chunk?: number,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    for (const [name, bytes] of Object.entries({ ...files(chunk), ...changes })) {
      if (typeof bytes === "string") await Deno.writeTextFile(`${dir}/${name}`, bytes);
      else if (bytes) await Deno.writeFile(`${dir}/${name}`, bytes);
    }
    await work(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
