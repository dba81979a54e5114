"""PyTorch of the system's Python on one thread, speaking the protocol of run/worker.mjs: one JSON object per line."""

import json
import pathlib
import re
import statistics
import sys
import time

import torch

from works import WORKS

SLICE_MS = 20.0
CHUNK_MS = 0.5
WARMUP_MS = 300.0
LEAST_CALLS = 10
LONGEST_WARMUP_MS = 2000.0

# Long enough for every thread to be seen working by a clock of 10 ms.
PRODUCT = 1024
PRODUCTS = 20

handles = {}


def milliseconds(run, times):
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) * 1e3


def prepare(lane, work):
    kind = work["kind"]
    if kind not in WORKS:
        raise NotImplementedError(f"PyTorch: {kind} is not compared")
    run = WORKS[kind](work)
    result = [float(value) for value in run().detach().reshape(-1).double()]
    calls, elapsed = 0, 0.0
    while (elapsed < WARMUP_MS or calls < LEAST_CALLS) and elapsed < LONGEST_WARMUP_MS:
        elapsed += milliseconds(run, 1)
        calls += 1
    handles[lane] = (run, max(1, round(CHUNK_MS * calls / elapsed)))
    last = len(result) - 1
    return {"digest": {"size": len(result), "mean": statistics.fmean(map(abs, result)), "picks": [result[i * last // 15] for i in range(16)]}}


def sample(lane):
    run, times = handles[lane]
    run()
    chunks, elapsed = [], 0.0
    while elapsed < SLICE_MS:
        spent = milliseconds(run, times)
        chunks.append(spent / times)
        elapsed += spent
    return {"ms": statistics.median(chunks)}


def ticks():
    """Processor time of each thread of this process, where the system tells it (Linux)."""
    stats = [path.read_text() for path in pathlib.Path("/proc/self/task").glob("*/stat")]
    return {stat.split(" ", 1)[0]: sum(map(int, stat.rsplit(")", 1)[1].split()[11:13])) for stat in stats}


def working_threads():
    """How many threads work on a large product: a BLAS can have threads that PyTorch knows nothing of."""
    a = torch.ones(PRODUCT, PRODUCT)
    before = ticks()
    milliseconds(lambda: a @ a, PRODUCTS)
    spent = [after - before.get(thread, 0) for thread, after in ticks().items()]
    return sum(time > 0 for time in spent) if spent else torch.get_num_threads()


def blas():
    """The file that the products come from, or what PyTorch was built with where the system does not tell (other than Linux)."""
    maps = pathlib.Path("/proc/self/maps")
    files = {line.rsplit("/", 1)[1] for line in maps.read_text().splitlines() if "/" in line} if maps.exists() else set()
    loaded = sorted(file for file in files if re.match(r"lib(openblas|blas|blis|mkl_core|atlas)", file))
    return ", ".join(loaded) or ", ".join(re.findall(r"BLAS_INFO=(\w+)", torch.__config__.show())) or "a BLAS of its own"


def opened():
    threads = working_threads()
    if threads > 1:
        raise RuntimeError(f"{threads} of its threads work on one product, and all others have one")
    return {"version": f"{torch.__version__} ({blas()}, {threads} thread)"}


def answer(request):
    if request["do"] == "open":
        return opened()
    if request["do"] == "prepare":
        return prepare(request["lane"], request["work"])
    if request["do"] == "sample":
        return sample(request["lane"])
    handles.clear()
    return {}


torch.set_num_threads(1)
torch.set_num_interop_threads(1)
for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # whatever goes wrong is the answer
        reply = {"error": str(error).split("\n")[0]}
    print(json.dumps(reply), flush=True)
