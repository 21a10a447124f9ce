"""The rows of bench.py about drift: two tables from Parquet to a report, beside scipy and Evidently."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# TIMER runs a command and prints milliseconds and the most memory that it held, in MB. Exit code 3 is drift.
TIMER = """
import os, subprocess, sys, time
begin = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print((time.perf_counter() - begin) * 1e3, used.ru_maxrss / 1024)
sys.exit(os.waitstatus_to_exitcode(status) not in (0, 3))
"""


def timed(*command):
    out = subprocess.run([sys.executable, "-S", "-c", TIMER, *command], capture_output=True, text=True, check=True).stdout
    took, held = out.split()
    return float(took), float(held)


def evidently(root):
    """Returns the python that has Evidently, which it installs once; None if that cannot be done."""
    venv = os.path.join(root, ".venv/evidently-0.7.23")
    python = os.path.join(venv, "bin/python")
    if not os.path.exists(os.path.join(venv, "installed")):
        print("bench: building .venv/evidently-0.7.23 (some minutes, once)")
        try:
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "evidently==0.7.23", "pandas==2.3.3", "pyarrow"],
                           check=True, stdout=subprocess.DEVNULL)
        except subprocess.CalledProcessError:
            return None
        open(os.path.join(venv, "installed"), "w").close()
    return python


def rows(b, root, median):
    data = os.environ.get("BENCH_DRIFT") or os.path.join(root, "build/bench/drift")
    if not os.path.exists(os.path.join(data, "100k/current.csv")):
        print(f"bench: making two pairs of tables in {data} (900 MB, a minute, once)")
        subprocess.run([sys.executable, os.path.join(HERE, "drift_data.py"), data], check=True)
    others = [("scipy", sys.executable, os.path.join(HERE, "drift_scipy.py"), 4)]
    python = evidently(root)
    if python:
        others.append(("Evidently", python, os.path.join(HERE, "drift_evidently.py"), 20))
    for name, what, parquet, text in (("1m", "1,000,000 rows × 20", 4000, 6000), ("100k", "100,000 rows × 50", 1000, None)):
        for ext, budget in (("parquet", parquet), ("csv", text)):
            pair = [os.path.join(data, name, side + "." + ext) for side in ("reference", "current")]
            run = lambda: timed(b.binary, "drift", "run", "--reference", pair[0], "--current", pair[1], "--json")
            figures = [run() for _ in range(b.repeat + 1)][1:]
            ours = median([took for took, _ in figures])
            b.row(f"drift of {what}, {ext}, whole process", "ms", budget, ours)
            if ext != "parquet":
                continue
            b.row("the same: resident memory", "MB", 1024, max(held for _, held in figures))
            for other, python, script, least in others:
                took, held = timed(python, script, *pair)  # once: Evidently takes minutes
                # The budget is of our share of their time.
                b.row(f"the same: our time of {other}'s", "%", 100 / least, 100 * ours / took, f"{other}: {took:,.0f} ms, {held:,.0f} MB, {took / ours:.1f} times as long")
