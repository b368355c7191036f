# The official slim image by version; pin a digest with --build-arg BASE_IMAGE=python:3.13-slim@sha256:…
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --require-hashes -r requirements-build.lock \
 && python -m venv /opt/venv \
 && /opt/venv/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY monitor monitor
# Installed with bytecode, since the root file system may be read-only; pip is only needed to get here.
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
 && /opt/venv/bin/pip install --no-deps --compile /tmp/wheel/*.whl \
 && /opt/venv/bin/python -m pip uninstall --yes --quiet pip

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="monitor" \
      org.opencontainers.image.description="Watches official channels and tells the duty desk in chat what changed" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 monitor \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin monitor \
 && install -d -o 10001 -g 10001 -m 0750 /data /data/state /data/config
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /data
USER 10001:10001
VOLUME ["/data/state", "/data/config"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["monitor", "health"]
ENTRYPOINT ["monitor"]
CMD ["run"]
