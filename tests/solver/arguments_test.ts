import assert from "node:assert/strict";
import type { Dataset } from "../../data/mod.ts";
import type { Model } from "../../models/mod.ts";
import { asNDArray, ones, zeros } from "../../ndarray/mod.ts";
import { adam, type OptimConfig } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver, type SolverOptions } from "../../solver/mod.ts";
import { data, makeNet } from "./_runs.ts";

const model = makeNet(new RandomState(0));

function refuses(
  type: typeof TypeError | typeof RangeError,
  message: RegExp,
  options: unknown,
  on: unknown = data,
  of: unknown = model,
): void {
  assert.throws(
    () => new Solver(of as Model, on as Dataset, options as SolverOptions),
    (error) => {
      assert.ok(error instanceof type, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /[^.]$/);
      return true;
    },
  );
}

Deno.test("an unknown option is an error that suggests the nearest one", () => {
  refuses(TypeError, /^Solver: there is no option "batch_size"; did you mean "batchSize"\?/, {
    batch_size: 10,
  });
  refuses(TypeError, /did you mean "lrDecay"\?/, { lr_decay: 0.9 });
  refuses(TypeError, /did you mean "checkpointName"\?/, { checkpointname: "a" });
  refuses(TypeError, /there is no option "shoeSize"; the options are updateRule, /, {
    shoeSize: 44,
  });
  refuses(TypeError, /there is no option "updateRuleName"/, { updateRuleName: "sgd" });
});

Deno.test("what other libraries call the options gets the right name and place", () => {
  const advises = (option: string, advice: string) =>
    assert.throws(() => new Solver(model, data, { [option]: 1 } as SolverOptions), {
      name: "TypeError",
      message: `Solver: there is no option "${option}"; ${advice}`,
    });
  advises("lr", "the learning rate is set in optimConfig: { learningRate }");
  advises("learning_rate", "the learning rate is set in optimConfig: { learningRate }");
  advises("learningRate", "the learning rate is set in optimConfig: { learningRate }");
  advises("epochs", 'did you mean "numEpochs"?');
  advises("n_epochs", 'did you mean "numEpochs"?');
  advises("num_epochs", 'did you mean "numEpochs"?');
  advises("optimizer", 'did you mean "updateRule"?');
  advises("betas", "they are set in optimConfig: { beta1, beta2 }");
  advises("validation_data", "validation data are XVal and yVal of the data");
  advises("random_state", "a seed goes into rng: new RandomState(seed)");
  assert.throws(
    () => new Solver(model, data, { optimConfig: { lr: 1 } as OptimConfig }),
    /^RangeError: sgd: there is no option "lr"; did you mean "learningRate"\?$/,
  );
  assert.throws(
    () => new Solver(model, data, { optimConfig: { learningRate: "0.1" as unknown as number } }),
    /^RangeError: sgd: learningRate must be a finite number of at least 0, got "0\.1"$/,
  );
});

Deno.test("promises in place of data or a model are told so", () => {
  const promise = Promise.resolve(data);
  refuses(TypeError, /data must be \{ .* \}, got a promise; write await before it$/, {}, promise);
  refuses(TypeError, /data\.XVal must be an NDArray, got a promise; await it$/, {}, {
    ...data,
    XVal: Promise.resolve(data.XVal),
  });
  refuses(TypeError, /this is a promise, write await before it$/, {}, data, Promise.resolve(model));
});

Deno.test("an unknown update rule or setting of it is an error that suggests the nearest one", () => {
  refuses(RangeError, /^Solver: there is no update rule "adm"; did you mean "adam"\?/, {
    updateRule: "adm",
  });
  refuses(RangeError, /there is no update rule "toString"/, { updateRule: "toString" });
  refuses(TypeError, /updateRule must be a name or a function, got number/, { updateRule: 3 });
  refuses(RangeError, /did you mean "learningRate"\?/, { optimConfig: { learning_rate: 1 } });
  refuses(RangeError, /beta1/, { updateRule: "adam", optimConfig: { beta1: 2 } });
  refuses(RangeError, /learningRate/, { updateRule: adam, optimConfig: { learningRate: NaN } });
  refuses(TypeError, /optimConfig must be an object/, { optimConfig: 3 });
});

