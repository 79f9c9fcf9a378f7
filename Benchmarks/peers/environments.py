"""Sets up the peers: a virtual environment for each entry, with packages of exactly these versions.

    python3 environments.py [name ...]

They lie in Benchmarks/.peers. One that does not install is reported and left out.
"""
import os
import subprocess
import sys
import venv

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), ".peers")
NUMBERS = ["numpy==2.4.6", "scipy==1.17.1"]
ENVIRONMENTS = {
    "core": NUMBERS + ["numexpr==2.14.2", "numba==0.68.1"],
    "pytensor": NUMBERS + ["pytensor==3.0.7", "numba==0.65.1"],
    "jax": NUMBERS + ["jax==0.10.2", "jaxlib==0.10.2"],
    "torch": NUMBERS + ["torch==2.13.0"],
    "tensorflow": NUMBERS + ["tensorflow-cpu==2.21.0"],
    "mlx": NUMBERS + ["mlx[cpu]==0.32.4"],
    "onnxruntime": NUMBERS + ["onnxruntime==1.32.0", "onnx==1.23.2"],
    "tinygrad": NUMBERS + ["tinygrad==0.14.0"],
}

# name -> environment, module, variant
PEERS = {
    "numpy": ("core", "peer_numpy", ""),
    "numexpr": ("core", "peer_numexpr", ""),
    "numba": ("core", "peer_numba", ""),
    "pytensor-c": ("pytensor", "peer_pytensor", "c"),
    "pytensor-numba": ("pytensor", "peer_pytensor", "numba"),
    "jax": ("jax", "peer_jax", ""),
    "torch": ("torch", "peer_torch", ""),
    "torch-compile": ("torch", "peer_torch", "compile"),
    "tf": ("tensorflow", "peer_tensorflow", ""),
    "tf-xla": ("tensorflow", "peer_tensorflow", "xla"),
    "mlx": ("mlx", "peer_mlx", ""),
    "onnxruntime": ("onnxruntime", "peer_onnxruntime", ""),
    "tinygrad": ("tinygrad", "peer_tinygrad", ""),
}


def python(environment):
    return os.path.join(FOLDER, environment, "bin", "python")


def install(name):
    """Installs what is missing or of another version; returns whether it is all there."""
    stamp = os.path.join(FOLDER, name, "packages")
    wanted = "\n".join(ENVIRONMENTS[name])
    if os.path.exists(stamp) and open(stamp).read() == wanted:
        return True
    print(f"peers: installing {name}", file=sys.stderr, flush=True)
    venv.create(os.path.join(FOLDER, name), with_pip=True)
    pip = [python(name), "-m", "pip", "install", "--quiet", *ENVIRONMENTS[name]]
    with open(os.path.join(FOLDER, name, "log"), "w") as log:
        if subprocess.run(pip, stdout=log, stderr=log).returncode:
            print(f"peers: {name} does not install; see {log.name}", file=sys.stderr)
            return False
    with open(stamp, "w") as file:
        file.write(wanted)
    return True


if __name__ == "__main__":
    installed = [install(name) for name in sys.argv[1:] or ENVIRONMENTS]
    # Nothing works without NumPy, which everything is checked against.
    sys.exit(0 if installed[0] else 1)
