/** Telling what a file is that is not what it should be. */

interface Kind {
  /** How such files begin, as Latin-1 text. */
  readonly text: string;
  /** Where the text stands, 0 unless given. */
  readonly at?: number;
  readonly what: string;
  readonly fix: string;
}

const convert = "convert it to PNG or JPEG";
const savez = "save its arrays again with numpy.savez";
/** What to do with a zip archive that is not a `.npz` file. */
export const otherArchive = "if it is a PyTorch file, save it again with " +
  "safetensors.torch.save_file and read it with readSafetensors";
const html = { what: "a web page", fix: "the download went wrong, get the file anew" };
const pickle = { what: "a Python pickle", fix: savez };

const kinds: readonly Kind[] = [
  { text: "\x93NUMPY", what: "a .npy file", fix: "read it with readNpy" },
  {
    text: "PK\x03\x04",
    what: "a zip archive",
    fix: `a .npz file is read with readNpz; ${otherArchive}`,
  },
  { text: '{"', at: 8, what: "a safetensors file", fix: "read it with readSafetensors" },
  { text: "\x89HDF", what: "an HDF5 file (Keras, MATLAB 7.3)", fix: savez },
  { text: "MATLAB 5.0", what: "a MATLAB file", fix: `open it with scipy.io.loadmat and ${savez}` },
  { text: "\x80\x02", ...pickle },
  { text: "\x80\x03", ...pickle },
  { text: "\x80\x04", ...pickle },
  { text: "\x80\x05", ...pickle },
  { text: "\x1f\x8b", what: "a gzip file", fix: "unpack it first with gunzip" },
  { text: "\x89PNG", what: "a PNG image", fix: "read it with readImage" },
  { text: "\xff\xd8\xff", what: "a JPEG image", fix: "read it with readImage" },
  { text: "GIF8", what: "a GIF image", fix: convert },
  { text: "BM", what: "a BMP image", fix: convert },
  { text: "II*\0", what: "a TIFF image", fix: convert },
  { text: "MM\0*", what: "a TIFF image", fix: convert },
  { text: "WEBP", at: 8, what: "a WebP image", fix: convert },
  { text: "ftypavif", at: 4, what: "an AVIF image", fix: convert },
  { text: "ftyphei", at: 4, what: "a HEIC image", fix: convert },
  { text: "ftypmif1", at: 4, what: "a HEIC image", fix: convert },
  {
    text: "version https://git-lfs",
    what: "a pointer of Git LFS",
    fix: "get the file itself with git lfs pull",
  },
  { text: "<!", ...html },
  { text: "<html", ...html },
];

/**
 * Says what a file is and what to do with it, if that can be told.
 *
 * @param bytes The file, or its beginning
 * @param wanted What it is not, such as `"a .npy file"`
 * @returns Such as `"it is a gzip file; unpack it first with gunzip"`
 */
export function otherKind(bytes: Uint8Array, wanted: string): string | undefined {
  if (bytes.length === 0) return "the file is empty; get it anew";
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const kind = kinds.find(({ text, at, what }) => start.startsWith(text, at) && what !== wanted);
  return kind && `it is ${kind.what}; ${kind.fix}`;
}

/** The same, and how the file begins if its kind is not known. */
export function whatItIs(bytes: Uint8Array, wanted: string): string {
  const hex = Array.from(bytes.subarray(0, 4), (value) => value.toString(16).padStart(2, "0"));
  return otherKind(bytes, wanted) ??
    `it begins with ${hex.join(" ")}, which is not ${wanted}; get or save the file anew`;
}
