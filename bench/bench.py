"""Prints the table of speed budgets: what, budget, ours, verdict, and the real MLflow's figure for the same work.

    bench.py BENCHSIDE PTYBENCH STORE LONG WIDE REGISTRY [--only WORD] [--repeat N]

PTYBENCH times a program in a terminal. STORE is a database of 100,000 runs by make_big.py, LONG one of 5 runs with 4
metrics of 1,000,000 steps, WIDE one of 200 runs with 300 metrics, REGISTRY one of 5,000 models by registry.py. Figures are medians of N
(9) with a warm file cache. What the client answers in seconds is measured beside it; the rest is cited from
mlflow.json, with the machine on which it was measured.
"""
import argparse
import json
import os
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import zipfile

import artifacts
import drift as drifts
import keys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
FILTER = "metrics.`val/auc` > 0.9 and params.optimizer = 'adam'"


class Bench:
    def __init__(self, args):
        self.binary, self.ptybench = os.path.abspath(args.binary), os.path.abspath(args.ptybench)
        self.long, self.wide = os.path.abspath(args.long), os.path.abspath(args.wide)
        self.registry = os.path.abspath(args.registry)
        self.big, self.only, self.repeat = os.path.abspath(args.store), args.only, args.repeat
        self.work = tempfile.mkdtemp(prefix="benchside-bench-")
        with zipfile.ZipFile(os.path.join(ROOT, "demo/store.zip")) as packed:
            packed.extractall(os.path.join(self.work, "demo"))
        self.demo = os.path.join(self.work, "demo/mlflow.db")
        with open(os.path.join(HERE, "mlflow.json")) as f:
            self.cited = json.load(f)
        self.missed = 0

    def row(self, what, unit, budget, ours, theirs=""):
        """Prints a line; a budget of None is for information."""
        if ours is None:
            verdict, shown = "FAILED", "-"
        else:
            verdict = "" if budget is None else "ok" if ours <= budget else "MISSED"
            shown = f"{ours:,.1f}"
        self.missed += verdict in ("MISSED", "FAILED")
        limit = "" if budget is None else f"{budget:g}"
        print(f"{what:52} {limit:>7} {shown:>9} {unit:8} {verdict:7} {theirs}", flush=True)

    def pty(self, store, *args, repeat=1, size="200x50"):
        """Runs benchside in a terminal and returns what was measured, a dictionary a time."""
        cmd = [sys.executable, self.ptybench, "--json", "--size", size, "--repeat", str(repeat), *args, "--", self.binary, "--store", store]
        done = subprocess.run(cmd, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip()[-300:])
        out = json.loads(done.stdout)
        return out if isinstance(out, list) else [out]


