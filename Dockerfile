FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir /wheels/*.whl && useradd --create-home emulator
USER emulator
EXPOSE 8480
# Give SENDPULSE_MOCK_ADMIN_KEY to use the admin API: without a key, /_mock answers the container alone.
CMD ["sendpulse-mock", "serve", "--host", "0.0.0.0"]
