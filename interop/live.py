"""Shows that the points of a real training arrive on the screen by themselves.

    live.py BENCHSIDE

A training of the real MLflow client logs in another process while benchside is open in a terminal; no key is pressed.
Its run must appear, each value must be seen, the last one must stay and the run must be seen to end.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from term import Terminal

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS = 40


def train(store, *args):
    return subprocess.Popen([sys.executable, os.path.join(HERE, "train.py"), store, *args], stdout=subprocess.PIPE, text=True,
                            cwd=os.path.dirname(store))


def shown(value):
    """The run's row with the value, however many zeros it ends with."""
    digits = f"{value:.3f}".rstrip("0")
    return re.compile(rf"training\b.*\b{re.escape(digits)}0*\b")


def watch(terminal, lines, seen):
    """Notes when each value that a line tells of is first on the screen."""
    while not terminal.ended:
        text = terminal.text()
        now = time.time()
        for line in list(lines):
            if line["step"] not in seen and shown(line["value"]).search(text):
                seen[line["step"]] = max(0.0, now - line["at"])
        time.sleep(0.005)


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, round(p / 100 * (len(values) - 1)))]


def main():
    binary = os.path.abspath(sys.argv[1])
    work = tempfile.mkdtemp(prefix="benchside-live-")
    store = os.path.join(work, "mlflow.db")
    train(store, "--steps", "3", "--every", "0", "--name", "earlier").communicate()
    terminal = Terminal([binary, "--store", store])
    try:
        terminal.expect("earlier", 10)
        training = train(store, "--steps", str(STEPS))
        lines, seen = [], {}
        threading.Thread(target=watch, args=(terminal, lines, seen), daemon=True).start()
        for line in training.stdout:
            lines.append(json.loads(line))
        last = lines[-1]
        terminal.expect(re.compile(r"training.*FINISHED"), 5)
        terminal.expect(shown(last["value"]), 1)
        time.sleep(0.3)
    finally:
        print(terminal.text())
        terminal.close()
        shutil.rmtree(work, ignore_errors=True)
    missing = sorted({line["step"] for line in lines} - seen.keys())
    ms = [1e3 * s for s in seen.values()]
    print(f"live: {len(seen)} of {len(lines)} points were seen, no key was pressed")
    print(f"live: commit to screen p50 {percentile(ms, 50):.0f} ms, p95 {percentile(ms, 95):.0f} ms, max {max(ms):.0f} ms")
    if missing:
        sys.exit(f"live: never seen: steps {missing}")


main()
