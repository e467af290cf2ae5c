# The emulator alone: what it is installed from, and what installs it, stays behind in the first stage.
FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
RUN python -m venv --without-pip /opt/sendpulse-mock \
    && pip --python /opt/sendpulse-mock/bin/python install --no-cache-dir .

FROM python:3.13-slim
LABEL org.opencontainers.image.title="sendpulse-mock" \
      org.opencontainers.image.description="An emulator of the SendPulse API for local development and tests" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/sendpulse-mock /opt/sendpulse-mock
# A volume that is mounted here for the first time takes the owner over.
RUN install -d -o 10001 -g 10001 /authority /data
# Every setting of `serve` has a variable. Without SENDPULSE_MOCK_ADMIN_KEY, /_mock answers the container alone.
ENV PATH=/opt/sendpulse-mock/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SENDPULSE_MOCK_AUTHORITY=/authority \
    SENDPULSE_MOCK_HOST=0.0.0.0
WORKDIR /data
USER 10001:10001
EXPOSE 8480
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s CMD ["sendpulse-mock", "health"]
ENTRYPOINT ["sendpulse-mock"]
CMD ["serve"]
