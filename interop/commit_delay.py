"""Measures whether benchside delays the commits of a real training.

    commit_delay.py BENCHSIDE [--store PATH] [--commits N]

The real client logs N points while benchside is closed, idle, busy (moving, sorting, filtering all the time), stopped
with Ctrl-Z and stopped with SIGTSTP from outside. No commit may take 100 ms longer than the longest without benchside.
A single slow commit may be the machine's: all is measured a second time then, and what is slow again fails.
PATH is copied; without it a store of some hundred runs is made.
"""
import argparse
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings

warnings.filterwarnings("ignore")
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", GIT_PYTHON_REFRESH="quiet")

import logging  # noqa: E402

from term import Terminal  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 100  # ms that a commit may take longer
# To the runs, up and down, sort by some column, filter, clear.
BUSY = ["1", *"j" * 20, "\x1b[6~", "\x1b[6~", *"k" * 20, "G", "g", "l", "l", "l", "l", "s", "j", "j", "s", "f", "metrics.m01 > 3", "\r", "j", "j", "f", "\x1b"]


def busy(terminal, stop):
    """Presses keys as fast as somebody who holds them down."""
    while not stop.is_set():
        for key in BUSY:
            terminal.type(key)
            if stop.wait(0.03):
                return


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, round(p / 100 * (len(values) - 1)))]


class Writer:
    """A training in a process of its own, which the terminal here cannot slow down. It keeps its run."""

    def __init__(self, store, commits):
        self.commits = commits
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--train", store], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.time(10)  # warm

    def time(self, commits=None):
        """The durations of some commits, in ms."""
        self.process.stdin.write(f"{commits or self.commits}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def train(store):
    """The process of a Writer: logs as many points as each line asks for."""
    from mlflow import MlflowClient
    uri = "sqlite:///" + store
    client, step = MlflowClient(uri, uri), 0
    gc.disable()  # a collection takes 200 ms
    run = client.create_run("0", run_name="timed").info.run_id
    for line in sys.stdin:
        took = []
        for _ in range(int(line)):
            begin = time.perf_counter()
            client.log_metric(run, "val/auc", step / 1000, step=step)
            took.append((time.perf_counter() - begin) * 1e3)
            step += 1
            time.sleep(0.02)
        print(json.dumps(took), flush=True)


def states(binary, store, writer):
    """Yields what benchside was doing, and the durations of the commits meanwhile."""
    yield "closed", writer.time()
    terminal = Terminal([binary, "--store", store], cols=200, rows=50)
    try:
        terminal.expect("timed", 20)
        time.sleep(1)
        yield "idle", writer.time()
        stop = threading.Event()
        keys = threading.Thread(target=busy, args=(terminal, stop))
        keys.start()
        yield "busy", writer.time()
        for way in ("Ctrl-Z", "SIGTSTP"):
            # It is stopped in the middle of its work.
            if not keys.is_alive():
                stop.clear()
                keys = threading.Thread(target=busy, args=(terminal, stop))
                keys.start()
                time.sleep(1)
            stop.set()
            keys.join()
            if way == "Ctrl-Z":
                terminal.type("\x1a")
            else:
                os.kill(terminal.child(), signal.SIGTSTP)
            deadline = time.monotonic() + 10
            while not terminal.stopped():
                if time.monotonic() > deadline:
                    raise AssertionError(f"{way} did not stop benchside:\n{terminal.text()}")
                time.sleep(0.01)
            yield "stopped, " + way, writer.time()
            time.sleep(0.2)
            terminal.type("fg\r")
            time.sleep(0.5)
            if terminal.stopped():
                raise AssertionError("fg did not continue benchside")
        yield "continued", writer.time()
    finally:
        terminal.close()
    yield "closed again", writer.time()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("binary", nargs="?")
    ap.add_argument("--train", help=argparse.SUPPRESS)
    ap.add_argument("--store")
    ap.add_argument("--commits", type=int, default=150)
    a = ap.parse_args()
    logging.disable(logging.WARNING)
    if a.train:
        return train(a.train)
    # In memory, where there is such a folder: a busy disk delays commits too.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    work = os.path.realpath(tempfile.mkdtemp(prefix="benchside-delay-", dir=memory))
    binary, wanted = os.path.abspath(a.binary), a.store and os.path.abspath(a.store)
    os.chdir(work)  # the client makes a folder for artifacts where it is
    try:
        if wanted:
            shutil.copy(wanted, os.path.join(work, "mlflow.db"))
        else:
            subprocess.run([sys.executable, os.path.join(HERE, "stores.py"), "many", work], check=True)
        store = os.path.join(work, "mlflow.db")
        writer = Writer(store, a.commits)
        slow = measure(binary, store, writer)
        if slow:
            print("again:")
            slow &= measure(binary, store, writer)
        writer.close()
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if slow:
        sys.exit(f"commits took more than {LIMIT} ms longer while benchside was: {', '.join(sorted(slow))}")
    print(f"no commit took {LIMIT} ms longer than without benchside")


def measure(binary, store, writer):
    """Prints a table and returns the states in which a commit was slow."""
    rows = list(states(binary, store, writer))
    base = max(max(took) for what, took in rows if what.startswith("closed"))
    print(f"{writer.commits} commits of the real client while benchside is … (ms)")
    print(f"{'':22}{'p50':>8}{'p95':>8}{'max':>8}")
    for what, took in rows:
        print(f"{what:22}{percentile(took, 50):8.1f}{percentile(took, 95):8.1f}{max(took):8.1f}")
    return {what for what, took in rows if max(took) > base + LIMIT}


main()
