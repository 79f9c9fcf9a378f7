"""Writes what was measured: a table in Markdown and a chart as SVG."""
import os
import platform
import subprocess
import time

from workloads import NAMED


def machine():
    cpu = dict(line.split(":", 1) for line in output("lscpu").splitlines() if ":" in line)
    return {
        "processor": cpu.get("Model name", platform.machine()).strip(),
        "family": f"{cpu.get('CPU family', '?').strip()}.{cpu.get('Model', '?').strip()}",
        "cores": str(os.cpu_count()), "L2": cpu.get("L2 cache", "?").strip(),
        "L3": cpu.get("L3 cache", "?").strip(), "system": platform.release(),
        "compiler": output("swift", "--version").split(" (")[0], "date": time.strftime("%Y-%m-%d"),
        "commit": output("git", "rev-parse", "--short", "HEAD").strip(),
    }


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout
    except OSError:
        return ""


def text(seconds):
    for unit, scale in ("s", 1), ("ms", 1e3), ("µs", 1e6):
        if seconds * scale >= 0.9995:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


# The peers that multiply matrices by OpenBLAS, as Martlet does. The others have products of their own.
OPENBLAS = "numpy", "numba", "pytensor-c", "pytensor-numba", "theano"


class Row:
    """What all contestants made of a workload on a number of threads."""

    def __init__(self, rows, workload, threads):
        mine = [r for r in rows if r["workload"] == workload and r["threads"] == threads]
        self.workload = workload
        self.martlet = next((r for r in mine if r["peer"] == "martlet"), {"error": "not run"})
        self.peers = sorted((r for r in mine if r["peer"] != "martlet" and "min_s" in r),
                            key=lambda r: r["min_s"])
        self.failures = [r for r in mine if "min_s" not in r]
        self.limit = self.martlet.get("limit")

    @property
    def to_peer(self):
        if self.peers and "min_s" in self.martlet:
            return self.martlet["min_s"] / self.peers[0]["min_s"]

    @property
    def shortfall(self):
        """What is wrong with Martlet's result, or which peer it is behind, if there is one."""
        if "error" in self.martlet or "min_s" not in self.martlet:
            return self.martlet.get("error", "not measured")
        for r in self.peers:
            if self.martlet["min_s"] > self.allowed(r["peer"]) * r["min_s"]:
                return f"{ratio(self.martlet['min_s'] / r['min_s'])} times the time of {r['peer']}"

    def allowed(self, peer):
        """How many times as long as a peer Martlet may take: no longer, but for matrix products."""
        return 1.1 if self.workload.startswith("matmul") and peer not in OPENBLAS else 1

    @property
    def to_limit(self):
        if self.limit and not self.workload.startswith("small"):
            return self.martlet["beside_limit"]["min_s"] / self.limit["min_s"]

    @property
    def to_one(self):
        """Martlet's time on these threads over that on one."""
        return self.martlet.get("scaling")


def ratio(value):
    return "" if value is None else f"{value:.2f}"


def line(rows, workload, threads):
    row = Row(rows, workload, threads)
    own = text(row.martlet["min_s"]) if "min_s" in row.martlet else row.martlet.get("error")
    best = f"{row.peers[0]['peer']} {text(row.peers[0]['min_s'])}" if row.peers else "no peer"
    failed = " ".join(f"{r['peer']}: {r['error']}" for r in row.failures if "error" in r)
    return (f"{workload:<26} {threads}  martlet {own}  to {best}: {ratio(row.to_peer)}"
            f"  to the limit: {ratio(row.to_limit)}  {failed}")


def write(results, folder):
    os.makedirs(folder, exist_ok=True)
    threads = sorted({r["threads"] for r in results["rows"]})
    measured = {r["workload"] for r in results["rows"]}
    names = [name for name in NAMED if name in measured]
    boards = {t: [Row(results["rows"], n, t) for n in names] for t in threads}
    with open(os.path.join(folder, "scoreboard.md"), "w") as file:
        file.write(markdown(results, boards))
    from chart import svg
    with open(os.path.join(folder, "scoreboard.svg"), "w") as file:
        file.write(svg(boards))


def markdown(results, boards):
    machine, versions = results["machine"], results["versions"]
    parts = [
        "# Scoreboard",
        "Written by `make scoreboard`; how it measures stands in `Benchmarks/README.md`.",
        "![Time beside Martlet's](scoreboard.svg)",
        "Machine: " + ", ".join(f"{k} {v}" for k, v in machine.items()) + ".",
        "Peers: " + ", ".join(f"{k} {v}" for k, v in versions.items()) + ".",
        "Times are the least of all samples; `median` and `compile` are Martlet's. A ratio is "
        "Martlet's time over the other's: below 1 Martlet is faster. To the peer it is the time of "
        "calls that follow each other, as the peer's do; to the limit that of calls in turns with "
        "the limit. A small call has no limit.",
    ]
    for threads, board in boards.items():
        parts.append(f"## {threads} thread" + ("s" if threads > 1 else ""))
        parts.append(table(
            ["workload", "Martlet", "median", "compile", "beside one thread", "best peer", "its time",
             "ratio", "limit", "ratio", "what the limit is"], map(summary, board)))
    parts += ["## Where Martlet is behind a peer", behind(boards)]
    parts += ["## Where Martlet is farther from the limit than it should be", short(boards)]
    parts += ["## Where more threads are slower than one", slowed(boards)]
    for threads, board in boards.items():
        peers = list(dict.fromkeys(r["peer"] for row in board for r in row.peers))
        parts.append(f"## Every peer, {threads} thread" + ("s" if threads > 1 else ""))
        parts.append(table(["workload"] + peers, (
            [row.workload] + [cell(row, p) for p in peers] for row in board)))
    parts += ["## What peers did not do", failures(boards)]
    return "\n\n".join(parts) + "\n"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def summary(row):
    own = row.martlet
    if "min_s" not in own:
        return [row.workload, own.get("error", "")] + [""] * 9
    best = [row.peers[0]["peer"], text(row.peers[0]["min_s"])] if row.peers else ["", ""]
    return [row.workload, text(own["min_s"]), text(own["median_s"]), text(own["compile_s"]),
            ratio(row.to_one), *best, ratio(row.to_peer), text(row.limit["min_s"]),
            ratio(row.to_limit), row.limit["what"]]


