"""Lets the real MLflow client check what benchside changes, and the other way round.

    change.py BENCHSIDE        run by the python of an environment with mlflow

On a store that the client makes, benchside does each change of the registry, of runs and of experiments, and a client that is opened anew must see
all of it; then the client changes, and benchside must see and record it. Where the client has webhooks, a real receiver on
loopback checks what is told, with MLflow's rule for signatures, and that nothing is told twice.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import warnings

warnings.filterwarnings("ignore")
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
os.environ.update(
    MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", GIT_PYTHON_REFRESH="quiet",
    MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY=KEY, MLFLOW_WEBHOOK_ALLOWED_SCHEMES="http,https", MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS="true")

import logging  # noqa: E402

import mlflow  # noqa: E402
import numpy  # noqa: E402
from mlflow import MlflowClient  # noqa: E402

logging.disable(logging.WARNING)
MAJOR = int(mlflow.__version__.split(".")[0])
SECRET = "s3cret"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what it is told."""

    told = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.told.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


def signed(headers, body):
    """MLflow's documented verification of a delivery."""
    text = f"{headers['x-mlflow-delivery-id']}.{headers['x-mlflow-timestamp']}.{body.decode()}"
    digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
    return headers["x-mlflow-signature"] == "v1," + base64.b64encode(digest).decode()


class Check:
    def __init__(self, binary, folder, port):
        self.binary, self.folder = binary, folder
        self.db = os.path.join(folder, "mlflow.db")
        self.uri = "sqlite:///" + self.db
        self.passed = self.failed = 0
        self.config("ada")
        with open(os.path.join(folder, "hooks.toml"), "w") as f:
            f.write(f'[webhooks]\nallow_http = true\nallow_private = true\n[[hooks]]\nname = "own"\nevents = ["model_version.transitioned"]\n'
                    f'url = "http://127.0.0.1:{port}/own"\nsecret = "{SECRET}"\n')

    def config(self, user):
        """Makes the next commands those of a user."""
        folder = os.path.join(self.folder, user, "benchside")
        os.makedirs(folder, exist_ok=True)
        hooks = os.path.join(self.folder, "hooks.toml")
        with open(os.path.join(folder, "config.toml"), "w") as f:
            f.write(f'user = "{user}"\n' + (open(hooks).read() if os.path.exists(hooks) else ""))
        self.user = user

    def client(self):
        return MlflowClient(self.uri, self.uri)

    def run(self, *args, code=0):
        env = dict(os.environ, XDG_CONFIG_HOME=os.path.join(self.folder, self.user), XDG_STATE_HOME=os.path.join(self.folder, "state"))
        done = subprocess.run([self.binary, *args, "--store", self.db], capture_output=True, text=True, env=env, cwd=self.folder)
        if done.returncode != code:
            raise SystemExit(f"benchside {' '.join(args)}: exit code {done.returncode}, want {code}\n{done.stdout}{done.stderr}")
        return done.stdout

    def models(self, *args, code=0):
        return self.run("models", *args, code=code)

    def same(self, what, got, want):
        if got == want:
            self.passed += 1
            print(f"ok    {what}", flush=True)
        else:
            self.failed += 1
            print(f"FAIL  {what}\n      got  {got}\n      want {want}", flush=True)


def version(client, name, number):
    v = client.get_model_version(name, str(number))
    return v.current_stage, v.description or "", dict(v.tags), sorted(v.aliases), v.run_id, v.source


