"""Write truth.json: what numpy and scipy say of samples that the tests give to benchside.

Run it with the versions that truth.json records: python make_truth.py > truth.json
"""
import json
import math
import sys
import warnings

import numpy as np
import scipy
from scipy import stats
from scipy.special import gammaln

warnings.simplefilter("ignore")
rng = np.random.default_rng(20260201)


def clean(v):
    if isinstance(v, dict):
        return {k: clean(x) for k, x in v.items()}
    if isinstance(v, (list, tuple, np.ndarray)):
        return [clean(x) for x in v]
    v = float(v) if not isinstance(v, (str, bool, int, type(None))) else v
    return None if isinstance(v, float) and not math.isfinite(v) else v


def pair(name, a, b, shift=0.0, scale=1.0):
    """Take shift and scale (a power of two) from the samples first, which is exact, where scipy
    itself would lose digits or overflow: its answers are then given back for the samples."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    out = {"name": name, "a": a, "b": b}
    a, b = (a - shift) / scale, (b - shift) / scale
    for key, x in (("a", a), ("b", b)):
        out["mean_" + key] = shift + np.mean(x) * scale
        out["sd_" + key] = np.std(x, ddof=1) * scale if len(x) > 1 else None
    if len(a) > 1 and len(b) > 1:
        w = stats.ttest_ind(b, a, equal_var=False)
        ci = w.confidence_interval(0.95)
        out["welch"] = dict(t=w.statistic, df=w.df, p=w.pvalue, low=ci.low * scale, high=ci.high * scale)
        if not np.isfinite(w.statistic):
            out["welch"] = None
    else:
        out["welch"] = None
    u = stats.mannwhitneyu(b, a, method="auto", alternative="two-sided")
    out["mann_whitney"] = dict(u=u.statistic, p=u.pvalue)
    larger = sum(float(y > x) for x in a for y in b)
    smaller = sum(float(y < x) for x in a for y in b)
    out["cliff"] = (larger - smaller) / (len(a) * len(b))
    df = len(a) + len(b) - 2
    out["d"] = out["g"] = None
    if df > 0:
        ss = ((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()
        if ss > 0:
            d = (b.mean() - a.mean()) / math.sqrt(ss / df)
            j = 0.0 if df == 1 else math.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / math.sqrt(df / 2)
            out["d"], out["g"] = d, d * j
    return out


def columns(name, x, y):
    x, y = np.asarray(x, float), np.asarray(y, float)
    out = {"name": name, "x": x, "y": y, "pearson": None, "spearman": None}
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return out
    p = stats.pearsonr(x, y)
    ci = p.confidence_interval(0.95)
    out["pearson"] = dict(r=p.statistic, p=p.pvalue, low=ci.low, high=ci.high)
    s = stats.spearmanr(x, y)
    rho, n = float(s.statistic), len(x)
    low, high = -1.0, 1.0
    if n > 3:
        half = stats.norm.ppf(0.975) * math.sqrt((1 + rho**2 / 2) / (n - 3))
        with np.errstate(divide="ignore"):
            z = np.arctanh(rho)
        low, high = np.tanh(z - half), np.tanh(z + half)
    out["spearman"] = dict(r=rho, p=s.pvalue, low=low, high=high)
    return out


def holm(p):
    order, m, high, out = np.argsort(p, kind="stable"), len(p), 0.0, [0.0] * len(p)
    for k, at in enumerate(order):
        high = max(high, min(1.0, (m - k) * p[at]))
        out[at] = high
    return out


def family(name, p):
    return {"name": name, "p": p, "holm": holm(p), "bh": stats.false_discovery_control(p) if len(p) else []}


n = rng.normal
pairs = [
    pair("three seeds", [0.931, 0.928, 0.935], [0.941, 0.938, 0.944]),
    pair("two and two", [1.0, 2.0], [4.0, 6.5]),
    pair("one and one", [1.0], [2.0]),
    pair("one and four", [0.5], [0.1, 0.2, 0.3, 0.9]),
    pair("identical samples", [0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4]),
    pair("one value everywhere", [2.0, 2.0, 2.0], [2.0, 2.0, 2.0]),
    pair("constant and apart", [2.0, 2.0, 2.0], [3.0, 3.0]),
    pair("one side constant", [2.0, 2.0, 2.0], [3.0, 3.5, 4.0]),
    pair("equal variances", [1, 2, 3, 4, 5], [3, 4, 5, 6, 7]),
    pair("ties", [1, 2, 2, 3, 3, 3], [2, 3, 3, 4, 5]),
    pair("ties only between", [1, 2, 3], [3, 4, 5]),
    pair("eight and eight", n(0, 1, 8), n(0.7, 2, 8)),
    pair("eight and forty", n(0, 1, 8), n(0.3, 1, 40)),
    pair("nine and nine", n(0, 1, 9), n(0.7, 2, 9)),
    pair("thirty, nothing there", n(0, 1, 30), n(0, 1, 30)),
    pair("far apart", n(0, 1, 20), n(30, 1, 20)),
    pair("very different variances", n(0, 1e-3, 12), n(0, 1e3, 5)),
    pair("large numbers, small spread", 1e9 + n(0, 1, 10), 1e9 + 1 + n(0, 1, 10), shift=1e9),
    pair("tiny numbers", n(0, 1e-200, 6), n(1e-200, 1e-200, 6), scale=2.0**-664),
    pair("huge numbers", n(0, 1e200, 6), n(1e200, 1e200, 7), scale=2.0**664),
    pair("two hundred rounded", np.round(n(0.8, 0.05, 200), 2), np.round(n(0.81, 0.05, 180), 2)),
    pair("swapped order", [5, 4, 3, 2.5], [1, 2, 0.5]),
]
x = n(0, 1, 25)
correlations = [
    columns("three pairs", [1, 2, 3], [1, 3, 2]),
    columns("four pairs", [1, 2, 3, 4], [1, 3, 2, 4]),
    columns("two pairs", [1, 2], [1, 3]),
    columns("perfect", [1, 2, 3, 4, 5], [2, 4, 6, 8, 10]),
    columns("perfectly down", [1, 2, 3, 4, 5], [10, 8, 6, 4, 2]),
    columns("monotone, not linear", [1, 2, 3, 4, 5, 6], [1, 4, 9, 16, 25, 1000]),
    columns("constant", [1, 1, 1, 1], [1, 2, 3, 4]),
    columns("ties", [1, 1, 2, 2, 3, 3, 4], [2, 1, 3, 3, 2, 5, 5]),
    columns("learning rates", 10 ** rng.uniform(-5, -1, 40), n(0.8, 0.1, 40)),
    columns("strong", x, 2 * x + n(0, 0.3, 25)),
    columns("weak", x, 0.2 * x + n(0, 1, 25)),
    columns("nearly one", x, x + n(0, 1e-4, 25)),
    columns("large numbers", 1e8 + x, n(0, 1, 25)),
]
families = [
    family("none", []),
    family("one", [0.03]),
    family("sorted", [0.001, 0.01, 0.02, 0.04, 0.2]),
    family("unsorted with ties", [0.2, 0.01, 0.04, 0.01, 0.9, 0.03]),
    family("all large", [0.5, 0.9, 1.0, 0.8]),
    family("twenty", rng.uniform(0, 1, 20) ** 3),
]
json.dump(
    clean(dict(versions=dict(python=sys.version.split()[0], numpy=np.__version__, scipy=scipy.__version__),
               pairs=pairs, correlations=correlations, families=families)),
    sys.stdout, indent=1)
print()
