#!/bin/sh
# Print the first Python of these versions that runs here and can make virtual environments; say what is missing if none does.
# Usage: tools/find_python.sh VERSION...
set -u
unfit=""
for version in "$@"; do
  # pyenv leaves commands on the PATH that fail when they run, so each candidate is run.
  for candidate in "python$version" python3 "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python; do
    found=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    [ "$found" = "$version" ] || continue
    if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      command -v "$candidate"
      exit 0
    fi
    unfit="$unfit
$candidate is Python $version, but cannot make virtual environments. On Debian and Ubuntu, install python$version-venv."
  done
done
[ -z "$unfit" ] || echo "${unfit#?}" >&2
exit 1
