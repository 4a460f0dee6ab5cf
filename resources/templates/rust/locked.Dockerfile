# syntax=docker/dockerfile:1

ARG RUST_VERSION=1.88

FROM rust:${RUST_VERSION}-slim-bookworm AS build
WORKDIR /src
COPY . .
# Crates and what was compiled of them are kept in the mounts, so only what changed is compiled.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked && \
    cp target/release/{{binary}} /app

FROM gcr.io/distroless/cc-debian12:nonroot AS final
COPY --from=build /app /app
USER nonroot:nonroot
ENTRYPOINT ["/app"]
