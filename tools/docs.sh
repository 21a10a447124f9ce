#!/usr/bin/env bash
# docs.sh BENCHSIDE OUT: writes what the program says of itself under OUT/docs:
# the keys, and the frames that the README shows.
set -euo pipefail
cd "$(dirname "$0")/.."
benchside=$1
docs=$2/docs
mkdir -p "$docs"
# The frames show ages: they are those of one moment, a day after the newest run.
export SOURCE_DATE_EPOCH=1781166000
"$benchside" render keys >"$docs/keys.md"
"$benchside" render runs --demo --size 120x36 --format svg >"$docs/runs.svg"
"$benchside" render run --demo --size 120x36 --format svg --run autolog-gboost >"$docs/run.svg"
"$benchside" render experiments --demo --size 120x20 --format svg >"$docs/experiments.svg"
"$benchside" render charts --demo --size 120x36 --format svg --run family-mlp >"$docs/charts.svg"
"$benchside" render compare --demo --size 120x36 --format svg --run family-mlp --press "l l b j j D" >"$docs/compare.svg"
# The lab's models were registered a month later.
SOURCE_DATE_EPOCH=1783850400 "$benchside" render model --demo --size 120x32 --format svg --press "l l l" >"$docs/model.svg"
"$benchside" render artifacts --demo --size 120x30 --format svg --run "shap-tree (npy + beeswarm)" --press "enter j j j j j enter" >"$docs/artifacts.svg"
