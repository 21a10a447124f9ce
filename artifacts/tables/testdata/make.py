"""Writes Parquet files with pyarrow, and what their cells should read as beside them."""
import datetime
import decimal
import json
import pathlib
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent
D = decimal.Decimal
utc = datetime.timezone.utc
day = datetime.datetime(2024, 1, 31, 12, 30, 15, 250000)

columns = {
    "i8": (pa.array([1, None, -3], pa.int8()), ["1", None, "-3"]),
    "u64": (pa.array([2**64 - 1, None, 0], pa.uint64()), [str(2**64 - 1), None, "0"]),
    "i64": (pa.array([2**53 + 1, None, -(2**63)], pa.int64()), [str(2**53 + 1), None, str(-(2**63))]),
    "f16": (pa.array([0.5, None, -2.0], pa.float16()), ["0.5", None, "-2"]),
    "f32": (pa.array([0.1, float("nan"), float("inf")], pa.float32()), ["0.1", "NaN", "+Inf"]),
    "f64": (pa.array([0.1, None, float("-inf")]), ["0.1", None, "-Inf"]),
    "flag": (pa.array([True, None, False]), ["true", None, "false"]),
    "text": (pa.array(["ünï", None, ""]), ["ünï", None, ""]),
    "raw": (pa.array([b"\x00\xff", None, b"abc"]), ["0x00ff", None, "abc"]),
    "fixed": (pa.array([b"ab", None, b"cd"], pa.binary(2)), ["ab", None, "cd"]),
    "dec32": (pa.array([D("1.50"), None, D("-0.05")], pa.decimal128(9, 2)), ["1.50", None, "-0.05"]),
    "dec128": (pa.array([D("12345678901234567890.123"), None, D("-1.000")], pa.decimal128(30, 3)), ["12345678901234567890.123", None, "-1.000"]),
    "date": (pa.array([datetime.date(2024, 1, 31), None, datetime.date(1900, 1, 1)]), ["2024-01-31", None, "1900-01-01"]),
    "ms": (pa.array([day, None, datetime.datetime(1969, 12, 31, 23, 59, 59)], pa.timestamp("ms")), ["2024-01-31 12:30:15.25", None, "1969-12-31 23:59:59"]),
    "us": (pa.array([day.replace(tzinfo=utc), None, day.replace(tzinfo=utc)], pa.timestamp("us", "UTC")), ["2024-01-31 12:30:15.25Z", None, "2024-01-31 12:30:15.25Z"]),
    "ns": (pa.array([1, None, -1], pa.timestamp("ns")), ["1970-01-01 00:00:00.000000001", None, "1969-12-31 23:59:59.999999999"]),
    "clock": (pa.array([datetime.time(1, 2, 3), None, datetime.time(23, 59, 59, 1000)], pa.time64("us")), ["01:02:03", None, "23:59:59.001"]),
    "list": (pa.array([[1, 2], None, []], pa.list_(pa.int64())), ["[1,2]", None, "[]"]),
    "deep": (pa.array([[[1], []], None, [None, [2, None]]], pa.list_(pa.list_(pa.int64()))), ["[[1],[]]", None, "[null,[2,null]]"]),
    "record": (pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": 'q"'}]), ['{"a":1,"b":"x"}', None, '{"a":null,"b":"q\\""}']),
    "records": (pa.array([[{"a": 1, "b": ["x"]}, {"a": 2, "b": []}], None, []]), ['[{"a":1,"b":["x"]},{"a":2,"b":[]}]', None, "[]"]),
    "map": (pa.array([[("k", 1), ("l", None)], None, []], pa.map_(pa.string(), pa.int64())), ['{"k":1,"l":null}', None, "{}"]),
    "dict": (pa.array(["a", None, "b"]).dictionary_encode(), ["a", None, "b"]),
}
if hasattr(pa, "uuid"):
    one = uuid.UUID("12345678-1234-5678-1234-567812345678")
    columns["uuid"] = (pa.ExtensionArray.from_storage(pa.uuid(), pa.array([one.bytes, None, one.bytes], pa.binary(16))), [str(one), None, str(one)])

table = pa.table({name: values for name, (values, _) in columns.items()})
for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
    for version in ["1.0", "2.0"]:
        pq.write_table(table, here / f"types_{codec}_v{version[0]}.parquet", compression=codec, data_page_version=version, row_group_size=2, write_page_checksum=codec == "zstd")
texts = {name: texts for name, (_, texts) in columns.items()}
(here / "types.json").write_text(json.dumps(texts, indent=1, ensure_ascii=False) + "\n")

# Every encoding, in pages of few rows, so that windows begin inside of pages.
n = 1000
many = pa.table({
    "plain": pa.array(range(n)),
    "dictionary": pa.array([f"w{i % 7}" for i in range(n)]),
    "delta": pa.array([i * i for i in range(n)]),
    "length": pa.array([f"row {i}" for i in range(n)]),
    "prefix": pa.array([f"customer {i:05}" for i in range(n)]),
    "split": pa.array([i / 8 for i in range(n)]),
    "rle": pa.array([i % 3 == 0 for i in range(n)]),
    "lists": pa.array([list(range(i % 5)) for i in range(n)]),
})
encodings = {"plain": "PLAIN", "delta": "DELTA_BINARY_PACKED", "length": "DELTA_LENGTH_BYTE_ARRAY", "prefix": "DELTA_BYTE_ARRAY", "split": "BYTE_STREAM_SPLIT", "rle": "RLE"}
for version in ["1.0", "2.0"]:
    pq.write_table(many, here / f"encodings_v{version[0]}.parquet", use_dictionary=["dictionary"], column_encoding=encodings, data_page_version=version,
                   data_page_size=200, write_batch_size=16, row_group_size=400, compression="zstd")
