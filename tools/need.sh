#!/usr/bin/env bash
# need.sh GO: says in one line what is missing to build benchside.
set -uo pipefail
cd "$(dirname "$0")/.."
go=${1:-go}
wanted=$(sed -n 's/^go \([0-9.]*\).*/\1/p' go.mod)

fail() {
	echo "benchside: $1" >&2
	exit 1
}

command -v "$go" >/dev/null ||
	fail "Go is not installed: get Go $wanted or newer from https://go.dev/dl/"
if ! problem=$("$go" list -m 2>&1); then
	case $problem in
	*"requires go"* | *toolchain* | *"invalid go version"*)
		fail "this Go is too old ($(cd / && "$go" env GOVERSION)): get Go $wanted or newer from https://go.dev/dl/" ;;
	*) fail "go list -m: ${problem%%$'\n'*}" ;;
	esac
fi
compiler=$("$go" env CC)
command -v "${compiler%% *}" >/dev/null ||
	fail "no C compiler (${compiler%% *}), which SQLite needs: install gcc or clang (Debian, Ubuntu: apt install build-essential; Fedora: dnf install gcc; macOS: xcode-select --install)"
