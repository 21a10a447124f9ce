#!/usr/bin/env bash
# bench.sh BENCHSIDE KIT: prints the table of speed budgets.
# BENCH_STORE names a big store that is there; else one is made under build/.
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
if [ ! -f "$store/mlflow.db" ]; then
	echo "bench: making a store of 100,000 runs in $store (2.9 GB, some minutes, once)"
	"$python" "$kit/tools/make_big.py" --out "$store" --runs 100000 --metrics 10 --points 10 --nested
fi
exec "$python" bench/bench.py "$binary" "$kit/tools/ptybench.py" "$store/mlflow.db"