def ours(c, run):
    """benchside changes, the client looks."""
    source = f"runs:/{run}/model"
    c.models("create", "churn", "--description", "who *leaves*", "--tag", "team=growth")
    for _ in range(3):
        c.models("register", "churn", source)
    c.models("tag", "churn", "owner=ada")
    c.models("untag", "churn", "team")
    c.models("describe", "churn", "2", "the second")
    c.models("tag", "churn", "2", "checked=yes")
    c.models("alias", "churn", "1", "champion")
    c.models("transition", "churn", "1", "Production", "--yes")
    m = c.client().get_registered_model("churn")
    c.same("a model that we made", (m.description, dict(m.tags), {k: int(v) for k, v in m.aliases.items()}),
           ("who *leaves*", {"owner": "ada"}, {"champion": 1}))
    c.same("a version that we made", version(c.client(), "churn", 2), ("None", "the second", {"checked": "yes"}, [], run, source))
    c.models("transition", "churn", "2", "Production", "--archive-existing", "--yes", "--reason", "better")
    c.models("alias", "churn", "2", "champion")
    c.same("archived as the other moved", version(c.client(), "churn", 1)[0], "Archived")
    c.same("an alias that moved", c.client().get_model_version_by_alias("churn", "champion").version in (2, "2"), True)
    c.models("rollback", "churn", "--stage", "Production", "--yes", "--reason", "complaints")
    c.same("rolled back", [version(c.client(), "churn", n)[0] for n in (1, 2, 3)], ["Production", "None", "None"])
    c.models("rule", "churn", "Production", "--approval")
    c.models("transition", "churn", "3", "Production", "--yes", code=1)
    asked = json.loads(c.models("request", "churn", "3", "Production", "--archive-existing", "--json"))["lines"][0]["line"]
    c.models("approve", str(asked), code=1)
    c.config("grace")
    c.models("approve", str(asked), "--comment", "fine")
    c.config("ada")
    c.same("approved by somebody else", [version(c.client(), "churn", n)[0] for n in (1, 2, 3)], ["Archived", "None", "Production"])
    last = json.loads(c.models("describe", "churn", "3", "to be undone", "--json"))["lines"][-1]["line"]
    c.models("undo", str(last), "--yes")
    c.same("undone", version(c.client(), "churn", 3)[1], "")
    c.models("delete", "churn", "2", "--yes")
    c.models("rename", "churn", "churn-2", "--yes")
    found = sorted(int(v.version) for v in c.client().search_model_versions("name = 'churn-2'"))
    c.same("renamed, without the version that was deleted", found, [1, 3])
    c.models("register", "churn-2", source)
    c.same("a number is not given again", version(c.client(), "churn-2", 4)[0], "None")
    c.models("create", "gone")
    c.models("delete", "gone", "--yes")
    c.same("a model that we deleted", [m.name for m in c.client().search_registered_models()], ["churn-2"])


def tracked(client, run):
    """What a client sees of a run that we change."""
    r = client.get_run(run)
    return r.info.run_name, r.info.status, r.info.lifecycle_stage, {k: v for k, v in r.data.tags.items() if not k.startswith("mlflow.")}


def runs(c):
    """benchside changes runs and experiments, the client looks and goes on."""
    client = c.client()
    experiment = client.create_experiment("trials")
    a, b, stuck = (client.create_run(experiment, run_name=name, tags={"mlflow.user": "ada"}).info.run_id for name in ("a", "b", "stuck"))
    for run in (a, b):
        client.log_metric(run, "loss", 0.5, step=1)
        client.set_terminated(run, "FINISHED")
    c.run("runs", "rename", a, "first")
    c.run("runs", "tag", a, b, "team=growth", "--yes")
    c.same("runs that we renamed and tagged", [tracked(c.client(), run) for run in (a, b)],
           [("first", "FINISHED", "active", {"team": "growth"}), ("b", "FINISHED", "active", {"team": "growth"})])
    c.same("the name in its tag", c.client().get_run(a).data.tags["mlflow.runName"], "first")
    c.same("found by the new name", [r.info.run_id for r in c.client().search_runs([experiment], "attributes.run_name = 'first'")], [a])
    c.run("runs", "untag", b, "team")
    c.run("runs", "note", b, "# Title\n\nعربى 🚀")
    c.same("a tag that we took, a note that we wrote", (tracked(c.client(), b)[3], c.client().get_run(b).data.tags["mlflow.note.content"]),
           ({}, "# Title\n\nعربى 🚀"))
    before = int(time.time() * 1000)
    c.run("runs", "kill", stuck, "--yes")
    ended = c.client().get_run(stuck).info
    c.same("a run that we ended", (ended.status, before <= ended.end_time <= int(time.time() * 1000)), ("KILLED", True))
    c.run("runs", "delete", a, b, "--yes")
    c.same("runs that we deleted", [r.info.run_id for r in c.client().search_runs([experiment])], [stuck])
    try:
        c.client().log_metric(a, "loss", 1)
        refused = False
    except mlflow.MlflowException:
        refused = True
    c.same("nothing is logged to a run that we deleted", refused, True)
    c.run("runs", "restore", a)
    c.client().log_metric(a, "loss", 0.25, step=2)
    c.same("the client logs to a run that we restored", c.client().get_run(a).data.metrics, {"loss": 0.25})
    last = json.loads(c.run("runs", "tag", a, "team=other", "--json"))["lines"][-1]["line"]
    c.run("runs", "undo", str(last), "--yes")
    c.same("an undone tag", tracked(c.client(), a)[3], {"team": "growth"})


