/**
 * What the captioning programs work on: the course's COCO captions where a folder of them is named,
 * else scenes of coloured shapes.
 *
 * @module
 */
import { type CaptioningData, DataNotFoundError, loadCocoCaptions } from "../../data/mod.ts";
import { type Flags, UsageError } from "../_flags.ts";
import type { ImageSource } from "../_images.ts";

/** Decides what is captioned, before anything runs, and loads it if it is COCO. */
export async function chooseCaptions(
  { data }: Flags,
): Promise<ImageSource & { readonly captions: () => CaptioningData | null }> {
  if (data === undefined) {
    return {
      real: false,
      line: "Data: SYNTHETIC scenes, not COCO (no --data with the folder coco_captioning)",
      captions: () => null,
    };
  }
  try {
    const coco = await loadCocoCaptions(data, { onMessage: console.log });
    const [captions, images] = [coco.trainCaptions, coco.trainFeatures].map((x) => x.shape[0]);
    return {
      real: true,
      line: `Data: COCO from ${data}, ${captions} captions of ${images} images`,
      captions: () => coco,
    };
  } catch (error) {
    if (error instanceof DataNotFoundError) throw new UsageError(`--data: ${error.message}`);
    throw error;
  }
}
