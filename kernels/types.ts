/**
 * The kernel table: every computation that is worth a fast implementation, as a plain function
 * on typed arrays. `reference` implements all of it in TypeScript and is the specification; the
 * wasm and native tables overlay the entries that they do faster.
 *
 * Conventions, which callers guarantee and kernels rely on:
 *
 * - Sizes come first, then inputs, then outputs. Everything is dense and row-major.
 * - The float arrays of one call share one type, `Float32Array` or `Float64Array`.
 * - Outputs are fully overwritten, unless a `beta` or the text says otherwise, and do not overlap
 *   inputs, unless the text says that they may.
 * - Shapes and values are checked before a kernel is called; a kernel checks nothing.
 * - Any size may be 0. A sum, a mean, a variance or a loss over nothing is 0.
 *
 * @module
 */

/** An array that kernels compute with. */
export type FloatArray = Float32Array | Float64Array;

/** The geometry of a convolution. All numbers are whole; `outH` and `outW` are at least 1. */
export interface ConvGeometry {
  /** Images in the batch. */
  readonly n: number;
  /** Input channels. */
  readonly c: number;
  /** Input height, pixels. */
  readonly h: number;
  /** Input width, pixels. */
  readonly w: number;
  /** Filters, which are the output channels. */
  readonly f: number;
  /** Filter height. */
  readonly kh: number;
  /** Filter width. */
  readonly kw: number;
  /** Vertical step, at least 1. */
  readonly strideH: number;
  /** Horizontal step, at least 1. */
  readonly strideW: number;
  /** Rows of zeros above and below the image. */
  readonly padH: number;
  /** Columns of zeros left and right of the image. */
  readonly padW: number;
  /** Vertical distance between the taps of a filter, at least 1. */
  readonly dilationH: number;
  /** Horizontal distance between the taps of a filter, at least 1. */
  readonly dilationW: number;
  /** Groups that split both input and output channels; weights are (f, c / groups, kh, kw). */
  readonly groups: number;
  /** Output height. */
  readonly outH: number;
  /** Output width. */
  readonly outW: number;
}

/** The geometry of a pooling layer, without padding. */
export interface PoolGeometry {
  /** Images in the batch. */
  readonly n: number;
  /** Channels. */
  readonly c: number;
  /** Input height, pixels. */
  readonly h: number;
  /** Input width, pixels. */
  readonly w: number;
  /** Window height. */
  readonly kh: number;
  /** Window width. */
  readonly kw: number;
  /** Vertical step, at least 1. */
  readonly strideH: number;
  /** Horizontal step, at least 1. */
  readonly strideW: number;
  /** Output height. */
  readonly outH: number;
  /** Output width. */
  readonly outW: number;
}

/** The table of kernels. See the module documentation for the conventions. */
export interface Kernels {
  /**
   * `C = op(A)·op(B) + beta·C`, with op(A) (m, k), op(B) (k, n), C (m, n). `A` is stored (m, k),
   * or (k, m) if `transA`; `B` is stored (k, n), or (n, k) if `transB`. `beta` is 0 or 1; with 0
   * the old C is not read. With k = 0 the product is zero.
   */
  gemm(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    a: FloatArray,
    b: FloatArray,
    beta: 0 | 1,
    c: FloatArray,
  ): void;

  /** `out = x·w + b`, then `max(0, ·)` if `relu`: x (n, d), w (d, m), b (m), out (n, m). */
  affine(
    n: number,
    d: number,
    m: number,
    x: FloatArray,
    w: FloatArray,
    b: FloatArray,
    relu: boolean,
    out: FloatArray,
  ): void;

  /** `out[j] = Σ_i x[i, j]`: x (n, m), out (m). */
  sumRows(n: number, m: number, x: FloatArray, out: FloatArray): void;

  /** `out = max(0, x)`; NaN stays NaN. `out` may be `x`. */
  reluForward(x: FloatArray, out: FloatArray): void;

  /** `dx = dout where x > 0, else 0`; `x` may equally be the output of ReLU. `dx` may be `dout`. */
  reluBackward(dout: FloatArray, x: FloatArray, dx: FloatArray): void;

  /** `out = x · scale where mask is 1, else 0`: dropout, both ways. `out` may be `x`. */
  maskScale(
    x: FloatArray,
    mask: Uint8Array,
    scale: number,
    out: FloatArray,
  ): void;

  /**
   * Draws a mask from a Mersenne Twister as NumPy does: `mask[i] = 1` where the i-th next double is
   * below `p`, 0 ≤ p ≤ 1, else 0. A double takes two words, `((a >>> 5)·2²⁶ + (b >>> 6)) / 2⁵³`.
   * `key` holds the 624 words of state, `position` of which are used up; it moves on in place, and
   * the new position is returned. The result is the same to the bit on every table.
   */
  keepMask(key: Int32Array, position: number, p: number, mask: Uint8Array): number;

  /** `y += alpha · x`. */
  addScaled(alpha: number, x: FloatArray, y: FloatArray): void;

  /** `Σ x²`, accumulated in float64 (or as accurately). */
  sumSquares(x: FloatArray): number;

  /**
   * Batch normalisation with the statistics of the batch, over x (n, c, s): every channel `c` is
   * normalised over the n·s values it has (s = 1 for plain batch norm, H·W for spatial).
   * `out = gamma · (x - mean) / sqrt(variance + eps) + beta`; gamma, beta, mean, variance are (c);
   * the variance is the biased one. Writes `out`, `mean`, `variance`.
   */
  batchnormForward(
    n: number,
    c: number,
    s: number,
    x: FloatArray,
    gamma: FloatArray,
    beta: FloatArray,
    eps: number,
    out: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
  ): void;

