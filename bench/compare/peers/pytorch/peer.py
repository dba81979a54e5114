"""PyTorch of the system's Python on one thread, speaking the protocol of run/worker.mjs: one JSON object per line."""

import json
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


def answer(request):
    if request["do"] == "open":
        return {"version": torch.__version__}
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
