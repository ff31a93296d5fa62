# docker build -t lambdalint . && docker run --rm -v "$PWD:/work:ro" lambdalint check

# Both stages are of one Python: what the first one installs, the second one runs.
ARG PYTHON=3.13-slim-bookworm

FROM python:${PYTHON} AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY lambdalint lambdalint
COPY rules rules
RUN python -m venv /opt/lambdalint \
    && /opt/lambdalint/bin/python -m pip install --no-cache-dir '.[cfn-lint]' \
    && rm -rf /opt/lambdalint/lib/python3*/site-packages/pip*

FROM python:${PYTHON}
COPY --from=build /opt/lambdalint /opt/lambdalint
ENV PATH=/opt/lambdalint/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin lambdalint
USER 10001
WORKDIR /work
ENTRYPOINT ["lambdalint"]
CMD ["check"]
