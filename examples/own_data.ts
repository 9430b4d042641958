/**
 * Data of one's own: three spirals in the plane, which no straight line tells apart.
 *
 *     deno run examples/own_data.ts
 */
import {
  concatenate,
  cos,
  FullyConnectedNet,
  type NDArray,
  RandomState,
  sin,
  Softmax,
  Solver,
  stack,
  standardize,
} from "@nndl/nndl";

const rng = new RandomState(0);

/** Points (3·count, 2) along three arms, and the number of the arm of each. */
function spirals(count: number): { X: NDArray; y: NDArray } {
  const arms = [0, 1, 2].map((arm) => {
    const radius = rng.rand(count) as NDArray;
    const angle = radius.multiply(4).add(arm * 4.2).add(rng.normal(0, 0.2, count));
    return stack([radius.multiply(sin(angle)), radius.multiply(cos(angle))], 1);
  });
  const y = rng.permutation(3 * count); // shuffles; the arm follows from the row
  return { X: concatenate(arms).take(y, 0), y: y.floorDivide(count) };
}

const [train, val] = [spirals(300), spirals(100)];
const scale = standardize(train.X); // learned on the training points alone
const data = {
  XTrain: scale.apply(train.X),
  yTrain: train.y,
  XVal: scale.apply(val.X),
  yVal: val.y,
};

const linear = new Softmax();
linear.train(data.XTrain, data.yTrain, { learningRate: 0.1, numIters: 500, rng });
const right = linear.predict(data.XVal).equal(data.yVal).mean();
console.log(`By straight lines: ${(100 * right).toFixed(1)} % of the validation points`);

const net = new FullyConnectedNet([32, 32], { inputDim: 2, numClasses: 3, weightScale: 0.3, rng });
const solver = new Solver(net, data, {
  updateRule: "adam",
  optimConfig: { learningRate: 1e-2 },
  batchSize: 50,
  numEpochs: 40,
  verbose: false,
  rng,
});
await solver.train();
console.log(`By a net: ${(100 * solver.bestValAcc).toFixed(1)} %`);
