/**
 * Assignment 3, captioning with an LSTM: the layers and their gradients, captions learnt by heart,
 * and captions of scenes that were never seen, beside those of a plain recurrent network. By heart it
 * comes to a loss of 0.025 with all 50 captions right; captions of new scenes have a BLEU-4 of 0.720,
 * those of the plain network 0.679, and 0.190 without a look at the image.
 *
 * @module
 */
import { checkGradients } from "../gradient_check/mod.ts";
import { lstmBackward, lstmForward, lstmStepBackward, lstmStepForward } from "../layers/mod.ts";
import { CaptioningRNN } from "../models/mod.ts";
import { RandomState } from "../random/mod.ts";
import { errorText, type GradientRow, printGradients, worstGradient } from "./_checks.ts";
import type { Context, Goal, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import type { CaptionerMaker } from "./captioning/captioner.ts";
import { overfit } from "./captioning/overfit.ts";
import { captionImages } from "./captioning/training.ts";

function layerPart({ flags }: Context): PartResult {
  const rng = new RandomState(flags.seed);
  const [N, D, H, T] = [2, 3, 4, 5];
  const weights = { Wx: rng.randn(D, 4 * H), Wh: rng.randn(H, 4 * H), b: rng.randn(4 * H) };
  const step = { x: rng.randn(N, D), prevH: rng.randn(N, H), prevC: rng.randn(N, H), ...weights };
  const lstm = { x: rng.randn(N, T, D), h0: rng.randn(N, H), ...weights };
  const [dnextH, dnextC, dh] = [rng.randn(N, H), rng.randn(N, H), rng.randn(N, T, H)];
  const rows: GradientRow[] = [{
    name: "one step",
    errors: checkGradients([lstmStepForward, lstmStepBackward], step, { dout: [dnextH, dnextC] })
      .errors,
  }];
  printGradients("relative error", rows);
  const whole: GradientRow = {
    name: "five steps",
    errors: checkGradients([lstmForward, lstmBackward], lstm, { dout: dh }).errors,
  };
  console.log("");
  printGradients("relative error", [whole]);
  const all = [...rows, whole];
  return {
    results: { gradients: all },
    summary: [`LSTM layers: largest relative error ${errorText(worstGradient(all))}`],
  };
}

const make =
  (cellType: "rnn" | "lstm", wordvecDim: number, hiddenDim: number): CaptionerMaker => (options) =>
    new CaptioningRNN({ ...options, wordvecDim, hiddenDim, cellType });

const scenesGoal: Goal = {
  what: "the LSTM",
  measure: "On new scenes, BLEU-4",
  goal: 0.65,
  reached: 0.72,
};

await runProgram({
  file: "lstm_captioning.ts",
  title: "Captioning with an LSTM (assignment 3)",
  description:
    "Checks the LSTM's layers, learns 50 captions by heart, then captions scenes of coloured shapes,\n" +
    "or COCO, measured by BLEU beside a plain recurrent network and one that sees no image.",
  duration: { full: "8 minutes with native kernels", quick: "half a minute" },
  uses: ["captions", "plots"],
  goals: [scenesGoal],
  parts: [
    { name: "layers", title: "Layers", run: layerPart },
    {
      name: "overfit",
      title: "50 captions by heart",
      run: (context) =>
        overfit(context, "lstm", {
          make: make("lstm", 256, 512),
          numEpochs: 50,
          learningRate: 5e-3,
          lrDecay: 0.995,
          goal: 0.1,
        }),
    },
    {
      name: "scenes",
      title: "Images that were never seen",
      resumable: true,
      run: (context) =>
        captionImages(context, "lstm", {
          models: context.real
            ? { LSTM: make("lstm", 256, 512) }
            : { RNN: make("rnn", 64, 128), LSTM: make("lstm", 64, 128) },
          optimConfig: { learningRate: 2e-3 },
          numEpochs: context.real ? 1 : 8,
          goal: scenesGoal.goal,
        }),
    },
  ],
}, Deno.args);