def experiments(c):
    client = c.client()
    c.run("experiments", "create", "ours", "--tag", "a=b")
    ours = c.client().get_experiment_by_name("ours")
    beside = client.get_experiment_by_name("trials").artifact_location
    c.same("an experiment that we made", (ours.lifecycle_stage, dict(ours.tags), os.path.dirname(ours.artifact_location)),
           ("active", {"a": "b"}, os.path.dirname(beside)))
    mlflow.set_experiment("ours")
    with mlflow.start_run(run_name="in ours") as run:
        mlflow.log_text("text", "file.txt")
    c.same("the client logs into it", [f.path for f in c.client().list_artifacts(run.info.run_id)], ["file.txt"])
    c.run("experiments", "rename", "ours", "renamed")
    c.run("experiments", "tag", "renamed", "k=v")
    c.run("experiments", "untag", "renamed", "a")
    c.run("experiments", "note", "renamed", "a *note*")
    e = c.client().get_experiment_by_name("renamed")
    c.same("renamed, tagged and noted", (e.experiment_id, dict(e.tags)), (ours.experiment_id, {"k": "v", "mlflow.note.content": "a *note*"}))
    c.run("experiments", "delete", "renamed", "--yes")
    c.same("deleted with its runs", (c.client().get_experiment(e.experiment_id).lifecycle_stage, tracked(c.client(), run.info.run_id)[2]), ("deleted", "deleted"))
    c.run("experiments", "restore", "renamed")
    c.same("restored with its runs", (c.client().get_experiment(e.experiment_id).lifecycle_stage, tracked(c.client(), run.info.run_id)[2]), ("active", "active"))
    theirs = client.create_experiment("theirs")
    c.same("the client's next experiment has the next id", int(theirs), int(e.experiment_id) + 1)


def purged(c):
    """What we remove is gone for the client, and gc finds nothing more to do."""
    client = c.client()
    experiment = client.get_experiment_by_name("renamed").experiment_id
    mlflow.set_experiment("renamed")
    ids = []
    for name in ("goes", "stays"):
        with mlflow.start_run(run_name=name) as run:
            mlflow.log_metric("loss", 1)
            mlflow.log_param("lr", 0.1)
            mlflow.log_text("text", "folder/file.txt")
            mlflow.log_input(mlflow.data.from_numpy(numpy.array([[1.0, 2.0]]), name="set " + name), context="training")
        ids.append(run.info.run_id)
    folders = [os.path.dirname(client.get_run(run).info.artifact_uri.removeprefix("file://")) for run in ids]
    client.delete_run(ids[0])
    c.run("runs", "purge", "--older-than", "0s")
    c.same("purge does nothing unless it is told to", (os.path.isdir(folders[0]), tracked(client, ids[0])[2]), (True, "deleted"))
    c.run("runs", "purge", "--older-than", "0s", "--yes")
    try:
        c.client().get_run(ids[0])
        there = True
    except mlflow.MlflowException:
        there = False
    c.same("a run that we removed", (there, os.path.isdir(folders[0])), (False, False))
    other = c.client().get_run(ids[1])
    c.same("the other one", (other.data.params, other.data.metrics, os.path.isdir(folders[1]), [d.dataset.name for d in other.inputs.dataset_inputs]),
           ({"lr": "0.1"}, {"loss": 1.0}, True, ["set stays"]))
    db = sqlite3.connect(c.db)
    left = {t: db.execute(f"SELECT count(*) FROM {t} WHERE {where}", (ids[0],)).fetchone()[0] for t, where in (
        ("inputs", "destination_id = ?"), ("tags", "run_uuid = ?"), ("metrics", "run_uuid = ?"))}
    c.same("and its rows", (left, db.execute("SELECT count(*) FROM datasets WHERE name = 'set goes'").fetchone()[0]), ({"inputs": 0, "tags": 0, "metrics": 0}, 0))
    db.close()
    c.same("all runs of the experiment", sorted(r.info.run_name for r in c.client().search_runs([experiment])), ["in ours", "stays"])
    findings = json.loads(c.run("store", "doctor", "--integrity", "--json"))
    c.same("the doctor has nothing against it", [f for f in findings if f["verdict"] == "fail"], [])
    c.run("store", "doctor", "--analyze")
    c.same("the client goes on after the analysis", len(c.client().search_runs([experiment], order_by=["metrics.loss DESC"])), 2)


