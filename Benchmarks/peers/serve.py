"""One peer in a process of its own: does what the lines of its standard input ask.

`prepare NAME FOLDER` takes the inputs from a folder, compiles, and compares the result with the
reference there; `sample SECONDS` times calls. Each answer is a line of JSON.
"""
import importlib
import json
import os
import sys
import time
import timeit

import numpy as np

import workloads

# Long beside the clock's own 25 ns, short enough to fall between disturbances.
SAMPLE_SECONDS = 200e-6


def prepare(peer, name, folder):
    workload = workloads.NAMED[name]
    arrays, reference = workloads.stored(folder, "in"), workloads.stored(folder, "out")
    start = time.perf_counter()
    call, arguments, to_numpy = peer.build(workload, arrays, int(os.environ["PEER_THREADS"]))
    if name.startswith("small4np") and hasattr(peer, "from_numpy"):
        call, arguments, to_numpy = between_numpy(peer, call, to_numpy), arrays, None
    results = call(*arguments)
    first = time.perf_counter()
    excess = workload.excess(
        [(to_numpy or np.asarray)(r) for r in workloads.flat(results)], reference)
    del results
    again = time.perf_counter()
    call(*arguments)
    later = time.perf_counter() - again
    names = {f"a{i}": a for i, a in enumerate(arguments)}
    timer = timeit.Timer(f"f({', '.join(names)})", globals={"f": call, **names})
    return timer, {"compile_s": max(0, first - start - later), "excess": excess}


def between_numpy(peer, call, to_numpy):
    """Has the conversions of operands and result in the call; other peers take NumPy's arrays."""
    def whole(x, y):
        result = call(peer.from_numpy(x), peer.from_numpy(y))
        return to_numpy(result[0] if isinstance(result, (list, tuple)) else result)
    return whole


def sample(timer, seconds):
    repeats, times = 1, []
    while True:
        duration = timer.timeit(repeats)
        if duration >= SAMPLE_SECONDS:
            break
        repeats = max(repeats + 1, min(repeats * 10, int(repeats * SAMPLE_SECONDS / duration) + 1))
    # Three at least, but for calls of many seconds.
    start = time.perf_counter()
    while time.perf_counter() < start + (seconds if len(times) >= 3 else max(seconds, 3)):
        times.append(timer.timeit(repeats) / repeats)
    return {"times": times}


def main(module):
    # Answers go where standard output went; what libraries print goes to standard error.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    timer = None
    try:
        peer = importlib.import_module(module)
        answer = {"version": peer.version}
    except Exception as error:
        peer, answer = None, {"error": f"{type(error).__name__}: {error}"}
    while True:
        print(json.dumps(answer), file=answers, flush=True)
        words = sys.stdin.readline().split()
        try:
            if not words or peer is None:
                return
            if words[0] == "prepare":
                timer = None
                timer, answer = prepare(peer, *words[1:])
            else:
                answer = sample(timer, float(words[1]))
        except NotImplementedError as reason:
            answer = {"skipped": str(reason)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {str(error)[:300]}"}


main(sys.argv[1])