  /** The same with given `mean` and `variance` (running statistics), which are inputs here. */
  batchnormApply(
    n: number,
    c: number,
    s: number,
    x: FloatArray,
    gamma: FloatArray,
    beta: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
    eps: number,
    out: FloatArray,
  ): void;

  /**
   * Gradient of batch normalisation. With `train`, mean and variance are functions of x, as in
   * `batchnormForward`; without, they are constants, as in `batchnormApply`.
   * Writes `dx` (n, c, s), `dgamma` (c), `dbeta` (c).
   */
  batchnormBackward(
    n: number,
    c: number,
    s: number,
    dout: FloatArray,
    x: FloatArray,
    gamma: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
    eps: number,
    train: boolean,
    dx: FloatArray,
    dgamma: FloatArray,
    dbeta: FloatArray,
  ): void;

  /**
   * Group normalisation over x (n, g, cg, s): each of the n·g groups is normalised over its cg·s
   * values; gamma and beta are (g·cg). Layer norm of (n, d) is g = 1, cg = d, s = 1.
   * Writes `out`, and `mean` and `variance` (n·g, the variance biased).
   */
  groupnormForward(
    n: number,
    g: number,
    cg: number,
    s: number,
    x: FloatArray,
    gamma: FloatArray,
    beta: FloatArray,
    eps: number,
    out: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
  ): void;

  /** Gradient of group normalisation. Writes `dx` (n, g, cg, s), `dgamma`, `dbeta` (g·cg). */
  groupnormBackward(
    n: number,
    g: number,
    cg: number,
    s: number,
    dout: FloatArray,
    x: FloatArray,
    gamma: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
    eps: number,
    dx: FloatArray,
    dgamma: FloatArray,
    dbeta: FloatArray,
  ): void;

  /**
   * Softmax cross-entropy averaged over the n rows of scores x (n, c) with labels y (n):
   * returns the loss and writes its gradient `dx` (n, c). Log-sum-exp with the row maximum taken
   * off, so large scores do not overflow.
   */
  softmaxLoss(
    n: number,
    c: number,
    x: FloatArray,
    y: Int32Array,
    dx: FloatArray,
  ): number;

  /**
   * Multiclass hinge loss with margin 1, averaged over the n rows of scores x (n, c) with labels
   * y (n): returns the loss and writes its gradient `dx` (n, c). A margin of exactly 0 has
   * gradient 0.
   */
  svmLoss(
    n: number,
    c: number,
    x: FloatArray,
    y: Int32Array,
    dx: FloatArray,
  ): number;

  /**
   * Convolution (cross-correlation, as everywhere in the field): x (n, c, h, w),
   * w (f, c / groups, kh, kw), b (f) or null, out (n, f, outH, outW); then ReLU if `relu`.
   */
  convForward(
    g: ConvGeometry,
    x: FloatArray,
    w: FloatArray,
    b: FloatArray | null,
    relu: boolean,
    out: FloatArray,
  ): void;

  /** Gradient of convolution with respect to its input: writes `dx` (n, c, h, w). */
  convBackwardData(
    g: ConvGeometry,
    dout: FloatArray,
    w: FloatArray,
    dx: FloatArray,
  ): void;

  /** Gradient with respect to weights and bias: writes `dw`, and `db` (f) unless null. */
  convBackwardWeights(
    g: ConvGeometry,
    dout: FloatArray,
    x: FloatArray,
    dw: FloatArray,
    db: FloatArray | null,
  ): void;

  /**
   * Max pooling. `argmax` (n, c, outH, outW) gets, for every window, the position `row·w + column`
   * in its h × w plane of the first maximum in row-major order; a NaN counts as a maximum.
   */
  maxPoolForward(
    g: PoolGeometry,
    x: FloatArray,
    out: FloatArray,
    argmax: Int32Array,
  ): void;

  /** Sends every entry of `dout` to its `argmax`, adding where windows overlap. Writes `dx`. */
  maxPoolBackward(
    g: PoolGeometry,
    dout: FloatArray,
    argmax: Int32Array,
    dx: FloatArray,
  ): void;

  /** Average pooling. */
  avgPoolForward(g: PoolGeometry, x: FloatArray, out: FloatArray): void;

  /** Gradient of average pooling. Writes `dx`. */
  avgPoolBackward(g: PoolGeometry, dout: FloatArray, dx: FloatArray): void;

  /** `w -= learningRate · dw`, in place. */
  sgdStep(w: FloatArray, dw: FloatArray, learningRate: number): void;

  /** `v = momentum·v - learningRate·dw; w += v`, both in place. */
  momentumStep(
    w: FloatArray,
    dw: FloatArray,
    v: FloatArray,
    learningRate: number,
    momentum: number,
  ): void;

  /** `p = v; v = momentum·v - learningRate·dw; w += -momentum·p + (1 + momentum)·v`, in place. */
  nesterovStep(
    w: FloatArray,
    dw: FloatArray,
    v: FloatArray,
    learningRate: number,
    momentum: number,
  ): void;

  /**
   * `cache = decayRate·cache + (1 - decayRate)·dw²; w -= learningRate·dw / (sqrt(cache) + epsilon)`,
   * both in place.
   */
  rmspropStep(
    w: FloatArray,
    dw: FloatArray,
    cache: FloatArray,
    learningRate: number,
    decayRate: number,
    epsilon: number,
  ): void;

  /**
   * Adam, in place on w, m and v; `t` is the step number, 1 for the first:
   * `m = beta1·m + (1 - beta1)·dw; v = beta2·v + (1 - beta2)·dw²`,
   * `w -= learningRate · (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)`.
   */
  adamStep(
    w: FloatArray,
    dw: FloatArray,
    m: FloatArray,
    v: FloatArray,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    t: number,
  ): void;
}
