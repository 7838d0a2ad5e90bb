# Airbyte's base image for Python connectors, by digest: the same files today and in a year.
ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.1.0@sha256:1d1aa21d34e851df4e8a87b391c27724c06e2597608e7161f4d167be853bd7b6

# The locked dependencies in an environment of their own, so that nothing of the base image stands in for one of them.
FROM ${BASE_IMAGE} AS dependencies
WORKDIR /build
COPY poetry.lock ./
COPY tools/requirements.py tools/
# Wheels only: no code of a dependency runs here. The libraries' own test suites, a fifth of all bytes, stay out. Byte
# code is compiled now because the connector runs on a read-only disk, and unchecked so that it holds no time of day.
RUN python tools/requirements.py main > main.txt \
    && python -m venv --without-pip /opt/source-zoom \
    && pip --python /opt/source-zoom/bin/python install --no-cache-dir --no-compile --only-binary :all: \
        --require-hashes --requirement main.txt \
    && find /opt/source-zoom/lib -type d -name tests -prune -exec rm -r {} + \
    && python -m compileall -q --invalidation-mode unchecked-hash /opt/source-zoom/lib

# The connector alone, as a wheel unpacked beside them.
FROM dependencies AS connector
RUN python tools/requirements.py build > build.txt \
    && pip install --no-cache-dir --only-binary :all: --require-hashes --requirement build.txt
COPY pyproject.toml README.md ./
COPY source_zoom source_zoom
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir wheel . \
    && pip --python /opt/source-zoom/bin/python install --no-cache-dir --no-compile --no-deps --no-index \
        --prefix /connector wheel/*.whl \
    && python -m compileall -q --invalidation-mode unchecked-hash /connector/lib

FROM ${BASE_IMAGE}
LABEL io.airbyte.name="airbyte/source-zoom" \
    io.airbyte.version="2.0.0" \
    org.opencontainers.image.title="source-zoom" \
    org.opencontainers.image.description="Airbyte source connector that reads a whole Zoom account" \
    org.opencontainers.image.version="2.0.0" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.documentation="https://docs.airbyte.com/integrations/sources/zoom" \
    org.opencontainers.image.base.name="docker.io/airbyte/python-connector-base:4.1.0"
# A layer that changes with poetry.lock only, and a small one that changes with the connector.
COPY --from=dependencies /opt/source-zoom /opt/source-zoom
COPY --from=connector /connector /opt/source-zoom
ENV AIRBYTE_ENTRYPOINT="/opt/source-zoom/bin/source-zoom" \
    PATH="/opt/source-zoom/bin:${PATH}" \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /airbyte/integration_code
# The base image's user airbyte, as a number because Kubernetes cannot tell whether a name is root.
USER 1000:1000
ENTRYPOINT ["/opt/source-zoom/bin/source-zoom"]
