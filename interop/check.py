"""Lets the real MLflow client check what benchside reads.

    check.py BENCHSIDE         run by the python of an environment with mlflow

Each store is there twice: benchside reads one copy, the client the other, since the client migrates old stores in
place. Everything that the client says of experiments, runs, params, tags, latest metrics, metric points in their order,
dataset inputs, logged models, parents and the registry is compared with the JSON of benchside; searches too. After that the store of
benchside must have the bytes and the files that it had.

One line a check; what differs is printed below it, and the exit code is 1.
"""
import glob
import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor

warnings.filterwarnings("ignore")
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", GIT_PYTHON_REFRESH="quiet",
                  MLFLOW_ALLOW_FILE_STORE="true")

import logging  # noqa: E402

import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import ViewType  # noqa: E402

logging.disable(logging.WARNING)  # migrations, and much else

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
MAJOR = int(mlflow.__version__.split(".")[0])
PROCESSES = 2  # at a time
SHOWN = 10  # differences printed of a failed check
MAX = sys.float_info.max  # what MLflow stores for infinity


class Report:
    """Counts the checks and prints a line for each."""

    def __init__(self):
        self.failed = self.passed = 0

    def check(self, what, differences, count):
        if not differences:
            self.passed += 1
            print(f"ok    {what}: {count}", flush=True)
            return
        self.failed += 1
        print(f"FAIL  {what}: {len(differences)} differ, of {count}", flush=True)
        for d in differences[:SHOWN]:
            print("        " + d.replace("\n", "\n        "))


