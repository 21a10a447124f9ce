"""Two benchsides and one MLflow client change one registry at once, by chance; then one benchside is killed in the middle of writes.

    together.py BENCHSIDE [--operations N] [--kills K]     run by the python of an environment with mlflow

Afterwards the file must be whole, the ledger must hold, and nothing may be lost: each change that benchside said it made is
one line, each version that the client made is there, and what the client did is recorded by the next look.
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
from mlflow.exceptions import MlflowException  # noqa: E402

logging.disable(logging.WARNING)
STAGES = ["None", "Staging", "Production", "Archived"]
MODELS = ["alpha", "beta", "gamma"]


class Together:
    def __init__(self, binary, folder):
        self.binary, self.db = binary, os.path.join(folder, "mlflow.db")
        self.env = dict(os.environ, XDG_CONFIG_HOME=folder, XDG_STATE_HOME=folder)
        self.lines, self.made, self.errors = [], [], []  # ledger lines we were told of, versions of the client, what nobody expects
        self.lock = threading.Lock()

    def call(self, *args):
        return subprocess.run([self.binary, "models", *args, "--store", self.db, "--json"], capture_output=True, text=True, env=self.env)

    def by_chance(self, rnd):
        model, number, alias = rnd.choice(MODELS), str(rnd.randint(1, 9)), "a" + str(rnd.randint(1, 3))
        return rnd.choice([
            ["register", model, f"/models/{rnd.random()}"],
            ["transition", model, number, rnd.choice(STAGES), "--yes"],
            ["transition", model, number, rnd.choice(STAGES[1:3]), "--archive-existing", "--yes"],
            ["alias", model, number, alias], ["unalias", model, alias],
            ["tag", model, number, f"k={rnd.random()}"], ["undo", str(rnd.randint(1, 60)), "--yes"], ["tag", model, f"m={rnd.random()}"],
            ["describe", model, number, str(rnd.random())], ["delete", model, number, "--yes"],
            ["request", model, number, rnd.choice(STAGES[1:])],
        ])

    def benchside(self, seed, operations):
        rnd = random.Random(seed)
        for _ in range(operations):
            args = self.by_chance(rnd)
            done = self.call(*args)
            with self.lock:
                if done.returncode == 0:
                    self.lines += [line["line"] for line in json.loads(done.stdout)["lines"]]
                elif not any(fine in done.stderr for fine in ("not found", "changed by someone else", "changed nothing", "not taken back", " is in ")):
                    self.errors.append((args, done.returncode, done.stderr))

    def client(self, seed, operations):
        rnd, client = random.Random(seed), MlflowClient("sqlite:///" + self.db, "sqlite:///" + self.db)
        for _ in range(operations):
            model, number, alias = rnd.choice(MODELS), str(rnd.randint(1, 9)), "a" + str(rnd.randint(1, 3))
            try:
                kind = rnd.randrange(5)
                if kind == 0:
                    v = client.create_model_version(model, f"/python/{rnd.random()}")
                    self.made.append((model, int(v.version)))
                elif kind == 1:
                    client.transition_model_version_stage(model, number, rnd.choice(STAGES[1:3]), archive_existing_versions=True)
                elif kind == 2:
                    client.set_registered_model_alias(model, alias, number)
                elif kind == 3:
                    client.set_model_version_tag(model, number, "py", str(rnd.random()))
                else:
                    client.delete_registered_model_alias(model, alias)
            except MlflowException as e:
                if e.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                    self.errors.append(("client", e.error_code, str(e)))

    def kill(self, seed):
        """Kills a write at a moment of chance."""
        rnd = random.Random(seed)
        p = subprocess.Popen([self.binary, "models", *self.by_chance(rnd), "--store", self.db], env=self.env,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rnd.uniform(0.02, 0.35))
        p.send_signal(signal.SIGKILL)
        p.wait()

    def judge(self):
        wrong = list(self.errors)
        self.call("observe")
        db = sqlite3.connect(self.db)
        ask = lambda sql: db.execute(sql).fetchall()  # noqa: E731
        if ask("PRAGMA integrity_check") != [("ok",)]:
            wrong.append("the file is not whole")
        if ask("PRAGMA foreign_key_check"):
            wrong.append("a reference leads nowhere")
        held = {seq for (seq,) in ask("SELECT seq FROM benchside_ledger")}
        if sorted(held) != list(range(1, len(held) + 1)):
            wrong.append("the lines have gaps")
        if len(set(self.lines)) != len(self.lines) or not set(self.lines) <= held:
            wrong.append("a change that we were told of is not one line of its own")
        there = set(ask("SELECT name, version FROM model_versions"))
        if lost := [v for v in self.made if v not in there]:
            wrong.append(f"versions of the client are lost: {lost}")
        if ask("SELECT 1 FROM registered_model_aliases a LEFT JOIN model_versions v USING (name, version)"
               " WHERE v.name IS NULL OR v.current_stage = 'Deleted_Internal'"):
            wrong.append("an alias points to no version")
        db.close()
        verified = json.loads(self.call("verify-ledger").stdout)
        if not verified["holds"]:
            wrong.append(verified["problem"])
        if news := [line["says"] for line in json.loads(self.call("history", "--limit", "1").stdout) if line["line"] == 0]:
            wrong.append(f"not recorded: {news}")
        return wrong, len(held)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("binary")
    ap.add_argument("--operations", type=int, default=1000)
    ap.add_argument("--kills", type=int, default=60)
    a = ap.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        t = Together(os.path.abspath(a.binary), folder)
        client = MlflowClient("sqlite:///" + t.db, "sqlite:///" + t.db)
        for model in MODELS:
            client.create_registered_model(model)
            for n in range(6):
                client.create_model_version(model, f"/first/{n}")
        start, each = time.monotonic(), a.operations // 3
        work = [threading.Thread(target=t.benchside, args=(1, each)), threading.Thread(target=t.benchside, args=(2, each)),
                threading.Thread(target=t.client, args=(3, a.operations - 2 * each))]
        for w in work:
            w.start()
        for w in work:
            w.join()
        for what, seconds in (("operations", time.monotonic() - start), ("kills", None)):
            if what == "kills":
                for seed in range(a.kills):
                    t.kill(seed)
            wrong, lines = t.judge()
            failed += bool(wrong)
            took = f" in {seconds:.0f} s" if seconds else ""
            count = a.operations if what == "operations" else a.kills
            print(f"{'FAIL' if wrong else 'ok  '}  {count} {what}{took}: {lines} lines, {len(t.made)} versions of the client", flush=True)
            for w in wrong[:10]:
                print("     ", w)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
