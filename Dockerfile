# MessageHub, one image for all its processes; docker-compose.yml says which one runs.

FROM python:3.13-slim AS build
RUN python -m venv /venv
COPY requirements/base.txt .
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --no-deps --only-binary=:all: -r base.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=messagehub.settings \
    STATIC_ROOT=/app/.static DATA_DIR=/data
RUN useradd --system --no-create-home --uid 10001 messagehub && install -d -o messagehub /data /files
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
# Code and static files belong to root: the process can change neither. The key that collectstatic
# makes for itself is thrown away with its directory.
RUN DATA_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
    && rm -r /tmp/build \
    && python -m compileall -q . \
    && chmod -R a+rX .
ENV PYTHONDONTWRITEBYTECODE=1
USER 10001
EXPOSE 8000
CMD ["uvicorn", "messagehub.asgi:application", "--host=0.0.0.0", "--timeout-graceful-shutdown=3", \
    "--no-proxy-headers", "--no-access-log", "--no-server-header"]
