"""The drift of two Parquet files by Evidently 0.7: its preset, as JSON.

    drift_evidently.py REFERENCE CURRENT
"""
import sys

import pandas as pd
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset

reference, current = (Dataset.from_pandas(pd.read_parquet(name)) for name in sys.argv[1:3])
sys.stdout.write(Report([DataDriftPreset()]).run(current, reference).json())
