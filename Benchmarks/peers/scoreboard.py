"""Runs the workloads in Martlet and its peers, in turns, and writes the scoreboard.

    python3 environments.py && .peers/core/bin/python peers/scoreboard.py --only 'pi*' --threads 1

Of every contestant there is one process, which keeps the workload ready; they are asked for samples
in turns, several times over.
"""
import argparse
import fnmatch
import json
import os
import shutil
import statistics
import sys
import tempfile
import time

import numpy as np

import contestants
import report
from environments import FOLDER, PEERS, install
from peer_numpy import NumPyOps
from workloads import WORKLOADS, stored

# After as long there are no more turns of a kind: a product of 5,000 takes seconds.
MOST_SECONDS = 30

HERE = os.path.dirname(os.path.abspath(__file__))
# Where the whole board goes, and where a part of it does.
WHOLE, PART = os.path.join(os.path.dirname(HERE), "results"), os.path.join(FOLDER, "results")


def options():
    parser = argparse.ArgumentParser(description="Measures Martlet beside its peers.")
    listed = lambda text: text.split(",")
    parser.add_argument("--only", type=listed, default=["*"], help="names or patterns of workloads")
    parser.add_argument("--peers", type=listed, default=["*"], help="names or patterns of peers")
    parser.add_argument("--threads", type=listed, default=["1", "2"])
    parser.add_argument("--seconds", type=float, default=0.3, help="for a turn of a peer")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each")
    parser.add_argument("--close-rounds", type=int, default=4,
                        help="more turns of Martlet and the peers that are about as fast")
    parser.add_argument("--priority", type=int, default=0,
                        help="samples run before other processes, with this real-time priority")
    parser.add_argument("--json", help="a file for the measurements, or one to report without any")
    parser.add_argument("--resume", action="store_true",
                        help="leave out the rows that --json holds, and add the others to it")
    parser.add_argument("--report", action="store_true", help="only report what --json holds")
    parser.add_argument("--out", help=f"a folder for the board; {WHOLE}, or {PART} for a part")
    return parser.parse_args()


def place(results, asked):
    """Where the board goes: one with every row, measured beside every peer, is a whole one."""
    measured = {(row["workload"], row["threads"]) for row in results["rows"]}
    rows = {(workload.name, threads) for workload in WORKLOADS for threads in (1, 2)}
    return asked.out or (WHOLE if rows <= measured and not results["left_out"] else PART)


def chosen(names, patterns):
    return [n for n in names if any(fnmatch.fnmatch(n, p) for p in patterns)]


def store(workload, folder):
    """Writes the inputs, and what NumPy computes in double."""
    os.makedirs(folder)
    arrays = workload.arrays()
    with np.errstate(all="ignore"):
        reference = workload.reference(NumPyOps(np), arrays)
    for kind, values in ("in", arrays), ("out", reference):
        for i, value in enumerate(values):
            np.save(f"{folder}/{kind}{i}.npy", value)


def measure(workload, crowd, threads, folder, asked):
    """Returns a row for each contestant."""
    rows, ready, contests = [], [], []
    # Martlet's time to compile is reported, and has the machine to itself.
    prepared = [crowd[0].ask("prepare", workload.name, folder)]
    if "error" not in prepared[0]:
        prepared[0]["excess"] = workload.excess(stored(folder, "martlet"), stored(folder, "out"))
    for contestant in crowd[1:]:
        contestant.send("prepare", workload.name, folder)
    prepared += [contestant.answer() for contestant in crowd[1:]]
    for contestant, answer in zip(crowd, prepared):
        row = {"workload": workload.name, "threads": threads, "peer": contestant.name, **answer}
        if row.get("excess", 0) > 1 or row.get("excess") != row.get("excess"):
            row["error"] = f"wrong: {row['excess']:.3g} times the difference that is allowed"
        rows.append(row)
        if "error" not in row and "skipped" not in row:
            ready.append((contestant, row, []))
    start = time.monotonic()
    for turn in range(asked.rounds):
        if turn == 0 or time.monotonic() - start < MOST_SECONDS:
            sample(ready[turn % 2:] + ready[:turn % 2], contests, asked)
    # Where a few per cent decide, the least of few samples is a matter of luck.
    close, start = with_close_times(ready), time.monotonic()
    for turn in range(asked.close_rounds if close else 0):
        if time.monotonic() - start < MOST_SECONDS:
            sample(close[turn % 2:] + close[:turn % 2], contests, asked)
    if threads > 1 and ready and ready[0][0] is crowd[0]:
        rows[0].update(scaling(crowd[0], asked))
    for contestant, row, answers in ready:
        own = contestant.name == "martlet"
        failed = [a for a in answers + contests * own if "error" in a]
        if failed:
            row.update(failed[0])
            continue
        times = [t for a in answers for t in a["times"]]
        row.update(min_s=min(times), median_s=statistics.median(times))
        if own:
            best = min(contests, key=lambda c: c["limit"]["min_s"])
            row["beside_limit"] = summary([c["martlet"] for c in contests])
            row["limit"] = dict(summary([c["limit"] for c in contests]), what=best["limit"]["what"])
    return rows


