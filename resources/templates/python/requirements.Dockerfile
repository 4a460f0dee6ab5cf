# syntax=docker/dockerfile:1

ARG PYTHON_VERSION=3.13

FROM python:${PYTHON_VERSION}-slim AS base
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/opt/venv/bin:$PATH
WORKDIR /app

FROM base AS build
RUN python -m venv /opt/venv
# Only what names the dependencies: this step stays cached while the sources change.
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install -r requirements.txt

FROM base AS final
RUN useradd --system --uid 10001 app
COPY --from=build /opt/venv /opt/venv
COPY . .
USER app
EXPOSE 8000
CMD ["python", "-m", "{{module}}"]
