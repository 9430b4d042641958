/** Names in memory, `runningMean`, and in files, `running_mean`. */

/** The name of a file for a path of memory: `selfAttn.query.weight` is `self_attn.query.weight`. */
export function fileName(path: string): string {
  return path.replace(/(^|\.)([A-Z])/g, (_, dot, letter) => dot + letter.toLowerCase())
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
