#!/usr/bin/env python3
"""Makes the demo store with the real MLflow client and packs it.

  store.py OUT            writes the store into the folder OUT, packed as OUT.zip
  store.py --pack OUT     packs the folder OUT as it is

The store can be moved: every local path in its database is relative to its
folder. A second run gives the same ids and times, but for the order of the four
grid search children, times of fits and traces, and the bytes of pickles.
requirements.txt has the versions that made demo/store.zip:

  OUT/mlflow.db       the database
  OUT/mlruns          artifacts of direct clients
  OUT/mlartifacts     artifacts as a tracking server keeps them
  OUT/expect.json     ids and counts for tests; not packed
"""
import json
import math
import os
import shutil
import sqlite3
import sys
import tempfile
import time
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import pin  # noqa: E402

KEY = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="   # guards nothing: the webhook of this store is made up


def pack(folder):
    """Packs a store for demo/: sorted names, one date, so that the same store gives the same bytes."""
    with zipfile.ZipFile(folder + ".zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for root, dirs, files in os.walk(folder):
            dirs.sort()
            for f in sorted(files):
                path = os.path.join(root, f)
                name = os.path.relpath(path, folder).replace(os.sep, "/")
                if name == "expect.json":
                    continue
                entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
                entry.external_attr = 0o100600 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                with open(path, "rb") as content:
                    z.writestr(entry, content.read(), compresslevel=9)
    print(folder + ".zip", os.path.getsize(folder + ".zip"), "bytes")


if len(sys.argv) < 2:
    sys.exit(__doc__)
OUT = os.path.abspath(sys.argv[-1])
if sys.argv[1] == "--pack":
    pack(OUT)
    sys.exit()
WORK = os.path.realpath(tempfile.mkdtemp(prefix="demo-store-"))
os.environ["MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"] = KEY
os.chdir(WORK)
sys.argv[0] = "train.py"

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import matplotlib  # noqa: E402
matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Metric, Param, RunTag, ViewType  # noqa: E402

matplotlib.rcParams["svg.hashsalt"] = "fixture"  # any fixed text does
pin.quiet()
clock = pin.pin(317, pin.ms(2026, 1, 5, 8))
rng = np.random.default_rng(317)
URI = "sqlite:///" + os.path.join(WORK, "mlflow.db")
mlflow.set_tracking_uri(URI)
c = MlflowClient()
GIT = {"mlflow.source.git.commit": "5e1f0c3a9b7d4482a6c1e0f9d8b7a65432100fed",
       "mlflow.source.git.branch": "main",
       "mlflow.source.git.repoURL": "git@github.com:acme/ml-churn.git"}
IDS = {}


def at(*ymdhms):
    clock.set(pin.ms(*ymdhms))


def experiment(name, **kw):
    clock.add(60_000)
    eid = mlflow.create_experiment(name, **kw)
    IDS.setdefault("experiments", {})[name] = eid
    return eid


def batch(run_id, metrics, params=None, tags=None):
    """log_batch in chunks of 1000 metrics / 100 params, like the fluent API does."""
    params, tags = list((params or {}).items()), list((tags or {}).items())
    first = True
    for i in range(0, max(1, len(metrics)), 900):
        c.log_batch(run_id, metrics[i:i + 900],
                    [Param(k, str(v)) for k, v in params[:90]] if first else [],
                    [RunTag(k, str(v)) for k, v in tags[:90]] if first else [])
        first = False


def say(what):
    n = sqlite3.connect("mlflow.db").execute("select count(*) from runs").fetchone()[0]
    pin.log(f"[{time.strftime('%H:%M:%S')}] {what}: {n} runs")


# ------------------------------------------------------------------ 1. nested HPO sweep
def hpo():
    e = experiment("churn/hpo-sweep", tags={
        "mlflow.note.content": "# HPO sweep\n\nParent → 5 model families → 8 trials each.\n\n* metric: `val/auc`\n* budget: 40 trials\n",
        "team": "growth", "mlflow.experimentKind": "custom_model_development"})
    mlflow.set_experiment(experiment_id=e)
    fams = ["logreg", "random_forest", "xgb-like", "mlp", "svm-rbf"]
    at(2026, 2, 1, 9)
    with mlflow.start_run(run_name="sweep-2026-02", description="## Sweep\nBest trial wins; see `best/*`.",
                          tags={**GIT, "mlflow.runColor": "#1f77b4", "phase": "search"}) as parent:
        mlflow.log_params({"n_families": 5, "n_trials": 40, "search": "tpe", "seed": 317,
                           "feature_list": ",".join(f"f_{i:03d}_{'abcdefgh'[i % 8]}" for i in range(33))[:300]})
        best = (-1, None)
        t = 0
        for fi, fam in enumerate(fams):
            clock.add(30_000)
            with mlflow.start_run(run_name=f"family-{fam}", nested=True,
                                  tags={**GIT, "family": fam, "mlflow.runColor": ["#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b"][fi]}):
                mlflow.log_param("family", fam)
                fbest = -1
                for k in range(8):
                    clock.add(45_000)
                    lr = float(10 ** rng.uniform(-4, 0))
                    depth = int(rng.integers(2, 13))
                    n_est = int(rng.choice([50, 100, 200, 400, 800]))
                    sub = round(float(rng.uniform(0.5, 1)), 3)
                    steps = int([5, 20, 33, 47, 60, 60, 80, 12][k])
                    diverge = lr > 0.4
                    q = 0.72 + 0.03 * fi - 0.05 * (math.log10(lr) + 2) ** 2 / 2 + 0.004 * depth
                    status = "FINISHED"
                    if (fi, k) == (0, 3):
                        status = "FAILED"
                    if (fi, k) == (3, 5):
                        status = "KILLED"
                    with mlflow.start_run(run_name=f"{fam}-t{k:02d}", nested=True, tags={**GIT, "family": fam, "trial": str(k)}) as r:
                        rid = r.info.run_id
                        t0 = clock.ms
                        ms = []
                        for s in range(steps):
                            ts = t0 + 500 * s
                            tl = 0.69 * math.exp(-s * lr * 4 / 10) + 0.05 + float(rng.normal(0, 0.008))
                            vl = tl + 0.02 + 0.0006 * max(0, s - 30) + float(rng.normal(0, 0.01))
                            auc = min(0.999, q * (1 - math.exp(-(s + 1) / 9)) + 0.5 * math.exp(-(s + 1) / 9)) + float(rng.normal(0, 0.003))
                            if diverge and s > steps // 2:
                                tl, vl, auc = (float("inf") if s % 2 else float("nan")), float("nan"), 0.5
                            ms += [Metric("train/loss", tl, ts, s), Metric("val/loss", vl, ts, s), Metric("val/auc", auc, ts, s)]
                            if s % 5 == 0:
                                ms.append(Metric("lr", lr * 0.97 ** s, ts, s))
                        if k == 1:      # warm-up logged with negative steps
                            ms += [Metric("warmup/grad_norm", 10.0 / (6 + s), t0 + 100 * (s + 6), s) for s in range(-5, 0)]
                        if k == 2:      # restarted: same steps again, later timestamps
                            ms += [Metric("train/loss", 0.4 - s / 100, t0 + 60_000 + 500 * s, s) for s in range(10)]
                        if k == 4:      # several values on one step and one timestamp
                            ms += [Metric("fold_auc", 0.7 + j / 100, t0, 0) for j in range(5)]
                        batch(rid, ms, {"family": fam, "lr": f"{lr:.6g}", "max_depth": depth, "n_estimators": n_est,
                                        "subsample": sub, "optimizer": ["adam", "sgd", "lbfgs"][k % 3], "seed": 1000 + fi * 8 + k,
                                        "use_class_weight": bool(k % 2)})
                        clock.set(t0 + 500 * steps)
                        last = [m.value for m in ms if m.key == "val/auc"][-1]
                        mlflow.log_metric("val/auc_best", max(m.value for m in ms if m.key == "val/auc"), timestamp=clock.ms)
                        if last == last and last > best[0]:
                            best = (last, rid)
                        fbest = max(fbest, last)
                    if status != "FINISHED":
                        c.set_terminated(rid, status, clock.ms)
                        if status == "FAILED":
                            c.set_tag(rid, "error", "Traceback (most recent call last):\n  File \"train.py\", line 81, in fit\nMemoryError: Unable to allocate 7.45 GiB\n")
                    t += 1
                mlflow.log_metric("best/val_auc", fbest)
        mlflow.log_metric("best/val_auc", best[0])
        mlflow.set_tag("best_run", best[1])
        mlflow.log_dict({"best_run": best[1], "val_auc": best[0]}, "best.json")
    IDS["sweep_parent"] = parent.info.run_id
    # unfinished work
    clock.add(5000)
    r = c.create_run(e, run_name="family-late (running)", tags={"mlflow.parentRunId": parent.info.run_id, "mlflow.user": "ada"})
    batch(r.info.run_id, [Metric("train/loss", 0.6 - i / 50, clock.ms + i * 1000, i) for i in range(9)])
    s = c.create_run(e, run_name="family-queued (scheduled)", tags={"mlflow.parentRunId": parent.info.run_id, "mlflow.user": "grace"})
    c.update_run(s.info.run_id, status="SCHEDULED")
    o = c.create_run(e, run_name="orphan (parent was gc'ed)", tags={"mlflow.parentRunId": "0" * 32, "mlflow.user": "ada"})
    c.set_terminated(o.info.run_id)
    d = c.create_run(e, run_name="deleted trial", tags={"mlflow.user": "ada"})
    c.log_metric(d.info.run_id, "val/auc", 0.5, clock.ms, 0)
    c.set_terminated(d.info.run_id)
    c.delete_run(d.info.run_id)
    say("hpo")


# ------------------------------------------------------------------ 2. sklearn autolog
def churn_frame(n, seed=1):
    g = np.random.default_rng(seed)
    df = pd.DataFrame({
        "tenure_months": g.integers(1, 72, n).astype(float),
        "monthly_charge": np.round(g.gamma(6, 11, n), 2),
        "support_calls": g.poisson(1.4, n).astype(float),
        "num_products": g.integers(1, 5, n).astype(float),
        "is_autopay": g.integers(0, 2, n).astype(float),
        "days_since_login": np.round(g.exponential(12, n), 1),
        "satisfaction": np.round(np.clip(g.normal(3.6, 0.9, n), 1, 5), 2),
        "discount_pct": np.round(np.abs(g.normal(5, 6, n)), 1),
    })
    z = (-0.9 - 0.03 * df.tenure_months + 0.012 * df.monthly_charge + 0.5 * df.support_calls
         - 0.6 * df.is_autopay + 0.03 * df.days_since_login - 0.5 * (df.satisfaction - 3))
    df["churned"] = (g.uniform(size=n) < 1 / (1 + np.exp(-z))).astype(int)
    return df


def autolog():
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    at(2026, 3, 1, 9)
    e = experiment("churn/sklearn-autolog", tags={"mlflow.note.content": "Everything here was logged by `mlflow.sklearn.autolog()`.", "team": "growth"})
    mlflow.set_experiment(experiment_id=e)
    df = churn_frame(600)
    tr, te = df.iloc[:450], df.iloc[450:]
    X, y, Xt, yt = tr.drop(columns="churned"), tr.churned, te.drop(columns="churned"), te.churned
    mlflow.sklearn.autolog(log_input_examples=True, log_model_signatures=True, log_models=True, silent=True,
                           max_tuning_runs=4, extra_tags={"framework": "sklearn"})
    IDS["autolog"] = {}
    models = [("logreg", make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))),
              ("forest", RandomForestClassifier(12, max_depth=5, random_state=0)),
              ("gboost", GradientBoostingClassifier(n_estimators=15, max_depth=2, random_state=0))]
    for i, (name, m) in enumerate(models):
        at(2026, 3, 2 + i, 10)
        with mlflow.start_run(run_name=f"autolog-{name}", tags=GIT) as r:
            mlflow.log_input(mlflow.data.from_pandas(tr, source="https://data.acme.example/churn/2026-03/train.csv", targets="churned", name="churn-train"), context="training")
            mlflow.log_input(mlflow.data.from_pandas(te, source="https://data.acme.example/churn/2026-03/test.csv", targets="churned", name="churn-test"), context="eval")
            m.fit(X, y)
            m.score(Xt, yt)
            from sklearn.metrics import roc_auc_score
            roc_auc_score(yt, m.predict_proba(Xt)[:, 1])
            imp = getattr(m, "feature_importances_", None)
            if imp is not None:
                o = np.argsort(imp)[::-1]
                mlflow.log_dict({X.columns[j]: float(imp[j]) for j in o}, "feature_importance.json")
                f, ax = plt.subplots(figsize=(5, 3), dpi=80)
                ax.barh([X.columns[j] for j in o][::-1], imp[o][::-1])
                ax.set_title("feature importance")
                f.tight_layout()
                mlflow.log_figure(f, "plots/feature_importance.png")
                plt.close(f)
            clock.add(9000)
        IDS["autolog"][name] = r.info.run_id
    at(2026, 3, 6, 10)
    with mlflow.start_run(run_name="autolog-gridsearch", tags=GIT) as r:
        GridSearchCV(LogisticRegression(max_iter=200), {"C": [0.1, 1, 10], "fit_intercept": [True, False]}, cv=3).fit(X, y)
        clock.add(20000)
    IDS["autolog"]["grid"] = r.info.run_id
    at(2026, 3, 7, 10)
    with mlflow.start_run(run_name="autolog-ridge-regression", tags=GIT) as r:
        rg = Ridge().fit(X.drop(columns="monthly_charge"), X["monthly_charge"])
        rg.score(Xt.drop(columns="monthly_charge"), Xt["monthly_charge"])
    IDS["autolog"]["ridge"] = r.info.run_id
    mlflow.sklearn.autolog(disable=True)
    say("autolog")
    return df


