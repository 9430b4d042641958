/** Where MNIST lies on disk, looked for without ever asking for a permission. */
import { locate, type Root, rootOf } from "../_locate.ts";
import { namesOf } from "./_idx.ts";

/** Where programs usually put it; the last is torchvision's. */
const subfolders = ["", "mnist", "MNIST/raw"];

/** Settles which folder is meant. */
export function mnistRoot(caller: string, dir?: string | URL): Root {
  return rootOf(caller, "MNIST_DIR", dir);
}

/** Finds the folder, or says why there is none. `mayAsk`: the user named it, so Deno may prompt. */
export async function locateMnist(
  root: Root,
  mayAsk: boolean,
): Promise<{ readonly dir: string } | string> {
  const markers = namesOf("train-labels-idx1-ubyte");
  const places = subfolders.map((subfolder) => ({ subfolder, markers, found: null }));
  return await locate(root, mayAsk, places, `${markers[1]}, mnist/ or MNIST/raw/`);
}
