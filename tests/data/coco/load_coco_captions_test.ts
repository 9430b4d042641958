import assert from "node:assert/strict";
import {
  DataNotFoundError,
  decodeCaptions,
  loadCocoCaptions,
  sampleCocoMinibatch,
} from "../../../data/mod.ts";
import { FileFormatError } from "../../../io/mod.ts";
import { array, asNDArray } from "../../../ndarray/mod.ts";
import { RandomState } from "../../../random/mod.ts";
import { content, files, hdf5, sizes, withFolder, words } from "./_folder.ts";

const quiet = { cache: false } as const;

for (const [kind, chunk] of [["plain", undefined], ["compressed", 4]] as const) {
  Deno.test(`loadCocoCaptions() reads what ${kind} HDF5 files hold`, async () => {
    await withFolder({}, async (dir) => {
      const data = await loadCocoCaptions(dir, quiet);
      for (const part of ["train", "val"] as const) {
        const expected = content()[part];
        assert.deepEqual(data[`${part}Captions`].shape, [sizes[part].captions, 17]);
        assert.equal(data[`${part}Captions`].dtype, "int32");
        assert.deepEqual(data[`${part}Captions`].data, expected.captions.data);
        assert.deepEqual(data[`${part}ImageIdxs`].data, expected.imageIdxs.data);
        assert.equal(data[`${part}Features`].dtype, "float32");
        assert.deepEqual(data[`${part}Features`].data, expected.features.data);
        assert.deepEqual(data[`${part}Urls`], expected.urls);
      }
      assert.deepEqual(data.idxToWord, words);
      assert.equal(data.wordToIdx.cat, 8);
      const { captions, features, urls } = sampleCocoMinibatch(data, { batchSize: 5 });
      assert.match(decodeCaptions(captions, data.idxToWord)[0], /^<START> .* <END>$/);
      assert.deepEqual(features.shape, [5, 512]);
      assert.match(urls[4], /^http:/);
    }, chunk);
  });
}

Deno.test("loadCocoCaptions() finds the folder below the one named, and from a URL", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${dir}/coco_captioning`);
    for (const [name, bytes] of Object.entries(files())) {
      await Deno.writeFile(`${dir}/coco_captioning/${name}`, bytes);
    }
    assert.equal((await loadCocoCaptions(`${dir}/`, quiet)).valUrls?.length, 4);
    assert.equal((await loadCocoCaptions(new URL(`file://${dir}/`), quiet)).valUrls?.length, 4);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("loadCocoCaptions() keeps captions as the course draws them, and whole features", async () => {
  await withFolder({}, async (dir) => {
    const rng = new RandomState(231);
    const data = await loadCocoCaptions(dir, { ...quiet, maxTrain: 50, rng });
    const rows = new RandomState(231).randint(23, null, 50);
    const { train } = content();
    assert.deepEqual(data.trainCaptions.data, train.captions.take(rows, 0).data);
    assert.deepEqual(data.trainImageIdxs.data, train.imageIdxs.take(rows, 0).data);
    assert.deepEqual(data.trainFeatures.shape, [7, 512]);
    assert.deepEqual(data.valCaptions.shape, [9, 17]);
    await assert.rejects(loadCocoCaptions(dir, { ...quiet, maxTrain: 0 }), /maxTrain .* got 0/);
  });
});

Deno.test("loadCocoCaptions() reads the features of 4,096 numbers on demand", async () => {
  await withFolder({}, async (dir) => {
    const { trainFeatures } = await loadCocoCaptions(dir, { ...quiet, pcaFeatures: false });
    assert.equal(trainFeatures.at(0, 0), 2 * content().train.features.at(0, 0));
  });
});

