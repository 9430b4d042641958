/**
 * Eigenvalues and eigenvectors of a symmetric matrix: Householder reflections make it tridiagonal,
 * implicit QL steps make that diagonal. Takes some 5·n³ operations, all along rows.
 *
 * Source: G. Golub and C. Van Loan, *Matrix Computations*, chapter 8.
 *
 * @module
 */

/** The eigenvalues, largest first, and their eigenvectors, one of unit length a row. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** QL steps that an eigenvalue may take. Two or three do. */
const longest = 60;

/**
 * Decomposes a symmetric matrix, `A = Vᵀ·diag(values)·V`. The entry of a vector that is largest in
 * size is positive, so that the signs are settled.
 *
 * @param matrix (n, n), row-major; only the diagonal and what is right of it is read
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): SymmetricEigen {
  const { diagonal, beside, vectors } = tridiagonal(Float64Array.from(matrix), n);
  diagonalize(diagonal, beside, vectors);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j] - diagonal[i]);
  const sorted = new Float64Array(n * n);
  order.forEach((from, to) => {
    const vector = vectors.subarray(from * n, (from + 1) * n);
    const sign = signOfLargest(vector);
    for (let j = 0; j < n; j++) sorted[to * n + j] = sign * vector[j];
  });
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors: sorted };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** What stands right of each entry of the diagonal; the last one is 0. */
  readonly beside: Float64Array;
  /** The transposed product of the reflections. */
  readonly vectors: Float64Array;
}

/** Reflects rows and columns until the matrix is tridiagonal. `a` is overwritten. */
function tridiagonal(a: Float64Array, n: number): Tridiagonal {
  const beside = new Float64Array(n);
  const scales = new Float64Array(n);
  const p = new Float64Array(n);
  for (let i = 0; i < n - 1; i++) {
    const v = a.subarray(i * n, (i + 1) * n);
    const [scale, reflected] = reflector(v, i + 1);
    scales[i] = scale;
    beside[i] = reflected;
    if (scale !== 0) reflectBothSides(a, n, i + 1, v, scale, p);
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]);

  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let i = n - 2; i >= 0; i--) {
    if (scales[i] === 0) continue;
    const v = a.subarray(i * n, (i + 1) * n);
    for (let row = i + 1; row < n; row++) {
      const x = vectors.subarray(row * n, (row + 1) * n);
      let dot = 0;
      for (let j = i + 1; j < n; j++) dot += x[j] * v[j];
      dot *= scales[i];
      for (let j = i + 1; j < n; j++) x[j] -= dot * v[j];
    }
  }
  return { diagonal, beside, vectors };
}

/**
 * Turns `x[first…]` into the vector v whose reflection `1 - scale·v·vᵀ` leaves of it only the first
 * entry, which is returned as `reflected`.
 */
function reflector(x: Float64Array, first: number): [scale: number, reflected: number] {
  let largest = 0;
  for (let j = first + 1; j < x.length; j++) largest = Math.max(largest, Math.abs(x[j]));
  if (largest === 0) return [0, x[first]];
  largest = Math.max(largest, Math.abs(x[first]));
  let squares = 0;
  for (let j = first; j < x.length; j++) {
    x[j] /= largest;
    squares += x[j] * x[j];
  }
  // The sign that adds to the first entry, so that no digits cancel.
  const length = x[first] > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
  const scale = 1 / (squares - x[first] * length);
  x[first] -= length;
  return [scale, length * largest];
}

/** `A ← H·A·H` right of and below `first`, on the diagonal and right of it, with H of `reflector`. */
function reflectBothSides(
  a: Float64Array,
  n: number,
  first: number,
  v: Float64Array,
  scale: number,
  p: Float64Array,
): void {
  p.fill(0);
  for (let i = first; i < n; i++) {
    const row = i * n;
    const vi = v[i];
    let sum = a[row + i] * vi;
    for (let j = i + 1; j < n; j++) {
      sum += a[row + j] * v[j];
      p[j] += a[row + j] * vi;
    }
    p[i] += sum;
  }
  let dot = 0;
  for (let j = first; j < n; j++) dot += p[j] * v[j];
  const share = 0.5 * scale * scale * dot;
  for (let j = first; j < n; j++) p[j] = scale * p[j] - share * v[j];
  for (let i = first; i < n; i++) {
    const row = i * n;
    const [vi, pi] = [v[i], p[i]];
    for (let j = i; j < n; j++) a[row + j] -= vi * p[j] + pi * v[j];
  }
}

/** Makes a tridiagonal matrix diagonal by implicit QL steps, and turns the rows of `vectors` along. */
function diagonalize(d: Float64Array, e: Float64Array, vectors: Float64Array): void {
  const n = d.length;
  let size = 0;
  for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(d[i]) + Math.abs(e[i]));
  const negligible = Number.EPSILON * size;
  for (let low = 0; low < n; low++) {
    for (let step = 0;; step++) {
      let high = low;
      while (high < n - 1 && Math.abs(e[high]) > negligible) high++;
      if (high === low) break;
      if (step === longest) {
        throw new RangeError(
          "symmetricEigen: there is no convergence; is a value NaN or infinite?",
        );
      }
      qlStep(d, e, vectors, low, high);
    }
  }
}

/** One step on the block from `low` to `high`, with Wilkinson's shift. */
function qlStep(
  d: Float64Array,
  e: Float64Array,
  vectors: Float64Array,
  low: number,
  high: number,
): void {
  const n = d.length;
  const ratio = (d[low + 1] - d[low]) / (2 * e[low]);
  const root = Math.hypot(ratio, 1);
  let g = d[high] - d[low] + e[low] / (ratio + (ratio < 0 ? -root : root));
  let [sine, cosine, shift] = [1, 1, 0];
  for (let i = high - 1; i >= low; i--) {
    const f = sine * e[i];
    const b = cosine * e[i];
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The block has come apart early.
      d[i + 1] -= shift;
      e[high] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1] - shift;
    const turned = (d[i] - g) * sine + 2 * cosine * b;
    shift = sine * turned;
    d[i + 1] = g + shift;
    g = cosine * turned - b;
    rotate(vectors, i * n, n, sine, cosine);
  }
  d[low] -= shift;
  e[low] = g;
  e[high] = 0;
}

/** Turns the row at `at` and the one after it. */
function rotate(x: Float64Array, at: number, n: number, sine: number, cosine: number): void {
  for (let j = at; j < at + n; j++) {
    const upper = x[j];
    const lower = x[j + n];
    x[j + n] = sine * upper + cosine * lower;
    x[j] = cosine * upper - sine * lower;
  }
}

function signOfLargest(vector: Float64Array): number {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? -1 : 1;
}
