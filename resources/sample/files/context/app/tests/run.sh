#!/bin/sh
# Compares what the programs answer with what they answered before.
set -eu
cd "$(dirname "$0")"
failed=0
for case in cases/*.txt; do
  name=$(basename "$case" .txt)
  if ! ../cgi/today.sh < "$case" | cmp -s - "expected/$name.html"; then
    echo "not as expected: $name"
    failed=1
  fi
done
exit "$failed"