Deno.test("loadCocoCaptions() keeps the numbers in the cache until a file changes", async () => {
  await withFolder({}, async (dir) => {
    const messages: string[] = [];
    const options = { cache: `${dir}/cache.db`, onMessage: (line: string) => messages.push(line) };
    const first = await loadCocoCaptions(dir, options);
    const again = await loadCocoCaptions(dir, options);
    assert.deepEqual(again, first);
    // The file's damage is not seen while its size, times and samples stay; so change those too.
    const changed = hdf5({ features: asNDArray(new Float32Array(7 * 512).fill(3), [7, 512]) });
    await Deno.writeFile(`${dir}/train2014_vgg16_fc7_pca.h5`, changed);
    const third = await loadCocoCaptions(dir, options);
    assert.equal(third.trainFeatures.at(6, 511), 3);
    assert.equal(messages.length, 1);
    assert.match(messages[0], /stale .* has changed/);
  });
});

Deno.test("loadCocoCaptions() takes captions from the cache, not from the files", async () => {
  await withFolder({}, async (dir) => {
    const kv = await Deno.openKv(":memory:");
    try {
      const first = await loadCocoCaptions(dir, { cache: kv });
      let reads = 0;
      const readFile = Deno.readFile;
      Deno.readFile = (path, options) => {
        if (String(path).endsWith(".h5")) reads++;
        return readFile(path, options);
      };
      try {
        assert.deepEqual(await loadCocoCaptions(dir, { cache: kv }), first);
      } finally {
        Deno.readFile = readFile;
      }
      assert.equal(reads, 0);
    } finally {
      kv.close();
    }
  });
});

Deno.test("loadCocoCaptions() reads other types of whole numbers and floats", async () => {
  const { train, val } = content();
  const bytes = hdf5({
    train_captions: train.captions.astype("float64"),
    train_image_idxs: train.imageIdxs.astype("uint8"),
    val_captions: val.captions,
    val_image_idxs: val.imageIdxs,
  });
  const features = hdf5({ features: val.features.astype("float64") });
  const changes = { "coco2014_captions.h5": bytes, "val2014_vgg16_fc7_pca.h5": features };
  await withFolder(changes, async (dir) => {
    const data = await loadCocoCaptions(dir, quiet);
    assert.deepEqual(data.trainCaptions.data, train.captions.data);
    assert.deepEqual(data.trainImageIdxs.data, train.imageIdxs.data);
    assert.deepEqual(data.valFeatures.data, val.features.data);
  });
});

Deno.test("loadCocoCaptions() says which file is missing and where to get it", async () => {
  const archive = /coco_captioning\.zip .* or do without: syntheticCaptions\(\)/;
  await assert.rejects(loadCocoCaptions("no/such/folder", quiet), (error) => {
    assert.ok(error instanceof DataNotFoundError);
    assert.match(error.message, /no\/such\/folder has none of the files/);
    assert.match(error.message, archive);
    return true;
  });
  await withFolder({ "coco2014_vocab.json": null, "val2014_urls.txt": null }, async (dir) => {
    await assert.rejects(loadCocoCaptions(dir, quiet), (error) => {
      assert.ok(error instanceof DataNotFoundError);
      assert.match(error.message, /no .*coco2014_vocab\.json, no .*val2014_urls\.txt/);
      return true;
    });
  });
});

