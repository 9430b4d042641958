/**
 * What an assignment program consists of.
 *
 * @module
 */
import type { CaptioningData } from "../data/mod.ts";
import type { Flags } from "./_flags.ts";
import type { DigitData } from "./_digits.ts";
import type { ImageData } from "./_images.ts";

/** What a part gets to work with. */
export interface Context {
  /** The flags. */
  readonly flags: Flags;
  /** Whether the course's seed is in use, so that its printed digits can be compared. */
  readonly courseSeed: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Loads the data at the first call; images (N, 3, 32, 32), mean image subtracted. */
  readonly data: () => Promise<ImageData>;
  /** The same images as they are: bytes, nothing subtracted. */
  readonly pixels: () => Promise<ImageData>;
  /** Digits, bytes (N, 1, 28, 28). */
  readonly digits: () => DigitData;
  /** COCO captions if they were asked for, else null: scenes are captioned. */
  readonly captions: () => CaptioningData | null;
  /** Whether the images are the real CIFAR-10, the digits the real MNIST, the captions COCO's. */
  readonly real: boolean;
}

/** What a part found: `results` goes to `--json`, `summary` lines stand at the end. */
export interface PartResult {
  /** Named results, anything that JSON can hold. */
  readonly results: Readonly<Record<string, unknown>>;
  /** Lines for the summary. */
  readonly summary: readonly string[];
}

/** One section of an assignment. */
export interface Part {
  /** Name for `--parts`. */
  readonly name: string;
  /** Heading. */
  readonly title: string;
  /** Whether this is the longest training, which `--epochs`, `--checkpoint` and `--resume` concern. */
  readonly resumable?: boolean;
  /** Does the work. */
  readonly run: (context: Context) => PartResult | Promise<PartResult>;
}

/** What a program should reach. */
export interface Goal {
  /** Of what. */
  readonly what: string;
  /** What is measured, where it is not the accuracy on CIFAR-10's validation images. */
  readonly measure?: string;
  /** What it should be. */
  readonly goal: number;
  /** What it comes to with the seed and settings that are the default; null if that is not known. */
  readonly reached: number | null;
}

/** What flags a program takes besides those that all take. */
export type Use = "images" | "digits" | "captions" | "random" | "dtype" | "plots";

/** An assignment as a program. */
export interface Program {
  /** File name, such as `dropout.ts`. */
  readonly file: string;
  /** What the assignment is about, one line. */
  readonly title: string;
  /** A few sentences for `--help`. */
  readonly description: string;
  /** How long all parts take on synthetic images, and with `--quick`, such as `"2 minutes"`. */
  readonly duration: string | { readonly full: string; readonly quick: string };
  /**
   * What it uses: CIFAR-10's images, MNIST's digits or COCO's captions, random numbers without any
   * of them, trained networks, figures.
   */
  readonly uses: readonly Use[];
  /** Test images to load where the set has them; with `--quick` it is always 1000. Default 1000. */
  readonly testImages?: number;
  /** What it should come to on CIFAR-10, and what it does. Default: none. */
  readonly goals?: readonly Goal[];
  /** The sections, in order. */
  readonly parts: readonly Part[];
}
