"""A training that logs with the real MLflow client, for watching and for timing.

    train.py STORE [--steps N] [--every SECONDS] [--name NAME] [--experiment NAME]

STORE is the path of an mlflow.db, made if there is none. After each log_metric it prints one JSON line:
{"run", "step", "value", "at": seconds since the epoch when it was committed, "ms": how long the call took}.
"""
import argparse
import json
import os
import time
import warnings

warnings.filterwarnings("ignore")
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", GIT_PYTHON_REFRESH="quiet")

import logging  # noqa: E402

import mlflow  # noqa: E402

KEY = "val/auc"


def value(step):
    """Three digits that no other step has."""
    return round(0.101 + step / 1000, 3)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("store")
    ap.add_argument("--steps", type=int, default=40)
    ap.add_argument("--every", type=float, default=0.25)
    ap.add_argument("--name", default="training")
    ap.add_argument("--experiment", default="live")
    a = ap.parse_args()
    logging.disable(logging.WARNING)
    mlflow.set_tracking_uri("sqlite:///" + os.path.abspath(a.store))
    mlflow.set_experiment(a.experiment)
    with mlflow.start_run(run_name=a.name) as run:
        mlflow.log_params({"lr": 0.01, "steps": a.steps})
        for step in range(a.steps):
            begin = time.perf_counter()
            mlflow.log_metric(KEY, value(step), step=step)
            ms = (time.perf_counter() - begin) * 1e3
            print(json.dumps({"run": run.info.run_id, "step": step, "value": value(step), "at": time.time(), "ms": round(ms, 2)}), flush=True)
            time.sleep(a.every)


if __name__ == "__main__":
    main()
