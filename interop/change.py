"""Lets the real MLflow client check what benchside changes, and the other way round.

    change.py BENCHSIDE        run by the python of an environment with mlflow

On a store that the client makes, benchside does each change of the registry, and a client that is opened anew must see
all of it; then the client changes, and benchside must see and record it. Where the client has webhooks, a real receiver on
loopback checks what is told, with MLflow's rule for signatures, and that nothing is told twice.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import warnings

warnings.filterwarnings("ignore")
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
os.environ.update(
    MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", GIT_PYTHON_REFRESH="quiet",
    MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY=KEY, MLFLOW_WEBHOOK_ALLOWED_SCHEMES="http,https", MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS="true")

import logging  # noqa: E402

import mlflow  # noqa: E402
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
        theirs(c)
        told(c, port)
    print(f"mlflow {mlflow.__version__}: {c.passed} changes agree, {c.failed} do not", flush=True)
    sys.exit(c.failed > 0)


if __name__ == "__main__":
    main()