Deno.test("an option out of range is an error that says what it must be", () => {
  for (const name of ["batchSize", "checkpointEvery", "printEvery"]) {
    for (const value of [0, -1, 1.5, NaN, "10", Infinity]) {
      refuses(RangeError, new RegExp(`^Solver: ${name} must be a whole number from 1 up, got `), {
        [name]: value,
      });
    }
  }
  for (const name of ["numTrainSamples", "numValSamples", "checkpointEverySteps"]) {
    refuses(RangeError, new RegExp(`${name} must be a whole number from 1 up, or null, got 0`), {
      [name]: 0,
    });
    new Solver(model, data, { [name]: null });
  }
  refuses(RangeError, /numEpochs must be a whole number from 0 up, got -1/, { numEpochs: -1 });
  for (const lrDecay of [0, -1, NaN, Infinity]) {
    refuses(RangeError, /lrDecay must be a number above 0, got /, { lrDecay });
  }
  refuses(TypeError, /schedule must be a function of the step, got number/, { schedule: 0.1 });
  refuses(RangeError, /schedule and lrDecay cannot both/, { schedule: () => 1, lrDecay: 0.9 });
  refuses(TypeError, /checkpointName must be a path or null/, { checkpointName: "" });
  refuses(TypeError, /signal must be an AbortSignal, got object; pass controller\.signal/, {
    signal: new AbortController(),
  });
  refuses(TypeError, /rng must be a RandomState, got number/, { rng: 231 });
  refuses(TypeError, /options must be an object, got null/, null);
});

Deno.test("data that are missing, misnamed or do not fit are errors that say which and how", () => {
  const { XTrain, yTrain, XVal, yVal } = data;
  refuses(TypeError, /data must be \{ XTrain, yTrain, XVal, yVal \}, got null/, {}, null);
  refuses(TypeError, /^Solver: data has no XVal; rename X_val/, {}, {
    XTrain,
    yTrain,
    X_val: XVal,
    yVal,
  });
  refuses(TypeError, /data has no yTrain; its keys are XTrain/, {}, { XTrain });
  refuses(TypeError, /data\.yVal must be an NDArray, got object; wrap it with asNDArray/, {}, {
    ...data,
    yVal: [1, 2],
  });
  refuses(
    RangeError,
    /yTrain must have shape \(60,\), one label for each example of XTrain \(60, 5\), got \(59,\)/,
    {},
    { ...data, yTrain: yTrain.slice(":59") },
  );
  refuses(RangeError, /got \(30, 1\); reshape it to \(30,\)/, {}, {
    ...data,
    yVal: yVal.reshape([30, 1]),
  });
  refuses(RangeError, /XVal must hold at least one example, got shape \(0, 5\)/, {}, {
    ...data,
    XVal: zeros([0, 5]),
    yVal: zeros([0], "int32"),
  });
  refuses(RangeError, /one shape, got \(60, 5\) and \(30, 6\); preprocess both/, {}, {
    ...data,
    XVal: ones([30, 6]),
  });
  refuses(RangeError, /yVal must hold whole numbers from 0 up, got 1\.5 at position 2/, {}, {
    ...data,
    yVal: asNDArray(new Float64Array(30).fill(1.5, 2), [30]),
  });
  refuses(RangeError, /yVal must hold whole numbers from 0 up, got -1 at position 0/, {}, {
    ...data,
    yVal: asNDArray(new Int32Array(30).fill(-1), [30]),
  });
  refuses(TypeError, /yVal must hold class numbers, got bools/, {}, {
    ...data,
    yVal: zeros([30], "bool"),
  });
});

Deno.test("a model without params or loss, or with integer params, is an error", () => {
  for (const wrong of [null, {}, { params: {} }, { loss: () => 0 }]) {
    refuses(TypeError, /^Solver: model must have params and a loss method/, {}, data, wrong);
  }
  const params = { W: zeros([2], "int32"), b: 3 };
  refuses(TypeError, /model\.params\.W must be a float32 or float64 NDArray, got int32/, {}, data, {
    params,
    loss: model.loss,
  });
  refuses(
    TypeError,
    /model\.params\.b must be a float32 or float64 NDArray, got number/,
    {},
    data,
    {
      params: { b: 3 },
      loss: model.loss,
    },
  );
});

Deno.test("checkAccuracy() checks what it is given", () => {
  const solver = new Solver(model, data, { verbose: false });
  assert.throws(
    () => solver.checkAccuracy(data.XTrain, data.yVal),
    /^RangeError: checkAccuracy: y must have shape \(60,\)/,
  );
});
