/**
 * The layers of a {@linkcode ConvNet}, put together from its options, which are checked here.
 *
 * @module
 */
import * as rules from "../internal/described_options.ts";
import { checkDivides } from "../internal/divisors.ts";
import { perAxis } from "../internal/per_axis.ts";
import type { DropoutParam } from "../layers/mod.ts";
import { Layers, type Norm } from "./_layers.ts";
import { untrainedBatchnorm } from "./_network.ts";
import { aliases, dropoutRules, networkRules, stageAliases } from "./_options.ts";
import type { ConvNetOptions, ConvNetPool, ConvNetStage } from "./conv_net.ts";

/** What is checked where it is used. */
const later = <T>(make: () => T): rules.OptionRule<T> => ({ must: "", fits: () => true, make });

const netOptions = new rules.DescribedOptions<ConvNetOptions>("ConvNet", {
  inputDim: rules.imageDim(),
  conv: later(() => []),
  globalAveragePool: rules.flag(false),
  hidden: {
    must: "a list of widths such as [100]",
    fits: Array.isArray,
    make: () => [],
    kind: true,
  },
  normalization: rules.oneOf(["batchnorm", "groupnorm", "layernorm", null], null),
  normGroups: { ...rules.size(), make: () => undefined },
  weightScale: rules.orWord("he", rules.amount()),
  ...networkRules,
  ...dropoutRules,
}, aliases);

const stageOptions = new rules.DescribedOptions<ConvNetStage>("ConvNet", {
  filters: rules.size(),
  size: later(() => 3),
  stride: later(() => 1),
  pad: later(() => "same"),
  dilation: later(() => 1),
  groups: rules.size(1),
  bias: { ...rules.flag(true), make: () => undefined },
  pool: later(() => false),
  dropoutKeepRatio: rules.keepRatio("dropoutKeepRatio"),
}, stageAliases);

const poolOptions = new rules.DescribedOptions<ConvNetPool>("ConvNet", {
  size: later(() => undefined as never),
  stride: later(() => undefined),
  kind: { ...rules.oneOf(["max", "average"], "max"), subject: "pool.kind" },
});

/** The layers that options describe, which are checked on the way. */
export class ConvNetLayers extends Layers {
  /** The options, with nothing left open. */
  readonly settings: rules.Resolved<ConvNetOptions>;

  constructor(options: ConvNetOptions) {
    const settings = netOptions.resolve(options);
    super(settings.inputDim);
    this.settings = settings;
    const { conv, globalAveragePool, hidden, numClasses, normalization, normGroups } = settings;
    hidden.forEach((width, i) => rules.checkValue("ConvNet", `hidden[${i}]`, width, rules.size()));
    if (!Array.isArray(conv) || conv.length === 0) {
      throw new TypeError(
        "ConvNet: conv must be a list of at least one stage, such as [{ filters: 32, pool: true }]" +
          (conv?.length === 0 ? "; without convolution use FullyConnectedNet" : ""),
      );
    }
    if (normGroups !== undefined && normalization !== "groupnorm") {
      throw new RangeError(
        `ConvNet: normGroups goes with normalization "groupnorm", which is ${
          normalization && `"${normalization}"`
        } here; drop one or change the other`,
      );
    }
    conv.forEach((stage, j) => this.#stage(`conv[${j}]`, j + 1, stage));
    if (globalAveragePool) {
      const [, poolHeight, poolWidth] = this.shape;
      this.pool("globalavgpool", "average", { poolHeight, poolWidth, stride: 1 }, []);
    }
    const dropoutParam = this.#dropoutParam(settings.dropoutKeepRatio);
    if (hidden.length === 0) this.dropout("dropout", dropoutParam);
    [...hidden, numClasses].forEach((width, j) => {
      const [i, last] = [conv.length + j + 1, j === hidden.length];
      this.affine(i, width, last, last ? null : this.#norm(width, {}));
      if (!last) this.dropout(`dropout${i}`, dropoutParam);
    });
  }

  #norm(width: number, other: Norm): Norm | null {
    const { normalization, dtype } = this.settings;
    if (normalization === "batchnorm") return untrainedBatchnorm(width, dtype);
    return normalization && other;
  }

  #dropoutParam(p: number): DropoutParam | null {
    const { seed, rng } = this.settings;
    return p === 1 ? null : { mode: "train", p, ...(seed === null ? { rng } : { seed }) };
  }

