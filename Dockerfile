# syntax=docker/dockerfile:1

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends libssl-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build

# The dependencies change seldom: this layer is built anew only when the manifest or the lock file does.
COPY Cargo.toml Cargo.lock build.rs ./
# Cargo wants the file of every target that the manifest names, also of those that are not built here.
RUN mkdir -p migrations src tests benches/matcher benches/search benches/relevance benches/commands benches/outbox benches/fanout \
 && touch src/lib.rs tests/main.rs benches/matcher/main.rs benches/search/main.rs benches/relevance/main.rs benches/commands/main.rs \
    benches/outbox/main.rs benches/fanout/main.rs \
 && echo 'fn main() {}' > src/main.rs \
 && cargo build --release --locked \
 && rm -r migrations src

COPY config config
COPY migrations migrations
COPY static static
COPY templates templates
COPY src src
# The sources may be older than the placeholders above, which Cargo would then take for built.
RUN touch src/lib.rs src/main.rs build.rs \
 && cargo build --release --locked

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libssl3 \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o 65532 -g 65532 -m 0700 /data
COPY --from=build /build/target/release/paperwire /usr/local/bin/paperwire

ENV PAPERWIRE__DATA_DIR=/data \
    PAPERWIRE__WEB__LISTEN=0.0.0.0:8010
USER 65532:65532
VOLUME /data
EXPOSE 8010
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["paperwire", "healthcheck"]
ENTRYPOINT ["paperwire"]
CMD ["serve"]
