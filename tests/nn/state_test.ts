import assert from "node:assert/strict";
import { add, flatten, mean, relu, stack } from "../../autograd/mod.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  writeSafetensors,
} from "../../io/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import {
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Embedding,
  GroupNorm,
  GRU,
  LayerNorm,
  Linear,
  LSTM,
  Module,
  Sequential,
} from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";

const make = (seed: number) => {
  const rng = new RandomState(seed);
  return new Sequential(
    new Conv2d(2, 4, 3, { pad: 1, stride: 2, rng }),
    new BatchNorm2d(4),
    relu,
    new GroupNorm(2, 4),
    flatten,
    new Linear(4 * 3 * 3, 5, { rng }),
    new LayerNorm(5),
  );
};

Deno.test("the state of a module goes through a safetensors file", () => {
  const [net, other] = [make(0), make(1)];
  const x = new RandomState(2).randn(3, 2, 6, 6);
  net.forward(x);
  other.loadStateDict(decodeSafetensors(encodeSafetensors(net.stateDict())).tensors);
  assert.deepEqual(other.eval().forward(x).value, net.eval().forward(x).value);
});

Deno.test("names in memory are taken too, and num_batches_tracked is passed over", () => {
  const [net, other] = [make(0), make(1)];
  other.loadStateDict({
    ...Object.fromEntries(Object.entries(net.parameters()).map(([name, p]) => [name, p.value])),
    ...net.buffers(),
    "1.num_batches_tracked": array(7, "int32"),
  });
  assert.deepEqual(other.stateDict(), net.stateDict());
  net.forward(ones([1, 2, 6, 6]));
  const counter = net.stateDict({ numBatchesTracked: true })["1.num_batches_tracked"];
  assert.deepEqual([counter.item(), counter.shape], [1, []]);
});

Deno.test("paths become snake case", () => {
  class Names extends Module {
    selfAttn = new LayerNorm(2);
    normSelf2 = new LayerNorm(2);
    Wx = new LayerNorm(2);
    forward() {}
  }
  assert.deepEqual(Object.keys(new Names().stateDict()), [
    "self_attn.weight",
    "self_attn.bias",
    "norm_self2.weight",
    "norm_self2.bias",
    "wx.weight",
    "wx.bias",
  ]);
});

Deno.test("loadStateDict() names all that does not fit, and then changes nothing", () => {
  const layer = new Linear(2, 3);
  const before = layer.weight.value.copy();
  assert.throws(
    () => layer.loadStateDict({ weight: ones([3, 2]), weigth: ones([1]), other: ones([1]) }),
    new RangeError(
      "loadStateDict: the arrays do not fit this Linear; missing: bias; too many: weigth, other",
    ),
  );
  assert.throws(
    () => layer.loadStateDict({ weight: ones([2, 3]), bias: array([1, 2, 3], "int32") }),
    new RangeError(
      "loadStateDict: the arrays do not fit this Linear; of another form: weight ((3, 2) is " +
        "needed, not (2, 3)), bias (a float array is needed, not int32)",
    ),
  );
  assert.deepEqual(layer.weight.value, before);
  layer.loadStateDict({ weight: zeros([3, 2]), other: ones([1]) }, { strict: false });
  assert.equal(layer.weight.value.sum(), 0);
});

/** The Python to compare with: NNDL_PYTHON, or python3. */
const python = Deno.env.get("NNDL_PYTHON") ?? "python3";

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(python, { args: ["-c", program, ...args] })
    .output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

async function missing(): Promise<boolean> {
  try {
    await run("import torch, safetensors.torch");
    return false;
  } catch {
    console.warn(
      `skipped: ${python} has no torch and safetensors; set NNDL_PYTHON to one that has`,
    );
    return true;
  }
}

const program = `
import sys, torch
from torch import nn
from safetensors.torch import load_file, save_file
folder = sys.argv[1]
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1, stride=2, groups=2), nn.BatchNorm2d(4), nn.ReLU(),
            nn.GroupNorm(2, 4), nn.Flatten(), nn.Linear(36, 5), nn.LayerNorm(5))
        self.word_table = nn.Embedding(7, 5)
        self.lstm = nn.LSTM(5, 5, batch_first=True)
        self.gru = nn.GRU(5, 5, batch_first=True)
        self.up = nn.ConvTranspose2d(2, 4, 4, stride=2, padding=1, groups=2)
    def forward(self, x, words):
        steps = torch.stack([self.features(x), self.word_table(words)], 1)
        return self.lstm(steps)[0] + self.gru(steps)[0] + self.up(x).mean()
def outputs(net):
    net.eval()
    g = torch.Generator().manual_seed(1)
    x = torch.randn(3, 2, 6, 6, generator=g)
    words = torch.tensor([0, 6, 3])
    with torch.no_grad():
        return {"x": x, "words": words, "out": net(x, words).contiguous()}
net = Net()
if sys.argv[2] == "write":
    for _ in range(3):
        net.train()(torch.randn(5, 2, 6, 6), torch.tensor([0, 1, 2, 3, 4]))
    save_file({k: v.contiguous() for k, v in net.state_dict().items()}, folder + "/torch.safetensors")
    save_file(outputs(net), folder + "/expected.safetensors")
else:
    net.load_state_dict(load_file(folder + "/ours.safetensors"), strict=True)
    save_file(outputs(net), folder + "/theirs.safetensors")
`;

class Net extends Module {
  features: Sequential;
  wordTable: Embedding;
  lstm: LSTM;
  gru: GRU;
  up: ConvTranspose2d;
  constructor(rng: RandomState) {
    super();
    this.features = new Sequential(
      new Conv2d(2, 4, 3, { pad: 1, stride: 2, groups: 2, rng }),
      new BatchNorm2d(4),
      relu,
      new GroupNorm(2, 4),
      flatten,
      new Linear(36, 5, { rng }),
      new LayerNorm(5),
    );
    this.wordTable = new Embedding(7, 5, { rng });
    this.lstm = new LSTM(5, 5, { rng });
    this.gru = new GRU(5, 5, { rng });
    this.up = new ConvTranspose2d(2, 4, 4, { stride: 2, pad: 1, groups: 2, rng });
  }
  forward(x: NDArray, words: NDArray) {
    const steps = stack([this.features.forward(x), this.wordTable.forward(words)], 1);
    const states = add(this.lstm.forward(steps), this.gru.forward(steps));
    return add(states, mean(this.up.forward(x)));
  }
}

function assertNear(actual: NDArray, expected: NDArray): void {
  const error = Math.max(...actual.subtract(expected).abs().data);
  assert.ok(error < 2e-5, `largest difference ${error}`);
}

Deno.test("files of PyTorch load here strictly, and ours there, to the same outputs", async () => {
  if (await missing()) return;
  const folder = await Deno.makeTempDir();
  try {
    await run(program, folder, "write");
    const net = new Net(new RandomState(0)).eval();
    net.loadStateDict((await readSafetensors(`${folder}/torch.safetensors`)).tensors);
    const { x, words, out } = (await readSafetensors(`${folder}/expected.safetensors`)).tensors;
    assertNear(net.forward(x, words).value, out);

    const ours = new Net(new RandomState(5));
    for (let i = 0; i < 2; i++) ours.train().forward(x, words);
    for (const numBatchesTracked of [false, true]) {
      await writeSafetensors(`${folder}/ours.safetensors`, ours.stateDict({ numBatchesTracked }));
      await run(program, folder, "read");
      const theirs = (await readSafetensors(`${folder}/theirs.safetensors`)).tensors;
      assertNear(ours.eval().forward(x, words).value, theirs.out);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
