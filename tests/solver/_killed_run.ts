/**
 * A run that can be killed at any step and started again: it continues from its checkpoint if there
 * is one. As a program it takes the checkpoint's name and where to write its result, and prints a
 * dot a step.
 *
 * @module
 */
import { RandomState } from "../../random/mod.ts";
import { type Progress, Solver, type SolverOptions } from "../../solver/mod.ts";
import { data, makeNet, numbers } from "./_runs.ts";

/** What must come out the same to the bit, however often the run was killed. */
export function outcome(solver: Solver): string {
  const { lossHistory, trainAccHistory, valAccHistory, bestValAcc, epoch, iteration } = solver;
  return JSON.stringify({
    lossHistory,
    trainAccHistory,
    valAccHistory,
    bestValAcc,
    epoch,
    iteration,
    best: numbers(solver.bestParams),
    params: numbers(solver.model.params),
    buffers: numbers(solver.model.buffers ?? {}),
    next: solver.model.rng?.randn(),
  });
}

/** Starts the run, or continues it from its checkpoint. */
export async function start(checkpointName: string | null, progress: Progress): Promise<Solver> {
  const rng = new RandomState(31);
  const options: SolverOptions = {
    updateRule: "adam",
    optimConfig: { learningRate: 0.02 },
    lrDecay: 0.9,
    batchSize: 7,
    numEpochs: 12,
    numTrainSamples: 40,
    numValSamples: 25,
    checkpointName,
    progress,
    rng,
  };
  const model = makeNet(rng);
  try {
    return await Solver.resume(`${checkpointName}.safetensors`, model, data, options);
  } catch (error) {
    if (!((error as Error).cause instanceof Deno.errors.NotFound)) throw error;
    return new Solver(model, data, options);
  }
}

if (import.meta.main) {
  const [checkpointName, result] = Deno.args;
  const clock = new Int32Array(new SharedArrayBuffer(4));
  const solver = await start(checkpointName, {
    step() {
      Deno.stdout.writeSync(new TextEncoder().encode("."));
      Atomics.wait(clock, 0, 0, 3);
    },
  });
  await solver.train();
  await Deno.writeTextFile(result, outcome(solver));
}
