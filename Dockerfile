# The Rust image for Alpine builds for musl, hence a static binary that needs nothing of the image it runs in.
FROM rust:1.95-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /passrole
COPY . .
RUN cargo build --release --locked --bin passrole
RUN mkdir -p /empty

FROM scratch
COPY --from=build /passrole/target/release/passrole /passrole
# An empty volume takes the owner of the directory it is mounted on; `--ephemeral` and `demo` need a /tmp.
COPY --from=build --chown=65532:65532 /empty /data
COPY --from=build --chown=65532:65532 /empty /tmp
USER 65532:65532

# Inside the container every interface is listened on; which of the host's interfaces reach it is decided
# by whoever publishes the port. The control API answers to loopback names only, such as `localhost:4566`.
ENV PASSROLE_LISTEN=0.0.0.0:4566 \
    PASSROLE_DATA_DIR=/data
VOLUME /data
EXPOSE 4566
HEALTHCHECK --interval=5s --timeout=2s --start-period=2s --retries=3 CMD ["/passrole", "health"]
ENTRYPOINT ["/passrole"]
CMD ["serve"]
