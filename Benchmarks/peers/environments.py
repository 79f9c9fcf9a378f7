"""Sets up the peers: a virtual environment for each entry, with packages of exactly these versions.

    python3 environments.py [name ...]

They lie in Benchmarks/.peers. One that does not install is reported and left out.
"""
import glob
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(os.path.dirname(HERE), ".peers")
# The versions of what the packages below need.
CONSTRAINTS = os.path.join(HERE, "constraints.txt")
NUMBERS = ["numpy==2.4.6", "scipy==1.17.1"]
ENVIRONMENTS = {
    "core": NUMBERS + ["numexpr==2.14.2", "numba==0.68.1", "llvmlite==0.50.0"],
    "pytensor": NUMBERS + ["pytensor==3.0.7", "numba==0.65.1", "llvmlite==0.47.0"],
    "jax": NUMBERS + ["jax==0.10.2", "jaxlib==0.10.2"],
    "torch": NUMBERS + ["torch==2.13.0"],
    "tensorflow": NUMBERS + ["tensorflow-cpu==2.21.0"],
    "mlx": NUMBERS + ["mlx[cpu]==0.32.4"],
    "onnxruntime": NUMBERS + ["onnxruntime==1.32.0", "onnx==1.23.2"],
    "tinygrad": NUMBERS + ["tinygrad==0.14.0"],
    "max": NUMBERS + ["max==26.7.0"],
    "theano": ["numpy==1.19.5", "scipy==1.5.4", "six==1.17.0", "Theano==1.0.5"],
}
# Those that need another Python than the one which runs this.
PYTHONS = {"theano": "3.7"}

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
    "max": ("max", "peer_max", ""),
    "mojo": ("max", "peer_mojo", ""),
    "theano": ("theano", "peer_theano", ""),
}


def python(environment):
    return os.path.join(FOLDER, environment, "bin", "python")


def interpreter(version):
    """A Python of this version that runs, from the path or pyenv; None where there is none."""
    found = [shutil.which(f"python{version}")]
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], stdout=subprocess.PIPE, text=True).stdout.strip()
        found += sorted(glob.glob(f"{root}/versions/{version}.*/bin/python"))
    return next((path for path in found if path and runs(path)), None)


def runs(path):
    """Whether it is a Python: what pyenv leaves on the path may have none behind it."""
    try:
        return subprocess.run([path, "-c", ""], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def install(name):
    """Installs what is missing or of another version; returns whether it is all there."""
    stamp = os.path.join(FOLDER, name, "packages")
    with open(CONSTRAINTS) as file:
        wanted = "\n".join(ENVIRONMENTS[name]) + "\n" + file.read()
    if os.path.exists(stamp) and open(stamp).read() == wanted:
        return True
    print(f"peers: installing {name}", file=sys.stderr, flush=True)
    base = interpreter(PYTHONS[name]) if name in PYTHONS else sys.executable
    if base is None:
        print(f"peers: {name} does not install without Python {PYTHONS[name]}", file=sys.stderr)
        return False
    os.makedirs(os.path.join(FOLDER, name), exist_ok=True)
    pip = [python(name), "-m", "pip", "install", "--quiet", "-c", CONSTRAINTS, *ENVIRONMENTS[name]]
    with open(os.path.join(FOLDER, name, "log"), "w") as log:
        for command in [base, "-m", "venv", os.path.join(FOLDER, name)], pip:
            if subprocess.run(command, stdout=log, stderr=log).returncode:
                print(f"peers: {name} does not install; see {log.name}", file=sys.stderr)
                return False
    with open(stamp, "w") as file:
        file.write(wanted)
    return True


if __name__ == "__main__":
    installed = [install(name) for name in sys.argv[1:] or ENVIRONMENTS]
    # Nothing works without NumPy, which everything is checked against.
    sys.exit(0 if installed[0] else 1)
