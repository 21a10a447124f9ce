#!/usr/bin/env bash
# bench.sh BENCHSIDE KIT: prints the table of speed budgets.
# BENCH_STORE, BENCH_LONG, BENCH_WIDE and BENCH_REGISTRY name folders of big stores that are there;
# else they are made under build/. BENCH_ONLY=drift needs none of them; BENCH_DRIFT names the folder of its tables.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$1
kit=$2
for tool in ptybench.py make_big.py; do
	if [ ! -f "$kit/tools/$tool" ]; then
		echo "bench: no $kit/tools/$tool: say where the measuring tools are with make bench KIT=folder" >&2
		exit 1
	fi
done
python=$(interop/venv.sh 3.17.2)
store=${BENCH_STORE:-build/bench/100k}
long=${BENCH_LONG:-build/bench/long}
wide=${BENCH_WIDE:-build/bench/wide}
registry=${BENCH_REGISTRY:-build/bench/registry}
if [ "${BENCH_ONLY:-}" != drift ]; then
	if [ ! -f "$store/mlflow.db" ]; then
		echo "bench: making a store of 100,000 runs in $store (2.9 GB, some minutes, once)"
		"$python" "$kit/tools/make_big.py" --out "$store" --runs 100000 --metrics 10 --points 10 --nested
	fi
	if [ ! -f "$long/mlflow.db" ]; then
		echo "bench: making a store of 20,000,000 points in $long (4.9 GB, two minutes, once)"
		"$python" "$kit/tools/make_big.py" --out "$long" --runs 5 --metrics 4 --points 1000000
	fi
	if [ ! -f "$wide/mlflow.db" ]; then
		echo "bench: making a store of 200 runs with 300 metrics in $wide"
		"$python" "$kit/tools/make_big.py" --out "$wide" --runs 200 --metrics 300 --points 1
	fi
	if [ ! -f "$registry/mlflow.db" ]; then
		echo "bench: making a store of 5,000 models of 20 versions in $registry (80 MB, once)"
		mkdir -p "$registry"
		"$python" bench/registry.py testdata/lab/mlflow.db "$registry/mlflow.db"
	fi
fi
exec "$python" bench/bench.py "$binary" "$kit/tools/ptybench.py" "$store/mlflow.db" "$long/mlflow.db" "$wide/mlflow.db" "$registry/mlflow.db"
