/**
 * The names of arguments, as the compiler wants them: a label of a parameter can be written, but not
 * be computed from a text. A name that is not listed costs its parameter the label, nothing else.
 *
 * @module
 */

/** One parameter of type `T` under each name that contracts use. */
interface Labels<T> {
  a: [a: T];
  alpha: [alpha: T];
  argmax: [argmax: T];
  b: [b: T];
  beta: [beta: T];
  beta1: [beta1: T];
  beta2: [beta2: T];
  bilinear: [bilinear: T];
  c: [c: T];
  cache: [cache: T];
  cg: [cg: T];
  d: [d: T];
  da: [da: T];
  db: [db: T];
  dbeta: [dbeta: T];
  dc: [dc: T];
  decayRate: [decayRate: T];
  dgamma: [dgamma: T];
  dnextH: [dnextH: T];
  dout: [dout: T];
  dw: [dw: T];
  dx: [dx: T];
  eps: [eps: T];
  epsilon: [epsilon: T];
  factor: [factor: T];
  g: [g: T];
  gamma: [gamma: T];
  gates: [gates: T];
  h: [h: T];
  k: [k: T];
  key: [key: T];
  learningRate: [learningRate: T];
  m: [m: T];
  mask: [mask: T];
  mean: [mean: T];
  momentum: [momentum: T];
  n: [n: T];
  nextC: [nextC: T];
  nextH: [nextH: T];
  out: [out: T];
  p: [p: T];
  planes: [planes: T];
  planesA: [planesA: T];
  planesB: [planesB: T];
  position: [position: T];
  prevC: [prevC: T];
  relu: [relu: T];
  s: [s: T];
  scale: [scale: T];
  scaleH: [scaleH: T];
  scaleW: [scaleW: T];
  t: [t: T];
  tanhC: [tanhC: T];
  train: [train: T];
  transA: [transA: T];
  transB: [transB: T];
  v: [v: T];
  variance: [variance: T];
  w: [w: T];
  x: [x: T];
  y: [y: T];
}

/** A parameter list of one, with its name if that is listed. */
export type Labelled<Name, T> = Name extends keyof Labels<T> ? Labels<T>[Name] : [T];
