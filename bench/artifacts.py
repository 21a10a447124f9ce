"""Makes big artifacts beside a copy of the demo store, and times how they are shown.

The folder of 100,000 files, the 1 GB CSV and the 1 GB Parquet are made once, under build/bench/artifacts.
"""
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys

FILES = 100_000
SIZE = 1_000_000_000
RUN = "feedfacefeedfacefeedfacefeedface"


def make(folder, demo):
    """Returns the database of a run with big artifacts."""
    store, root = os.path.join(folder, "mlflow.db"), os.path.join(folder, "mlruns/1", RUN, "artifacts")
    done = os.path.join(folder, "done")
    if os.path.exists(done):
        return store
    print(f"bench: making 100,000 files and 2 GB of tables in {folder}, once", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(root, "tree"))
    shutil.copy(demo, store)
    db = sqlite3.connect(store)
    columns = [r[1] for r in db.execute("PRAGMA table_info(runs)")]
    other = ", ".join(c for c in columns if c not in ("run_uuid", "artifact_uri", "name"))
    db.execute(f"INSERT INTO runs (run_uuid, artifact_uri, name, {other}) SELECT ?, ?, 'big artifacts', {other} FROM runs LIMIT 1",
               (RUN, f"mlruns/1/{RUN}/artifacts"))
    db.commit()
    db.close()
    for n in range(FILES):
        with open(os.path.join(root, "tree", f"file-{n:06}.txt"), "w") as f:
            f.write("x")
    csv(os.path.join(root, "big.csv"))
    parquet(os.path.join(root, "big.parquet"))
    open(done, "w").close()
    return store


def csv(path):
    random.seed(1)
    block = "".join(f"{n},{random.random():.6f},{random.gauss(0, 1):.6f},plan {n % 7},2026-01-{n % 28 + 1:02}\n" for n in range(100_000)).encode()
    with open(path, "wb") as f:
        f.write(b"id,uniform,normal,plan,day\n")
        while f.tell() < SIZE:
            f.write(block)


def parquet(path):
    import numpy
    import pyarrow
    import pyarrow.parquet
    random_ = numpy.random.default_rng(1)
    columns, rows = 20, 250_000
    names = [f"x{n}" for n in range(columns)]
    schema = pyarrow.schema([(name, pyarrow.float64()) for name in names])
    with pyarrow.parquet.ParquetWriter(path, schema) as out:
        while not os.path.exists(path) or os.path.getsize(path) < SIZE:
            out.write_table(pyarrow.table({name: random_.normal(size=rows) for name in names}))


# A process starts with the memory of the one that it was forked from, so a small one starts it.
TIMER = """
import os, subprocess, sys, time
begin = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print((time.perf_counter() - begin) * 1e3, used.ru_maxrss / 1024)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def timed(binary, *args):
    """Runs a command; returns milliseconds and the most memory that it held, in MB."""
    out = subprocess.run([sys.executable, "-S", "-c", TIMER, binary, *args], capture_output=True, text=True, check=True).stdout
    took, held = out.split()
    return float(took), float(held)


def rows(b, root, median):
    """Prints the rows about artifacts."""
    store = make(os.path.join(root, "build/bench/artifacts"), b.demo)
    for what, budget, args in (
        ("folder of 100,000 files: first page", 100, ("list", RUN, "tree", "--limit", "100")),
        ("1 GB CSV: first rows", 150, ("show", RUN, "big.csv", "--head", "20")),
        ("1 GB Parquet: first rows", 150, ("show", RUN, "big.parquet", "--head", "20")),
    ):
        figures = [timed(b.binary, "artifacts", *args, "--store", store) for _ in range(b.repeat + 1)][1:]
        b.row(f"{what}, whole process", "ms", budget, median([took for took, _ in figures]))
        if args[0] == "show":
            b.row("the same: resident memory", "MB", 80, max(held for _, held in figures))
    pictures(b, root, median)


def pictures(b, root, median):
    def bench(pattern, package, unit="ns/op"):
        out = subprocess.run([os.environ.get("GO", "go"), "test", "-run", "^$", "-bench", pattern, "-count", "3", package],
                             cwd=root, capture_output=True, text=True, check=True).stdout
        return [float(n) for n in re.findall(rf"([\d.]+) {unit}", out)]

    cells = bench("DecodeToCells", "./pictures")
    b.row("PNG of 640×480 to cells at 160x45, slowest signs", "ms", 40, max(cells) / 1e6 if cells else None)
    forty = bench("Forty", "./pictures")
    b.row("40 megapixels, decoded and shrunk, slower format", "ms", 2000, max(forty) / 1e6 if forty else None)
    upload = bench("BenchmarkKitty", "./pictures/protocol", "bytes/upload")
    b.row("kitty: upload of a plot of 640×480, largest", "bytes", 30 * 1024, max(upload) if upload else None)