Deno.test("loadCocoCaptions() refuses damaged files and files that do not fit together", async (t) => {
  const { train, val } = content();
  const good = files();
  const captions = "coco2014_captions.h5";
  const features = "train2014_vgg16_fc7_pca.h5";
  const vocabulary = "coco2014_vocab.json";
  const captionsWith = (changes: Parameters<typeof hdf5>[0]) =>
    hdf5({
      train_captions: train.captions,
      train_image_idxs: train.imageIdxs,
      val_captions: val.captions,
      val_image_idxs: val.imageIdxs,
      ...changes,
    });
  const far = train.imageIdxs.copy();
  far.set(7, 3);
  const vocabularyOf = (list: string[], more = {}) =>
    JSON.stringify({
      idx_to_word: list,
      word_to_idx: { ...Object.fromEntries(list.map((word, i) => [word, i])), ...more },
    });
  const scrambled = files(4)[features].map((byte, i) => i > 4000 && i % 3 === 0 ? byte ^ 85 : byte);
  const cases: [string, string, Uint8Array | string, RegExp, number?][] = [
    ["a truncated file", captions, good[captions].subarray(0, 2000), /ends here, .* cut off/, 2000],
    ["a file cut in its header", captions, good[captions].subarray(0, 20), /ends here/, 20],
    ["no HDF5 file", features, "<html>not found</html>", /this is no HDF5 file/, 0],
    ["an empty file", features, "", /this is no HDF5 file/, 0],
    ["scrambled chunks", features, scrambled, /HDF5 cannot read it: /],
    [
      "another name of the dataset",
      features,
      hdf5({ feats: train.features, more: array([1]) }),
      /no dataset "features", but "feats", "more"/,
    ],
    ["text for numbers", features, hdf5({ features: ["a", "b"] }), /"features" must hold numbers/],
    [
      "features of one axis",
      features,
      hdf5({ features: array([1, 2]) }),
      /shape \(N, D\), got \(2,\)/,
    ],
    [
      "fractions for words",
      captions,
      captionsWith({ train_captions: train.captions.astype("float64").add(0.5) }),
      /"train_captions" must hold whole numbers, got 1\.5 at 0/,
    ],
    [
      "too few images for the captions",
      captions,
      captionsWith({ val_image_idxs: val.imageIdxs.slice(":5") }),
      /row of "val_captions" \(9, 17\) expected .* got \(5,\)/,
    ],
    [
      "an image that is not there",
      captions,
      captionsWith({ train_image_idxs: far }),
      /image 7, but .* 7/,
    ],
    [
      "a vocabulary that is too small",
      vocabulary,
      vocabularyOf(words.slice(0, 9)),
      /9 words, .* word 9/,
    ],
    ["no JSON", vocabulary, "{", /this is no JSON/],
    ["JSON of something else", vocabulary, "[1]", /"idx_to_word", a list of words/],
    ["null", vocabulary, "null", /"idx_to_word", a list of words/],
    [
      "a word with two numbers",
      vocabulary,
      vocabularyOf(words, { cat: 9 }),
      /differ in the word "cat"/,
    ],
    ["a word too many", vocabulary, vocabularyOf(words, { dog: 10 }), /differ in the word "dog"/],
    [
      "no special words",
      vocabulary,
      vocabularyOf(words.map((word) => word === "<START>" ? "start" : word)),
      /the word <START> is missing/,
    ],
    [
      "too few addresses",
      "val2014_urls.txt",
      "http://a\nhttp://b\n",
      /each of the 4 images .* got 2/,
    ],
  ];
  for (const [name, file, bytes, text, offset] of cases) {
    await t.step(name, () =>
      withFolder({ [file]: bytes }, async (dir) => {
        await assert.rejects(loadCocoCaptions(dir, quiet), (error) => {
          assert.ok(error instanceof FileFormatError, String(error));
          assert.equal(error.file, `${dir}/${file}`);
          assert.match(error.message, text);
          assert.match(error.message, /coco_captioning\.zip|get the file again/);
          if (offset !== undefined) assert.equal(error.offset, offset);
          return true;
        });
      }));
  }
});

Deno.test("loadCocoCaptions() needs no permission but to read the folder", async () => {
  await withFolder({}, async (dir) => {
    const room = import.meta.resolve("../../../data/mod.ts");
    await Deno.writeTextFile(
      `${dir}/program.ts`,
      `import { loadCocoCaptions } from ${JSON.stringify(room)};
      const { trainCaptions } = await loadCocoCaptions(Deno.args[0], { cache: false });
      console.log(trainCaptions.shape.join());`,
    );
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", `--allow-read=${dir}`, `${dir}/program.ts`, dir],
      env: { NO_COLOR: "1" },
    }).output();
    const errors = new TextDecoder().decode(stderr).replace(/^Download .*\n/gm, "");
    assert.ok(success, errors);
    assert.equal(errors, "");
    assert.equal(new TextDecoder().decode(stdout), "23,17\n");
  });
});
