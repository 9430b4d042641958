/**
 * Trials and their results as JSON, for files and messages.
 *
 * @module
 */
import type { Json } from "../cache/mod.ts";
import type { TrialJob } from "./runner.ts";
import type { TrialResult } from "./search_result.ts";
import type { HyperParameter, HyperParameters } from "./trial.ts";

/** A number that JSON does not have: NaN, an infinity, -0. */
interface OddNumber {
  readonly number: string;
}

/** A result as JSON has it: all of {@linkcode TrialResult}, and the seed of the trial. */
type RecordOfResult = Readonly<Record<keyof TrialResult | "seed", Json>>;

/**
 * Writes a trial as a line of JSON.
 *
 * @param job The trial
 * @returns The line, without its end
 */
export function jobToJson({ index, params, seed }: TrialJob): string {
  return JSON.stringify({ index, params: packParams(params), seed });
}

/**
 * Reads what {@linkcode jobToJson} wrote.
 *
 * @param text The line
 * @returns The trial
 * @throws {SyntaxError | TypeError} If it is no trial
 */
export function jobFromJson(text: string): TrialJob {
  const { index, params, seed } = JSON.parse(text);
  if (!Number.isSafeInteger(index) || typeof params !== "object" || !Number.isInteger(seed)) {
    throw new TypeError(`this is no trial: ${text.slice(0, 100)}`);
  }
  return { index, params: unpackParams(params), seed };
}

/**
 * Writes a result as a line of JSON.
 *
 * @param result The result
 * @param seed The seed of the trial, by which its search is known
 * @returns The line, without its end
 */
export function resultToJson({ params, score, ...result }: TrialResult, seed: number): string {
  const { index, info, error, seconds } = result;
  return JSON.stringify({
    index,
    params: packParams(params),
    seed,
    score: pack(score),
    info,
    error,
    seconds,
  });
}

/**
 * Reads what {@linkcode resultToJson} wrote, and finds the trial that it is of.
 *
 * @param text The line
 * @param jobOf The trial of a number, if there is one
 * @returns The result; null if there is no trial of that number
 * @throws {SyntaxError | TypeError} If it is no result
 * @throws {RangeError} If it is the result of another search
 */
export function resultFromJson(
  text: string,
  jobOf: (index: number) => TrialJob | undefined,
): TrialResult | null {
  const record = checkRecord(JSON.parse(text), text);
  const job = jobOf(record.index as number);
  if (!job) return null;
  if (record.seed !== job.seed || keyOf(record.params) !== keyOf(packParams(job.params))) {
    const show = (params: Json, seed: Json) => `${JSON.stringify(params)} with seed ${seed}`;
    throw new RangeError(
      `trial ${job.index} is ${show(packParams(job.params), job.seed)} in this search, but ` +
        `${show(record.params, record.seed)} in the result: it is of another search`,
    );
  }
  return {
    index: job.index,
    params: job.params,
    score: unpack(record.score as number | OddNumber) as number,
    info: record.info,
    error: record.error as string | null,
    seconds: record.seconds as number,
  };
}

function checkRecord(value: unknown, text: string): RecordOfResult {
  const record = value as RecordOfResult;
  const isResult = typeof record === "object" && record !== null &&
    Number.isSafeInteger(record.index) && "info" in record &&
    typeof record.params === "object" && record.params !== null &&
    typeof unpack(record.score as number) === "number" &&
    (record.error === null || typeof record.error === "string") &&
    typeof record.seconds === "number";
  if (!isResult) throw new TypeError(`this is no result of a trial: ${text.slice(0, 100)}`);
  return record;
}

/** Parameters as text, in the order of their names. */
function keyOf(params: Json): string {
  return JSON.stringify(Object.entries(params as object).sort(([a], [b]) => a < b ? -1 : 1));
}

function packParams(params: HyperParameters): Record<string, Json> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, pack(value)]));
}

function unpackParams(params: Record<string, HyperParameter | OddNumber>): HyperParameters {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, unpack(value)]));
}

function pack(value: HyperParameter): HyperParameter | { number: string } {
  if (typeof value !== "number") return value;
  return Object.is(JSON.parse(JSON.stringify(value)), value)
    ? value
    : { number: Object.is(value, -0) ? "-0" : String(value) };
}

function unpack(value: HyperParameter | OddNumber): HyperParameter {
  return typeof value === "object" && value !== null ? Number(value.number) : value;
}