def median(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else None


def percentile(values, p):
    values = sorted(v for v in values if v is not None)
    return values[min(len(values) - 1, round(p / 100 * (len(values) - 1)))] if values else None


# ---------------------------------------------------------------- what is measured


def first_frame(b):
    newest = sqlite3.connect(f"file:{b.big}?mode=ro", uri=True).execute(
        "SELECT name FROM runs WHERE lifecycle_stage = 'active' ORDER BY start_time DESC LIMIT 1 OFFSET 19").fetchone()[0]
    family = int(newest.rsplit("-", 1)[1]) // 20 * 20  # the root of its family is in the first page
    # The run's row, with a number in it: its metrics are there.
    there = rf"-{family}\b.* -?\d+\.\d+"
    runs = b.pty(b.big, "--regex", "--until", there, "--no-settle", repeat=b.repeat)
    ours = median(next(iter(r["until"].values())) for r in runs)
    b.row("first useful frame, 100,000 runs", "ms", 80, ours, b.cited["figures"]["first frame"])
    runs = b.pty(b.demo, "--regex", "--until", r"sweep.*\d", "--no-settle", repeat=b.repeat)
    b.row("first useful frame, demo", "ms", None, median(next(iter(r["until"].values())) for r in runs))


def moving(b):
    # Unfold some, so that there is much to scroll; then single steps and pages.
    keys = "quiet } quiet " + "j*120 PGDN*20 k*60 PGUP*10"
    runs = b.pty(b.big, "--keys", keys, "--quiet", "25", "--nochange", "120", "--settle-limit", "4")
    b.row("key to frame p99, moving, 200x50", "ms", 16, percentile([k["first_ms"] for k in runs[0]["keys"][1:]], 99))
    b.row("key to frame p50, moving, 200x50", "ms", None, percentile([k["first_ms"] for k in runs[0]["keys"][1:]], 50))
    # Below the 40th row every step scrolls.
    runs = b.pty(b.big, "--keys", "quiet } quiet j*140", "--quiet", "25", "--nochange", "120", "--settle-limit", "4", size="120x40")
    b.row("bytes of a scrolled row, 120x40 (median)", "bytes", 400, percentile([k["bytes"] for k in runs[0]["keys"][-90:]], 50))


def asking(b):
    best = sqlite3.connect(f"file:{b.big}?mode=ro", uri=True).execute(
        "SELECT r.name FROM latest_metrics m JOIN runs r USING (run_uuid) WHERE m.key = 'val/auc' AND m.is_nan = 0 "
        "AND r.lifecycle_stage = 'active' ORDER BY m.value DESC, r.start_time DESC, r.run_uuid LIMIT 1").fetchone()[0]
    # Flat, so that the first row is the best run; the command names the column.
    runs = b.pty(b.big, "--keys", f"quiet t quiet : text:sort%20val/auc ENTER=>{best} quiet", repeat=b.repeat)
    sort = median(next((k["first_ms"] for k in r["keys"] if "=>" in k["key"]), None) for r in runs)
    b.row("sort by val/auc, 100,000 runs", "ms", 250, sort, b.cited["figures"]["sort"])
    count = len(json.loads(subprocess.run([b.binary, "runs", "list", "--store", b.big, "--limit", "0", "--json", "--filter", FILTER],
                                          capture_output=True, text=True, check=True).stdout))
    found = f"{count:,}%20of"
    typed = FILTER.replace(" ", "%20")
    # The count is live while one types: all but the last character first.
    runs = b.pty(b.big, "--keys", f"quiet f text:{typed[:-1]} quiet '=>{found} quiet", repeat=b.repeat)
    ours = median(next((k["first_ms"] for k in r["keys"] if "=>" in k["key"]), None) for r in runs)
    b.row("filter by metric and param, 100,000 runs", "ms", 250, ours, theirs(b, "filter"))


def commands(b):
    def timed(*args):
        took = []
        for _ in range(b.repeat + 1):
            begin = time.perf_counter()
            subprocess.run([b.binary, *args, "--store", b.big], stdout=subprocess.DEVNULL, check=True)
            took.append((time.perf_counter() - begin) * 1e3)
        return median(took[1:])
    b.row("runs list --limit 100 --json, whole process", "ms", 40, timed("runs", "list", "--limit", "100", "--json"), theirs(b, "list"))
    b.row("runs list --filter … --limit 100 --json", "ms", None, timed("runs", "list", "--limit", "100", "--json", "--filter", FILTER), b.cited["figures"]["filter"])
    b.row("runs list --order-by val/auc --limit 100 --json", "ms", None,
          timed("runs", "list", "--limit", "100", "--json", "--order-by", "metrics.`val/auc` DESC"), b.cited["figures"]["sort"])


def memory(b):
    # Sorting, filtering and pages are in it: the most that a session has held.
    keys = "quiet } quiet PGDN*30 G quiet : text:sort%20val/auc ENTER quiet f text:params.optimizer%20=%20'adam' ENTER quiet"
    b.row("resident memory, 100,000 runs", "MB", 120, b.pty(b.big, "--keys", keys)[0]["peak_rss_mb"], b.cited["figures"]["memory"])
    b.row("resident memory, demo", "MB", 40, b.pty(b.demo, "--keys", "quiet j*20 ENTER quiet ESC quiet")[0]["peak_rss_mb"])


def idle(b):
    for what, store in (("100,000 runs", b.big), ("demo", b.demo)):
        # The age in the header may change in the first minute: begin after the start has settled.
        r = b.pty(store, "--idle", "10")[0]["idle"]
        b.row(f"idle: bytes written, {what}", "B/s", 0, r["bytes_per_s"])
        b.row(f"idle: processor, {what}", "%", 1, r["cpu_pct"])


def live(b):
    """A writer commits; the next changed frame is the answer."""
    store = shutil.copy(b.demo, os.path.join(b.work, "live.db"))
    writer = f"{sys.executable} {os.path.join(HERE, 'writer.py')} {store} --commits 60 --every 0.35 --key val/auc"
    r = b.pty(store, "--live-cmd", writer, "--live-tail", "1")[0]["live"]
    # A frame may come before the harness has heard of its commit, which then counts for the next one.
    seen = r["seen"] >= r["writes"] - 2
    b.row("commit of another process to changed frame, p95", "ms", 150, percentile(r["all_ms"], 95) if seen else None,
          f"{r['seen']} of {r['writes']} commits seen; mlflow ui: polls or is reloaded by hand")


def flood(b):
    """A writer of 1,000 points a second: what it costs, and that no point is missed."""
    store = shutil.copy(b.demo, os.path.join(b.work, "flood.db"))
    seconds = 15
    watch = subprocess.Popen([b.binary, "watch", "--store", store], stdout=subprocess.PIPE, text=True)
    seen = []
    reader = threading.Thread(target=lambda: seen.extend(line for line in watch.stdout if '"flood"' in line), daemon=True)
    reader.start()
    time.sleep(1)
    writer = [sys.executable, os.path.join(HERE, "writer.py"), store, "--commits", str((seconds + 8) * 10), "--points", "100", "--every", "0.1", "--key", "flood"]
    writing = subprocess.Popen(writer, stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    r = b.pty(store, "--idle", str(seconds), "--no-settle")[0]["idle"]
    committed = len(writing.communicate()[0].splitlines()) * 100
    time.sleep(1.5)
    watch.terminate()
    watch.wait()
    reader.join(2)
    b.row("processor under 1,000 points/s", "% a core", 10, r["cpu_pct"])
    b.row(f"points missed, of {committed:,}", "points", 0, committed - len(seen))


def overlay(b):
    """Five runs of a million points each, over each other."""
    r = b.pty(b.long, "--keys", "quiet a quiet 3=>preview z=>step%20%20%204%20metrics quiet + + + + ) ) ) ( ( - - + ) + ) > > > < ] ] [ [ L L o o 0",
              "--quiet", "60", "--nochange", "300", "--timeout", "60")[0]
    preview, exact = (k for k in r["keys"] if "=>" in k["key"])
    steps = r["keys"][r["keys"].index(exact) + 1:]
    b.row("5 × 1M points: key to preview", "ms", 100, preview["first_ms"], "mlflow ui: at most 320 points of a run")
    b.row("5 × 1M points: key to exact picture", "ms", 6000, preview["first_ms"] + exact["first_ms"])
    b.row("5 × 1M points: zoom, pan, crosshair, p99", "ms", 16, percentile([k["first_ms"] for k in steps if k["key"] in "+-()<>0"], 99))
    b.row("5 × 1M points: smoothing, log, outliers, worst", "ms", None, max(k["first_ms"] or 0 for k in steps if k["key"] in "[]Lo"))
    b.row("5 × 1M points: resident memory", "MB", 256, r["peak_rss_mb"])


def tail(b):
    """A run of some thousand steps that logs 10 points at a time, watched in its chart."""
    store = shutil.copy(b.demo, os.path.join(b.work, "tail.db"))
    writing = subprocess.Popen([sys.executable, os.path.join(HERE, "writer.py"), store, "--commits", "80", "--points", "10", "--every", "0.5",
                                "--key", "loss", "--before", "2000"], stdout=subprocess.DEVNULL)
    time.sleep(2)  # the run is there
    # F12 does nothing: what is written until the screen is quiet again is a commit's.
    keys = b.pty(store, "--keys", "wait:500 HOME wait:300 3 wait:2000 F12*30", "--no-settle", "--until", "written", "--quiet", "300", "--nochange", "700")[0]["keys"][-30:]
    writing.kill()
    writing.wait()
    seen = [k["bytes"] for k in keys if k["frames"]]
    b.row("live tail: bytes for 10 points, 200x50, mean", "bytes", 1024, statistics.mean(seen) if len(seen) > 20 else None,
          f"{len(seen)} commits, the most {max(seen, default=0):,}")


def drawing(b):
    """What a frame of 10 series of 10,000 points costs without a terminal."""
    out = subprocess.run([os.environ.get("GO", "go"), "test", "-run", "^$", "-bench", "TenSeries", "-benchmem", "-count", "5", "./plots/cell"],
                         cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = re.findall(r"TenSeries\S*\s+\d+\s+(\d+) ns/op\s+\d+ B/op\s+(\d+) allocs/op", out)
    b.row("plots: 10 series of 10,000 points, a frame", "ms", 3, median([int(ns) / 1e6 for ns, _ in found]))
    b.row("plots: the same, allocations", "allocs", 100, median([int(n) for _, n in found]))


def comparison(b):
    """200 runs with all they hold beside each other, from the key to the table."""
    runs = b.pty(b.wide, "--keys", "quiet a quiet 2=>only%20differences quiet j*10 l*10 d d t t", "--quiet", "60", "--nochange", "300", repeat=3)
    b.row("comparison of 200 runs × 300 metrics: key to table", "ms", 250, median([next(k["first_ms"] for k in r["keys"] if "=>" in k["key"]) for r in runs]))
    moves = [k["first_ms"] for r in runs for k in r["keys"] if k["key"] in "jl"]
    b.row("the same: moving in it, p99", "ms", 16, percentile(moves, 99))
    b.row("the same: all keys, turned, worst", "ms", None, max(k["first_ms"] or 0 for r in runs for k in r["keys"] if k["key"] in "dt"))


def registry(b):
    """The list of 5,000 models, a model of 20 versions with a metric of their runs, and the same as commands."""
    runs = b.pty(b.registry, "--keys", "quiet 5=>v18 quiet G quiet ENTER=>train- quiet j*10", "--quiet", "60", "--nochange", "300", repeat=b.repeat)
    first = {name: median([next((k["first_ms"] for k in r["keys"] if k["key"].startswith(name + "=>")), None) for r in runs]) for name in ("5", "ENTER")}
    moved = percentile([k["first_ms"] for r in runs for k in r["keys"] if k["key"] == "j"], 99)
    script = [("5", "v18"), ("G", None), ("\r", "train-")] + [("j", None)] * 10
    times = [keys.until([b.binary, "--store", b.registry], script) for _ in range(b.repeat)]
    for what, budget, ours, emulated in (
        ("5,000 models × 20 versions: key to list", 80, median([t[0] for t in times]), first["5"]),
        ("the same: key to a model's page, with its runs", 50, median([t[2] for t in times]), first["ENTER"]),
        ("the same: moving among versions, p99", 16, percentile([ms for t in times for ms in t[3:]], 99), moved),
    ):
        b.row(what, "ms", budget, ours, f"with the time of an emulator: {emulated:,.1f} ms")

    def timed(*args):
        took = []
        for _ in range(b.repeat + 1):
            begin = time.perf_counter()
            subprocess.run([b.binary, "models", *args, "--store", b.registry], stdout=subprocess.DEVNULL, check=True)
            took.append((time.perf_counter() - begin) * 1e3)
        return median(took[1:])
    b.row("models list --json, all 5,000, whole process", "ms", None, timed("list", "--json"))
    b.row("models list --filter … --limit 100 --json", "ms", None, timed("list", "--json", "--limit", "100", "--filter", "tags.owner = 'team-1'"))
    b.row("models versions MODEL --json, whole process", "ms", None, timed("versions", "model-02500", "--json"))


def files(b):
    """Big artifacts, and pictures."""
    artifacts.rows(b, ROOT, median)


def warm(path):
    with open(path, "rb") as f:
        while f.read(1 << 24):
            pass


def theirs(b, what):
    """The client's figure, measured now, beside what is cited."""
    if b.client is None:
        b.client = client(b)
    return f"client now: {b.client[what]:.0f} ms; cited: {b.cited['figures'][what]}" if what in b.client else b.cited["figures"][what]


def client(b):
    """Times the client's quick calls in this process, each a median of 3."""
    warnings.filterwarnings("ignore")
    os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", GIT_PYTHON_REFRESH="quiet")
    try:
        from mlflow import MlflowClient
        os.chdir(b.work)  # the client makes a folder for artifacts where it is
        c = MlflowClient("sqlite:///" + b.big, "sqlite:///" + b.big)
        out = {}
        for what, query in (("list", ""), ("filter", FILTER)):
            took = []
            for _ in range(4):
                begin = time.perf_counter()
                c.search_runs(["1"], query, max_results=100)
                took.append((time.perf_counter() - begin) * 1e3)
            out[what] = median(took[1:])
        return out
    except Exception as problem:  # noqa: BLE001  the cited figures remain
        print(f"bench: the client could not be timed: {problem}", file=sys.stderr)
        return {}


def drift(b):
    """Two samples from files to a report."""
    drifts.rows(b, ROOT, median)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("binary")
    ap.add_argument("ptybench")
    ap.add_argument("store")
    ap.add_argument("long")
    ap.add_argument("wide")
    ap.add_argument("registry")
    ap.add_argument("--only", default=os.environ.get("BENCH_ONLY"), help="only the measurement of this name")
    ap.add_argument("--repeat", type=int, default=int(os.environ.get("BENCH_REPEAT", "9")))
    args = ap.parse_args()
    random.seed(1)
    b = Bench(args)
    b.client = None
    cores = os.cpu_count()
    model = next((re.sub(r".*: ", "", line).strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "") if os.path.exists("/proc/cpuinfo") else ""
    print(f"here: {cores} cores {model}, load {os.getloadavg()[0]:.1f}, median of {b.repeat}, warm file cache")
    print(f"mlflow, where cited: {b.cited['machine']}\n")
    print(f"{'':52} {'budget':>7} {'ours':>9}")
    try:
        for measure in (first_frame, moving, asking, commands, memory, idle, live, flood, overlay, tail, drawing, comparison, registry, files, drift):
            if b.only and b.only != measure.__name__:
                continue
            if measure is not drift:
                warm(b.long if measure is overlay else b.wide if measure is comparison else b.registry if measure is registry else b.big)
            try:
                measure(b)
            except (RuntimeError, subprocess.CalledProcessError, KeyError) as problem:
                b.row(measure.__name__, "", 0, None, str(problem))
    finally:
        shutil.rmtree(b.work, ignore_errors=True)
    print(f"\n{b.missed} budgets missed" if b.missed else "\nall budgets met")


main()
