"""The networks of modules in PyTorch, with the names that nndl's weights have."""

import torch
import torch.nn.functional as F
from torch import nn

TEMPERATURE = 0.5


class Attention(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.key, self.query, self.value, self.proj = (nn.Linear(width, width) for _ in range(4))
        self.heads, self.dropout = heads, dropout

    def forward(self, query, key, causal=False):
        n, s, width = query.shape

        def split(x):
            return x.view(n, -1, self.heads, width // self.heads).transpose(1, 2)

        q, k, v = split(self.query(query)), split(self.key(key)), split(self.value(key))
        found = F.scaled_dot_product_attention(q, k, v, dropout_p=self.dropout, is_causal=causal)
        return self.proj(found.transpose(1, 2).reshape(n, s, width))


class FeedForward(nn.Module):
    def __init__(self, width, inner, dropout):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, inner), nn.Linear(inner, width)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.fc2(self.drop(F.gelu(self.fc1(x))))


class Layer(nn.Module):
    """A layer of an encoder, or of a decoder, which also looks at a memory."""

    def __init__(self, width, heads, inner, dropout, decodes):
        super().__init__()
        self.self_attn = Attention(width, heads, dropout)
        self.norm_self = nn.LayerNorm(width)
        if decodes:
            self.cross_attn = Attention(width, heads, dropout)
            self.norm_cross = nn.LayerNorm(width)
        self.ffn = FeedForward(width, inner, dropout)
        self.norm_ffn = nn.LayerNorm(width)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, memory=None):
        x = self.norm_self(x + self.drop(self.self_attn(x, x, causal=memory is not None)))
        if memory is not None:
            x = self.norm_cross(x + self.drop(self.cross_attn(x, memory)))
        return self.norm_ffn(x + self.drop(self.ffn(x)))


def layers(count, *settings):
    """Named as nndl names them: `transformer.layers.0`."""
    return nn.ModuleDict({"layers": nn.ModuleList(Layer(*settings) for _ in range(count))})


def positions(length, width):
    angles = torch.arange(length)[:, None] * 10000 ** (-torch.arange(0, width, 2) / width)
    return torch.stack([angles.sin(), angles.cos()], 2).view(length, width)


class VisionTransformer(nn.Module):
    def __init__(self, dropout, width=128, heads=4, inner=256, depth=6, patch=8):
        super().__init__()
        self.patch_embed = nn.ModuleDict({"proj": nn.Linear(3 * patch**2, width)})
        self.register_buffer("table", positions((32 // patch) ** 2, width), persistent=False)
        self.drop = nn.Dropout(dropout)
        self.transformer = layers(depth, width, heads, inner, dropout, False)
        self.head = nn.Linear(width, 10)
        self.patch = patch

    def forward(self, X, y):
        n, p = len(X), self.patch
        cut = X.view(n, 3, 32 // p, p, 32 // p, p).permute(0, 2, 4, 1, 3, 5)
        patches = cut.reshape(n, -1, 3 * p * p)
        x = self.drop(self.patch_embed["proj"](patches) + self.table)
        for layer in self.transformer["layers"]:
            x = layer(x)
        return F.cross_entropy(self.head(x.mean(1)), y)


def words_and_targets(captions):
    return captions[:, :-1], captions[:, 1:]


def summed_loss(scores, targets):
    """Summed over the words that are not <NULL>, number 0."""
    return F.cross_entropy(
        scores.flatten(0, 1), targets.flatten(), ignore_index=0, reduction="sum"
    )


class CaptioningTransformer(nn.Module):
    def __init__(self, dropout, words=1004, features=512, width=256, heads=2, inner=2048):
        super().__init__()
        self.visual_projection = nn.Linear(features, width)
        self.embedding = nn.Embedding(words, width, padding_idx=0)
        self.register_buffer("table", positions(50, width), persistent=False)
        self.drop = nn.Dropout(dropout)
        self.transformer = layers(2, width, heads, inner, dropout, True)
        self.output = nn.Linear(width, words)

    def forward(self, features, captions):
        words, targets = words_and_targets(captions)
        x = self.drop(self.embedding(words) + self.table[: words.shape[1]])
        memory = self.visual_projection(features)[:, None]
        for layer in self.transformer["layers"]:
            x = layer(x, memory)
        return summed_loss(self.output(x), targets) / targets.numel()


class CaptioningRNN(nn.Module):
    """With the library's own recurrent layer, into which the weights are put in its order."""

    def __init__(self, cell, arrays):
        super().__init__()
        words, width = arrays["W_embed"].shape
        features, hidden = arrays["W_proj"].shape
        self.embed = nn.Embedding(words, width)
        self.project = nn.Linear(features, hidden)
        self.recurrent = (nn.LSTM if cell == "lstm" else nn.RNN)(width, hidden, batch_first=True)
        self.scores = nn.Linear(hidden, words)
        self.cell = cell

        def gates(w):
            """Transposed; nndl has the gates in the order i, f, o, g, PyTorch i, f, g, o."""
            w = torch.from_numpy(w).T if w.ndim == 2 else torch.from_numpy(w)
            if cell == "rnn":
                return w
            i, f, o, g = w.chunk(4)
            return torch.cat([i, f, g, o])

        with torch.no_grad():
            self.embed.weight.copy_(torch.from_numpy(arrays["W_embed"]))
            self.project.weight.copy_(torch.from_numpy(arrays["W_proj"]).T)
            self.project.bias.copy_(torch.from_numpy(arrays["b_proj"]))
            self.recurrent.weight_ih_l0.copy_(gates(arrays["Wx"]))
            self.recurrent.weight_hh_l0.copy_(gates(arrays["Wh"]))
            self.recurrent.bias_ih_l0.copy_(gates(arrays["b"]))
            # There is one bias, not two.
            self.recurrent.bias_hh_l0.zero_().requires_grad_(False)
            self.scores.weight.copy_(torch.from_numpy(arrays["W_vocab"]).T)
            self.scores.bias.copy_(torch.from_numpy(arrays["b_vocab"]))

    def forward(self, features, captions):
        words, targets = words_and_targets(captions)
        h0 = self.project(features)[None]
        state = (h0, torch.zeros_like(h0)) if self.cell == "lstm" else h0
        h, _ = self.recurrent(self.embed(words), state)
        return summed_loss(self.scores(h), targets) / len(targets)


class SimCLR(nn.Module):
    def __init__(self, widths=(32, 64, 128, 128), hidden=128, out=64):
        super().__init__()
        parts, channels = [], 3
        for i, width in enumerate(widths):
            parts += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)]
            parts += [nn.ReLU(), nn.MaxPool2d(2) if i + 1 < len(widths) else nn.Identity()]
            channels = width
        self.encoder = nn.Sequential(*parts)
        self.head = nn.Sequential(
            nn.Linear(channels, hidden, bias=False),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Linear(hidden, out),
        )

    def encode(self, x):
        return F.normalize(self.head(self.encoder(x).mean((2, 3))))

    def forward(self, left, right):
        out = torch.cat([self.encode(left), self.encode(right)])
        count = len(out)
        similar = (out @ out.T) / TEMPERATURE
        similar = similar.masked_fill(torch.eye(count, dtype=torch.bool), -1e30)
        return F.cross_entropy(similar, (torch.arange(count) + count // 2) % count)


def fully_connected_gan():
    generator = nn.Sequential(
        nn.Linear(96, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 784),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.LeakyReLU(), nn.Linear(256, 256), nn.LeakyReLU(),
        nn.Linear(256, 1),
    )
    return generator, discriminator


def convolutional_gan():
    generator = nn.Sequential(
        nn.Linear(96, 1024), nn.ReLU(), nn.BatchNorm1d(1024),
        nn.Linear(1024, 6272), nn.ReLU(), nn.BatchNorm1d(6272),
        nn.Unflatten(1, (128, 7, 7)),
        nn.ConvTranspose2d(128, 64, 4, 2, 1), nn.ReLU(), nn.BatchNorm2d(64),
        nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Tanh(), nn.Flatten(),
    )
    discriminator = nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, 32, 5), nn.LeakyReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5), nn.LeakyReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1024, 1024), nn.LeakyReLU(), nn.Linear(1024, 1),
    )
    return generator, discriminator


