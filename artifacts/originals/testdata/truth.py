"""Writes truth.json: what scikit-learn says of curves over a sample with ties.

    pip install scikit-learn==1.9.1
    python truth.py
"""

import json
import pathlib

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

random = np.random.default_rng(7)
truth = random.integers(0, 2, 120)
# Rounded, so that scores are tied.
score = np.round(np.clip(truth * 0.25 + random.beta(2, 2, 120) * 0.75, 0, 1), 2)
fpr, tpr, thresholds = roc_curve(truth, score, drop_intermediate=False)
precision, recall, _ = precision_recall_curve(truth, score)
prob_true, prob_pred = calibration_curve(truth, score, n_bins=10)
out = {
    "truth": truth.tolist(),
    "score": score.tolist(),
    "fpr": fpr.tolist(),
    "tpr": tpr.tolist(),
    "precision": precision.tolist(),
    "recall": recall.tolist(),
    "prob_true": prob_true.tolist(),
    "prob_pred": prob_pred.tolist(),
    "roc_auc": roc_auc_score(truth, score),
    "pr_auc": auc(recall, precision),
    "ap": average_precision_score(truth, score),
}
here = pathlib.Path(__file__).parent
(here / "truth.json").write_text(json.dumps(out) + "\n")
