"""Fills a store with registered models, for the budgets of the registry.

    registry.py STORE OUT [--models 5000] [--versions 20] [--runs 20000]

OUT becomes a copy of STORE, a database that MLflow made, with so many models more, each with so many versions, two
aliases and two tags; a version has two tags and a source run with four metrics and three params. The rows are those
that the client leaves (store/model_registry/sqlalchemy_store.py), in the order in which models of one team would be
retrained: version by version, so that those of one model lie far apart.
"""
import argparse
import shutil
import sqlite3

START, HOUR = 1_700_000_000_000, 3_600_000

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)"

# ?1 runs, ?2 models, ?3 versions of each
STATEMENTS = [
    (NUMBERS + """ INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
            lifecycle_stage, artifact_uri, experiment_id, source_version)
        SELECT printf('%08x%024x', (i * 2654435761) % 4294967296, i), 'train-' || i, 'UNKNOWN', '', '', 'ada', 'FINISHED',
            {start} + i * 1000, {start} + i * 1000 + 60000, 'active', 'mlruns/1/' || i || '/artifacts', 1, ''
        FROM n""", "runs"),
    *[(NUMBERS + f""" INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
        SELECT '{key}', 0.5 + (i * {k} % 1009) / 2018.0, {{start}} + i * 1000, 9, 0, printf('%08x%024x', (i * 2654435761) % 4294967296, i)
        FROM n""", "runs") for k, key in ((31, "val/auc"), (37, "val/loss"), (41, "val/f1"), (43, "train/loss"))],
    *[(NUMBERS + f""" INSERT INTO params (key, value, run_uuid)
        SELECT '{key}', i % {k}, printf('%08x%024x', (i * 2654435761) % 4294967296, i)
        FROM n""", "runs") for k, key in ((7, "depth"), (11, "lr"), (5, "optimizer"))],
    (NUMBERS + """ INSERT INTO registered_models (name, creation_time, last_updated_time, description, workspace)
        SELECT printf('model-%05d', i), {start} + i, {start} + {versions} * {hour} + i * 17 % 100000,
            'Scores the risk of region ' || i || char(10) || char(10) || '- retrained every night', 'default'
        FROM n""", "models"),
    (NUMBERS + """ INSERT INTO registered_model_tags (key, value, name, workspace)
        SELECT k.value, iif(k.key, 'team-' || i % 7, iif(i % 3, 'classification', 'regression')), printf('model-%05d', i), 'default'
        FROM n, json_each('["task", "owner"]') k""", "models"),
    (NUMBERS + """ INSERT INTO registered_model_aliases (alias, version, name, workspace)
        SELECT k.value, {versions} - 1 - k.key, printf('model-%05d', i), 'default'
        FROM n, json_each('["challenger", "champion"]') k""", "models"),
    (NUMBERS + """ INSERT INTO model_versions (name, version, creation_time, last_updated_time, description, user_id, current_stage, source,
            run_id, status, status_message, run_link, storage_location, workspace)
        SELECT printf('model-%05d', i % {models}), 1 + i / {models}, {start} + (i / {models}) * {hour} + i % {models},
            {start} + (i / {models}) * {hour} + i % {models} + 1000,
            'Trained on the snapshot of night ' || i / {models}, NULL,
            CASE {versions} - i / {models} WHEN 1 THEN 'None' WHEN 2 THEN 'Staging' WHEN 3 THEN 'Production' ELSE 'Archived' END,
            'runs:/' || printf('%08x%024x', (i % {runs} * 2654435761) % 4294967296, i % {runs}) || '/model',
            printf('%08x%024x', (i % {runs} * 2654435761) % 4294967296, i % {runs}), 'READY', NULL, NULL,
            'runs:/' || printf('%08x%024x', (i % {runs} * 2654435761) % 4294967296, i % {runs}) || '/model', 'default'
        FROM n""", "all"),
    (NUMBERS + """ INSERT INTO model_version_tags (key, value, name, version, workspace)
        SELECT k.value, iif(k.key, i % 100, iif(i % 4, 'passed', 'failed')), printf('model-%05d', i % {models}), 1 + i / {models}, 'default'
        FROM n, json_each('["validation", "auc"]') k""", "all"),
]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("store")
    ap.add_argument("out")
    ap.add_argument("--models", type=int, default=5000)
    ap.add_argument("--versions", type=int, default=20)
    ap.add_argument("--runs", type=int, default=20_000)
    args = ap.parse_args()
    shutil.copy(args.store, args.out)
    db = sqlite3.connect(args.out)
    db.execute("PRAGMA synchronous = OFF")
    counts = {"runs": args.runs, "models": args.models, "all": args.models * args.versions}
    for statement, of in STATEMENTS:
        text = statement.format(start=START, hour=HOUR, models=args.models, versions=args.versions, runs=args.runs)
        db.execute(text, (counts[of],))
    db.commit()
    db.close()


main()
