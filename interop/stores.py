"""Stores that the real MLflow client writes on the spot, for check.py to read back.

    stores.py KIND FOLDER      KIND is sweep or many

The client of the Python that runs this writes FOLDER/mlflow.db. Every call is one that a training makes.
"""
import math
import os
import sys
import warnings

warnings.filterwarnings("ignore")
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", GIT_PYTHON_REFRESH="quiet")

import logging  # noqa: E402

import mlflow  # noqa: E402
import pandas as pd  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Metric, Param, RunTag  # noqa: E402

logging.disable(logging.WARNING)
T0 = 1_770_000_000_000  # a fixed moment, in ms


def metrics_from_hell(c, run):
    """Values, steps and times that a store may hold and few expect."""
    values = [("nan", math.nan), ("inf", math.inf), ("-inf", -math.inf), ("tiny", 5e-324), ("huge", 1.7e308),
              ("zero", 0.0), ("negative zero", -0.0), ("third", 1 / 3), ("integer", 7)]
    for key, value in values:
        c.log_metric(run, "odd/" + key, value, T0, 0)
    c.log_batch(run, metrics=[
        # a lower step later, the same step again, the same point twice
        *[Metric("again", 0.1 * s, T0 + s, s) for s in (0, 1, 2, 5, 3, 2)],
        Metric("again", 0.5, T0 + 9, 2), Metric("again", 0.5, T0 + 9, 2), Metric("again", 0.4, T0 + 9, 2),
        # negative steps, huge steps, no time
        *[Metric("warm-up", 1 / (6 + s), T0 + s + 6, s) for s in range(-5, 3)],
        Metric("far", 1.0, T0, 2**62), Metric("far", 2.0, 0, -(2**62)),
        # NaN between numbers, NaN last, NaN against 0 on one step and time
        Metric("gaps", 1.0, T0, 0), Metric("gaps", math.nan, T0 + 1, 1), Metric("gaps", 3.0, T0 + 2, 2),
        Metric("ends nan", 1.0, T0, 0), Metric("ends nan", math.nan, T0 + 1, 1),
        Metric("tie", math.nan, T0, 0), Metric("tie", -1.0, T0, 0),
    ])
    for step in (0.5, 2.7, 2.2, 1e10 + 0.25):
        try:
            c.log_metric(run, "float steps", step * 2, T0 + int(step), step)
        except mlflow.MlflowException:
            return  # this release refuses them


