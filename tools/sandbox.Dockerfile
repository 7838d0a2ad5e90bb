# The simulated Zoom account in a container, for integration_tests/test_image.py, which mounts its code.
ARG IMAGE=airbyte/source-zoom:dev
FROM ${IMAGE}
USER 0:0
WORKDIR /sandbox
COPY poetry.lock ./
COPY tools/requirements.py tools/
RUN python tools/requirements.py dev > dev.txt \
    && pip --python /opt/source-zoom/bin/python install --no-cache-dir --only-binary :all: \
        --require-hashes --requirement dev.txt
USER 1000:1000
ENTRYPOINT ["/opt/source-zoom/bin/python", "-m", "integration_tests.sandbox"]