# ------------------------------------------------------------------ 3. SHAP and evaluate
def shap_runs(df):
    import shap  # noqa: F401
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    at(2026, 3, 9, 9)
    e = experiment("churn/explain")
    mlflow.set_experiment(experiment_id=e)
    X, y = df.drop(columns="churned"), df.churned
    lr = LogisticRegression(max_iter=500).fit(X[:450], y[:450])
    rf = RandomForestClassifier(10, max_depth=4, random_state=0).fit(X[:450], y[:450])
    at(2026, 3, 9, 11)
    with mlflow.start_run(run_name="shap-log_explanation", tags=GIT) as r:
        mlflow.shap.log_explanation(lambda a: lr.predict_proba(a)[:, 1], X[:40])
        plt.close("all")
    IDS["shap"] = r.info.run_id
    clock.add(3_600_000)
    with mlflow.start_run(run_name="shap-tree (npy + beeswarm)", tags=GIT) as r:
        import shap
        ex = shap.TreeExplainer(rf)
        sv = ex.shap_values(X[450:550])
        sv = np.asarray(sv)
        pos = sv[..., 1] if sv.ndim == 3 else sv[1]
        os.makedirs("t", exist_ok=True)
        np.save("t/shap_values.npy", pos.astype(np.float32))
        np.save("t/base_values.npy", np.asarray(ex.expected_value))
        X[450:550].to_csv("t/data.csv", index=False)
        mlflow.log_artifacts("t", "shap")
        shap.summary_plot(pos, X[450:550], show=False)
        f = plt.gcf()
        f.set_size_inches(6, 4)
        mlflow.log_figure(f, "shap/summary_beeswarm.png", save_kwargs={"dpi": 80})
        plt.close("all")
        imp = np.abs(pos).mean(0)
        mlflow.log_table({"feature": list(X.columns), "mean_abs_shap": [float(v) for v in imp]}, "shap/importance.json")
        mlflow.log_metrics({f"shap/{k}": float(v) for k, v in zip(X.columns, imp)})
        shutil.rmtree("t")
    IDS["shap_tree"] = r.info.run_id
    clock.add(3_600_000)
    with mlflow.start_run(run_name="evaluate-classifier", tags=GIT) as r:
        ev = df.iloc[450:].copy()
        info = mlflow.sklearn.log_model(lr, name="churn-lr", input_example=X[:3], serialization_format="skops")
        mlflow.models.evaluate(info.model_uri, ev, targets="churned", model_type="classifier", evaluators="default",
                               evaluator_config={"log_explainer": False, "explainability_nsamples": 40})
        plt.close("all")
    IDS["evaluate"] = r.info.run_id
    say("shap/evaluate")


