/**
 * One net written three ways: from pairs of passes, from tensors, and from modules. All three have
 * the same loss and the same gradients.
 *
 *     deno run examples/three_ways.ts
 */
import {
  affineBackward,
  affineForward,
  autograd,
  nn,
  RandomState,
  relError,
  reluBackward,
  reluForward,
  softmaxLoss,
  zeros,
} from "@nndl/nndl";

const rng = new RandomState(231);
const X = rng.randn(100, 4);
const y = X.argmax(1);
const [W1, b1] = [rng.randn(4, 16).multiply(0.5), zeros(16)];
const [W2, b2] = [rng.randn(16, 4).multiply(0.25), zeros(4)];

// From pairs: each forward pass hands its backward pass a cache, and you go back by hand.
const [hidden, affine1] = affineForward(X, W1, b1);
const [active, relu1] = reluForward(hidden);
const [scores, affine2] = affineForward(active, W2, b2);
const [loss, dscores] = softmaxLoss(scores, y);
const [dactive] = affineBackward(dscores, affine2);
const [, dW1] = affineBackward(reluBackward(dactive, relu1), affine1, { needs: { dx: false } });
console.log("pairs  ", loss.toFixed(6));

// From tensors: you write the way there, and backward() goes back.
const { add, crossEntropy, matmul, relu, Tensor } = autograd;
const [w1, c1, w2, c2] = [W1, b1, W2, b2].map((value) => new Tensor(value));
const sameLoss = crossEntropy(add(matmul(relu(add(matmul(X, w1), c1)), w2), c2), y);
sameLoss.backward();
console.log("tensors", sameLoss.item().toFixed(6), relError(w1.grad!, dW1).toExponential(0));

// From modules: layers own their parameters, and an optimizer or the Solver updates them.
const options = { dtype: "float64" } as const;
const [first, last] = [new nn.Linear(4, 16, options), new nn.Linear(16, 4, options)];
const net = new nn.Sequential(first, relu, last);
net.loadStateDict({ "0.weight": W1.T, "0.bias": b1, "2.weight": W2.T, "2.bias": b2 });
const optimizer = new nn.Optimizer(net, "adam", { learningRate: 1e-2 });
for (let step = 0; step < 200; step++) {
  optimizer.zeroGrad();
  const loss = crossEntropy(net.forward(X), y);
  loss.backward();
  if (step === 0) {
    const error = relError(first.weight.grad!.T, dW1);
    console.log("modules", loss.item().toFixed(6), error.toExponential(0));
  }
  optimizer.step();
}
const right = net.forward(X).value.argmax(1).equal(y).mean();
console.log(`After 200 steps ${(100 * right).toFixed(0)} % are right`);
