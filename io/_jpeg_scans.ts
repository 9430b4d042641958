/**
 * Which parts of a JPEG its scans bring, known from their headers alone.
 *
 * A sequential file brings each component once. A progressive one brings the 64 coefficients of a
 * component by ranges, each first without its lowest `al` bits and then bit by bit. Nothing may
 * come twice, so that the number of scans, and with it the time, is bounded. Source: ITU-T T.81,
 * B.2.3 and G.1.1.
 */

/** A component of the frame. */
export interface JpegComponent {
  readonly id: number;
  /** Samples of a block of pixels, relative to the other components. */
  readonly across: number;
  readonly down: number;
}

/** More than any encoder writes; a file of very many empty scans would take for ever. */
const maxScans = 500;

/** Of a coefficient that has not come yet. */
const absent = 255;

/** The scans of a file, as they come. */
export class JpegScans {
  /** Scans so far. */
  count = 0;
  #bytes = 0;
  readonly #components: readonly JpegComponent[];
  readonly #progressive: boolean;
  /** For each coefficient of each component, the low bits that have not come yet. */
  readonly #left: readonly Uint8Array[];

  constructor(components: readonly JpegComponent[], progressive: boolean) {
    this.#components = components;
    this.#progressive = progressive;
    this.#left = components.map(() => new Uint8Array(64).fill(absent));
  }

  /** Takes the header of a scan of `size` bytes, and says what is wrong with it. */
  add(segment: Uint8Array, size: number): string | undefined {
    this.count++;
    this.#bytes += size;
    const [, , parts] = segment;
    if (!(parts >= 1 && parts <= this.#components.length) || segment.length !== 6 + 2 * parts) {
      return "a scan header has a wrong length";
    }
    if (this.count > maxScans) return `there are more than ${maxScans} scans`;
    const [first, last, bits] = segment.subarray(3 + 2 * parts);
    const [from, to, ah, al] = this.#progressive
      ? [first, last, bits >> 4, bits & 15]
      : [0, 63, 0, 0];
    // The first coefficient comes apart from the others, those of one component at a time.
    const isRange = !this.#progressive || (from === 0 ? to === 0 : from <= to && parts === 1);
    if (!isRange || to > 63 || al > 13) return `a scan brings coefficients ${from} to ${to}`;
    for (let i = 0; i < parts; i++) {
      const at = this.#components.findIndex(({ id }) => id === segment[3 + 2 * i]);
      if (at < 0) return `a scan names component ${segment[3 + 2 * i]}, which is none`;
      const left = this.#left[at];
      for (let k = from; k <= to; k++) {
        const fits = left[k] === absent ? ah === 0 : ah === left[k] && al === ah - 1;
        if (!fits) return "a scan brings what came before, or comes too early";
        left[k] = al;
      }
    }
  }

  /** Says what has not come of an image of these sizes. */
  missing({ height, width }: { height: number; width: number }): string | undefined {
    if (this.#left.some((component) => component.some((bits) => bits > 0))) {
      return "a part of the compressed data is missing";
    }
    // Every block of 8 x 8 samples takes a bit or more.
    const across = Math.max(...this.#components.map((component) => component.across));
    const down = Math.max(...this.#components.map((component) => component.down));
    const blocks = this.#components.reduce(
      (sum, component) =>
        sum + Math.ceil(width * component.across / across / 8) *
          Math.ceil(height * component.down / down / 8),
      0,
    );
    if (8 * this.#bytes < blocks) {
      return `${this.#bytes} bytes are too few for ${height} rows and ${width} columns`;
    }
  }
}
