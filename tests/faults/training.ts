/** The program that is killed while it trains: `deno run -A training.ts FOLDER`. */
import { FullyConnectedNet } from "../../models/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";

const [folder] = Deno.args;
const checkpointName = `${folder}/net`;
const options = { verbose: false, checkpointName, checkpointEverySteps: 2, numEpochs: 6 };
const numbers = new RandomState(3);
const X = numbers.randn(200, 20).astype("float32");
const data = { XTrain: X, yTrain: X.slice(":", ":5").argmax(1), XVal: X, yVal: X.argmax(1) };

function makeNet(rng: RandomState): FullyConnectedNet {
  const shape = { inputDim: 20, numClasses: 20, dropoutKeepRatio: 0.8, rng };
  return new FullyConnectedNet([30], { ...shape, normalization: "batchnorm" });
}

const there = await Deno.stat(`${checkpointName}.safetensors`).catch(() => null);
const rng = new RandomState(1);
const solver = there
  ? await Solver.resume(checkpointName, makeNet(rng), data, options)
  : new Solver(makeNet(rng), data, { ...options, updateRule: "adam", batchSize: 20, rng });
console.log("began");
await solver.train();
console.log(JSON.stringify([solver.lossHistory, solver.valAccHistory, solver.bestValAcc]));
