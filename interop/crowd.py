"""Four MLflow trainings log into one store while two benchsides read it and change it; then benchside is killed in the middle of writes.

    crowd.py BENCHSIDE [--seconds S] [--kills K]     run by the python of an environment with mlflow

Nobody may be told that the database is locked, and nothing may be lost: each point, param and tag that a training logged is
there, each change that benchside said it made is there and is one line of a ledger that holds, and the file is whole. A write
that was killed is there whole or not at all.
"""
import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import warnings

warnings.filterwarnings("ignore")
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", GIT_PYTHON_REFRESH="quiet")

import logging  # noqa: E402

from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Metric, RunTag  # noqa: E402

logging.disable(logging.WARNING)
TRAININGS, BENCHSIDES = 4, 2
MANY = 20  # runs that a write which is killed changes at once


def train(db, seconds, seed):
    """One training: logs run after run, and prints what it logged."""
    client, rnd = MlflowClient("sqlite:///" + db), random.Random(seed)
    client.search_experiments()
    print("ready", flush=True)
    end = time.time() + seconds
    logged, errors, slowest = {}, [], 0.0
    while time.time() < end:
        try:
            run = client.create_run("0", run_name=f"training {seed}").info.run_id
            logged[run] = mine = {"points": 0, "params": 0, "done": False}
            for step in range(rnd.randint(5, 40)):
                start = time.time()
                if rnd.random() < 0.3:
                    client.log_batch(run, [Metric(f"m{k}", rnd.random(), int(start * 1000), step) for k in range(10)], tags=[RunTag("step", str(step))])
                    mine["points"] += 10
                else:
                    client.log_metric(run, "loss", rnd.random(), step=step)
                    mine["points"] += 1
                slowest = max(slowest, time.time() - start)
                if rnd.random() < 0.2:
                    client.log_param(run, f"p{step}", rnd.random())
                    mine["params"] += 1
            client.set_terminated(run, "FINISHED")
            mine["done"] = True
        except Exception as e:  # noqa: BLE001 whatever a training is told is what this is about
            errors.append(str(e)[:300])
    print(json.dumps({"logged": logged, "errors": errors, "slowest": slowest}))


class Benchside:
    """One user of benchside: looks, and changes what it sees."""

    def __init__(self, binary, db, folder, seed):
        self.binary, self.db, self.seed, self.rnd = binary, db, seed, random.Random(1000 + seed)
        self.env = dict(os.environ, XDG_CONFIG_HOME=folder, XDG_STATE_HOME=folder)
        self.lines, self.errors = [], []
        self.reads, self.writes, self.slowest = 0, 0, 0.0

    def call(self, *args):
        start = time.time()
        done = subprocess.run([self.binary, *args, "--store", self.db, "--json"], capture_output=True, text=True, env=self.env)
        self.slowest = max(self.slowest, time.time() - start)
        if done.returncode != 0 and "changed by someone else" not in done.stderr and "changed nothing" not in done.stderr:
            self.errors.append((args[:3], done.returncode, done.stderr[:300]))
        return json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else None

    def read(self):
        self.reads += 1
        args = self.rnd.choice([("runs", "tree"), ("experiments", "list"), ("runs", "list", "--filter", "metrics.loss > 0.5"), ("store", "info")])
        self.call(*args)

    def change(self, seen):
        """Changes some runs at once; keys and names are its own, so only it can overwrite them."""
        runs = [r["run_id"] for r in self.rnd.sample(seen, min(len(seen), self.rnd.randint(1, 5)))]
        value = f"{self.seed}-{self.writes}"
        kind = self.rnd.randrange(4)
        if kind == 0 and self.lines:
            done = self.call("runs", "undo", str(self.lines[-1]), "--yes")
        elif kind == 1:
            done = self.call("experiments", "create", "by " + value)
        else:
            done = self.call("runs", "tag", *runs, f"by{self.seed}={value}", "--yes")
        self.writes += 1
        if done:
            self.lines += [line["line"] for line in done["lines"]]

    def go_on(self, until):
        while time.time() < until:
            seen = self.call("runs", "list", "--limit", "30") or []
            self.reads += 1
            self.read()
            if seen:
                self.change(seen)


