"""Commits metric points to a store in the form in which MLflow does, faster than its client could.

    writer.py STORE [--commits N] [--points N] [--every SECONDS] [--key KEY] [--before N]

It makes a run that has logged N points before, prints a line each time it has committed, and finishes the run.
"""
import argparse
import sqlite3
import time
import uuid

RUN = ("INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, "
       "source_version, lifecycle_stage, artifact_uri, experiment_id) VALUES (?, 'written', 'UNKNOWN', '', '', 'bench', 'RUNNING', ?, NULL, '', 'active', ?, 0)")
POINT = "INSERT OR IGNORE INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)"
LATEST = "INSERT OR REPLACE INTO latest_metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)"


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("store")
    ap.add_argument("--commits", type=int, default=60)
    ap.add_argument("--points", type=int, default=1)
    ap.add_argument("--every", type=float, default=0.35)
    ap.add_argument("--key", default="acc")
    ap.add_argument("--before", type=int, default=0)
    a = ap.parse_args()
    db = sqlite3.connect(a.store, timeout=20, isolation_level=None)
    now = lambda: int(time.time() * 1000)  # noqa: E731
    run = uuid.uuid4().hex
    db.execute("BEGIN IMMEDIATE")
    db.execute(RUN, (run, now(), f"mlruns/0/{run}/artifacts"))
    db.execute("INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', 'written', ?)", (run,))
    db.executemany(POINT, [(a.key, 0.1 + i / 997, now(), run, i) for i in range(a.before)])
    if a.before:
        db.execute(LATEST, (a.key, 0.1 + (a.before - 1) / 997, now(), run, a.before - 1))
    db.execute("COMMIT")
    time.sleep(1)
    due, step = time.monotonic(), a.before
    for _ in range(a.commits):
        rows = [(a.key, 0.1 + (step + i) / 997, now(), run, step + i) for i in range(a.points)]
        step += a.points
        db.execute("BEGIN IMMEDIATE")
        db.executemany(POINT, rows)
        db.execute(LATEST, rows[-1])
        db.execute("COMMIT")
        print(f"{rows[-1][1]:.6f}", flush=True)
        due += a.every
        time.sleep(max(0, due - time.monotonic()))
    db.execute("UPDATE runs SET status = 'FINISHED', end_time = ? WHERE run_uuid = ?", (now(), run))


main()
