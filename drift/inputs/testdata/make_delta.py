"""Makes the Delta tables of the tests with the real writer: pip install deltalake==1.6.6 pyarrow==26.0.1.

    make_delta.py OUT

OUT/flights has versions 0 to 4: two appends, a column more, rows deleted, a checkpoint at 3. OUT/regions is
partitioned by a text and a date. OUT/marked is flights with a deletion vector written into its log by hand.
"""
import datetime
import json
import os
import shutil
import sys

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

out = sys.argv[1]
flights, regions, marked = (os.path.join(out, name) for name in ("flights", "regions", "marked"))
for folder in (flights, regions, marked):
    shutil.rmtree(folder, ignore_errors=True)


def batch(start, n, **more):
    return pa.table({"id": list(range(start, start + n)), "delay": [None if i % 7 == 3 else i / 4 for i in range(start, start + n)],
                     "carrier": [("UA", "AA", "DL", None)[i % 4] for i in range(start, start + n)], **more})


write_deltalake(flights, batch(0, 50))
write_deltalake(flights, batch(50, 30), mode="append")
write_deltalake(flights, batch(80, 20, gate=[f"B{i % 5}" for i in range(20)]), mode="append", schema_mode="merge")
table = DeltaTable(flights)
table.delete("id < 10")
DeltaTable(flights).create_checkpoint()
write_deltalake(flights, batch(100, 10, gate=["A 1"] * 10), mode="append")

days = [datetime.date(2024, 1, 1 + i % 3) for i in range(60)]
write_deltalake(regions, pa.table({"x": [float(i) for i in range(60)], "region": [("north", "a b/ö", None)[i % 3] for i in range(60)], "day": days}),
                partition_by=["region", "day"])
DeltaTable(regions).create_checkpoint()

shutil.copytree(flights, marked)
log = os.path.join(marked, "_delta_log")
names = sorted(n for n in os.listdir(log) if n.endswith(".json"))
last = os.path.join(log, names[-1])
lines = []
for line in open(last):
    action = json.loads(line)
    if "add" in action:
        action["add"]["deletionVector"] = {"storageType": "u", "pathOrInlineDv": "ab^-aqEH.-t@S}K{vb[*k^", "offset": 1, "sizeInBytes": 34, "cardinality": 2}
    lines.append(json.dumps(action))
open(last, "w").write("\n".join(lines) + "\n")
for folder in (flights, regions):
    table = DeltaTable(folder)
    print(folder, table.version(), table.to_pyarrow_table().num_rows)