  #stage(where: string, i: number, given: ConvNetStage | number): void {
    const caller = `ConvNet: ${where}`;
    const asked = typeof given === "number" ? { filters: given } : given;
    const stage = stageOptions.resolve(asked, caller);
    const { normalization, normGroups = 8 } = this.settings;
    const { filters, groups, bias = normalization !== "batchnorm" } = stage;
    const [c, ...image] = this.shape;
    const size = perAxis(caller, "size", stage.size, 1);
    const stride = perAxis(caller, "stride", stage.stride, 1);
    const dilation = perAxis(caller, "dilation", stage.dilation, 1);
    const span = size.map((length, axis) => dilation[axis] * (length - 1) + 1);
    if (stage.pad === "same" && span.some((length) => length % 2 === 0)) {
      throw new RangeError(
        `${caller}: size must be odd for the pad "same", got ${size[0]}×${
          size[1]
        }; give pad as a ` +
          "number",
      );
    }
    const same = span.map((length) => (length - 1) / 2);
    const pad = perAxis(caller, "pad", stage.pad === "same" ? same : stage.pad, 0);
    checkDivides(`${caller}: groups`, groups, c, "channels that come in");
    checkDivides(`${caller}: groups`, groups, filters, "filters");
    const padded = image.map((length, axis) => length + 2 * pad[axis]);
    const out = places(padded, span, stride);
    if (!out) {
      throw new RangeError(
        `${caller}: the filter covers ${span.join("×")} pixels, more than the padded image of ` +
          `${padded.join("×")}; use a smaller size, a larger pad or fewer stages`,
      );
    }
    if (normalization === "groupnorm") {
      const things = `filters of ${where}`;
      checkDivides("ConvNet: normGroups", normGroups, filters, things, ", or other filters");
    }
    const norm = this.#norm(filters, normalization === "groupnorm" ? normGroups : 1);
    const weights = [filters, c / groups, ...size];
    this.conv(i, [weights, bias, out], { stride, pad, dilation, groups }, norm);
    if (stage.pool !== false) this.#stagePool(caller, i, stage.pool);
    this.dropout(`dropout${i}`, this.#dropoutParam(stage.dropoutKeepRatio));
  }

  #stagePool(caller: string, i: number, pool: number | true | ConvNetPool): void {
    const [, ...image] = this.shape;
    if (typeof pool !== "object" || pool === null) {
      const side = pool === true ? 2 : pool;
      rules.checkValue(caller, "pool", side, rules.size());
      if (image.some((length) => length % side > 0)) {
        throw new RangeError(
          `${caller}: pool must divide the image of ${image.join("×")} there, got ${side}; pool ` +
            `fewer times, change inputDim, or give { size: ${side} } to leave out the rest of the ` +
            "pixels",
        );
      }
      pool = { size: side };
    }
    const { size, stride: step = size, kind } = poolOptions.resolve(pool, `${caller}.pool`);
    const [poolHeight, poolWidth] = perAxis(caller, "pool.size", size, 1);
    const stride = perAxis(caller, "pool.stride", step, 1);
    const out = places(image, [poolHeight, poolWidth], stride);
    if (!out) {
      throw new RangeError(
        `${caller}: the pooling window of ${poolHeight}×${poolWidth} pixels is larger than the ` +
          `image of ${image.join("×")} there; use a smaller one, or fewer stages`,
      );
    }
    const name = `${kind === "max" ? "max" : "avg"}pool${i}`;
    this.pool(name, kind, { poolHeight, poolWidth, stride }, out);
  }
}

/** How often a window fits along each axis, null if it does not; what is left over is not looked at. */
function places(image: number[], window: number[], stride: number[]): number[] | null {
  const fit = image.map((length, axis) => 1 + Math.floor((length - window[axis]) / stride[axis]));
  return fit.every((n) => n >= 1) ? fit : null;
}