class Ours:
    """benchside on one store."""

    def __init__(self, binary, store):
        self.binary, self.store = binary, store

    def run(self, *args):
        return subprocess.run([self.binary, *args, "--store", self.store], capture_output=True, text=True,
                              env={**os.environ, "MLFLOW_TRACKING_URI": ""}, timeout=120)

    def json(self, *args):
        done = self.run(*args, "--json")
        if done.returncode:
            raise RuntimeError(f"benchside {' '.join(args)}: exit {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def all(self, calls):
        """The answers to many commands, a few at a time; an exception is an answer."""
        def one(args):
            try:
                return self.json(*args)
            except RuntimeError as problem:
                return str(problem)
        with ThreadPoolExecutor(PROCESSES) as pool:
            return list(pool.map(one, calls))


def number(v):
    """A metric value as benchside's JSON has it; MLflow keeps infinity as the largest finite number."""
    if isinstance(v, str):
        return v
    if math.isnan(v):
        return "NaN"
    if v >= MAX:
        return "Infinity"
    if v <= -MAX:
        return "-Infinity"
    return float(v)


def differ(label, theirs, ours):
    """The differences of two values, dictionaries field by field."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        out = []
        for k in sorted(theirs.keys() | ours.keys(), key=str):
            if k not in theirs or k not in ours:
                out.append(f"{label}[{k!r}]: mlflow {theirs.get(k, 'has none')!r:.200}, benchside {ours.get(k, 'has none')!r:.200}")
            else:
                out += differ(f"{label}[{k!r}]", theirs[k], ours[k])
        return out
    if theirs == ours:
        return []
    if isinstance(theirs, list) and isinstance(ours, list):
        for i, (a, b) in enumerate(zip(theirs, ours)):
            if a != b:
                return [f"{label}[{i}] of {len(theirs)}: mlflow {a!r:.200}, benchside {b!r:.200}"]
        return [f"{label}: mlflow has {len(theirs)}, benchside {len(ours)}"]
    return [f"{label}: mlflow {theirs!r:.300}, benchside {ours!r:.300}"]


# ---------------------------------------------------------------- what each side says


def their_experiment(e):
    return {"name": e.name, "artifact_location": e.artifact_location, "lifecycle_stage": e.lifecycle_stage,
            "creation_time": e.creation_time, "last_update_time": e.last_update_time, "tags": dict(e.tags)}


def their_run(r, names):
    i, d = r.info, r.data
    return {"name": i.run_name or "", "experiment_id": i.experiment_id, "experiment_name": names[i.experiment_id],
            "status": i.status, "lifecycle_stage": i.lifecycle_stage, "user_id": i.user_id or "", "start_time": i.start_time,
            "end_time": i.end_time, "parent_run_id": d.tags.get("mlflow.parentRunId"), "artifact_uri": i.artifact_uri,
            "params": dict(d.params), "metrics": {k: number(v) for k, v in d.metrics.items()}, "tags": dict(d.tags)}


def our_run(r):
    out = {k: v for k, v in r.items() if k != "run_id"}
    out["metrics"] = {k: number(v) for k, v in r["metrics"].items()}
    return out


def their_inputs(r):
    found = r.inputs.dataset_inputs if r.inputs else []
    return sorted([{"name": x.dataset.name, "digest": x.dataset.digest, "source_type": x.dataset.source_type,
                    "source": x.dataset.source, "schema": x.dataset.schema or "", "profile": x.dataset.profile or "",
                    "tags": {t.key: t.value for t in x.tags}} for x in found], key=repr)


def our_inputs(r):
    return sorted([{k: x.get(k) or "" for k in ("name", "digest", "source_type", "source", "schema", "profile")} |
                   {"tags": x.get("tags") or {}} for x in r.get("datasets", [])], key=repr)


def their_model(m):
    return {"model_id": m.model_id, "name": m.name, "experiment_id": str(m.experiment_id), "status": str(m.status),
            "source_run_id": m.source_run_id, "model_type": m.model_type, "artifact_location": m.artifact_location,
            "creation_time": m.creation_timestamp, "last_updated_time": m.last_updated_timestamp,
            "params": dict(m.params or {}), "tags": dict(m.tags or {}),
            "metrics": sorted([[x.key, number(x.value), x.timestamp, x.step, x.run_id] for x in m.metrics or []], key=repr)}


def our_model(m):
    out = {k: m.get(k) for k in ("model_id", "name", "experiment_id", "status", "source_run_id", "model_type",
                                 "artifact_location", "creation_time", "last_updated_time", "params", "tags")}
    out["metrics"] = sorted([[x["key"], number(x["value"]), x["timestamp"], x["step"], x["run_id"]] for x in m.get("metrics") or []], key=repr)
    return out


def points(history):
    return [[p["step"], p["timestamp"], number(p["value"])] for p in history]


# ---------------------------------------------------------------- one store


class Store:
    """One store, as benchside and as the client see it."""

    def __init__(self, name, report, binary, path, theirs, sample=1):
        self.name, self.report, self.sample = name, report, sample
        self.ours = Ours(binary, path)
        self.folder = os.path.dirname(path)
        uri = ("sqlite:///" if theirs.endswith(".db") else "file://") + theirs
        self.client = MlflowClient(uri, uri)

    def check(self, what, differences, count):
        self.report.check(f"{self.name}: {what}", differences, count)

    def everything(self):
        before = contents(self.folder)
        for step in (self.experiments, self.runs, self.histories, self.linked, self.registry):
            try:
                step()
            except Exception as problem:  # noqa: BLE001  a failed check must not hide the others
                self.check(step.__name__, [f"{type(problem).__name__}: {problem}"], "1 step")
        changed = differ("", before, contents(self.folder))
        self.check("hash and listing after our commands", changed, f"{len(before)} files")

    def experiments(self):
        theirs = {e.experiment_id: their_experiment(e) for e in self.client.search_experiments(view_type=ViewType.ALL)}
        ours = {e["experiment_id"]: {k: e.get(k) for k in ("name", "artifact_location", "lifecycle_stage", "creation_time", "last_update_time", "tags")}
                for e in self.ours.json("experiments", "list", "--deleted=include")}
        self.names = {k: e["name"] for k, e in theirs.items()}
        self.check("experiments", differ("", theirs, ours), f"{len(theirs)} experiments")

    def runs(self):
        found, token = [], None
        while True:
            page = self.client.search_runs(list(self.names), run_view_type=ViewType.ALL, max_results=5000, page_token=token)
            found, token = found + list(page), page.token
            if not token:
                break
        self.found = {r.info.run_id: r for r in found}
        listed = self.ours.json("runs", "list", "--limit", "0", "--deleted=include")
        theirs = {k: their_run(r, self.names) for k, r in self.found.items()}
        ours = {r["run_id"]: our_run(r) for r in listed}
        facts = sum(len(r["params"]) + len(r["tags"]) + len(r["metrics"]) for r in theirs.values())
        self.check("runs, params, tags, latest metrics", differ("", theirs, ours), f"{len(theirs)} runs, {facts} values")
        self.check("order of all runs", differ("run", list(self.found), [r["run_id"] for r in listed]), f"{len(theirs)} runs")
        self.links()

    def links(self):
        """The tree of `runs tree` has the parents that the tags name, as far as they are there and form no circle."""
        parents = {k: r.data.tags.get("mlflow.parentRunId") for k, r in self.found.items()}
        seen = {}

        def walk(nodes, above):
            for n in nodes:
                seen.setdefault(n["run_id"], []).append(above)
                walk(n.get("children") or [], n["run_id"])
        walk(self.ours.json("runs", "tree", "--limit", "0", "--deleted=include"), None)
        wrong = []
        for k, parent in parents.items():
            at = parent
            trail = {k}
            while at in parents and at not in trail:
                trail.add(at)
                at = parents[at]
            circle = at in trail
            want = [parent if parent in parents else None]
            if seen.get(k) != want and not (circle and len(seen.get(k, [])) == 1):
                wrong.append(f"{k}: mlflow's tag says {want}, benchside shows it under {seen.get(k)}")
        self.check("run tree", wrong + [f"{k}: mlflow has no such run" for k in seen.keys() - parents.keys()], f"{len(parents)} runs")

    def histories(self):
        pairs = [(run, key) for n, (run, r) in enumerate(self.found.items()) if n % self.sample == 0 for key in sorted(r.data.metrics)]
        ours = self.ours.all([("metrics", "history", run, key) for run, key in pairs])
        wrong, total = [], 0
        for (run, key), got in zip(pairs, ours):
            want = [[p.step, p.timestamp, number(p.value)] for p in self.client.get_metric_history(run, key)]
            total += len(want)
            if isinstance(got, str):
                wrong.append(got)
                continue
            got = points(got)
            if MAJOR < 3:  # that client promises no order
                want, got = sorted(want, key=repr), sorted(got, key=repr)
            wrong += differ(f"{run} {key}", want, got)
        self.check("metric histories in order", wrong, f"{len(pairs)} histories, {total} points")

    def linked(self):
        """Datasets and logged models."""
        ids = [k for n, k in enumerate(self.found) if n % self.sample == 0]
        shown = dict(zip(ids, self.ours.all([("runs", "show", k) for k in ids])))
        wrong, datasets, models, count = [], [], [], 0
        links = [] if MAJOR < 3 else self.models()
        for k in ids:
            if isinstance(shown[k], str):
                wrong.append(shown[k])
                continue
            run = {f: shown[k].get(f) for f in their_run(self.found[k], self.names)}
            wrong += differ(k, their_run(self.found[k], self.names), our_run(run))
            theirs = their_inputs(self.found[k])
            count += len(theirs)
            datasets += differ(k, theirs, our_inputs(shown[k]))
            if MAJOR >= 3:
                linked = linked_models(self.client.get_run(k))  # search_runs leaves out the models that were read
                want = {m.model_id: their_model(m) for m in links if m.model_id in linked}
                models += differ(k, want, {m["model_id"]: our_model(m) for m in shown[k].get("logged_models", [])})
        self.check("runs show", wrong, f"{len(ids)} runs")
        self.check("dataset inputs", datasets, f"{count} inputs")
        if MAJOR >= 3:
            self.check("logged models", models, f"{len(links)} models")

    def models(self):
        live = [e.experiment_id for e in self.client.search_experiments()]
        return list(self.client.search_logged_models(live)) if live else []

    def searches(self, questions):
        """The same filters and orders through both; where the client refuses, benchside's larger language may answer."""
        wrong, larger = [], 0
        ids = [e.experiment_id for e in self.client.search_experiments()]
        for text, order in questions:
            try:
                want = [r.info.run_id for r in self.client.search_runs(ids, text, order_by=order, max_results=5000)]
            except mlflow.MlflowException as refusal:
                want = str(refusal)
            except Exception as crash:  # noqa: BLE001  some filters crash the client
                want = repr(crash)
            # Runs of deleted experiments are found only where asked for by id.
            done = self.ours.run("runs", "list", "--limit", "0", "--json", "--filter", text,
                                 *[x for e in ids for x in ("--experiment", e)], *[x for o in order for x in ("--order-by", o)])
            got = [r["run_id"] for r in json.loads(done.stdout)] if done.returncode == 0 else done.stderr.strip()
            if isinstance(want, str):
                larger += isinstance(got, list)
                wrong += said(f"{text!r} {order}", done)
            elif want != got:
                wrong += differ(f"{text!r} {order}", want, got)
        self.check("searches", wrong, f"{len(questions)} filters and orders, {larger} that only benchside answers")


    def registry(self):
        models = self.client.search_registered_models(max_results=1000)
        theirs, count = {}, 0
        for m in models:
            versions = [self.client.get_model_version(m.name, v.version) for v in self.client.search_model_versions(f"name = '{m.name}'")]
            count += len(versions)
            theirs[m.name] = their_registered(m, versions)
        ours = {}
        for m in self.ours.json("models", "list"):
            ours[m["name"]] = our_registered(m, self.ours.json("models", "versions", m["name"]))
        self.check("registered models, versions, stages, aliases", differ("", theirs, ours), f"{len(theirs)} models, {count} versions")


def their_registered(m, versions):
    return {"name": m.name, "description": m.description or "", "created": m.creation_timestamp, "updated": m.last_updated_timestamp,
            "tags": dict(m.tags), "aliases": {a: int(v) for a, v in (getattr(m, "aliases", None) or {}).items()},
            "latest": {v.current_stage: int(v.version) for v in m.latest_versions or []},
            "versions": {int(v.version): {"stage": v.current_stage, "status": v.status, "source": v.source, "run": v.run_id or "",
                                          "description": v.description or "", "created": v.creation_timestamp, "updated": v.last_updated_timestamp,
                                          "aliases": sorted(getattr(v, "aliases", None) or []), "tags": dict(v.tags), "link": v.run_link or ""}
                         for v in versions}}


def our_registered(m, versions):
    return {"name": m["name"], "description": m["description"] or "", "created": m["creation_time"], "updated": m["last_updated_time"],
            "tags": m["tags"], "aliases": m["aliases"], "latest": m["latest_versions"],
            "versions": {v["version"]: {"stage": v["current_stage"], "status": v["status"], "source": v["source"], "run": v["run_id"] or "",
                                        "description": v["description"] or "", "created": v["creation_time"], "updated": v["last_updated_time"],
                                        "aliases": v["aliases"], "tags": v["tags"], "link": v["run_link"] or ""}
                         for v in versions}}


def linked_models(run):
    out = set()
    for side, names in ((run.inputs, "model_inputs"), (run.outputs, "model_outputs")):
        out |= {m.model_id for m in getattr(side, names, None) or []}
    return out


def contents(folder):
    """The files of a folder by name: size and hash."""
    out = {}
    for root, _, files in os.walk(folder):
        for f in files:
            path = os.path.join(root, f)
            with open(path, "rb") as file:
                out[os.path.relpath(path, folder)] = hashlib.sha256(file.read()).hexdigest()
    return out


# ---------------------------------------------------------------- golden searches


def said(label, done):
    """A refusal is one line that says why: no crash."""
    fine = done.returncode == 0 or done.returncode in (1, 2) and done.stderr.startswith("benchside: ")
    return [] if fine else [f"{label}: exit code {done.returncode}: {done.stderr.strip()[-300:]}"]


def golden(report, binary, store):
    """The searches of testdata/search, whose answers the client gave."""
    ours, wrong, count, larger = Ours(binary, store), [], 0, 0
    with open(os.path.join(ROOT, "testdata/search/golden.json")) as f:
        questions = json.load(f)
    for q in questions:
        if q["entity"] not in ("runs", "experiments") or not 0 < q["max_results"] <= 50000:
            continue  # the limits of the API are not ours
        if q.get("experiments") in (["999"], ["abc"]):
            continue  # the command line takes names too, and says that there is none
        count += 1
        kind = q["entity"]
        args = [kind, "list", "--limit", str(q["max_results"]), "--json", "--filter", q["filter"] or ""]
        args += [x for o in q["order_by"] or [] for x in ("--order-by", o)]
        args += [x for e in q.get("experiments") or [] for x in ("--experiment", e)]
        args += {"ACTIVE_ONLY": [], "DELETED_ONLY": ["--deleted=only"], "ALL": ["--deleted=include"]}[q["view"]]
        done = ours.run(*args)
        label = f"{kind} {q['filter']!r} {q['order_by'] or ''}"
        if q.get("error"):
            larger += done.returncode == 0
            wrong += said(label, done)
            continue
        if done.returncode:
            wrong.append(f"{label}: {done.stderr.strip()}")
            continue
        key = {"runs": "run_id", "experiments": "experiment_id"}[kind]
        wrong += differ(label, q["result"], [x[key] for x in json.loads(done.stdout)])
    report.check("lab: golden searches", wrong, f"{count} searches, {larger} that only benchside answers")


QUESTIONS = [
    ("", []), ("metrics.`val/auc` > 0.5", []), ("metrics.`val/auc` >= 0.5 and params.lr = '0.1'", []),
    ("metrics.m01 < 10 AND metrics.m02 != 2", ["metrics.m01 DESC"]), ("params.depth LIKE '1%'", ["params.depth"]),
    ("tags.team = 'b'", ["tags.batch DESC", "metrics.`val/auc` ASC"]), ("tags.team != 'b'", []), ("tags.nowhere != 'x'", []),
    ("attributes.status = 'FINISHED'", ["attributes.end_time DESC"]), ("attributes.status IN ('FINISHED', 'FAILED')", []),
    ("attributes.run_name ILIKE 'RUN-1%'", ["attributes.run_name"]), ("run_name = 'run-7'", ["start_time ASC"]),
    ("start_time > 1770000010000 and end_time < 1770000500000", ["end_time"]), ("params.lr IN ('0.1')", []),
    ("user_id = 'ada' params.lr = '1'", []), ("metrics.`val/auc` = 'x'", []), ("params.lr = 0.1", []), ("nothing", []),
    ("", ["metrics.`val/auc` DESC"]), ("", ["metrics.`val/auc` ASC", "params.lr DESC"]), ("", ["params.lr"]), ("", ["user_id DESC"]),
    ("", ["nowhere.x"]), ("", ["metrics.absent"]), ("params.lr = '1' or params.lr = '0.1'", []), ("tags.`mlflow.parentRunId` LIKE '%'", []),
    ("datasets.name = 'set eval'", []), ("dataset.context LIKE 'train%'", []), ("metrics.`odd/inf` > 1", []), ("metrics.`odd/nan` > -1", []),
    ("tags.`päth/ключ 鍵` = 'v'", []), ("metrics.`métrique/точность 精度` = 0.5", []), ("params.unicode LIKE '%🚀%'", []),
]


def main():
    binary = os.path.abspath(sys.argv[1])
    report, start = Report(), time.monotonic()
    work = os.path.realpath(tempfile.mkdtemp(prefix="benchside-interop-"))
    print(f"mlflow {mlflow.__version__}")
    os.chdir(work)  # the client makes a folder for artifacts where it is
    try:
        stores(report, binary, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"mlflow {mlflow.__version__}: {report.passed} checks passed, {report.failed} failed, {time.monotonic() - start:.0f} s")
    sys.exit(1 if report.failed else 0)


def stores(report, binary, work):
    def twice(name, database):
        """Two copies of a database: benchside's and the client's."""
        paths = []
        for side in ("ours", "theirs"):
            folder = os.path.join(work, name, side)
            os.makedirs(folder)
            paths.append(shutil.copy(database, os.path.join(folder, "mlflow.db")))
        return paths

    for version in sorted(os.listdir(os.path.join(ROOT, "testdata/old"))):
        if tuple(map(int, version.split("."))) <= tuple(map(int, mlflow.__version__.split("."))):
            Store("made by " + version, report, binary, *twice(version, os.path.join(ROOT, "testdata/old", version, "mlflow.db"))).everything()
    if MAJOR >= 3:
        with zipfile.ZipFile(os.path.join(ROOT, "demo/store.zip")) as packed:
            packed.extractall(os.path.join(work, "packed"))
        lab, theirs = twice("lab", os.path.join(work, "packed/mlflow.db"))
        Store("lab", report, binary, lab, theirs).everything()
        golden(report, binary, lab)
        folders = []
        for side in ("ours", "theirs"):
            with tarfile.open(os.path.join(ROOT, "testdata/filestore.tar.gz")) as packed:
                packed.extractall(os.path.join(work, "folder", side), filter="data")
            folders += glob.glob(os.path.join(work, "folder", side, "**/mlruns"), recursive=True)
        Store("folder of files", report, binary, *folders).everything()
    for kind, sample in (("sweep", 1), ("many", 8)):
        folder = os.path.join(work, "made", kind)
        made = subprocess.run([sys.executable, os.path.join(HERE, "stores.py"), kind, folder], capture_output=True, text=True)
        if made.returncode:
            raise SystemExit(f"interop: mlflow could not make the store {kind}:\n{made.stderr}")
        store = Store(f"made now, {kind}", report, binary, *twice(kind, os.path.join(folder, "mlflow.db")), sample=sample)
        store.everything()
        if MAJOR >= 3:  # the grammar of searches is that of the newest release
            store.searches(QUESTIONS)


main()