# ------------------------------------------------------------------ 4. artifact zoo
def zoo():
    import plotly.graph_objects as go
    from PIL import Image
    at(2026, 4, 1, 9)
    e = experiment("vision/artifact-zoo", tags={"mlflow.note.content": "One run per artifact family."})
    mlflow.set_experiment(experiment_id=e)
    at(2026, 4, 1, 12)
    with mlflow.start_run(run_name="images-by-step", tags=GIT) as r:
        yy, xx = np.mgrid[0:48, 0:64]
        for s in range(0, 50, 5):
            clock.add(1000)
            a = np.stack([(np.sin(xx / (4 + s / 10)) + 1) * 127, (np.cos(yy / (3 + s / 10)) + 1) * 127,
                          np.full(xx.shape, 5 * s)], -1).astype(np.uint8)
            mlflow.log_image(a, key="samples/gen", step=s, timestamp=clock.ms, synchronous=True)
            if s % 10 == 0:
                mlflow.log_image(Image.fromarray(a).convert("L"), key="attention map", step=s, timestamp=clock.ms, synchronous=True)
            mlflow.log_metric("fid", 80 * math.exp(-s / 20), step=s, timestamp=clock.ms)
        mlflow.log_image(a, "static/last.png")
        Image.fromarray(a).save("x.jpg", quality=85)
        Image.fromarray(a).save("x.gif")
        Image.fromarray(a).save("x.webp")
        Image.fromarray(np.dstack([a, np.full(a.shape[:2], 128, np.uint8)])).save("rgba ünï 图.png")
        for f in ("x.jpg", "x.gif", "x.webp", "rgba ünï 图.png"):
            mlflow.log_artifact(f, "static")
            os.remove(f)
    IDS["images"] = r.info.run_id
    clock.add(600_000)
    with mlflow.start_run(run_name="figures", tags=GIT) as r:
        f, ax = plt.subplots(figsize=(5, 3), dpi=80)
        x = np.linspace(0, 10, 200)
        ax.plot(x, np.sin(x), label="sin")
        ax.plot(x, np.cos(x), label="cos")
        ax.legend()
        mlflow.log_figure(f, "figs/lines.png")
        mlflow.log_figure(f, "figs/lines.svg")
        mlflow.log_figure(f, "figs/lines.pdf")
        plt.close(f)
        g = go.Figure([go.Scatter(x=list(range(50)), y=[math.sin(i / 5) for i in range(50)], name="sin", mode="lines"),
                       go.Bar(x=list(range(50)), y=[abs(math.cos(i / 5)) for i in range(50)], name="|cos|")])
        g.update_layout(title="plotly <b>figure</b>", xaxis_title="t", yaxis_title="v")
        mlflow.log_figure(g, "figs/interactive.html")
        mlflow.log_text(g.to_json(), "figs/interactive.json")
        h = go.Figure(go.Heatmap(z=[[1, 2, 3], [4, 5, 6], [7, 8, 9]], x=["a", "b", "c"], y=["x", "y", "z"]))
        mlflow.log_text(h.to_json(), "figs/heatmap.json")
    IDS["figures"] = r.info.run_id
    clock.add(600_000)
    with mlflow.start_run(run_name="tables-and-text", tags=GIT) as r:
        for k in range(3):
            mlflow.log_table({"prompt": [f"q{k}a", f"q{k}b"], "answer": [f"a{k} — ünï", "line1\nline2"], "score": [0.1 * k, None], "ok": [True, False]}, "tables/eval.json")
        mlflow.log_table(pd.DataFrame({"i": range(5), "when": pd.date_range("2026-01-01", periods=5), "v": np.arange(5) / 3}), "tables/frame.parquet")
        mlflow.log_table(pd.DataFrame({"img": [mlflow.Image(np.full((8, 8, 3), v, np.uint8)) for v in (0, 255)], "y": [0, 1]}), "tables/with_images.json")
        mlflow.log_dict({"a": 1, "nested": {"list": [1, 2.5, None, True], "ünï": "ok"}}, "config/config.json")
        mlflow.log_dict({"a": 1, "nested": {"list": [1, 2.5, None, True], "ünï": "ok"}}, "config/config.yaml")
        mlflow.log_text("# Report\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n- [x] done\n- [ ] todo\n\n```python\nprint('hi')\n```\n\n> quote ünï 🚀\n", "report.md")
        mlflow.log_text("".join(f"{i:06d} INFO step={i} loss={1 / (i + 1):.6f}\n" for i in range(3000)), "logs/train.log")
        mlflow.log_text("\x1b[31mred\x1b[0m plain\x1b[1mbold\x1b[0m\n", "logs/ansi.log")
        mlflow.log_text("", "logs/empty.txt")
        mlflow.log_text("<html><body><h1>HTML</h1><script>alert(1)</script></body></html>", "report.html")
        mlflow.log_text("{not json", "config/broken.json")
        open("blob.bin", "wb").write(bytes(range(256)) * 8)
        mlflow.log_artifact("blob.bin", "binary")
        os.remove("blob.bin")
        np.savez_compressed("arr.npz", a=np.arange(10), b=np.eye(3))
        mlflow.log_artifact("arr.npz", "binary")
        os.remove("arr.npz")
        mlflow.log_text("deep", "a/very/deeply/nested/dir/structure/of/artifacts/leaf.txt")
        mlflow.log_text("odd name", "odd names/ spaces & 100% — عربى.txt")
        mlflow.log_text("k,v\n\"quoted, comma\",1\n\"line\nbreak\",2\nünï,3\n", "tables/quoted.csv")
        mlflow.log_text("k\tv\na\t1\n", "tables/plain.tsv")
    IDS["tables"] = r.info.run_id
    clock.add(600_000)
    with mlflow.start_run(run_name="feature-snapshots", tags=GIT) as r:
        df = churn_frame(400, 9)
        df["plan"] = pd.Categorical(np.where(df.monthly_charge > 70, "gold", "basic"))
        df["signup"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(df.tenure_months, "D")
        df.loc[::17, "satisfaction"] = np.nan
        df.to_csv("features.csv", index=False)
        df.to_parquet("features.parquet", index=False)
        df.to_parquet("features_zstd.parquet", index=False, compression="zstd", row_group_size=100)
        df.head(50).to_json("features.jsonl", orient="records", lines=True, date_format="iso")
        for f in ("features.csv", "features.parquet", "features_zstd.parquet", "features.jsonl"):
            mlflow.log_artifact(f, "snapshots")
            os.remove(f)
        imp = {k: round(float(v), 4) for k, v in zip(df.columns[:8], np.abs(rng.normal(0, 1, 8)))}
        mlflow.log_dict(imp, "feature_importance.json")
        f, ax = plt.subplots(figsize=(5, 3), dpi=80)
        ax.barh(list(imp), list(imp.values()))
        f.tight_layout()
        mlflow.log_figure(f, "feature_importance.png")
        plt.close(f)
    IDS["snapshots"] = r.info.run_id
    say("zoo")


# ------------------------------------------------------------------ 5. monthly monitoring
def credit_batch(n, month, seed):
    """month 0 = reference; drift grows with the month (see the note on the experiment)."""
    g = np.random.default_rng(seed)
    cov = max(0, month - 3) / 9            # covariate drift from month 4
    big = max(0, month - 6) / 6            # strong shift from month 7
    con = max(0, month - 9) / 3            # concept drift from month 10
    age = np.clip(g.normal(41 - 3 * cov, 12, n), 18, 85).round()
    income = np.round(g.lognormal(10.6 + 0.18 * cov, 0.45, n), 0)
    loan = np.round(g.lognormal(9.4 + 0.25 * big, 0.6, n), 0)
    dti = np.round(np.clip(g.beta(2.2 + big, 6, n), 0, 1), 4)
    score = np.clip(g.normal(690 - 45 * big, 60, n), 300, 850).round()
    accounts = g.poisson(5 + big, n)
    region = g.choice(["north", "south", "east", "west"], n, p=[0.3, 0.3, 0.25, 0.15])
    if month >= 8:
        region = np.where(g.uniform(size=n) < 0.12, "overseas", region)
    emp = g.choice(["salaried", "self_employed", "retired", "student"], n, p=[0.62, 0.2, 0.12, 0.06])
    ch = g.choice(["branch", "web", "mobile"], n, p=[0.45 - 0.3 * cov, 0.35, 0.2 + 0.3 * cov])
    z = (-2.6 - 0.011 * (score - 690) + 3.2 * (dti - 0.25) - 0.35 * (np.log(income) - 10.6) + 0.25 * (np.log(loan) - 9.4)
         + 0.45 * (emp == "self_employed") + 0.01 * (41 - age))
    zt = z + con * (1.1 + 2.2 * (dti - 0.25) + 0.5 * (ch == "mobile"))   # the world changes, the model does not
    y = (g.uniform(size=n) < 1 / (1 + np.exp(-zt))).astype(int)
    df = pd.DataFrame({"customer_id": [f"C{month:02d}{i:05d}" for i in range(n)], "age": age, "income": income, "loan_amount": loan,
                       "dti": dti, "credit_score": score, "num_accounts": accounts, "region": region, "employment": emp, "channel": ch})
    df.loc[g.uniform(size=n) < 0.01 + 0.07 * big, "dti"] = np.nan
    df["default"] = y
    return df


def monitoring():
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    at(2025, 1, 2, 9)
    e = experiment("monitoring/credit-default", tags={
        "mlflow.note.content": "# Monthly monitoring\n\n* run `reference` holds `data/reference.{csv,parquet}` and the model\n* one run per month with `data/batch.{csv,parquet}`\n\n"
                               "Drift plan: months 1-3 none, 4+ covariates (income, channel, age), 7+ strong (credit_score, loan, dti missing, new region from 8), 10+ concept (default | x).",
        "monitoring.label": "default", "monitoring.prediction": "pred_proba", "monitoring.reference_run": "reference"})
    mlflow.set_experiment(experiment_id=e)
    num = ["age", "income", "loan_amount", "dti", "credit_score", "num_accounts"]
    cat = ["region", "employment", "channel"]
    ref = credit_batch(2500, 0, 100)
    X = ref[num + cat]
    model = make_pipeline(ColumnTransformer([("n", make_pipeline(SimpleImputer(), StandardScaler()), num),
                                             ("c", OneHotEncoder(handle_unknown="ignore"), cat)]), LogisticRegression(max_iter=300))
    fit = credit_batch(2500, 0, 101)
    model.fit(fit[num + cat], fit["default"])

    def score(df):
        df = df.copy()
        df["pred_proba"] = np.round(model.predict_proba(df[num + cat])[:, 1], 5)
        df["prediction"] = (df.pred_proba > 0.3).astype(int)
        return df

    def put(df, name, csv=True, parquet=True):
        if csv:
            df.to_csv(f"{name}.csv", index=False)
            mlflow.log_artifact(f"{name}.csv", "data")
            os.remove(f"{name}.csv")
        if parquet:
            df.to_parquet(f"{name}.parquet", index=False)
            mlflow.log_artifact(f"{name}.parquet", "data")
            os.remove(f"{name}.parquet")

    def quality(df):
        return {"auc": roc_auc_score(df["default"], df.pred_proba), "log_loss": log_loss(df["default"], df.pred_proba),
                "brier": brier_score_loss(df["default"], df.pred_proba), "label_rate": df["default"].mean(),
                "pred_rate": df.prediction.mean(), "mean_score": df.pred_proba.mean(), "rows": len(df),
                "missing/dti": df.dti.isna().mean()}

    at(2025, 1, 3, 6)
    with mlflow.start_run(run_name="reference", tags={**GIT, "monitoring.kind": "reference"}) as r:
        ref = score(ref)
        put(ref, "reference")
        mlflow.log_metrics({k: float(v) for k, v in quality(ref).items()})
        mlflow.log_params({"model": "logreg", "threshold": 0.3, "numeric": ",".join(num), "categorical": ",".join(cat), "label": "default", "prediction": "pred_proba"})
        mlflow.log_input(mlflow.data.from_pandas(ref, source="https://data.acme.example/credit/reference.parquet", targets="default", name="credit-reference"), context="reference")
        info = mlflow.sklearn.log_model(model, name="credit-logreg", input_example=X[:3], serialization_format="cloudpickle")
    IDS["reference"] = r.info.run_id
    IDS["credit_model"] = info.model_id
    IDS["months"] = []
    for m in range(1, 13):
        at(2025, m, 28, 6, 30)
        with mlflow.start_run(run_name=f"2025-{m:02d}", tags={**GIT, "monitoring.kind": "batch", "month": f"2025-{m:02d}"}) as r:
            df = score(credit_batch(1200, m, 200 + m))
            put(df, "batch", csv=m != 6, parquet=m != 5)
            q = {k: float(v) for k, v in quality(df).items()}
            mlflow.log_metrics(q)
            mlflow.log_metrics({f"by_month/{k}": v for k, v in q.items()}, step=m)
            mlflow.log_param("month", f"2025-{m:02d}")
            mlflow.log_input(mlflow.data.from_pandas(df, source=f"https://data.acme.example/credit/2025-{m:02d}.parquet", targets="default", predictions="pred_proba", name="credit-batch"), context="monitoring")
            mlflow.log_dict({"month": m, "quality": q, "reference_run": IDS["reference"]}, "monitoring/summary.json")
            clock.add(40_000)
        IDS["months"].append(r.info.run_id)
    say("monitoring")


# ------------------------------------------------------------------ 6. names from hell
def names():
    at(2026, 5, 4, 14)
    e = experiment("Ünïcode 🚀 — العربية / 日本語 'quotes\" & <tags>", tags={
        "mlflow.note.content": "שלום — right-to-left, emoji 👩‍🔬, and a\nsecond line", "emoji": "🧪", "ключ": "значение"})
    mlflow.set_experiment(experiment_id=e)
    at(2026, 5, 4, 15)
    long = "very-long-run-name-" + "-".join(f"{i:03d}" for i in range(120))
    for i, (n, extra) in enumerate([
            ("plain ascii", {}),
            ("emoji 👩‍🔬🚀🏳️‍🌈", {"mlflow.runColor": "#e377c2"}),
            ("العربية من اليمين", {}),
            ("日本語の実行名テスト", {}),
            ("combining: é ñ̃ Z̷͇̀a̵l̶g̷o̸", {}),
            ("tab\there newline\nthere", {}),
            (long[:480], {}),
            ("  leading and trailing  ", {}),
            ("'single' \"double\" `tick` \\ back", {}),
            ("\x1b[31mansi\x1b[0m escape", {})]):
        clock.add(60_000)
        with mlflow.start_run(run_name=n, tags={**GIT, **extra}):
            mlflow.log_param("p/with/slashes", "v")
            mlflow.log_param("long value", "x" * 300)
            mlflow.log_param("unicode", "çà 🚀 مرحبا")
            mlflow.log_param("json", json.dumps({"a": [1, 2, {"b": None}]}))
            mlflow.log_param("empty", "")
            mlflow.log_param("multi", "line 1\nline 2\r\nline 3")
            mlflow.log_metric("métrique:é 1", i + 0.5)
            mlflow.log_metric("a/b/c.d-e f", -i)
            mlflow.log_metric("tiny", 1e-300)
            mlflow.log_metric("huge", 1.7e300)
            mlflow.log_metric("nan", float("nan"))
            mlflow.log_metric("pos_inf", float("inf"))
            mlflow.log_metric("neg_inf", float("-inf"))
            mlflow.log_metric("int-like", 3)
            mlflow.set_tag("newline tag", "first\nsecond\n\nfourth")
            mlflow.set_tag("tab", "a\tb")
            mlflow.set_tag("big tag", "z" * 7999)
    say("names")


# ------------------------------------------------------------------ 7. deleted, remote, proxied, system metrics, traces
def misc():
    at(2026, 5, 20, 9)
    e = experiment("legacy/deleted-experiment", tags={"reason": "superseded"})
    for n in ("old-1", "old-2"):
        r = c.create_run(e, run_name=n, tags={"mlflow.user": "grace"})
        c.log_metric(r.info.run_id, "acc", 0.6, clock.ms, 0)
        c.set_terminated(r.info.run_id)
    c.delete_experiment(e)
    clock.add(60_000)
    e = experiment("remote/s3-artifacts", artifact_location="s3://acme-ml/mlflow/remote")
    r = c.create_run(e, run_name="artifacts live on S3", tags={"mlflow.user": "grace"})
    c.log_metric(r.info.run_id, "acc", 0.8, clock.ms, 0)
    c.set_terminated(r.info.run_id)
    # system metrics: the names MLflow's monitor uses, one sample per 10 s for 20 min
    clock.add(60_000)
    e = experiment("infra/system-metrics")
    for j, node in enumerate(["", "node_0/", "node_1/"]):
        r = c.create_run(e, run_name=f"train-{node.strip('/') or 'single'}", tags={"mlflow.user": "ada", **GIT})
        t0, ms = clock.ms, []
        for s in range(120):
            ts = t0 + s * 10_000
            for k, v in (("cpu_utilization_percentage", 40 + 30 * math.sin(s / 9 + j) + float(rng.normal(0, 3))),
                         ("system_memory_usage_megabytes", 9000 + 25 * s), ("system_memory_usage_percentage", 36 + s / 10),
                         ("disk_usage_percentage", 61.2), ("disk_usage_megabytes", 151000.5 + s), ("disk_available_megabytes", 96000.1 - s),
                         ("network_receive_megabytes", 0.7 * s), ("network_transmit_megabytes", 0.2 * s),
                         ("gpu_0_utilization_percentage", float(np.clip(90 + rng.normal(0, 6), 0, 100))), ("gpu_0_memory_usage_megabytes", 22000 + 3 * s),
                         ("gpu_0_memory_usage_percentage", 88.0), ("gpu_0_power_usage_watts", 300 + 10 * math.sin(s / 3)), ("gpu_0_power_usage_percentage", 85.0)):
                ms.append(Metric(f"system/{node}{k}", float(v), ts, s))
        ms += [Metric("loss", 2 * math.exp(-s / 30) + float(rng.normal(0, 0.02)), t0 + s * 10_000, s * 50) for s in range(120)]
        batch(r.info.run_id, ms, {"batch_size": 256, "world_size": 2})
        clock.set(t0 + 1_200_000)
        c.set_terminated(r.info.run_id)
    # a longer curve
    r = c.create_run(e, run_name="long-curve (2000 steps)", tags={"mlflow.user": "ada"})
    t0 = clock.ms
    batch(r.info.run_id, [Metric("loss", 3 / math.sqrt(1 + s) + float(rng.normal(0, 0.03)), t0 + s * 250, s) for s in range(2000)]
          + [Metric("reward", math.sin(s / 60) * s / 100 + float(rng.normal(0, 1)), t0 + s * 250, s) for s in range(2000)])
    clock.set(t0 + 500_000)
    c.set_terminated(r.info.run_id)
    # Default experiment
    mlflow.set_experiment(experiment_id="0")
    at(2026, 6, 1, 8)
    with mlflow.start_run(run_name="scratch"):
        mlflow.log_param("x", 1)
        mlflow.log_metric("y", 2)
    r = c.create_run("0", run_name="no data at all")
    c.set_terminated(r.info.run_id, "KILLED")
    say("misc")


def proxied():
    """What `mlflow server` (default --serve-artifacts) leaves behind: artifact URIs are
    mlflow-artifacts:/<exp>/<run>/artifacts and the files lie in ./mlartifacts/<exp>/<run>/artifacts.
    The rows are those that the server writes, but with pinned ids."""
    at(2026, 6, 10, 9)
    n = sqlite3.connect("mlflow.db").execute("select max(experiment_id)+1 from experiments").fetchone()[0]
    e = experiment("served/proxied-artifacts", artifact_location=f"mlflow-artifacts:/{n}")
    assert e == str(n)
    r = c.create_run(e, run_name="logged through the server", tags={"mlflow.user": "grace"})
    d = f"mlartifacts/{n}/{r.info.run_id}/artifacts"
    os.makedirs(d + "/notes")
    open(d + "/notes/served.txt", "w").write("served by the tracking server\n")
    json.dump({"ok": True}, open(d + "/served.json", "w"))
    c.log_metric(r.info.run_id, "acc", 0.88, clock.ms, 0)
    clock.add(60_000)
    c.set_terminated(r.info.run_id)
    IDS["proxied"] = r.info.run_id
    say("proxied")


def traces():
    at(2026, 7, 20, 9)
    mlflow.set_experiment(experiment_id=IDS["experiments"]["churn/explain"])
    for q in ("why did C0042 churn?", "top feature?"):
        with mlflow.start_span(name="answer", span_type="CHAIN") as sp:
            sp.set_inputs({"q": q})
            with mlflow.start_span(name="lookup", span_type="RETRIEVER") as ch:
                ch.set_outputs(["doc1"])
            sp.set_outputs({"a": "support_calls"})
    mlflow.flush_trace_async_logging()
    say("traces")


# ------------------------------------------------------------------ 8. registry
def registry():
    from mlflow.entities.webhook import WebhookEvent
    def lm(run_id):
        out = c.get_run(run_id).outputs.model_outputs
        return out[-1].model_id
    at(2026, 6, 15, 10)
    c.create_registered_model("churn-classifier", tags={"task": "classification", "owner": "growth", "pii": "no"},
                              description="# Churn classifier\n\nPredicts **churn in 30 days**.\n\n| field | value |\n|---|---|\n| owner | growth |\n| SLA | 99.9% |\n\n- [Runbook](https://wiki.acme.example/churn)\n")
    src = [IDS["autolog"]["logreg"], IDS["autolog"]["logreg"], IDS["autolog"]["forest"], IDS["autolog"]["gboost"], IDS["autolog"]["grid"], IDS["autolog"]["forest"]]
    for i, rid in enumerate(src):
        at(2026, 6, 16 + i, 10)
        m = lm(rid)
        c.create_model_version("churn-classifier", f"models:/{m}", rid, model_id=m,
                               tags={"validation": ["failed", "passed"][i % 2], "auc": f"{0.80 + i / 100:.2f}"},
                               description=f"## v{i + 1}\n\n{'Trained on the March snapshot.' if i else 'First version.'}\n\n- AUC **{0.80 + i / 100:.2f}**\n")
    for v, st in ((1, "Production"), (2, "Production"), (3, "Production"), (4, "Staging")):
        clock.add(3_600_000)
        c.transition_model_version_stage("churn-classifier", str(v), st, archive_existing_versions=True)
    c.set_registered_model_alias("churn-classifier", "champion", "3")
    c.set_registered_model_alias("churn-classifier", "challenger", "4")
    c.set_registered_model_alias("churn-classifier", "prod-eu", "3")
    clock.add(1000)
    c.delete_model_version("churn-classifier", "6")
    at(2026, 7, 1, 10)
    c.create_registered_model("credit-risk", tags={"task": "classification", "regulated": "true"}, description="Credit default PD model. 🏦")
    for i in range(4):
        at(2026, 7, 2 + i, 10)
        c.create_model_version("credit-risk", f"models:/{IDS['credit_model']}", IDS["reference"], model_id=IDS["credit_model"], description=f"calibration round {i + 1}")
    for v, st in ((1, "Archived"), (2, "Production"), (3, "Staging")):
        c.transition_model_version_stage("credit-risk", str(v), st)
    c.set_registered_model_alias("credit-risk", "champion", "2")
    at(2026, 7, 10, 10)
    c.create_registered_model("image-tagger 🖼️", description="Name with emoji and a space")
    for i in range(2):
        c.create_model_version("image-tagger 🖼️", f"runs:/{IDS['images']}/model", IDS["images"], run_link="https://mlflow.acme.example/#/runs/1")
    c.transition_model_version_stage("image-tagger 🖼️", "2", "Production")
    at(2026, 7, 11, 10)
    c.create_registered_model("legacy-forecaster")
    c.create_model_version("legacy-forecaster", "s3://acme-ml/models/forecaster/1", description="imported, no run")
    c.transition_model_version_stage("legacy-forecaster", "1", "Archived")
    c.create_registered_model("empty-model", description="no versions yet")
    at(2026, 7, 12, 10)
    mlflow.genai.register_prompt(name="support-reply", template="Hello {{name}}, thanks for {{topic}}.", commit_message="first", tags={"lang": "en"})
    mlflow.genai.register_prompt(name="support-reply", template="Hi {{name}} — about {{topic}}: …", commit_message="shorter")
    w = c.create_webhook("ci-notify", "https://hooks.acme.example/mlflow", [WebhookEvent.from_str("model_version.created"), WebhookEvent.from_str("model_version_alias.created")],
                         description="Notify CI on promotion", secret="fixture-secret")
    IDS["webhook"] = w.webhook_id
    say("registry")


def relocate():
    """Absolute local paths -> paths relative to the store directory.  MLflow itself accepts them
    (resolved against the cwd of the reading process)."""
    con = sqlite3.connect("mlflow.db")
    for t, col in (("experiments", "artifact_location"), ("runs", "artifact_uri"), ("logged_models", "artifact_location"),
                   ("model_versions", "source"), ("model_versions", "storage_location"), ("datasets", "dataset_source"),
                   ("tags", "value"), ("trace_tags", "value"), ("trace_request_metadata", "value"), ("experiment_tags", "value"), ("params", "value")):
        con.execute(f"update {t} set {col} = replace(replace({col}, ?, ''), ?, '.')", (WORK + "/", WORK))
    con.commit()
    left = []
    for (t,) in con.execute("select name from sqlite_master where type='table'").fetchall():
        for col in [r[1] for r in con.execute(f'pragma table_info("{t}")')]:
            n = con.execute(f'select count(*) from "{t}" where "{col}" like ?', (f"%{WORK}%",)).fetchone()[0]
            if n:
                left.append((t, col, n))
    con.execute("vacuum")
    con.close()
    for root, _, files in os.walk("."):
        for f in files:
            p = os.path.join(root, f)
            if f in ("MLmodel",) or f.endswith((".json", ".yaml", ".txt", ".yml")):
                b = open(p, "rb").read()
                if WORK.encode() in b:
                    open(p, "wb").write(b.replace(b"file://" + WORK.encode() + b"/", b"").replace(WORK.encode() + b"/", b""))
    return left


def main():
    hpo()
    df = autolog()
    shap_runs(df)
    zoo()
    monitoring()
    names()
    misc()
    proxied()
    registry()
    traces()
    left = relocate()
    con = sqlite3.connect("mlflow.db")
    q = lambda s: con.execute(s).fetchone()[0]  # noqa: E731
    IDS["counts"] = {t: q(f"select count(*) from {t}") for t in (
        "experiments", "experiment_tags", "runs", "params", "metrics", "latest_metrics", "tags", "datasets", "inputs", "input_tags", "logged_models",
        "logged_model_params", "logged_model_tags", "logged_model_metrics", "registered_models", "model_versions", "model_version_tags",
        "registered_model_tags", "registered_model_aliases", "webhooks", "webhook_events", "trace_info", "spans")}
    IDS["status"] = dict(con.execute("select status, count(*) from runs group by 1").fetchall())
    IDS["webhook_key"] = KEY
    con.close()
    json.dump(IDS, open("expect.json", "w"), indent=1, ensure_ascii=False)
    shutil.copytree(WORK, OUT)   # fails where OUT exists: it may be somebody's store
    shutil.rmtree(WORK)
    pack(OUT)
    pin.log("left absolute:", left)
    pin.log(json.dumps(IDS["counts"]))


main()
