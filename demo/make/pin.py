"""Pins what would differ from one making of the demo store to the next: seeded ids, a clock moved by
hand, quiet MLflow.

The store is written by the real client. Only three sources of chance are pinned:
  * uuid.uuid4()               a hash of the seed, the call site and a count
  * mlflow.utils.time.time     a clock this module moves (every look adds TICK ms)
  * random, numpy.random       seeded (run names such as "bold-ape-12" come from random)
"""
import os
import random
import sys
import time as _time
import uuid
import warnings

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")
os.environ.setdefault("MLFLOW_DISABLE_AGENT_HINT", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("PYTHONHASHSEED", "0")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
os.environ.setdefault("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "true")  # the host is made up
os.environ.setdefault("SOURCE_DATE_EPOCH", "1767600000")   # matplotlib svg/pdf dates
os.environ["LOGNAME"] = "ada"
warnings.filterwarnings("ignore")

_real_uuid4 = uuid.uuid4


class Clock:
    """Stands in for the time module inside mlflow.utils.time."""

    def __init__(self, ms):
        self.ms = ms
        self.tick = 3

    def time(self):
        self.ms += self.tick
        return self.ms / 1000.0

    def set(self, ms):
        self.ms = int(ms)

    def add(self, ms):
        self.ms += int(ms)

    def __getattr__(self, name):
        return getattr(_time, name)


def ms(y, mo, d, h=0, mi=0, s=0):
    import calendar
    return calendar.timegm((y, mo, d, h, mi, s, 0, 0, 0)) * 1000


def pin(seed, start_ms):
    """Pin ids, clock and random; returns the clock."""
    import hashlib
    counts = {}

    def uuid4():
        # seeded by call site + a counter per call site, so that background threads (autologging
        # queues) cannot shift the ids that the main thread draws
        f = sys._getframe(1)
        key = f"{os.path.basename(f.f_code.co_filename)}:{f.f_code.co_name}"
        counts[key] = n = counts.get(key, 0) + 1
        h = hashlib.sha256(f"{seed}|{key}|{n}".encode()).digest()
        return uuid.UUID(bytes=h[:16], version=4)

    uuid.uuid4 = uuid4
    random.seed(seed)
    try:
        import numpy as np
        np.random.seed(seed % (2**32))
    except ImportError:
        pass
    clock = Clock(start_ms)
    import importlib
    for name in ("mlflow.utils.time", "mlflow.utils.time_utils"):   # 2.x/3.x, 1.30
        try:
            mt = importlib.import_module(name)
        except ImportError:
            continue
        if hasattr(mt, "time"):
            mt.time = clock
    try:      # MLmodel's utc_time_created
        import datetime as dt
        import mlflow.models.model as mm

        class Frozen(dt.datetime):
            @classmethod
            def now(cls, tz=None):
                return dt.datetime.fromtimestamp(clock.ms / 1000, tz or dt.timezone.utc)

            @classmethod
            def utcnow(cls):
                return dt.datetime.fromtimestamp(clock.ms / 1000, dt.timezone.utc).replace(tzinfo=None)
        mm.datetime = Frozen
    except Exception:  # noqa: BLE001
        pass
    return clock


def unpin():
    uuid.uuid4 = _real_uuid4
    for name in ("mlflow.utils.time", "mlflow.utils.time_utils"):
        if name in sys.modules:
            sys.modules[name].time = _time


def quiet():
    import logging
    for n in ("mlflow", "alembic", "sqlalchemy", "matplotlib", "shap", "git"):
        logging.getLogger(n).setLevel(logging.ERROR)


def log(*a):
    print(*a, file=sys.stderr, flush=True)
