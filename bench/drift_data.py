"""Makes the pairs of tables that drift is measured on, with numpy and pyarrow.

    drift_data.py OUT

OUT/1m is 1,000,000 rows of 20 columns, OUT/100k 100,000 rows of 50, as reference.parquet, current.parquet and the same as
CSV. Half of the columns are floats (normal, log-normal, uniform; a tenth of them with 2 % missing), a quarter whole
numbers of small and of wide ranges, a quarter texts of 3 to 500 labels; every fifth column drifts.
"""
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet


def side(rows, columns, seed, shifted):
    random = np.random.default_rng(seed)
    out = {}
    for i in range(columns):
        by = 0.3 if shifted and i % 5 == 0 else 0.0
        name, kind = f"c{i:02d}", i % 4
        if kind in (0, 1):
            values = (random.normal(by, 1, rows), random.lognormal(by, 0.7, rows), random.uniform(by, 1 + by, rows))[i % 3]
            if i % 20 == 1:
                values[random.random(rows) < 0.02] = np.nan
            out[name] = pa.array(values, from_pandas=True)
        elif kind == 2:
            out[name] = pa.array(random.integers(0, (5, 50, 100_000)[i % 3], rows) + int(10 * by))
        else:
            labels = (3, 40, 500)[i % 3]
            weights = 1 / np.arange(1, labels + 1) ** (1 - by)
            words = np.array([f"label {j}" for j in range(labels)])
            out[name] = pa.array(words[random.choice(labels, rows, p=weights / weights.sum())])
    return pa.table(out)


def main():
    for name, rows, columns in (("1m", 1_000_000, 20), ("100k", 100_000, 50)):
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        for seed, which in enumerate(("reference", "current")):
            table = side(rows, columns, seed, which == "current")
            parquet.write_table(table, os.path.join(folder, which + ".parquet"))
            csv.write_csv(table, os.path.join(folder, which + ".csv"))


main()
