# syntax=docker/dockerfile:1

ARG JAVA_VERSION=21

FROM maven:3.9-eclipse-temurin-${JAVA_VERSION} AS build
WORKDIR /src
# Only what names the dependencies: this step stays cached while the sources change.
COPY pom.xml ./
RUN --mount=type=cache,target=/root/.m2 \
    mvn --batch-mode dependency:go-offline
COPY src src
RUN --mount=type=cache,target=/root/.m2 \
    mvn --batch-mode package -DskipTests && \
    find target -maxdepth 1 -name '*.jar' ! -name 'original-*' ! -name '*-sources.jar' -exec cp {} /app.jar \;

FROM eclipse-temurin:${JAVA_VERSION}-jre AS final
RUN useradd --system --uid 10001 app
WORKDIR /app
COPY --from=build /app.jar app.jar
USER app
EXPOSE 8080
ENTRYPOINT ["java", "-jar", "app.jar"]