def cell(row, peer):
    return next((text(r["min_s"]) for r in row.peers if r["peer"] == peer), "")


# How many times as long as the limit a row may take, by the beginning of its name: what computes functions 1/0.8
# of the same formula in C, what writes rows back 1.3 copies, what reads across 1.5 of what does not, others 1/0.85.
ALLOWED = {"chain": 1.25, "black": 1.25, "gelu": 1.25, "logsum": 1.25, "softmax": 1.3,
           "layernorm": 1.3, "rmsnorm": 1.3, "transpose": 1.5, "": 1 / 0.85}


# How many times as long as on one thread a row may take on more.
MOST_SLOWED = 1.05

# Why rows take longer than they should, as far as it is known, by the beginning of their names: than
# a peer, than the limit, than on one thread.
WIDE = "sums in float64, for which a vector of float32 is converted in two halves"
SHARED = "a call takes 70 to 110 ns beside its loop, and sharing it 300 to 1000"
BEHIND = {"matmul": "a direct call of OpenBLAS takes as long"}
SHORT = {
    "matmul": "both call OpenBLAS",
    "softmax": "an exponential of less than a unit's error, beside what a copy does",
    "layernorm": "both wait for the memory",
    "rmsnorm": "both wait for the memory",
    "cosine": WIDE, "var_all": WIDE, "sum_axis1": WIDE, "stats": WIDE,
    "sum_axis0": WIDE + "; each thread reads its part of a row and goes on to the next",
    "colstats": WIDE + "; each thread reads its part of a row and goes on to the next",
    "count_f32": "both wait for the memory",
    "argmax": "rows of 16 KB from memory, where a plain read goes on without an end",
    "transpose": "the operand that lies across is read in pieces of two lines, a row apart",
    "pi10k": SHARED, "pi30k": SHARED,
    "pi1M": "both wait for the third cache",
    "pi16M": "both wait for the memory",
    "bcast": "it waits for the memory",
}
SLOWED = {"pi10k": SHARED, "small": SHARED}


def first(table, workload, default=None):
    return next((value for name, value in table.items() if workload.startswith(name)), default)


def behind(boards):
    counts = []
    for threads, board in boards.items():
        ahead = sum(row.to_peer is not None and not row.shortfall for row in board)
        counts.append(f"{ahead} of {len(board)} rows on {threads} thread{'s' * (threads > 1)}")
    return f"""Ahead of every peer on {' and '.join(counts)}. A matrix product counts where it is ahead of
the peers that call OpenBLAS too ({', '.join(OPENBLAS)}) and within a tenth of the others.

""" + listed(boards, lambda row: row.shortfall, lambda row: row.shortfall, BEHIND)


def short(boards):
    allowed = lambda row: first(ALLOWED, row.workload)
    return listed(boards, lambda row: (row.to_limit or 0) > allowed(row), lambda row: (
        f"{ratio(row.to_limit)} times the limit, {ratio(allowed(row))} are allowed"), SHORT)


def slowed(boards):
    known = {t: [row for row in board if row.to_one] for t, board in boards.items()}
    worst = max((row for board in known.values() for row in board), key=lambda row: row.to_one,
                default=None)
    return (f"In turns in one process. At most {ratio(worst.to_one)} times the time on one thread: "
            f"`{worst.workload}`.\n\n" if worst else "") + listed(
        known, lambda row: row.to_one > MOST_SLOWED, lambda row: (
            f"{ratio(row.to_one)} times the time on one thread, {MOST_SLOWED} are allowed"), SLOWED)


def listed(boards, chosen, said, reasons):
    """The rows that are chosen and what is said of them, with the reason; a wrong result has none."""
    why = lambda row: f" ({first(reasons, row.workload, 'not known why')})" * ("min_s" in row.martlet)
    lines = [f"- `{row.workload}`, {threads} thread{'s' * (threads > 1)}: {said(row)}{why(row)}"
             for threads, board in boards.items() for row in board if chosen(row)]
    return "\n".join(lines) or "Nowhere."


def failures(boards):
    said = {}
    for threads, board in boards.items():
        for row in board:
            for r in row.failures:
                why = r.get("error") or r["skipped"]
                key = r["peer"], why.split("\n")[0]
                said.setdefault(key, []).append(f"{row.workload} ({threads})")
    return "\n".join(f"- {peer}: {why}: {', '.join(where)}"
                     for (peer, why), where in sorted(said.items())) or "Nothing."
