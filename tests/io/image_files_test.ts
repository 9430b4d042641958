import assert from "node:assert/strict";
import { FileFormatError, readImage, writeImage } from "../../io/mod.ts";
import { picture } from "./_images.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writeImage() picks the format by the name, readImage() by the content", () =>
  inFolder(async (folder) => {
    await writeImage(`${folder}/a.PNG`, picture);
    await writeImage(`${folder}/a.jpeg`, picture, { quality: 40 });
    const jpeg = await Deno.readFile(`${folder}/a.jpeg`);
    assert.deepEqual([...jpeg.subarray(0, 2)], [0xff, 0xd8]);
    await Deno.rename(`${folder}/a.PNG`, `${folder}/b.jpg`);
    assert.deepEqual(await readImage(`${folder}/b.jpg`), picture);
    assert.deepEqual(await readImage(new URL(`file://${folder}/b.jpg`)), picture);
    assert.deepEqual(await readImage(await Deno.readFile(`${folder}/b.jpg`)), picture);
    assert.deepEqual((await readImage(jpeg)).shape, picture.shape);
  }));

Deno.test("writeImage() leaves no file behind when it fails", () =>
  inFolder(async (folder) => {
    await assert.rejects(
      writeImage(`${folder}/a.gif`, picture),
      (error: unknown) =>
        error instanceof RangeError &&
        error.message === `writeImage: path must end in .png, .jpg or .jpeg, got ${folder}/a.gif`,
    );
    await assert.rejects(writeImage(`${folder}/a.png`, picture.astype("float32")), TypeError);
    await assert.rejects(
      writeImage(`${folder}/none/a.png`, picture),
      /cannot write .*a\.png: .*; create its folder first/,
    );
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("readImage() names the file that is missing or damaged", () =>
  inFolder(async (folder) => {
    await assert.rejects(readImage(`${folder}/no.png`), /readImage: cannot read .*no\.png/);
    await Deno.writeTextFile(`${folder}/text.png`, "hello");
    await assert.rejects(
      readImage(`${folder}/text.png`),
      (error: unknown) =>
        error instanceof FileFormatError && error.file === `${folder}/text.png` &&
        error.message.startsWith(`readImage: ${folder}/text.png, byte 0: `),
    );
  }));

Deno.test("images are encoded and decoded without any permission", () =>
  inFolder(async (folder) => {
    const program = `
      import { decodeImage, encodeJpeg, encodePng } from ${
      JSON.stringify(import.meta.resolve("../../io/mod.ts"))
    };
      import { full } from ${JSON.stringify(import.meta.resolve("../../ndarray/mod.ts"))};
      const image = full([4, 6, 3], 50, "uint8");
      for (const encode of [encodePng, encodeJpeg]) {
        console.log((await decodeImage(await encode(image))).at(1, 1, 1));
      }`;
    await Deno.writeTextFile(`${folder}/program.ts`, program);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "--no-config", `${folder}/program.ts`],
      env: { NO_COLOR: "1" },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.equal(new TextDecoder().decode(stdout), "50\n50\n");
  }));