def theirs(c):
    """The client changes, benchside looks and records."""
    client = c.client()
    client.transition_model_version_stage("churn-2", "4", "Staging")
    client.set_registered_model_alias("churn-2", "canary", "4")
    client.set_model_version_tag("churn-2", "4", "by", "python")
    client.update_model_version("churn-2", "4", "from Python")
    seen = {v["version"]: v for v in json.loads(c.models("versions", "churn-2", "--json"))}[4]
    c.same("a version that the client changed", (seen["current_stage"], seen["aliases"], seen["tags"], seen["description"]),
           ("Staging", ["canary"], {"by": "python"}, "from Python"))
    unrecorded = [line for line in json.loads(c.models("history", "churn-2", "--json")) if line["line"] == 0]
    c.same("what the client did is not in the ledger yet", len(unrecorded), 1)
    c.models("observe")
    c.same("and then it is", [line for line in json.loads(c.models("history", "churn-2", "--json")) if line["line"] == 0], [])
    c.same("the ledger holds", json.loads(c.models("verify-ledger", "--json"))["holds"], True)
    with mlflow.start_run(run_name="beside our tables"):
        mlflow.log_metric("m", 1)
    c.same("the client goes on beside our tables", len(c.client().search_runs(["0"])), 2)


def told(c, port):
    """What is told arrives once, signed as MLflow signs."""
    c.models("transition", "churn-2", "4", "Archived", "--yes")
    own = [t for t in Receiver.told if t[0] == "/own" and json.loads(t[2])["data"]["version"] == "4"]
    c.same("a transition is told once, with a signature that holds", [signed(h, b) for _, h, b in own], [True])
    if MAJOR < 3:
        return
    from mlflow.entities.webhook import WebhookEvent
    c.client().create_webhook("hook", f"http://127.0.0.1:{port}/webhook", [WebhookEvent.from_str("model_version_alias.created")], secret=SECRET)
    c.models("alias", "churn-2", "4", "told")
    hook = [t for t in Receiver.told if t[0] == "/webhook"]
    c.same("MLflow's webhook is told once, with a signature that holds", [signed(h, b) for _, h, b in hook], [True])
    c.same("in MLflow's words", [{k: v for k, v in json.loads(b).items() if k != "timestamp"} for _, _, b in hook],
           [{"entity": "model_version_alias", "action": "created", "data": {"name": "churn-2", "alias": "told", "version": "4"}}])
    c.run("webhooks", "deliver")
    c.same("and not again", len([t for t in Receiver.told if t[0] == "/webhook"]), 1)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    with tempfile.TemporaryDirectory() as folder:
        c = Check(os.path.abspath(sys.argv[1]), folder, port)
        mlflow.set_tracking_uri(c.uri)
        os.chdir(folder)
        with mlflow.start_run(run_name="source") as run:
            mlflow.log_param("lr", 0.1)
        ours(c, run.info.run_id)
        runs(c)
        experiments(c)
        purged(c)
        mlflow.set_experiment("Default")
        theirs(c)
        told(c, port)
    print(f"mlflow {mlflow.__version__}: {c.passed} changes agree, {c.failed} do not", flush=True)
    sys.exit(c.failed > 0)


if __name__ == "__main__":
    main()
