"""The workloads in PyTorch."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from . import data


def small_op():
    x = torch.from_numpy(data.COLUMN)

    def run():
        y = x
        for _ in range(1000):
            y = y * x + x
        return y

    return run


def tape_step():
    v = torch.tensor(data.WEIGHTS, requires_grad=True)

    def run():
        y = (torch.square(v) * 3.0 + v).sum()
        (g,) = torch.autograd.grad(y, v)
        with torch.no_grad():
            v.sub_(0.001 * g)

    return run


traced_step = tape_step


def _parameters(*arrays):
    return [torch.tensor(a, requires_grad=True) for a in arrays]


def perceptron():
    x, labels = torch.from_numpy(data.IMAGES), torch.from_numpy(data.LABELS).long()
    parameters = _parameters(data.W1, data.W1[0] * 0, data.W2, data.W2[0] * 0)
    w1, b1, w2, b2 = parameters

    def run():
        loss = F.cross_entropy(torch.relu(x @ w1 + b1) @ w2 + b2, labels)
        with torch.no_grad():
            for v, g in zip(parameters, torch.autograd.grad(loss, parameters)):
                v.sub_(0.01 * g)

    return run


def logistic():
    x, y = torch.from_numpy(data.POINTS), torch.from_numpy(data.ANSWERS)

    def run():
        w, b = torch.zeros(2, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
        for _ in range(1000):
            loss = F.binary_cross_entropy_with_logits(x @ w + b, y)
            gw, gb = torch.autograd.grad(loss, [w, b])
            with torch.no_grad():
                w.sub_(0.1 * gw)
                b.sub_(0.1 * gb)
        return w

    return run


def _chain(x):
    return (torch.sqrt(torch.square(x) + 1) * 0.5 - torch.tanh(x)).sum()


def chain():
    x = torch.from_numpy(data.LARGE)
    return lambda: _chain(x)


def _gradient(function, *inputs):
    tensors = _parameters(*inputs)
    return lambda: torch.autograd.grad(function(*tensors), tensors)


def chain_gradient():
    return _gradient(_chain, data.LARGE)


def cross_entropy():
    labels = torch.from_numpy(data.TARGETS).long()
    return _gradient(lambda x: F.cross_entropy(x, labels), data.LOGITS)


def layer_norm_gradient():
    def norm(x, gamma, beta):
        return torch.square(F.layer_norm(x, (x.shape[-1],), gamma, beta)).sum()

    return _gradient(norm, data.LOGITS, data.GAMMA, data.BETA)


def matmul_1024():
    a, b = torch.from_numpy(data.A1024), torch.from_numpy(data.B1024)
    return lambda: a @ b


def matmul_64():
    a, b = torch.from_numpy(data.A64), torch.from_numpy(data.B64)
    return lambda: a @ b


def _channels_last(filters=data.KERNEL):
    pictures = torch.from_numpy(data.PICTURES).permute(0, 3, 1, 2)  # a view: NHWC in memory, as in TensorFlow
    kernel = torch.from_numpy(filters).permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)
    return pictures, kernel


def conv2d():
    x, k = _channels_last()
    return lambda: F.conv2d(x, k, padding="same")


def conv2d_gradient():
    x, k = (t.detach().requires_grad_() for t in _channels_last())
    return lambda: torch.autograd.grad(F.conv2d(x, k, padding="same").sum(), [x, k])


def _depthwise(x, k):
    return F.conv2d(x, k, padding="same", groups=64)


def depthwise():
    x, k = _channels_last(data.EACH_CHANNEL.swapaxes(2, 3))
    return lambda: _depthwise(x, k)


def depthwise_gradient():
    x, k = (t.detach().requires_grad_() for t in _channels_last(data.EACH_CHANNEL.swapaxes(2, 3)))
    return lambda: torch.autograd.grad(_depthwise(x, k).sum(), [x, k])


def max_pool_gradient():
    x = _channels_last()[0].requires_grad_()
    return lambda: torch.autograd.grad(F.max_pool2d(F.pad(x, (0, 1, 0, 1), value=-float("inf")), 3, 2).sum(), x)


def gather():
    table, rows = torch.from_numpy(data.TABLE), torch.from_numpy(data.ROWS).long()
    return lambda: table[rows]


def scatter_add():
    rows, updates = torch.from_numpy(data.ROWS).long(), torch.from_numpy(data.TABLE[data.ROWS])
    return lambda: torch.zeros(10_000, 64).index_add_(0, rows, updates)


def gather_gradient():
    rows = torch.from_numpy(data.ROWS).long()
    return _gradient(lambda table: torch.square(table[rows]).sum(), data.TABLE)


def sort():
    x = torch.from_numpy(data.MILLION)
    return lambda: torch.sort(x)


def normal_draws():
    return lambda: torch.randn(1_000_000)


def jacobian_50():
    x, m = torch.from_numpy(data.VECTOR), torch.from_numpy(data.MIX)
    return lambda: torch.func.jacrev(lambda v: torch.tanh(m @ v))(x)


def hessian_50():
    x, m = torch.from_numpy(data.VECTOR), torch.from_numpy(data.MIX)
    return lambda: torch.func.hessian(lambda v: torch.tanh(m @ v).sum())(x)


def finish(result) -> None:
    """PyTorch on a CPU has computed it already."""
