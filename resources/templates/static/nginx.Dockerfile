# syntax=docker/dockerfile:1

ARG NGINX_VERSION=1.28

FROM alpine:3.22 AS files
RUN --mount=type=cache,target=/var/cache/apk \
    ln -s /var/cache/apk /etc/apk/cache && \
    apk add zopfli
WORKDIR /site
COPY . .
# Compressed once here, instead of at each request.
RUN find . -type f \( -name '*.html' -o -name '*.css' -o -name '*.js' -o -name '*.svg' \) -exec zopfli {} +

FROM nginxinc/nginx-unprivileged:${NGINX_VERSION}-alpine AS final
COPY <<'NGINX' /etc/nginx/conf.d/default.conf
server {
    listen 8080;
    root /usr/share/nginx/html;
    gzip_static on;
    location / {
        try_files $uri $uri/ =404;
    }
}
NGINX
COPY --from=files /site /usr/share/nginx/html
USER nginx
EXPOSE 8080