def watch(binary, db, seconds, env):
    """The feed of a benchside that stays open."""
    return subprocess.Popen([binary, "watch", "--for", f"{seconds}s", "--store", db], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def replayed(db):
    """The tags and experiments that the ledger adds up to, by its own rows."""
    rows = {}
    for (changes,) in db.execute("SELECT changes FROM benchside_ledger ORDER BY seq"):
        for c in json.loads(changes):
            key = (c["table"], json.dumps(c["key"], sort_keys=True))
            if c["after"] is None:
                rows.pop(key, None)
            else:
                rows[key] = {**(rows.get(key) or {}), **c["after"]}
    return rows


def judge(path, trainings, benchsides):
    wrong = []
    db = sqlite3.connect(path)
    ask = lambda sql, *args: db.execute(sql, args).fetchall()  # noqa: E731
    if ask("PRAGMA integrity_check") != [("ok",)]:
        wrong.append("the file is not whole")
    if ask("PRAGMA foreign_key_check"):
        wrong.append("a reference leads nowhere")
    for t in trainings:
        wrong += [("a training was told", e) for e in t["errors"]]
        for run, want in t["logged"].items():
            points, params = ask("SELECT count(*) FROM metrics WHERE run_uuid = ?", run)[0][0], ask("SELECT count(*) FROM params WHERE run_uuid = ?", run)[0][0]
            status = ask("SELECT status FROM runs WHERE run_uuid = ?", run)
            if (points, params) != (want["points"], want["params"]) or want["done"] and status != [("FINISHED",)]:
                wrong.append(("a training lost", run, points, params, status, want))
    held = {seq for (seq,) in ask("SELECT seq FROM benchside_ledger")}
    for b in benchsides:
        wrong += [("benchside was told", e) for e in b.errors]
        wrong += [f"line {line} of the ledger is missing" for line in b.lines if line not in held]
    told = sorted(line for b in benchsides for line in b.lines)
    if len(told) != len(set(told)) or held != set(range(1, len(held) + 1)):
        wrong.append("lines are told twice, or there are gaps")
    for (table, key), row in replayed(db).items():
        k = json.loads(key)
        if table == "tags":
            now = ask("SELECT value FROM tags WHERE run_uuid = ? AND key = ?", k["run_uuid"], k["key"])
            if now != [(row["value"],)]:
                wrong.append(("a tag is not what the ledger says", k, row, now))
        elif table == "experiments":
            now = ask("SELECT name, lifecycle_stage FROM experiments WHERE experiment_id = ?", k["experiment_id"])
            if now != [(row["name"], row["lifecycle_stage"])]:
                wrong.append(("an experiment is not what the ledger says", k, row, now))
    db.close()
    return wrong


def together(binary, folder, seconds):
    db = os.path.join(folder, "mlflow.db")
    MlflowClient("sqlite:///" + db).search_experiments()  # makes it
    processes = [subprocess.Popen([sys.executable, __file__, "train", db, str(seconds), str(n)], stdout=subprocess.PIPE, text=True) for n in range(TRAININGS)]
    for p in processes:
        p.stdout.readline()  # to import mlflow takes seconds
    benchsides = [Benchside(binary, db, folder, n) for n in range(BENCHSIDES)]
    watchers = [watch(binary, db, seconds, b.env) for b in benchsides]
    until = time.time() + seconds
    threads = [threading.Thread(target=b.go_on, args=(until,)) for b in benchsides]
    for t in threads:
        t.start()
    trainings = [json.loads(p.communicate()[0]) for p in processes]
    for t in threads:
        t.join()
    wrong = []
    for w in watchers:
        _, err = w.communicate()
        if w.returncode != 0 or err:
            wrong.append(("watch was told", w.returncode, err[:300]))
    wrong += judge(db, trainings, benchsides)
    verified = benchsides[0].call("models", "verify-ledger")
    if not verified or not verified["holds"]:
        wrong.append(("the ledger does not hold", verified))
    points = sum(run["points"] for t in trainings for run in t["logged"].values())
    print(f"{'FAIL' if wrong else 'ok  '}  {seconds} s: {TRAININGS} trainings logged {points} points in {sum(len(t['logged']) for t in trainings)} runs, "
          f"the slowest write {max(t['slowest'] for t in trainings):.2f} s; {BENCHSIDES} benchsides made {sum(b.writes for b in benchsides)} changes and "
          f"{sum(b.reads for b in benchsides)} reads, the slowest {max(b.slowest for b in benchsides):.2f} s", flush=True)
    return wrong


def killed(binary, folder, kills):
    """Kills writes of many runs at moments of chance. Each is there for all of them or for none."""
    path = os.path.join(folder, "killed.db")
    client = MlflowClient("sqlite:///" + path)
    runs = [client.create_run("0", run_name=f"run {n}").info.run_id for n in range(MANY)]
    env, rnd, wrong, whole = dict(os.environ, XDG_CONFIG_HOME=folder, XDG_STATE_HOME=folder), random.Random(7), [], 0
    call = lambda *args: [binary, "runs", "tag", *runs, *args, "--yes", "--store", path]  # noqa: E731
    took = []
    for n in range(5):
        start = time.time()
        subprocess.run(call(f"killed=first{n}"), env=env, check=True, stdout=subprocess.DEVNULL)
        took.append(time.time() - start)
    for n in range(kills):
        before = state(path)
        p = subprocess.Popen(call(f"killed={n}"), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rnd.uniform(0.4, 1.1) * sorted(took)[2])
        p.send_signal(signal.SIGKILL)
        p.wait()
        after = state(path)
        if after == (before[0] + MANY, {str(n): MANY}, "ok"):
            whole += 1
        elif after != before:
            wrong.append(("a write is there in part", n, before, after))
    verified = subprocess.run([binary, "models", "verify-ledger", "--store", path], env=env, capture_output=True, text=True)
    if verified.returncode != 0:
        wrong.append(("the ledger does not hold", verified.stderr))
    print(f"{'FAIL' if wrong else 'ok  '}  {kills} writes of {MANY} runs were killed: {whole} are there whole, {kills - whole - len(wrong)} not at all", flush=True)
    return wrong


def state(path):
    """The number of lines, how many runs have which value, and whether the file is whole: as any client finds it."""
    db = sqlite3.connect(path, timeout=20)
    found = (db.execute("SELECT lines FROM benchside_head").fetchone()[0],
             dict(db.execute("SELECT value, count(*) FROM tags WHERE key = 'killed' GROUP BY 1").fetchall()),
             db.execute("PRAGMA integrity_check").fetchone()[0])
    lines = db.execute("SELECT count(*) FROM benchside_ledger").fetchone()[0]
    db.close()
    return found if lines == found[0] else (lines, found, "the head of the ledger is another one")


def main():
    if sys.argv[1] == "train":
        train(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
        return
    p = argparse.ArgumentParser()
    p.add_argument("benchside")
    p.add_argument("--seconds", type=int, default=60, help="10 at least, so that there is something to judge")
    p.add_argument("--kills", type=int, default=40)
    a = p.parse_args()
    binary = os.path.abspath(a.benchside)
    with tempfile.TemporaryDirectory() as folder:
        wrong = together(binary, folder, a.seconds) + killed(binary, folder, a.kills)
    for w in wrong[:20]:
        print("     ", w)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
