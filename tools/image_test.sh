#!/usr/bin/env bash
# Build the image for real and run integration_tests/test_image.py with it. Usage: tools/image_test.sh [PYTEST OPTIONS]
#
# Where no registry can be reached, a script named by CONTAINERS installs and starts a container engine and makes a
# stand-in for Airbyte's base image; it is stopped again whatever happens. Elsewhere the engine that is there is used.
set -euo pipefail
cd "$(dirname "$0")/.."
containers=${CONTAINERS:-../shared/containers/containers.sh}
image=airbyte/source-zoom:dev
base=$(sed -n 's/^ARG BASE_IMAGE=//p' Dockerfile)
export DOCKER=docker

if [ -f "$containers" ]; then
  if ! bash "$containers" install; then
    echo "SKIPPED: the image was not built or tried, because no container engine can be installed here."
    exit 0
  fi
  trap 'bash "$containers" stop' EXIT
  bash "$containers" start
  bash "$containers" base 3.13.0
  eval "$(bash "$containers" env)"
  DOCKER=/usr/bin/docker
  base=connector-base-standin:local
elif ! docker info >/dev/null 2>&1; then
  echo "SKIPPED: the image was not built or tried, because there is no container engine here."
  exit 0
fi

"$DOCKER" build --quiet --network host --build-arg "BASE_IMAGE=$base" --tag "$image" .
"$DOCKER" build --quiet --network host --build-arg "IMAGE=$image" --tag source-zoom-sandbox:dev \
  --file tools/sandbox.Dockerfile .
IMAGE=$image BASE_IMAGE=$base .venv/bin/pytest -m image integration_tests/test_image.py "$@"
