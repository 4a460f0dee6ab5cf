# syntax=docker/dockerfile:1

ARG PYTHON_VERSION=3.13

FROM python:${PYTHON_VERSION}-slim AS base
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/opt/venv/bin:$PATH
WORKDIR /app

FROM base AS build
RUN python -m venv /opt/venv
COPY . .
# Without a lock file the project itself names its dependencies; downloads are kept in the mount.
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install .

FROM base AS final
RUN useradd --system --uid 10001 app
COPY --from=build /opt/venv /opt/venv
USER app
EXPOSE 8000
CMD ["python", "-m", "{{module}}"]
