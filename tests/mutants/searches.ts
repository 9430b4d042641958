/**
 * Faults in searches: which trials are run, what they are known by, and what becomes of results.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const files = ["tests/selection/trial_files_test.ts"];
const identity = ["tests/distributed/nats_identity_test.ts"];

export const searches: readonly Mutant[] = [
  ...mutantsOf("selection/_run_search.ts", files, [
    ["all trials are run", "options.only ?? Array", "Array"],
    ["a trial may be run twice", "if (new Set(only).size < only.length)", "if (false)"],
  ]),
  ...mutantsOf("selection/_run_search.ts", ["tests/selection/search_test.ts"], [
    [
      "all trials have the same parameters",
      "params: plan.params(index),",
      "params: plan.params(0),",
    ],
  ]),
  ...mutantsOf("selection/trial_files.ts", files, [
    ["a failure hides a result", "if (!other || other.error !== null)", "if (true)"],
    ["a result hides behind a failure", "if (!other || other.error !== null)", "if (!other)"],
    [
      "a trial without a result is left out",
      "found.get(job.index) ?? missing(job, path)",
      "found.get(job.index)!",
    ],
  ]),
  ...mutantsOf("selection/trial_record.ts", files, [
    ["minus zero loses its sign", 'Object.is(value, -0) ? "-0" : String(value)', "String(value)"],
    ["another seed is the same search", "record.seed !== job.seed ||", ""],
    [
      "other parameters are the same search",
      "|| keyOf(record.params) !== keyOf(packParams(job.params))",
      "",
    ],
    ["infinities become nothing", "score: pack(score),", "score,"],
  ]),
  ...mutantsOf("distributed/_identity.ts", identity, [
    ["imports do not count", "open.push(new URL(path, module).href);", ";"],
    ["imports in single quotes do not count", `["'](\\.`, `["](\\.`],
    ["line ends count", '.replaceAll("\\r\\n", "\\n")', ""],
    ["where modules are counts", "hashOf(hashes.sort())", "hashOf([...texts.keys()])"],
    ["shapes do not count", "[name, dtype, shape]", "[name, dtype]"],
    ["types do not count", "[name, dtype, shape]", "[name, shape]"],
    ["the order of data counts", ".sort(([a], [b]) => a < b ? -1 : 1)", ""],
    ["other data are the same search", "if (ours.data !== theirs.data)", "if (false)"],
  ]),
  ...mutantsOf("distributed/nats_server.ts", identity, [
    ["the environment counts more than a URL", 'user === "" || name === "authority"', "true"],
    ["a connection is never encrypted", 'url.protocol === "tls:"', "false"],
    ["patience is in milliseconds", "patience: patience * 1000", "patience"],
  ]),
];