def sweep(c):
    e = c.create_experiment("nested/sweep 🧪", tags={"mlflow.note.content": "línea 1\nline 2", "ключ": "значение"})
    c.create_experiment("nested/empty")
    mlflow.set_experiment(experiment_id=e)
    with mlflow.start_run(run_name="parent") as parent:
        mlflow.log_params({"search": "grid", "long": "x" * 5999, "empty": "", "unicode": "çà 🚀 مرحبا", "quote": "it's \"so\" `here`"})
        for family in ("adam", "sgd"):
            with mlflow.start_run(run_name=f"family {family}", nested=True):
                for k in range(4):
                    with mlflow.start_run(run_name=f"{family}-{k}", nested=True) as r:
                        mlflow.log_param("optimizer", family)
                        mlflow.log_param("lr", 10 ** -k)
                        for s in range(12):
                            mlflow.log_metrics({"train/loss": 1 / (1 + s + k), "val/auc": 0.5 + 0.03 * s + k / 100}, step=s)
                        if k == 3:
                            metrics_from_hell(c, r.info.run_id)
        frame = pd.DataFrame({"x": [1.0, 2.0], "label": ["a", "b"], "y": [0, 1]})
        for context in ("training", "eval"):
            mlflow.log_input(mlflow.data.from_pandas(frame, source=f"https://data.example/{context}.csv", targets="y", name=f"set {context}"), context=context)
        mlflow.log_input(mlflow.data.from_pandas(frame, name="bare"))
    deep = parent.info.run_id
    for level in range(12):
        deep = c.create_run(e, run_name=f"level {level}", tags={"mlflow.parentRunId": deep}).info.run_id
    wild = c.create_run(e, run_name="\x1b[31mwild\x1b[0m \u202eevil\u202c\ttab\nline", tags={"mlflow.user": "grace"})
    rid = wild.info.run_id
    for key, value in {"long": "z" * 8000, "emoji": "👩‍🔬🚀🏳️‍🌈", "rtl": "العربية من اليمين", "lines": "first\nsecond\r\nthird", "päth/ключ 鍵": "v", "empty": ""}.items():
        c.set_tag(rid, key, value)
    c.log_metric(rid, "métrique/точность 精度", 0.5, T0, 1)
    c.set_tag(rid, "mlflow.note.content", "# Note\n\n**bold**")
    c.set_terminated(rid, "FAILED")
    a = c.create_run(e, run_name="cycle a").info.run_id
    b = c.create_run(e, run_name="cycle b", tags={"mlflow.parentRunId": a}).info.run_id
    c.set_tag(a, "mlflow.parentRunId", b)
    c.create_run(e, run_name="orphan", tags={"mlflow.parentRunId": "0" * 32})
    own = c.create_run(e, run_name="its own parent").info.run_id
    c.set_tag(own, "mlflow.parentRunId", own)
    gone = c.create_run(e, run_name="deleted", tags={"mlflow.parentRunId": parent.info.run_id})
    c.log_metric(gone.info.run_id, "val/auc", 0.1, T0, 0)
    c.delete_run(gone.info.run_id)
    unnamed = c.create_run(e, run_name="to be unnamed").info.run_id
    c.delete_tag(unnamed, "mlflow.runName")
    c.update_run(c.create_run(e, run_name="queued").info.run_id, status="SCHEDULED")
    killed = c.create_run(e, run_name="killed", start_time=T0).info.run_id
    c.set_terminated(killed, "KILLED", T0 + 1)
    removed = c.create_experiment("removed")
    c.create_run(removed, run_name="in a removed experiment")
    c.delete_experiment(removed)
    if hasattr(c, "create_logged_model"):
        models(c, e, parent.info.run_id)


def models(c, experiment, run):
    from mlflow.entities import LoggedModelInput, LoggedModelOutput
    m = c.create_logged_model(experiment, name="model", source_run_id=run, params={"depth": "3"}, tags={"stage": "draft"}, model_type="tree")
    c.log_outputs(run, [LoggedModelOutput(m.model_id, 4)])
    c.finalize_logged_model(m.model_id, "READY")
    reader = c.create_run(experiment, run_name="reads a model").info.run_id
    c.log_inputs(reader, models=[LoggedModelInput(m.model_id)])
    c.log_metric(reader, "f1", 0.75, T0, 3, model_id=m.model_id)


def many(c, runs=400):
    ids = [c.create_experiment(f"many/{i}") for i in range(3)]
    for i in range(runs):
        e = ids[i % 3]
        r = c.create_run(e, start_time=T0 + i * 1000 // 7, run_name=f"run-{i % 50}", tags={"mlflow.user": ["ada", "grace"][i % 2], "team": "abc"[i % 3]}).info.run_id
        # equal values and missing keys, so that orders have ties and gaps
        metrics = [Metric("val/auc", (i * 7919 % 23) / 23, T0 + s, s) for s in range(2)] if i % 5 else []
        if i % 11 == 0:
            metrics.append(Metric("val/auc", math.nan, T0 + 9, 9))
        metrics += [Metric(f"m{j:02d}", i / (j + 1), T0, 0) for j in range(i % 7)]
        params = [Param("lr", f"{10 ** -(i % 4):g}"), Param("depth", str(i % 13))] if i % 3 else [Param("depth", str(i % 13))]
        c.log_batch(r, metrics, params, [RunTag("batch", str(i // 100))])
        if i % 4:
            c.set_terminated(r, ["FINISHED", "FAILED", "KILLED"][i % 3], T0 + i * 2000)
        if i % 37 == 5:
            c.delete_run(r)


def main():
    kind, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    sys.argv[0] = "train.py"
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    {"sweep": sweep, "many": many}[kind](MlflowClient())


main()
