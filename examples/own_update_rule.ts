/**
 * An update rule of one's own: a function from parameters and their gradient to the next parameters.
 *
 *     deno run examples/own_update_rule.ts
 */
import {
  type OptimConfig,
  RandomState,
  sign,
  Solver,
  syntheticCifar10,
  TwoLayerNet,
  type UpdateRule,
  zerosLike,
} from "@nndl/nndl";

/** Lion (https://arxiv.org/abs/2302.06675): steps by the sign of a running average of gradients. */
const lion: UpdateRule = (w, dw, config: OptimConfig = {}) => {
  const { learningRate = 1e-4, beta1 = 0.9, beta2 = 0.99, m = zerosLike(w) } = config;
  const direction = sign(m.multiply(beta1).add(dw.multiply(1 - beta1)));
  const nextM = m.multiply(beta2).add(dw.multiply(1 - beta2));
  return [w.subtract(direction.multiply(learningRate)), {
    ...config,
    learningRate, // filled in, so that the Solver can decay it
    m: nextM,
  }];
};

const data = syntheticCifar10({ numTraining: 1000, numValidation: 200, numTest: 0 });
const rules = { lion, sgd: "sgd", adam: "adam" } as const;
for (const [name, updateRule] of Object.entries(rules)) {
  const rng = new RandomState(0); // the same weights and batches for each rule
  const solver = new Solver(new TwoLayerNet({ rng }), data, {
    updateRule,
    optimConfig: { learningRate: name === "sgd" ? 1e-3 : 3e-4 },
    lrDecay: 0.9,
    numEpochs: 5,
    verbose: false,
    rng,
  });
  await solver.train();
  const loss = solver.lossHistory.at(-1)!.toFixed(3);
  console.log(`${name.padEnd(4)} last loss ${loss}, best validation ${solver.bestValAcc}`);
}