def sample(ready, contests, asked):
    """Gives each of the contestants a turn."""
    for contestant, row, answers in ready:
        contestant.give_priority(asked.priority)
        answers.append(contestant.ask("sample", asked.seconds))
        if contestant.name == "martlet" and "error" not in answers[-1]:
            contests.append(contestant.ask("contest", asked.seconds * 4))
        contestant.give_priority(0)


def scaling(martlet, asked):
    """Martlet's least time on all threads over that on one."""
    answers, start = [], time.monotonic()
    martlet.give_priority(asked.priority)
    while len(answers) < asked.rounds and time.monotonic() - start < MOST_SECONDS:
        answers.append(martlet.ask("scaling", asked.seconds * 4))
    martlet.give_priority(0)
    failed = [a for a in answers if "error" in a]
    least = lambda key: min(a[key] for a in answers)
    return failed[0] if failed else {"scaling": least("several_s") / least("one_s")}


def with_close_times(ready):
    """Martlet, and the peers that are faster or take up to a third longer; nobody without them."""
    least = {contestant.name: min(times) for contestant, row, answers in ready
             if (times := [t for a in answers for t in a.get("times", [])])}
    limit = least.get("martlet", 0) * 4 / 3
    close = [entry for entry in ready if least.get(entry[0].name, limit) < limit]
    return close if len(close) > 1 else []


def summary(figures):
    return {"min_s": min(f["min_s"] for f in figures),
            "median_s": statistics.median(f["median_s"] for f in figures)}


def run(asked):
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    scratch = tempfile.mkdtemp(prefix="scoreboard-", dir=memory)
    results = {"machine": report.machine(), "versions": {}, "left_out": [], "rows": []}
    if asked.resume:
        with open(asked.json) as file:
            results = json.load(file)
    rows, versions = results["rows"], results["versions"]
    known = {(row["workload"], row["threads"]) for row in rows}
    wanted = chosen(PEERS, asked.peers)
    # Those that do not install are reported; on purpose they were not left out.
    results["left_out"] = sorted({*results["left_out"], *PEERS.keys() - wanted})
    names = [n for n in wanted if install(PEERS[n][0])]
    try:
        for threads in map(int, asked.threads):
            crowd = [contestants.martlet(threads)]
            for name in names:
                contestant = contestants.peer(name, threads, scratch)
                answer = contestant.answer()
                versions[name] = answer.get("version", answer.get("error"))
                if "version" in answer:
                    crowd.append(contestant)
                else:
                    print(f"{name}: {answer['error']}", file=sys.stderr)
            for workload in WORKLOADS:
                if chosen([workload.name], asked.only) and (workload.name, threads) not in known:
                    folder = os.path.join(scratch, "arrays")
                    store(workload, folder)
                    rows += measure(workload, crowd, threads, folder, asked)
                    shutil.rmtree(folder)
                    print(report.line(rows, workload.name, threads), flush=True)
                    save(asked, results)
            for contestant in crowd:
                contestant.end()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return results


def save(asked, results):
    if asked.json:
        with open(asked.json, "w") as file:
            json.dump(results, file, indent=1)


def main():
    asked = options()
    if asked.report:
        with open(asked.json) as file:
            results = json.load(file)
    else:
        results = run(asked)
    folder = place(results, asked)
    report.write(results, folder)
    print(f"scoreboard: wrote {os.path.join(folder, 'scoreboard.md')}", file=sys.stderr)
    sys.exit(any("error" in row for row in results["rows"] if row["peer"] == "martlet"))


if __name__ == "__main__":
    main()
