/** ThreeLayerConvNet on the real CIFAR-10, where it is: CIFAR10_DIR or data. */
import assert from "node:assert/strict";
import { type Cifar10Folder, findCifar10, getCifar10Data, subset } from "../../data/mod.ts";
import { activeBackend } from "../../kernels/mod.ts";
import { ThreeLayerConvNet } from "../../models/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";
import { printed } from "../fixtures/mod.ts";

const folder = await findCifar10();
const missing = typeof folder === "string" ? folder : null;

Deno.test({
  name: "ThreeLayerConvNet overfits 100 images as the course's does" +
    (missing ? ` (skipped: ${missing})` : ""),
  ignore: missing !== null,
  async fn() {
    const { rerun, hyperparameters: given } = printed("a2/conv/overfit_small");
    const { dir } = folder as Cifar10Folder;
    const all = await getCifar10Data({ dir, cache: false, numTest: 0 });
    // How many images validate changes neither the draws nor the losses.
    const data = {
      ...subset(all, given.num_train as number),
      XVal: all.XVal.slice(":100"),
      yVal: all.yVal.slice(":100"),
    };
    // The plain TypeScript kernels would take half a minute for all of it.
    const whole = activeBackend().name !== "reference";
    const rng = new RandomState(231);
    const model = new ThreeLayerConvNet({ weightScale: given.weight_scale as number, rng });
    const solver = new Solver(model, data, {
      updateRule: "adam",
      optimConfig: { learningRate: given.learning_rate as number },
      batchSize: given.batch_size as number,
      numEpochs: whole ? given.num_epochs as number : 3,
      verbose: false,
      rng,
    });
    await solver.train();

    const losses = rerun!.loss.map(([, loss]) => loss);
    assert.ok(Math.abs(solver.lossHistory[0] - losses[0]) < 2e-6, `${solver.lossHistory[0]}`);
    solver.lossHistory.slice(0, 8).forEach((loss, i) =>
      assert.ok(Math.abs(loss - losses[i]) < 1e-3, `step ${i + 1}: ${loss}, ${losses[i]}`)
    );
    // From there on float32 rounding grows, and levels are all that can be compared.
    solver.trainAccHistory.forEach((accuracy, i) =>
      assert.ok(Math.abs(accuracy - rerun!.epochs[i][1]) <= 0.08, `epoch ${i}: ${accuracy}`)
    );
    if (!whole) return;
    assert.ok(solver.trainAccHistory.at(-1)! >= 0.9);
    assert.ok(solver.lossHistory.at(-1)! < 0.4);
  },
});
