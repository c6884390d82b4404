#!/usr/bin/env bash
# Prints the folder that cargo builds into, whoever set it: the environment, a settings file of cargo's, or nobody.
set -euo pipefail
cargo metadata --format-version 1 --no-deps | sed -E 's/.*"target_directory":"([^"]*)".*/\1/'
