"""What the real MLflow client says of a store, as the facts that the tests of the backends hold them to.

    make.py STORE FACTS     STORE is an mlflow.db or a folder mlruns, FACTS a file that ends in .json.gz

Run it from the folder that holds the store, by the python of an environment with mlflow 3.17.2, on a copy: the client
migrates old stores in place.
"""
import gzip
import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", GIT_PYTHON_REFRESH="quiet", MLFLOW_ALLOW_FILE_STORE="true")

from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import ViewType  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402

MAX = sys.float_info.max  # what MLflow stores for infinity in SQL


def point(p, sql):
    value = float("inf") if sql and p.value == MAX else float("-inf") if sql and p.value == -MAX else p.value
    return [p.step, p.timestamp, repr(float(value))]


def experiment(e):
    return {"id": e.experiment_id, "name": e.name, "location": e.artifact_location, "stage": e.lifecycle_stage,
            "created": e.creation_time, "updated": e.last_update_time, "tags": dict(e.tags)}


def dataset(d):
    return {"name": d.dataset.name, "digest": d.dataset.digest, "source_type": d.dataset.source_type, "source": d.dataset.source,
            "schema": d.dataset.schema or "", "profile": d.dataset.profile or "", "tags": {t.key: t.value for t in d.tags}}


def model(c, link, output):
    m = c.get_logged_model(link.model_id)
    return {"id": m.model_id, "name": m.name, "experiment": str(m.experiment_id), "location": m.artifact_location, "status": str(m.status),
            "type": m.model_type or "", "source_run": m.source_run_id or "", "created": m.creation_timestamp,
            "updated": m.last_updated_timestamp, "params": dict(m.params or {}), "tags": dict(m.tags or {}),
            "output": output, "step": link.step if output else 0,
            "metrics": sorted([x.key, repr(float(x.value)), x.step, x.timestamp, x.run_id or "", x.dataset_name or "", x.dataset_digest or ""]
                              for x in m.metrics or [])}


def run(c, r, sql):
    i, d = r.info, r.data
    history = {k: [point(p, sql) for p in c.get_metric_history(i.run_id, k)] for k in sorted(d.metrics)}
    return {"id": i.run_id, "name": i.run_name or "", "experiment": i.experiment_id, "user": i.user_id or "", "status": i.status,
            "stage": i.lifecycle_stage, "start": i.start_time, "end": i.end_time, "uri": i.artifact_uri,
            "params": dict(d.params), "tags": dict(d.tags), "history": history,
            "latest": {m.key: point(m, sql) for m in d._metric_objs},
            "inputs": sorted((dataset(x) for x in r.inputs.dataset_inputs), key=lambda x: (x["name"], x["digest"])),
            "models": [model(c, x, False) for x in r.inputs.model_inputs] + [model(c, x, True) for x in r.outputs.model_outputs]}


def registered(m):
    return {"name": m.name, "description": m.description or "", "created": m.creation_timestamp, "updated": m.last_updated_timestamp,
            "tags": dict(m.tags), "aliases": sorted([a, int(v)] for a, v in (m.aliases or {}).items()),
            "latest": sorted(int(v.version) for v in m.latest_versions or [])}


def download(c, v):
    try:
        return c.get_model_version_download_uri(v.name, v.version)
    except MlflowException:  # of a folder: git drops the empty ones that the client wants of a run
        return v.source


def version(c, v):
    return {"name": v.name, "version": int(v.version), "stage": v.current_stage, "status": str(v.status), "message": v.status_message or "",
            "source": v.source or "", "download": download(c, v), "run": v.run_id or "",
            "link": v.run_link or "", "user": v.user_id or "", "description": v.description or "", "created": v.creation_timestamp,
            "updated": v.last_updated_timestamp, "tags": dict(v.tags)}


def main(store, facts):
    sql = store.endswith(".db")
    c = MlflowClient(("sqlite:///" if sql else "file://") + os.path.abspath(store))
    experiments = c.search_experiments(view_type=ViewType.ALL)
    runs, token = [], None
    while True:
        page = c.search_runs([e.experiment_id for e in experiments], run_view_type=ViewType.ALL, max_results=5000, page_token=token)
        runs, token = runs + list(page), page.token
        if not token:
            break
    all = {"experiments": [experiment(e) for e in experiments], "runs": [run(c, r, sql) for r in runs],
           "registered": [registered(m) for m in c.search_registered_models(max_results=1000)],
           "versions": [version(c, v) for v in c.search_model_versions(max_results=10000)]}
    with open(facts, "wb") as f, gzip.GzipFile("", "wb", 9, f, mtime=0) as z:
        z.write(json.dumps(all, ensure_ascii=False, separators=(",", ":")).encode())
    print(f"{facts}: {len(experiments)} experiments, {len(runs)} runs, {len(all['registered'])} models, {len(all['versions'])} versions")


main(*sys.argv[1:])
