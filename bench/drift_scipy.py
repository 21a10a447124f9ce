"""The drift of two Parquet files by pandas and scipy alone: what one would write without a tool for it.

    drift_scipy.py REFERENCE CURRENT

A Kolmogorov-Smirnov test, the Wasserstein and the Jensen-Shannon distance, four moments and seven quantiles of each
number; a chi-square test and the Jensen-Shannon distance of each text. Prints JSON.
"""
import json
import sys

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial.distance import jensenshannon

reference, current = (pd.read_parquet(name) for name in sys.argv[1:3])
out = {}
for name in reference.columns:
    x, y = reference[name].dropna(), current[name].dropna()
    if x.dtype.kind in "fiu":
        x, y = x.to_numpy(float), y.to_numpy(float)
        edges = np.histogram_bin_edges(np.concatenate([x, y]), bins="sturges")
        p, q = np.histogram(x, edges)[0] / len(x), np.histogram(y, edges)[0] / len(y)
        ks = stats.ks_2samp(x, y)
        out[name] = {"ks": [ks.statistic, ks.pvalue], "w1": stats.wasserstein_distance(x, y), "js": jensenshannon(p, q), "sides": [
            [v.mean(), v.std(ddof=1), stats.skew(v), stats.kurtosis(v), *np.quantile(v, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])] for v in (x, y)]}
    else:
        a, b = x.value_counts().align(y.value_counts(), fill_value=0)
        out[name] = {"chi2": stats.chi2_contingency(np.array([a, b]))[1], "js": jensenshannon(a / len(x), b / len(y))}
json.dump(out, sys.stdout, default=float)
