/**
 * A model of one's own, made of layers: parameters, and a loss with its gradients. The Solver asks
 * for no more.
 *
 *     deno run examples/own_model.ts
 */
import * as nndl from "@nndl/nndl";

const rng = new nndl.RandomState(0);
const weights = (rows: number, columns: number, scale: number) =>
  rng.randn(rows, columns).multiply(scale).astype("float32");

/** A net with a shortcut: its second layer adds to what enters it. */
class ShortcutNet implements nndl.TrainableModel {
  params: Record<string, nndl.NDArray> = {
    W1: weights(3072, 64, 1e-3),
    b1: nndl.zeros(64, "float32"),
    W2: weights(64, 64, 0.1),
    b2: nndl.zeros(64, "float32"),
    W3: weights(64, 10, 0.01),
    b3: nndl.zeros(10, "float32"),
  };

  loss(
    X: nndl.NDArray,
    y?: nndl.NDArray,
  ): nndl.NDArray | [number, Record<string, nndl.NDArray>] {
    const p = this.params;
    const [h1, cache1] = nndl.affineReluForward(X, p.W1, p.b1);
    const [h2, cache2] = nndl.affineReluForward(h1, p.W2, p.b2);
    const [scores, cache3] = nndl.affineForward(h1.add(h2), p.W3, p.b3);
    if (y === undefined) return scores;

    const [loss, dscores] = nndl.softmaxLoss(scores, y);
    const [dsum, W3, b3] = nndl.affineBackward(dscores, cache3);
    const [dh1, W2, b2] = nndl.affineReluBackward(dsum, cache2);
    // The shortcut and the second layer both lead back to h1.
    const [, W1, b1] = nndl.affineReluBackward(dsum.add(dh1), cache1, { needs: { dx: false } });
    return [loss, { W1, b1, W2, b2, W3, b3 }];
  }
}

const data = nndl.syntheticCifar10({ numTraining: 1000, numValidation: 200, numTest: 0 });
const solver = new nndl.Solver(new ShortcutNet(), data, {
  updateRule: "adam",
  optimConfig: { learningRate: 1e-3 },
  numEpochs: 5,
  printEvery: 20,
  rng,
});
await solver.train();
console.log(`Best validation accuracy ${solver.bestValAcc.toFixed(3)}; guessing gives 0.1`);
