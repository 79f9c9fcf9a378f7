"""Processes that are asked to prepare and to sample: the peers' and Martlet's."""
import json
import os
import subprocess

from environments import FOLDER, PEERS, python

HERE = os.path.dirname(os.path.abspath(__file__))
# Martlet's own program, which times the limits in the same process.
SCOREBOARD = os.path.join(os.path.dirname(HERE), ".build", "release", "scoreboard")
THREADS = ["OMP", "OPENBLAS", "MKL", "NUMBA", "NUMEXPR", "NUMEXPR_MAX", "VECLIB"]


class Contestant:
    """A process that answers each line with a line of JSON."""

    def __init__(self, name, command, threads, environment={}):
        variables = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
        variables.update(environment)
        self.name = name
        # Some size their teams by the cores that the process may use.
        cores = sorted(os.sched_getaffinity(0))[-threads:]
        self.process = subprocess.Popen(
            command, env=variables, cwd=HERE, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, cores))

    def ask(self, *words):
        self.send(*words)
        return self.answer()

    def send(self, *words):
        try:
            self.process.stdin.write(" ".join(map(str, words)) + "\n")
            self.process.stdin.flush()
        except OSError:
            pass  # There will be no answer.

    def answer(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": f"ended with {self.process.wait()}"}

    def give_priority(self, priority):
        """Lets the threads run before all others' (above 0), or as usual."""
        policy = os.SCHED_FIFO if priority else os.SCHED_OTHER
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            try:
                os.sched_setscheduler(int(task), policy, os.sched_param(priority))
            except OSError:
                pass

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def martlet(threads):
    return Contestant("martlet", [SCOREBOARD, "--serve", "--threads", str(threads)], threads,
                      {"MARTLET_CACHE": "off"})


def peer(name, threads, scratch):
    environment, module, variant = PEERS[name]
    variables = {f"{prefix}_NUM_THREADS": str(threads) for prefix in THREADS}
    variables["NUMEXPR_MAX_THREADS"] = str(threads)
    variables.update(
        PEER_THREADS=str(threads), PEER_VARIANT=variant, TMPDIR=scratch, CUDA_VISIBLE_DEVICES="",
        PATH=os.path.dirname(python(environment)) + ":" + os.environ["PATH"],
        JAX_PLATFORMS="cpu", NPROC=str(threads), TF_CPP_MIN_LOG_LEVEL="3",
        TORCHINDUCTOR_CACHE_DIR=os.path.join(scratch, name), CACHELEVEL="0",
        # MAX takes up to a minute to compile a graph, and finds it here the next time.
        MODULAR_CACHE_DIR=os.path.join(FOLDER, environment, "cache"),
        TORCHINDUCTOR_FORCE_DISABLE_CACHES="1", NUM_CPU_THREADS=str(threads), DEV="CPU",
        PYTENSOR_FLAGS=f"device=cpu,floatX=float64,openmp={threads > 1},"
                       f"base_compiledir={scratch}/{name}-{threads}",
        THEANO_FLAGS=f"device=cpu,floatX=float64,openmp={threads > 1},blas.ldflags=-lopenblas,"
                     f"base_compiledir={scratch}/{name}-{threads}")
    if threads == 1:
        variables["XLA_FLAGS"] = (
            "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
    return Contestant(name, [python(environment), "-B", "serve.py", module], threads, variables)
