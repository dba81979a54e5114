"""Each kind of work in PyTorch, with the inputs of ../../inputs.mjs and the networks of ../../networks.mjs."""

import functools
import math

import numpy as np
import torch
import torch.nn.functional as F

RANGE = 4
CLASSES = 10
LEARNING_RATE = 1e-6


def numbers(seed, *shape, scale=1.0):
    """The hash of inputs.mjs."""
    h = np.arange(math.prod(shape), dtype=np.uint32) + np.uint32(seed * 0x9E3779B9 & 0xFFFFFFFF)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x21F0AAAD)
    h = (h ^ (h >> np.uint32(15))) * np.uint32(0xD35A2D97)
    h ^= h >> np.uint32(15)
    values = ((h >> np.uint32(8)) / 2.0**23 - 1) * scale
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def matmul(work):
    m, k, n = work["m"], work["k"], work["n"]
    a = numbers(1, k, m).t() if work.get("aT") else numbers(1, m, k)
    b = numbers(2, n, k).t() if work.get("bT") else numbers(2, k, n)
    return lambda: a @ b


def conv(work):
    x = numbers(1, work["N"], work["C"], work["S"], work["S"])
    weight = numbers(2, work["F"], work["C"] // work["G"], work["K"], work["K"])
    return lambda: F.conv2d(x, weight, None, work["stride"], (work["K"] - 1) // 2, 1, work["G"])


def unary(work):
    x = numbers(1, work["n"], scale=RANGE)
    function = getattr(torch, work["op"])
    return lambda: function(x)


def softmax(work):
    x = numbers(1, *work["shape"], scale=RANGE)
    return lambda: F.softmax(x, work["dim"])


def add(work):
    a, b = numbers(1, work["n"]), numbers(2, work["n"])
    a.requires_grad_(work["recorded"])
    other = work.get("number", b)
    return lambda: a + other


def power(work):
    x = numbers(1, work["n"], scale=0.5) + 1
    if work["op"] == "pow":
        return lambda: x.pow(work["exponent"])
    function = getattr(torch, work["op"])
    return lambda: function(x)


def gradient_of(leaf, result, gradient):
    """The gradient of `leaf` from a recorded result."""

    def run():
        leaf.grad = None
        result.backward(gradient, retain_graph=True)
        return leaf.grad

    return run


def pieces(work):
    x = numbers(1, work["batch"], work["pieces"], work["width"]).requires_grad_()
    parts = x.split(1, 1) if work["by"] == "split" else [x.select(1, i) for i in range(work["pieces"])]
    total = functools.reduce(torch.add, parts)
    return gradient_of(x, total, numbers(2, *total.shape))


def batch_norm_step(work):
    shape = [work["N"], work["C"], work["S"], work["S"]]
    x, weight, bias = (numbers(seed, *size).requires_grad_() for seed, size in [(1, shape), (2, shape[1:2]), (3, shape[1:2])])
    gradient = numbers(4, *shape)

    def run():
        x.grad = weight.grad = bias.grad = None
        F.batch_norm(x, None, None, weight, bias, training=True).backward(gradient)
        return x.grad

    return run


def attention(work):
    shape = [1, work["heads"], work["length"], work["width"]]
    q, k, v = (numbers(seed, *shape).requires_grad_() for seed in [1, 2, 3])
    gradient = numbers(4, *shape)
    future = torch.full([work["length"]] * 2, -math.inf).triu(1)

    def run():
        q.grad = k.grad = v.grad = None
        scores = q @ k.transpose(2, 3) * work["width"] ** -0.5
        weights = F.softmax(scores + future if work["causal"] else scores, -1)
        (weights @ v).backward(gradient)
        return q.grad

    return run


def layer_norm(work):
    x, weight, bias = numbers(1, work["rows"], work["cols"]), numbers(2, work["cols"]), numbers(3, work["cols"])
    return lambda: F.layer_norm(x, [work["cols"]], weight, bias)


def total(work):
    x = numbers(1, work["rows"], work["cols"])
    return lambda: x.sum(work["dim"])


def transpose(work):
    x = numbers(1, work["rows"], work["cols"])
    return lambda: x.t().contiguous()


def indices(seed, *shape, below):
    return ((numbers(seed, *shape).double() + 1) / 2 * below).floor().long()


def table(work):
    return numbers(1, work["rows"], work["cols"])


def sort(work):
    x = table(work)
    return lambda: x.sort(1).values


def topk(work):
    x = table(work)
    return lambda: x.topk(work["k"], 1).values


def cumsum(work):
    x = table(work)
    return lambda: x.cumsum(work["dim"])


def gather(work):
    x, index = table(work), indices(2, work["rows"], work["cols"], below=work["cols"])
    return lambda: x.gather(1, index)


def index_select(work):
    x, index = table(work), indices(2, work["rows"], below=work["rows"])
    return lambda: x.index_select(0, index)


def index_add(work):
    x, index = table(work), indices(2, work["rows"], below=work["rows"])
    zeros = torch.zeros_like(x)
    return lambda: zeros.index_add(0, index, x)


def mask(work):
    x = numbers(1, work["n"])
    chosen = x > 0
    return lambda: x[chosen]


def pairs(work):
    x = table(work)
    i, j = indices(2, work["n"], below=work["rows"]), indices(3, work["n"], below=work["cols"])
    return lambda: x[i, j]


def cat(work):
    parts = [numbers(i + 1, work["rows"], work["cols"]) for i in range(work["parts"])]
    return lambda: torch.cat(parts, work["dim"])


def permute(work):
    x = numbers(1, *work["shape"])
    return lambda: x.permute(work["dims"]).contiguous()


def pad(work):
    x, by = numbers(1, *work["shape"]), work["by"]
    return lambda: F.pad(x, [by] * 4, work["mode"])


def interpolate(work):
    x = numbers(1, *work["shape"])
    return lambda: F.interpolate(x, scale_factor=work["factor"], mode=work["mode"])


def rfft(work):
    x = table(work)
    return lambda: torch.view_as_real(torch.fft.rfft(x))


def adam(work):
    weight = numbers(1, work["n"]).requires_grad_()
    weight.grad = numbers(2, work["n"])
    optimizer = torch.optim.Adam([weight], lr=work["lr"])

    def run():
        optimizer.step()
        return weight

    return run


PARTS = {
    "conv": lambda inputs, outputs, kernel: torch.nn.Conv2d(inputs, outputs, kernel),
    "linear": lambda inputs, outputs: torch.nn.Linear(inputs, outputs),
    "relu": torch.nn.ReLU,
    "pool": lambda: torch.nn.MaxPool2d(2),
    "flatten": torch.nn.Flatten,
}


def build(layers):
    model = torch.nn.Sequential(*(PARTS[name](*sizes) for name, *sizes in layers))
    with torch.no_grad():
        for i, part in enumerate(model):
            if hasattr(part, "weight"):
                bound = 1 / math.sqrt(part.weight[0].numel())
                part.weight.copy_(numbers(100 + i, *part.weight.shape, scale=bound))
                part.bias.copy_(numbers(200 + i, *part.bias.shape, scale=bound))
    return model


def train(work):
    model = build(work["layers"])
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    x = numbers(1, work["batch"], *work["input"])
    labels = torch.arange(work["batch"]) % CLASSES

    def run():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss

    return run


def parameters_of(work, layer=0):
    """Weights and biases of one recurrent layer, as in ../../recurrent.mjs."""
    hidden = work["H"]
    rows = {"LSTM": 4, "GRU": 3}[work["cell"]] * hidden
    shapes = [(rows, work["I"] if layer == 0 else hidden), (rows, hidden), (rows,), (rows,)]
    return [numbers(100 + 4 * layer + i, *shape, scale=1 / math.sqrt(hidden)) for i, shape in enumerate(shapes)]


def recurrent_step(work):
    inputs, hidden, steps, batch, classes = (work[name] for name in ("I", "H", "T", "B", "classes"))
    vocabulary = work.get("vocabulary")
    embedding = torch.nn.Embedding(vocabulary, inputs) if vocabulary else torch.nn.Identity()
    body = getattr(torch.nn, work["cell"])(inputs, hidden, work["layers"])
    head = torch.nn.Linear(hidden, classes)
    with torch.no_grad():
        if vocabulary:
            embedding.weight.copy_(numbers(90, vocabulary, inputs))
        for layer in range(work["layers"]):
            for name, values in zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), parameters_of(work, layer)):
                getattr(body, f"{name}_l{layer}").copy_(values)
        head.weight.copy_(numbers(91, classes, hidden, scale=1 / math.sqrt(hidden)))
        head.bias.copy_(numbers(92, classes, scale=1 / math.sqrt(hidden)))
    optimizer = torch.optim.Adam([*embedding.parameters(), *body.parameters(), *head.parameters()], lr=LEARNING_RATE)
    x = indices(1, steps, batch, below=vocabulary) if vocabulary else numbers(1, steps, batch, inputs)
    labels = indices(2, steps * batch if vocabulary else batch, below=classes)

    def run():
        optimizer.zero_grad()
        y, _ = body(embedding(x))
        loss = F.cross_entropy(head(y.reshape(-1, hidden) if vocabulary else y[-1]), labels)
        loss.backward()
        optimizer.step()
        return loss

    return run


def cell_step(work):
    layer = getattr(torch.nn, work["cell"] + "Cell")(work["I"], work["H"]).eval()
    with torch.no_grad():
        for name, values in zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), parameters_of(work)):
            getattr(layer, name).copy_(values)
    x, h, c = numbers(1, 1, work["I"]), numbers(2, 1, work["H"]), numbers(3, 1, work["H"])

    def run():
        with torch.no_grad():
            return layer(x, (h, c))[0]

    return run


WORKS = {
    "matmul": matmul,
    "conv": conv,
    "unary": unary,
    "softmax": softmax,
    "add": add,
    "power": power,
    "pieces": pieces,
    "batchNormStep": batch_norm_step,
    "attention": attention,
    "layerNorm": layer_norm,
    "sum": total,
    "transpose": transpose,
    "sort": sort,
    "topk": topk,
    "cumsum": cumsum,
    "gather": gather,
    "indexSelect": index_select,
    "indexAdd": index_add,
    "mask": mask,
    "pairs": pairs,
    "cat": cat,
    "permute": permute,
    "pad": pad,
    "interpolate": interpolate,
    "rfft": rfft,
    "adam": adam,
    "train": train,
    "recurrentStep": recurrent_step,
    "cellStep": cell_step,
}
