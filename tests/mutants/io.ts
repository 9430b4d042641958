/**
 * Faults in files: what a reader takes that it should refuse, and what a writer leaves behind.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const safetensors = ["tests/io/safetensors_test.ts"];
const npy = ["tests/io/npy_test.ts", "tests/io/hostile_arrays_test.ts"];
const npz = ["tests/io/npz_test.ts", "tests/io/hostile_arrays_test.ts"];
const png = ["tests/io/damaged_images_test.ts", "tests/io/image_codecs_test.ts"];
const jpeg = ["tests/io/damaged_images_test.ts"];
const layouts = ["tests/io/image_layouts_test.ts"];
const models = ["tests/models/model_file_test.ts"];
const checkpoints = ["tests/solver/resume_test.ts"];

export const io: readonly Mutant[] = [
  ...mutantsOf("io/_safetensors_header.ts", safetensors, [
    ["a wrong checksum is taken", "if (actual !== stored)", "if (false)"],
    ["a file without the checksum asked for is taken", "if (at < 0 || ", "if (at < -1 || "],
    ["tensors may overlap or leave gaps", "entry.begin !== previous.end", "false"],
    ["bytes may belong to no tensor", "if (start + previous.end < length)", "if (false)"],
    [
      "a shape need not fit its bytes",
      "if (end - begin !== count * elementSize(kind))",
      "if (false)",
    ],
    ["a header may be of any size", "if (size > maxHeader)", "if (false)"],
  ]),
  ...mutantsOf("io/safetensors.ts", safetensors, [
    ["the header is not padded", "Math.ceil(text.length / 8) * 8", "text.length"],
    ["the length is big-endian", "BigInt(headerSize), true)", "BigInt(headerSize), false)"],
    ["a tensor may take the name of the metadata", 'if (name === "__metadata__")', "if (false)"],
  ]),
  ...mutantsOf("io/_npy_header.ts", npy, [
    ["big-endian numbers are read as little-endian", 'order === ">"', 'order === "!"'],
    ["any value is taken for an order", 'typeof fortranOrder !== "boolean"', "false"],
    [
      "objects are called damage",
      'throw bad(unreadable(descr), "other")',
      "throw bad(descr as string)",
    ],
  ]),
  ...mutantsOf("io/_zip.ts", npz, [
    ["a wrong checksum is taken", "|| crc32(content) !== checksum", ""],
    ["entries may share their data", "file.from < previous.to", "false"],
    ["the two names may differ", "path.some((value, i) => value !== localPath[i])", "false"],
    ["a part of the directory is enough", "if (at !== end) throw", "if (at > end) throw"],
    ["inflating has no bound", "{ maxOutputLength: Math.max(size, 1) }", "{}"],
  ]),
  ...mutantsOf("io/npz.ts", npz, [
    ["more than maxBytes is unpacked", "0) > maxBytes)", "0) > Infinity)"],
    ["what was not asked for is unpacked", "wanted.has(names[i])", "true"],
    ["one array of text keeps the others back", "!(error instanceof OtherTypeError)", "true"],
  ]),
  ...mutantsOf("io/_png_chunks.ts", png, [
    ["a wrong CRC is taken", "!== view.getUint32(end - 4)", "=== -1"],
    ["a palette may be missing", "header?.colorType === 3 && !palette", "false"],
    ["pixels may be interrupted", 'data.length > 0 && previous !== "IDAT"', "false"],
    ["chunks that must be known are passed over", "/^[A-Z]/.test(type)", "false"],
  ]),
  ...mutantsOf("io/_image_options.ts", png, [
    ["an image may have any size", "if (height * width > maxPixels)", "if (false)"],
  ]),
  ...mutantsOf("io/_jpeg_scans.ts", jpeg, [
    ["there may be any number of scans", "if (this.count > maxScans)", "if (false)"],
    ["a part of the coefficients is enough", "component.some((bits) => bits > 0)", "false"],
    ["any number of bytes fills an image", "if (8 * this.#bytes < blocks)", "if (false)"],
  ]),
  ...mutantsOf("io/_jpeg_header.ts", jpeg, [
    ["there may be two frames", "if (frame) throw", "if (false) throw"],
  ]),
  ...mutantsOf("io/_orientation.ts", layouts, [
    ["every Exif is big-endian", "const little = order === 0x4949;", "const little = false;"],
    [
      "images are turned the other way",
      "const fromRight = [2, 3, 6, 7]",
      "const fromRight = [2, 3, 5, 8]",
    ],
  ]),
  ...mutantsOf("models/model_file.ts", models, [
    ["a checkpoint is taken for weights", 'metadata.format === "nndl checkpoint"', "false"],
    ["two arrays may have one name in a file", "Object.hasOwn(tensors, inFile)", "false"],
  ]),
  ...mutantsOf("solver/checkpoint.ts", checkpoints, [
    ["a file of arrays is taken for a checkpoint", "if (metadata.format !== format)", "if (false)"],
    ["another version is taken", "if (metadata.version !== version)", "if (false)"],
    ["a checkpoint has no checksum", "{ checksum: true });\n}\n\n/**", "{});\n}\n\n/**"],
    ["a run without its form is taken", "checkForm(checkpoint);", ""],
  ]).map((mutant) => ({ ...mutant, filter: "/resume\\(\\) (finds|refuses files)|wrong content/" })),
  ...mutantsOf("io/atomic.ts", ["tests/io/atomic_test.ts"], [
    ["a failure leaves a part behind", "await Deno.remove(partial).catch(() => {});", ""],
    [
      "the file is written in place",
      "const partial = partialName(target);",
      "const partial = target;",
    ],
    ["a link is replaced by a file", "isLink ? await Deno.realPath(path) : path", "path"],
  ]).map((mutant) => ({ ...mutant, filter: "/^writeFileAtomic\\(\\) (keeps|creates|follows)/" })),
];