def load(module, arrays, prefix=""):
    names = module.state_dict().keys()
    state = {name: torch.from_numpy(arrays[prefix + name].copy()) for name in names
             if not name.endswith("num_batches_tracked")}
    missing = set(names) - set(state)
    assert all(name.endswith("num_batches_tracked") for name in missing)
    module.load_state_dict(state, strict=False)


def gan_step(generator, discriminator, batch, rate, compiled):
    adam = [torch.optim.Adam(m.parameters(), lr=rate, betas=(0.5, 0.999))
            for m in (generator, discriminator)]
    generate, discriminate = compiled(generator), compiled(discriminator)
    weights = list(generator.parameters())
    real, noise1, noise2 = batch["real"], batch["noise1"], batch["noise2"]
    ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)
    bce = F.binary_cross_entropy_with_logits

    def step():
        adam[1].zero_grad()
        with torch.no_grad():
            fake = generate(noise1)
        d_loss = bce(discriminate(real), ones) + bce(discriminate(fake), zeros)
        d_loss.backward()
        adam[1].step()
        adam[0].zero_grad()
        g_loss = bce(discriminate(generate(noise2)), ones)
        # Nothing is computed for the weights of the discriminator.
        g_loss.backward(inputs=weights)
        adam[0].step()
        return d_loss.item() + g_loss.item()

    return step


def model_step(spec, arrays, compiled):
    """A training step of the network that `spec` names."""
    name, dropout = spec["model"], 1 - spec["keep"]
    batch = {key[6:]: torch.from_numpy(value) for key, value in arrays.items()
             if key.startswith("batch.")}
    if name in ("gan", "dcgan"):
        nets = fully_connected_gan() if name == "gan" else convolutional_gan()
        for prefix, net in zip(("generator.", "discriminator."), nets):
            load(net, arrays, prefix)
        return gan_step(*nets, batch, spec["rate"], compiled)
    for key in ("captions", "y"):
        if key in batch:
            batch[key] = batch[key].long()
    if name in ("rnn-captioning", "lstm-captioning"):
        net = CaptioningRNN(name.split("-")[0], arrays)
    else:
        net = SimCLR() if name == "simclr" else (
            VisionTransformer if name == "vit" else CaptioningTransformer
        )(dropout)
        load(net, arrays)
    learnt = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(learnt, lr=spec["rate"])
    loss_of = compiled(net)

    def step():
        optimizer.zero_grad()
        loss = loss_of(**batch)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step
